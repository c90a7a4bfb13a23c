"""Retention on SQLite and on PostgreSQL alike: words go, hashes stay, and the audit log still verifies."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from assistant.domain.case import Case
from assistant.domain.draft import DrafterRun
from assistant.domain.errors import NotFound
from assistant.domain.lifecycle import CaseEvent, MessageEvent
from assistant.domain.mail import Letter
from assistant.domain.message import Arrival
from assistant.domain.party import Party
from assistant.domain.retention import RetentionPolicy
from assistant.domain.worklist import Broken, Verified
from assistant.steps.retention import Retention
from assistant.store.personal import PERSONAL, Personal
from assistant.store.retention import ERASED, without_words
from assistant.store.sql import SqlStore
from assistant.store.tables import metadata
from tests.contract.conftest import TickingClock
from tests.contract.test_events import hook, opened
from tests.contract.test_store import INTAKE, SAMPLE

PHRASE = "Xanthippe Quillfeather of 12 Larkspur Lane"
POLICY = RetentionPolicy(
    version="retention-test",
    owner="nobody",
    effective_from=date(2026, 1, 1),
    finished_case_days=100,
    parked_message_days=50,
    finished_workflow_days=30,
    session_days=90,
    delivered_event_days=20,
)


@pytest.fixture
def case(store: SqlStore) -> Case:
    """A case that holds the phrase wherever a sender's words may come to stand; cancelled today."""
    raw = f"From: {PHRASE}\r\n\r\n{PHRASE}".encode()
    line = replace(SAMPLE.lines[0], received=PHRASE)
    finding = replace(SAMPLE.findings[0], message=PHRASE)
    draft = replace(
        SAMPLE,
        summary=PHRASE,
        lines=(line,),
        findings=(finding,),
        questions=(replace(SAMPLE.questions[0], text=PHRASE),),
        drafter=DrafterRun(name="offline", note=PHRASE),
    )
    with store.unit(INTAKE) as unit:
        message, _ = unit.messages.record(
            Arrival(channel="email", raw=raw, envelope_from=PHRASE), f"<{PHRASE}>", PHRASE, PHRASE
        )
        unit.messages.keep_reading(message.id, PHRASE.encode() * 50)
        unit.messages.move(message.id, MessageEvent.CLAIM)
        opened = unit.cases.open(
            "return", Party(name=PHRASE, address=PHRASE, customer_id="C-1"), message.id, PHRASE, draft
        )
        unit.messages.move(message.id, MessageEvent.DRAFT, case_id=opened.id)
        unit.cases.revise(opened.id, 1, replace(draft, customer_id="C-2"), "another customer")
        letter = Letter(kind="rejected", to=PHRASE, subject=PHRASE, text=PHRASE, html=PHRASE, case_id=opened.id)
        thread = replace(letter, in_reply_to=PHRASE, references=(PHRASE,), reply_to=PHRASE)
        unit.outbox.queue(thread, key="k")
        unit.worklist.ask_agent("second_request", message.id, opened.id, PHRASE, PHRASE)
        for kind in ("case", "rma"):
            unit.worklist.raise_trouble(f"{kind}:{opened.id}", PHRASE, PHRASE, PHRASE)
        return unit.cases.move(opened.id, CaseEvent.CANCEL, 2, "twice")


def everything(store: SqlStore, *, but: tuple[str, ...] = ()) -> str:
    with store.engine.connect() as connection:
        tables = [t.name for t in metadata.sorted_tables if t.name not in but]
        return "".join(str(connection.execute(text(f"SELECT * FROM {name}")).all()) for name in tables)


def test_what_was_written_goes_when_its_days_are_over_and_the_log_verifies(
    store: SqlStore, clock: TickingClock, case: Case
) -> None:
    step = Retention(store, clock, POLICY)
    clock.moment += timedelta(days=99)
    assert step.due().cases == ()
    assert PHRASE in everything(store, but=("audit",))
    clock.moment += timedelta(days=2)
    assert step.due().cases == (case.id,)
    erased = step.run()
    assert (erased.cases, erased.messages) == ((case.id,), (case.message_id,))
    assert "Quillfeather" not in everything(store, but=("audit",))
    assert step.run() == replace(erased, cases=(), messages=())
    with store.unit(INTAKE) as unit:
        kept = unit.cases.get(case.id)
        assert (kept.revision.number, kept.draft.lines[0].sku, kept.draft.customer_id) == (2, "GLV-100", "C-2")
        assert [revision.why for revision in unit.cases.revisions(case.id)] == ["", "another customer"]
        assert kept.draft.summary == ERASED
        assert unit.outbox.of_case(case.id)[0].letter.text == ERASED
        assert unit.messages.reading(case.message_id) is None
        with pytest.raises(NotFound, match="was erased on"):
            unit.messages.raw(case.message_id)
        assert isinstance(unit.audit.verify(), Verified)
        told = unit.audit.rows(case.id)[-1]
        assert (told.event, told.details["policy"]) == ("case.erased", "retention-test")
        recorded, *_, gone = unit.audit.rows(case.message_id)
        assert recorded.details["sha256"] == gone.details["sha256"]


def test_the_log_holds_none_of_the_senders_words_but_reasons_of_failing(store: SqlStore, case: Case) -> None:
    with store.unit(INTAKE) as unit:
        holding = {row.event for row in unit.audit.all_rows() if "Quillfeather" in str(row.details)}
    assert holding == {"trouble.raised"}  # the cause of a failure is told by a program of ours


def test_a_draft_changed_after_it_was_erased_is_found(store: SqlStore, clock: TickingClock, case: Case) -> None:
    clock.moment += timedelta(days=101)
    Retention(store, clock, POLICY).run()
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE revisions SET draft = replace(draft, '4.50', '9.50') WHERE number = 2"))
    with store.unit(INTAKE) as unit:
        broken = unit.audit.verify()
    assert isinstance(broken, Broken)
    assert (broken.stream, "another draft" in broken.fault) == (case.id, True)


def test_a_mail_emptied_without_a_row_that_says_so_is_found(store: SqlStore, case: Case) -> None:
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE messages SET erased_at = '2030'"))
        connection.execute(text("UPDATE blobs SET bytes = :none"), {"none": b""})
    with store.unit(INTAKE) as unit:
        assert isinstance(unit.audit.verify(), Broken)


def test_parked_messages_go_and_open_cases_stay(store: SqlStore, clock: TickingClock) -> None:
    with store.unit(INTAKE) as unit:
        parked, working, opened = (
            unit.messages.record(Arrival(channel="email", raw=raw), "", PHRASE, PHRASE)[0].id
            for raw in (b"1", b"2", b"3")
        )
        unit.messages.move(parked, MessageEvent.CLAIM)
        unit.messages.move(parked, MessageEvent.PARK, "newsletter")
        party = Party(name=PHRASE, address="", customer_id=None)
        case = unit.cases.open("return", party, opened, "s", SAMPLE)
    clock.moment += timedelta(days=5_000)
    erased = Retention(store, clock, POLICY).run()
    assert (erased.cases, erased.messages) == ((), (parked,))
    with store.unit(INTAKE) as unit:
        assert unit.messages.raw(working) == b"2"
        assert unit.cases.get(case.id).party.name == PHRASE


def test_sqlite_keeps_nothing_of_a_mail_in_its_file(store: SqlStore, clock: TickingClock, tmp_path: Path) -> None:
    if store.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL's autovacuum sees to its own pages")
    with store.unit(INTAKE) as unit:
        message = unit.messages.record(Arrival(channel="email", raw=PHRASE.encode() * 500))[0]
        unit.messages.move(message.id, MessageEvent.CLAIM)
        unit.messages.move(message.id, MessageEvent.PARK, "newsletter")

    def on_disk() -> bool:
        with store.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")  # a checkpoint is made outside transactions
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        return any(b"Larkspur Lane" in file.read_bytes() for file in tmp_path.glob("store.db*"))

    assert on_disk()
    clock.moment += timedelta(days=51)
    assert Retention(store, clock, POLICY).run().messages == (message.id,)
    assert not on_disk()


def test_deliveries_that_arrived_are_forgotten_and_what_waits_or_is_dead_stays(
    store: SqlStore, clock: TickingClock
) -> None:
    for name in ("1", "2", "3"):
        hook(store, clock, name=name)
    opened(store)
    with store.unit(INTAKE) as unit:
        due = unit.webhooks.due()
        for each in due[:2]:
            assert unit.webhooks.take(each.id) is not None
        unit.webhooks.delivered(due[0].id, "200")
        unit.webhooks.give_up(due[1].id, "500")
    clock.moment += timedelta(days=19)
    assert Retention(store, clock, POLICY).run().deliveries == 0
    clock.moment += timedelta(days=2)
    assert Retention(store, clock, POLICY).run().deliveries == 1
    assert Retention(store, clock, POLICY).run().deliveries == 0
    with store.unit(INTAKE) as unit:
        left = [each.state for n in ("1", "2", "3") for each in unit.webhooks.deliveries(f"wh_{n:0>16}")]
        assert sorted(left) == ["dead", "waiting"]
        assert [row.event for row in unit.audit.rows(due[0].webhook_id)].count("webhook.forgotten") == 1
        assert len(unit.events.list()) == 1
        assert unit.webhooks.replay(due[0].webhook_id, unit.events.list()) == 1
        assert isinstance(unit.audit.verify(), Verified)


def test_every_column_is_known_to_hold_something_personal_or_not() -> None:
    known = {(table, column) for table, columns in PERSONAL.items() for column in columns}
    there = {(table.name, column.name) for table in metadata.sorted_tables for column in table.columns}
    assert known == there


def test_every_column_that_is_to_be_erased_is_emptied(store: SqlStore, clock: TickingClock, case: Case) -> None:
    clock.moment += timedelta(days=101)
    Retention(store, clock, POLICY).run()
    with store.engine.connect() as connection:
        for table, columns in PERSONAL.items():
            for column in (name for name, kind in columns.items() if kind is Personal.ERASED):
                values = connection.execute(text(f"SELECT {column} FROM {table}")).scalars()
                assert all("Quillfeather" not in str(bytes(v) if isinstance(v, memoryview) else v) for v in values)


def test_a_draft_without_words_keeps_its_values() -> None:
    blank = without_words(SAMPLE)
    assert (blank.lines[0].sku, blank.lines[0].quantity) == (SAMPLE.lines[0].sku, SAMPLE.lines[0].quantity)
    assert (blank.evidence, blank.lines[0].evidence, blank.questions) == ({}, {}, ())
