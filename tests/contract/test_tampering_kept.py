"""Holds, letters and policies changed behind the log's back are found and named."""

import json
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import text

from assistant.domain.absence import Absence
from assistant.domain.mail import Letter
from assistant.domain.person import program
from assistant.domain.posting import CreditHold, Hold
from assistant.domain.worklist import Broken, Verified
from assistant.judging.book import book_of
from assistant.judging.shelf import as_version
from assistant.store.sql import SqlStore
from tests.contract.test_store import INTAKE, decision, open_case
from tests.contract.test_tampering import verify
from tests.policies import shipped_files


@pytest.fixture
def kept(store: SqlStore) -> SqlStore:
    """A case that holds goods, money and serials, two letters of it, and a policy."""
    case = open_case(store, b"one")
    other = open_case(store, b"two")
    with store.unit(INTAKE) as unit:
        hold = {"case_id": case.id, "order_no": "SO-1", "sku": "A"}
        unit.postings.hold([Hold(**hold, quantity=Decimal(2)), Hold(**{**hold, "sku": "B"}, quantity=Decimal(1))])
        unit.postings.hold_credit([CreditHold(**hold, amount=Decimal("9.50"))])
        unit.postings.hold_serials(case.id, "SO-1", "A", ["S1", "S2"])
        unit.postings.hold([Hold(case_id=other.id, order_no="SO-2", sku="A", quantity=Decimal(4))])
        unit.postings.give_up(other.id)
        for number in (1, 2):
            letter = Letter(kind="questions", to="joe@x.example", subject="Re: x", text="How many?", case_id=case.id)
            unit.outbox.queue(letter, f"k-{number}")
        unit.outbox.take("1")
        unit.outbox.sent("1")
        unit.cases.decide(decision(case))
        unit.policies.adopt(as_version(book_of(shipped_files()), "adopted", "the program"))
        day = date(2026, 3, 2)
        away = Absence(id=0, person="ann@x.example", first=day, last=day, stand_in="bob@x.example")
        unit.absences.add(away)
        unit.absences.remove(unit.absences.add(away).id)
    return store


ATTACKS: dict[str, tuple[str, str]] = {
    "goods held less": ("UPDATE holds SET quantity = '1' WHERE sku = 'A'", "no row says so"),
    "goods set free": ("DELETE FROM holds WHERE sku = 'A'", "holds what is not held any more"),
    "goods held by nobody": ("UPDATE holds SET order_no = 'SO-9' WHERE sku = 'A'", "no row says so"),
    "money held less": ("UPDATE credit_holds SET amount = '0.01'", "no row says so"),
    "money set free": ("DELETE FROM credit_holds", "holds what is not held any more"),
    "a serial set free": ("DELETE FROM serial_holds WHERE serial = 'S1'", "holds what is not held any more"),
    "a serial slipped in": ("UPDATE serial_holds SET serial = 'S9' WHERE serial = 'S1'", "no row says so"),
    "a letter's words": (
        "UPDATE outbox SET letter = replace(letter, 'How many', 'Pay us') WHERE id = 2",
        "something else",
    ),
    "a letter's reader": ("UPDATE outbox SET letter = replace(letter, 'joe@', 'eve@') WHERE id = 2", "something else"),
    "a letter sent again": ("UPDATE outbox SET state = 'waiting' WHERE id = 1", "left letter 1 sent"),
    "a letter kept back": ("UPDATE outbox SET state = 'sent' WHERE id = 2", "left letter 2 waiting"),
    "a letter removed": ("DELETE FROM outbox WHERE id = 2", "not kept as it was written"),
    "a letter slipped in": ("UPDATE outbox SET id = 7 WHERE id = 2", "no row speaks of"),
    "a policy's table": ("UPDATE policies SET files = replace(files, '250000', '990000')", "files were changed"),
    "a policy's digest": ("UPDATE policies SET digest = 'x'", "files were changed"),
    "a policy let in": ("UPDATE policies SET state = 'approved'", "and it is approved"),
    "a policy removed": ("DELETE FROM policies", "not kept as it was written"),
    "a policy slipped in": ("UPDATE policies SET version = 'mine'", "no row speaks of"),
    "another stand-in": ("UPDATE absences SET stand_in = 'eve@x.example'", "no such absence"),
    "a longer absence": ("UPDATE absences SET last = '2026-12-31'", "no such absence"),
    "an absence removed": ("DELETE FROM absences", "not kept as it was written"),
    "a decision's step": ("UPDATE decisions SET step = '2:finance_approver'", "another step"),
    "a decision's lines": ("UPDATE decisions SET lines = '[1]'", "another line"),
    "a decision's reason": ("UPDATE decisions SET reason = 'mine'", "another reason"),
}


def test_what_is_kept_as_it_was_written_verifies(kept: SqlStore) -> None:
    assert isinstance(verify(kept), Verified)


@pytest.mark.parametrize("attack", ATTACKS.items(), ids=lambda item: item[0])
def test_what_was_changed_is_found_and_named(kept: SqlStore, attack: tuple[str, tuple[str, str]]) -> None:
    statement, told = attack[1]
    with kept.engine.begin() as connection:
        connection.execute(text(statement))
    found = verify(kept)
    assert isinstance(found, Broken)
    assert told in found.fault


def test_a_letter_of_before_is_not_asked_for_its_hash(kept: SqlStore) -> None:
    """Rows of earlier versions name no hash of the letter."""
    with kept.unit(program("test")) as unit:
        rows = [row for row in unit.audit.all_rows() if row.event == "mail.queued"]
    assert all(json.dumps(dict(row.details)) for row in rows)
    assert {"letter_sha256", "mail", "key", "kind"} == set(rows[0].details)
