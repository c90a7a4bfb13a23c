"""What every store keeps to, on SQLite and on PostgreSQL alike.

One long file, because it is one contract: each database is held to all of it.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from assistant.domain.approval import Decision
from assistant.domain.case import Case
from assistant.domain.draft import (
    CaseLine,
    Claim,
    Draft,
    DrafterRun,
    Finding,
    FindingCode,
    Identifiers,
    Intent,
    Question,
    Reason,
    Resolution,
)
from assistant.domain.errors import ChangedMeanwhile, NotAllowedNow, NotFound
from assistant.domain.evidence import Proven, Quoted
from assistant.domain.lifecycle import CaseEvent, CaseState, MessageEvent, MessageState
from assistant.domain.mail import Letter
from assistant.domain.message import Arrival, Message
from assistant.domain.money import Money
from assistant.domain.party import Party
from assistant.domain.person import Actor, Person, Role, acting, program
from assistant.domain.ports import Store, Unit
from assistant.domain.posting import Hold, PlannedCall, PostingState
from assistant.domain.worklist import Broken, Verified
from assistant.store.audit_rows import row_hash
from assistant.store.cases import DRAFT
from assistant.store.gate_ports import GateAudit
from assistant.store.migrate import migrate
from assistant.store.sql import SqlStore
from assistant.store.tables import metadata
from assistant.store.times import from_text, to_text
from extractors.document import Locator
from tests.contract.conftest import TickingClock
from tools.contract import AwaitingApproval, Binding, Caller, Denied, OutcomeUnknown, ToolCall

INTAKE = program("intake")
RITA = acting(Person(id="rita@house.example", name="Rita", roles=frozenset({Role.RETURNS_APPROVER})))
SUE = Actor(kind="person", id="sue@house.example")
QUOTED = Quoted(quote="4 boxes", at=Locator(document="body", start=0, end=7, page=None, box=(1.0, 2.0, 3.5, 4.0)))
LINE = CaseLine(
    sku="GLV-100",
    quantity=Decimal("4.50"),
    uom="BX",
    reason_code=Reason.DAMAGED_IN_TRANSIT,
    order_no="SO-1",
    amount=Claim(money=Money(Decimal("12.30"), "USD"), basis="price difference"),
    confidence={"sku": 0.9},
    evidence={"quantity": (QUOTED,), "sku": (Proven(record="orders/SO-1", quote="GLV-100"), QUOTED)},
)
SAMPLE = Draft(
    intent=Intent.RETURN_REQUEST,
    summary="Four boxes came crushed.",
    customer_id="C-1",
    order_nos=("SO-1",),
    lines=(LINE,),
    resolution=Resolution.CREDIT,
    identifiers=Identifiers(customer_po="PO-9"),
    findings=(Finding(code=FindingCode.MISSING_PHOTOS, severity="warning", message="No photo.", line=0),),
    questions=(Question(field="photos", text="Could you send a photo?", line=0),),
    drafter=DrafterRun(name="offline", seconds=0.25),
)
LETTER = Letter(kind="questions", to="ann@buyer.example", subject="Re: return", text="Which lot?", case_id="")


def record(unit: Unit, raw: bytes = b"Subject: return\r\n\r\n4 boxes") -> Message:
    message, _ = unit.messages.record(Arrival(channel="email", raw=raw), "<a@buyer.example>", "ann@buyer.example", "hi")
    return message


def open_case(store: Store, raw: bytes = b"one") -> Case:
    with store.unit(INTAKE) as unit:
        party = Party(name="Ann", address="ann@buyer.example", customer_id="C-1")
        return unit.cases.open("return", party, record(unit, raw).id, "return", SAMPLE)


def in_review(store: Store) -> Case:
    case = open_case(store)
    with store.unit(INTAKE) as unit:
        return unit.cases.move(case.id, CaseEvent.SUBMIT, 1)


def decision(case: Case, **changes: Any) -> Decision:
    at = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
    made = Decision(
        case_id=case.id, revision=1, verdict="approved", by=RITA.id, at=at, policy_version="p1", digests=("d1",)
    )
    return replace(made, **changes)


def events(store: Store, stream: str) -> list[str]:
    with store.unit(INTAKE) as unit:
        return [row.event for row in unit.audit.rows(stream)]


def all_at_once(works: Sequence[Callable[[], object]]) -> list[object]:
    """Run each in a thread of its own, started together; answers results, or the exceptions they ended with."""
    start = Barrier(len(works))

    def run(work: Callable[[], object]) -> object:
        start.wait(timeout=10)
        try:
            return work()
        except Exception as error:  # noqa: BLE001 # the test looks at what it was
            return error

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


# --- units


def test_a_unit_that_raises_leaves_nothing_behind(store: SqlStore) -> None:
    ids: list[str] = []

    def fail_late() -> None:
        with store.unit(INTAKE) as unit:
            ids.append(record(unit).id)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_late()
    with store.unit(INTAKE) as unit:
        with pytest.raises(NotFound):
            unit.messages.get(ids[0])
        assert unit.audit.verify() == Verified(streams=0, rows=0)


# --- messages


def test_bytes_are_kept_once_under_an_id_made_of_them(store: SqlStore) -> None:
    raw = bytes(range(256))
    with store.unit(INTAKE) as unit:
        first, new = unit.messages.record(Arrival(channel="email", raw=raw), "<x@y>")
        again, newer = unit.messages.record(Arrival(channel="api", raw=raw))
        assert (new, newer) == (True, False)
        assert again == first
        assert first.id == "m-" + hashlib.sha256(raw).hexdigest()[:20]
        assert unit.messages.raw(first.id) == raw
        assert (first.size, first.state, first.attempt) == (256, MessageState.RECORDED, 1)
        assert first.received_at.utcoffset() == timedelta(0)
    assert events(store, first.id) == ["message.recorded"]


def test_the_same_bytes_delivered_at_once_are_one_message(store: SqlStore) -> None:
    def deliver() -> bool:
        with store.unit(INTAKE) as unit:
            return unit.messages.record(Arrival(channel="email", raw=b"same"))[1]

    assert sorted(map(str, all_at_once([deliver] * 4))) == ["False", "False", "False", "True"]


def test_headers_no_database_likes_are_kept_all_the_same(store: SqlStore) -> None:
    strange = "<" + "😀" * 3000 + "\x00\udcff>"
    with store.unit(INTAKE) as unit:
        message, _ = unit.messages.record(Arrival(channel="email", raw=b"x", envelope_from="\udcff"), strange, strange)
        assert unit.messages.with_internet_id(strange) == (message,)
        unit.messages.move(message.id, MessageEvent.FAIL, "cause \x00 \udcff")
        assert isinstance(unit.audit.verify(), Verified)


def test_what_was_read_of_a_message_is_kept_until_it_has_a_case(store: SqlStore) -> None:
    case = open_case(store)
    with store.unit(INTAKE) as unit:
        other = unit.messages.record(Arrival(channel="email", raw=b"other"))[0].id
        assert unit.messages.reading(other) is None
        unit.messages.keep_reading(other, b'{"read": 1}')
        unit.messages.keep_reading(other, b'{"read": 2}')
        assert unit.messages.reading(other) == b'{"read": 2}'
        unit.messages.keep_reading(case.message_id, b"what its draft does not point into")
        assert unit.messages.reading(case.message_id) is None
    assert events(store, other) == ["message.recorded", "message.read", "message.read"]


def test_a_message_steps_only_where_its_table_says(store: SqlStore) -> None:
    with store.unit(INTAKE) as unit:
        message = record(unit)
        with pytest.raises(NotAllowedNow):
            unit.messages.move(message.id, MessageEvent.ANSWER)
        unit.messages.move(message.id, MessageEvent.CLAIM)
        parked = unit.messages.move(message.id, MessageEvent.PARK, "newsletter")
        assert (parked.state, parked.reason, parked.attempt) == (MessageState.PARKED, "newsletter", 1)
        assert unit.messages.move(message.id, MessageEvent.RUN_AGAIN).attempt == 2
        with pytest.raises(NotFound):
            unit.messages.move("m-none", MessageEvent.CLAIM)
    assert events(store, message.id) == ["message.recorded", "message.claim", "message.park", "message.run_again"]


def test_a_resumed_claim_is_no_news(store: SqlStore) -> None:
    with store.unit(INTAKE) as unit:
        message = record(unit)
        unit.messages.move(message.id, MessageEvent.CLAIM)
        unit.messages.move(message.id, MessageEvent.CLAIM)
    assert events(store, message.id) == ["message.recorded", "message.claim"]


def test_messages_are_listed_newest_first_and_swept_oldest_first(store: SqlStore) -> None:
    with store.unit(INTAKE) as unit:
        ids = [record(unit, raw).id for raw in (b"1", b"2", b"3")]
        unit.messages.move(ids[1], MessageEvent.FAIL, "x")
        assert [m.id for m in unit.messages.list()] == ids[::-1]
        assert [m.id for m in unit.messages.list(limit=1)] == ids[2:]
        assert [m.id for m in unit.messages.list([MessageState.FAILED])] == [ids[1]]
        assert [m.id for m in unit.messages.unfinished()] == [ids[0], ids[2]]
        assert unit.messages.counts() == {"recorded": 2, "failed": 1}
        assert [m.id for m in unit.messages.with_internet_id("<a@buyer.example>")] == ids
        assert unit.messages.with_internet_id("") == ()


# --- cases


def test_a_message_opens_one_case(store: SqlStore) -> None:
    first = open_case(store)
    again = open_case(store)
    second = open_case(store, b"two")
    assert again == first
    assert (first.id, second.id) == ("BH-1001", "BH-1002")
    assert (first.state, first.revision.number, first.revision.by) == (CaseState.DRAFT, 1, INTAKE)
    assert first.draft == SAMPLE
    with store.unit(INTAKE) as unit:
        assert unit.cases.of_message(first.message_id) == first
        assert unit.cases.of_message("m-none") is None
        assert [case.id for case in unit.cases.list()] == ["BH-1002", "BH-1001"]
        assert unit.cases.list([CaseState.CLOSED]) == ()
        assert unit.cases.counts() == {"draft": 2}
        for read in (unit.cases.get, unit.cases.lock):
            with pytest.raises(NotFound):
                read("BH-1")
        with pytest.raises(NotFound):
            unit.cases.open("return", first.party, "m-none", "", SAMPLE)
    assert events(store, first.id) == ["case.opened"]


def test_cases_opened_at_once_get_a_number_each_and_one_a_message(store: SqlStore) -> None:
    answers = all_at_once([partial(open_case, store, raw) for raw in (b"a", b"b", b"a", b"b")])
    assert answers[0] == answers[2]
    assert answers[1] == answers[3]
    assert {case.id for case in answers if isinstance(case, Case)} == {"BH-1001", "BH-1002"}


def test_an_edit_is_a_new_revision_and_the_old_one_stays(store: SqlStore) -> None:
    case = in_review(store)
    edited = replace(SAMPLE, customer_id="C-2", summary="Five.")
    with store.unit(RITA) as unit:
        revised = unit.cases.revise(case.id, 1, edited, "miscounted")
        assert (revised.revision.number, revised.state, revised.party.customer_id) == (2, CaseState.DRAFT, "C-2")
        assert (revised.draft, revised.revision.by, revised.revision.why) == (edited, RITA, "miscounted")
        assert [r.draft for r in unit.cases.revisions(case.id)] == [SAMPLE, edited]
        for late in (
            lambda: unit.cases.revise(case.id, 1, SAMPLE),
            lambda: unit.cases.move(case.id, CaseEvent.SUBMIT, 1),
            lambda: unit.cases.decide(decision(case)),
        ):
            with pytest.raises(ChangedMeanwhile):
                late()
    assert events(store, case.id) == ["case.opened", "case.submit", "case.revised"]


def test_a_case_steps_only_where_its_table_says(store: SqlStore) -> None:
    case = open_case(store)
    with store.unit(RITA) as unit:
        with pytest.raises(NotAllowedNow):
            unit.cases.move(case.id, CaseEvent.SETTLE, 1)
        moved = unit.cases.move(case.id, CaseEvent.CANCEL, 1, "twice")
        assert moved.state is CaseState.CANCELLED
        with pytest.raises(NotAllowedNow):
            unit.cases.revise(case.id, 1, SAMPLE)
        details = unit.audit.rows(case.id)[-1].details
        assert (details["before"], details["after"], details["note"]) == ("draft", "cancelled", "twice")


def test_of_edits_at_once_one_stands(store: SqlStore) -> None:
    case = in_review(store)

    def edit() -> int:
        with store.unit(RITA) as unit:
            return unit.cases.revise(case.id, 1, SAMPLE).revision.number

    answers = all_at_once([edit] * 4)
    assert answers.count(2) == 1
    assert [type(a) for a in answers if a != 2] == [ChangedMeanwhile] * 3


def test_a_decision_is_kept_as_made(store: SqlStore) -> None:
    case = in_review(store)
    zone = timezone(timedelta(hours=-5))
    made = decision(case, at=datetime(2026, 3, 3, 3, 0, tzinfo=zone), digests=("d1", "d2"))
    with store.unit(RITA) as unit:
        unit.cases.decide(made)
        assert unit.cases.decisions(case.id) == (made,)
        assert unit.cases.decisions(case.id)[0].at.utcoffset() == timedelta(0)
        assert unit.audit.rows(case.id)[-1].event == "decision.made"
        assert unit.audit.rows(case.id)[-1].actor == "person:rita@house.example"
        with pytest.raises(ChangedMeanwhile):
            unit.cases.decide(made)


def test_whose_requests_people_took_a_sender_for(store: SqlStore) -> None:
    case = in_review(store)
    with store.unit(INTAKE) as unit:
        assert unit.cases.customer_before("ann@buyer.example") is None
        unit.cases.decide(decision(case))
        assert unit.cases.customer_before("ann@buyer.example") == "C-1"
        assert unit.cases.customer_before("bob@buyer.example") is None
        assert unit.cases.customer_before("") is None
        other = Party(name="Ann", address="ann@buyer.example", customer_id="C-2")
        second = unit.cases.open("return", other, record(unit, b"two").id, "return", SAMPLE)
        unit.cases.decide(decision(unit.cases.move(second.id, CaseEvent.SUBMIT, 1)))
        assert unit.cases.customer_before("ann@buyer.example") is None


def test_nothing_is_decided_on_a_rejected_revision(store: SqlStore) -> None:
    case = in_review(store)
    with store.unit(RITA) as unit:
        unit.cases.decide(decision(case, verdict="rejected", digests=(), reason="too late"))
        with pytest.raises(ChangedMeanwhile):
            unit.cases.decide(decision(case, by=SUE.id))


def test_of_an_edit_and_a_decision_at_once_none_is_lost(store: SqlStore) -> None:
    case = in_review(store)

    def edit() -> str:
        with store.unit(SUE) as unit:
            unit.cases.revise(case.id, 1, SAMPLE)
            return "edited"

    def decide() -> str:
        with store.unit(RITA) as unit:
            unit.cases.decide(decision(case))
            return "decided"

    answers = all_at_once([edit, decide])
    assert answers[0] == "edited"
    assert answers[1] == "decided" or isinstance(answers[1], ChangedMeanwhile)
    with store.unit(RITA) as unit:
        assert len(unit.cases.decisions(case.id)) == (answers[1] == "decided")
        assert isinstance(unit.audit.verify(), Verified)


def test_of_approvals_at_once_by_one_person_one_stands(store: SqlStore) -> None:
    case = in_review(store)

    def decide() -> str:
        with store.unit(RITA) as unit:
            unit.cases.decide(decision(case))
            return "decided"

    answers = all_at_once([decide] * 3)
    assert answers.count("decided") == 1
    assert sum(isinstance(a, ChangedMeanwhile) for a in answers) == 2


# --- postings


def held(case: Case, quantity: str, sku: str = "GLV-100") -> Hold:
    return Hold(case_id=case.id, order_no="SO-1", sku=sku, quantity=Decimal(quantity))


def test_held_quantities_add_up_over_lines_and_cases_until_released(store: SqlStore) -> None:
    one, two = open_case(store), open_case(store, b"two")
    with store.unit(RITA) as unit:
        unit.postings.lock_order("SO-1")
        for _ in range(2):  # again changes nothing
            unit.postings.hold([held(one, "1.5"), held(one, "2"), held(one, "9", "OTHER")])
        unit.postings.hold([held(two, "4")])
        assert unit.postings.held("SO-1", "GLV-100") == Decimal("7.5")
        assert unit.postings.held("SO-1", "GLV-100", other_than=one.id) == 4
        assert unit.postings.held("SO-2", "GLV-100") == 0
        unit.postings.release(one.id)
        unit.postings.release(one.id)
        assert unit.postings.held("SO-1", "GLV-100") == 4
        with pytest.raises(NotFound):
            unit.postings.hold([replace(held(one, "1"), case_id="BH-1")])
    assert events(store, one.id) == ["case.opened", "posting.held", "posting.held", "posting.released"]


def test_of_holds_at_once_only_what_is_left_is_given(store: SqlStore) -> None:
    cases = [open_case(store, raw) for raw in (b"1", b"2", b"3", b"4")]

    def take(case: Case) -> bool:
        with store.unit(RITA) as unit:
            unit.postings.lock_order("SO-1")
            if unit.postings.held("SO-1", "GLV-100") + 4 > 10:
                return False
            unit.postings.hold([held(case, "4")])
            return True

    answers = all_at_once([partial(take, case) for case in cases])
    assert sorted(map(str, answers)) == ["False", "False", "True", "True"]


CALL = PlannedCall("authorise_return", {"order_no": "SO-1", "lines": [{"quantity": "4"}]}, "BH-1001-r1-a")


def test_a_posting_lives_from_planned_to_done_once(store: SqlStore) -> None:
    case = open_case(store)
    other = PlannedCall("post_credit_memo", {}, "BH-1001-r1-b")
    with store.unit(RITA) as unit:
        for _ in range(2):  # again changes nothing
            unit.postings.plan(case.id, 1, [CALL, other])
        assert [(p.key, p.state) for p in unit.postings.of_case(case.id)] == [
            (CALL.key, PostingState.PLANNED),
            (other.key, PostingState.PLANNED),
        ]
        assert unit.postings.of_case(case.id)[0].arguments == CALL.arguments
        with pytest.raises(ChangedMeanwhile):
            unit.postings.finish(CALL.key, "RMA-1")  # never started
        for _ in range(2):
            unit.postings.start(CALL.key)
        for _ in range(2):
            unit.postings.finish(CALL.key, "RMA-1")
        undoings: list[Callable[[], None]] = [
            lambda: unit.postings.start(CALL.key),
            lambda: unit.postings.refuse(CALL.key, "no"),
            lambda: unit.postings.finish(CALL.key, "RMA-2"),
            lambda: unit.postings.plan(case.id, 2, [CALL]),
        ]
        for undo in undoings:
            with pytest.raises(ChangedMeanwhile):
                undo()
        assert (unit.postings.of_case(case.id)[0].state, unit.postings.of_case(case.id)[0].document_no) == (
            PostingState.DONE,
            "RMA-1",
        )
        with pytest.raises(NotFound):
            unit.postings.start("none")
    expected = ["case.opened", "posting.planned", "posting.planned", "posting.started", "posting.finished"]
    assert events(store, case.id) == expected


def test_a_refused_posting_can_be_started_again(store: SqlStore) -> None:
    case = open_case(store)
    with store.unit(RITA) as unit:
        unit.postings.plan(case.id, 1, [CALL])
        unit.postings.start(CALL.key)
        unit.postings.refuse(CALL.key, "period closed")
        assert unit.postings.of_case(case.id)[0].note == "period closed"
        unit.postings.start(CALL.key)
        assert unit.postings.of_case(case.id)[0].state is PostingState.STARTED


# --- outbox


def test_a_letter_is_queued_once_a_key_and_leaves_once(store: SqlStore) -> None:
    case = open_case(store)
    letter = replace(LETTER, case_id=case.id, message_id=case.message_id)
    with store.unit(INTAKE) as unit:
        queued = unit.outbox.queue(letter, "k")
        assert unit.outbox.queue(replace(letter, text="other"), "k") == queued
        assert queued.letter == letter
        assert queued.internet_id.endswith("@returns.example>")
        assert unit.outbox.waiting() == unit.outbox.of_case(case.id) == (queued,)
        assert unit.outbox.with_internet_id(queued.internet_id) == queued
        assert unit.outbox.with_internet_id("<none>") is None
        taken = unit.outbox.take(queued.id)
        assert taken is not None
        assert (taken.state, taken.attempts) == ("sending", 1)
        assert unit.outbox.take(queued.id) is None
        unit.outbox.put_back(queued.id, "greylisted")
        again = unit.outbox.take(queued.id)
        assert again is not None
        assert (again.attempts, again.note) == (2, "greylisted")
        unit.outbox.sent(queued.id)
        for undo in (unit.outbox.put_back, unit.outbox.give_up):
            with pytest.raises(ChangedMeanwhile):
                undo(queued.id, "late")
        assert unit.outbox.get(queued.id).state == "sent"
    assert events(store, case.id)[1:] == ["mail.queued", "mail.taken", "mail.waiting", "mail.taken", "mail.sent"]


def test_a_letter_given_up_waits_no_more(store: SqlStore) -> None:
    with store.unit(INTAKE) as unit:
        queued = unit.outbox.queue(LETTER, "k")
        unit.outbox.take(queued.id)
        unit.outbox.give_up(queued.id, "no such host")
        assert unit.outbox.get(queued.id).state == "failed"
        assert unit.outbox.waiting() == ()
        for nothing in ("99", "x", "9" * 40):
            with pytest.raises(NotFound):
                unit.outbox.get(nothing)
    assert events(store, "outbox") == ["mail.queued", "mail.taken", "mail.failed"]


def test_a_letter_put_off_waits_for_its_time(store: SqlStore, clock: TickingClock) -> None:
    with store.unit(INTAKE) as unit:
        queued = unit.outbox.queue(LETTER, "k")
        unit.outbox.take(queued.id)
        later = clock.moment + timedelta(minutes=5)
        unit.outbox.put_back(queued.id, "greylisted", later)
        assert unit.outbox.get(queued.id).next_try_at == later
        assert unit.outbox.waiting() == ()
        clock.moment += timedelta(minutes=5)
        assert [letter.id for letter in unit.outbox.waiting()] == [queued.id]


def test_a_letter_that_bounced_is_sent_again_or_was_settled(store: SqlStore) -> None:
    with store.unit(INTAKE) as unit:
        queued = unit.outbox.queue(LETTER, "k")
        with pytest.raises(ChangedMeanwhile):
            unit.outbox.bounced(queued.id, "never sent")
        unit.outbox.take(queued.id)
        unit.outbox.sent(queued.id)
        unit.outbox.bounced(queued.id, "no such user")
        bounced = unit.outbox.get(queued.id)
        assert (bounced.state, bounced.note) == ("bounced", "no such user")
        unit.outbox.put_back(queued.id, "again")
        assert unit.outbox.waiting() != ()
        unit.outbox.take(queued.id)
        unit.outbox.sent(queued.id)
        unit.outbox.bounced(queued.id, "no such user")
        unit.outbox.sent(queued.id)


def test_letters_are_counted_by_kind_case_address_and_time(store: SqlStore, clock: TickingClock) -> None:
    case = open_case(store)
    long_ago = clock.moment - timedelta(days=400)
    with store.unit(INTAKE) as unit:
        unit.outbox.queue(replace(LETTER, case_id=case.id, to="Ann@Buyer.example"), "1")
        unit.outbox.queue(replace(LETTER, kind="rejected", case_id=case.id), "2")
        before = clock.now()
        unit.outbox.queue(replace(LETTER, kind="acknowledgement"), "3")
        assert unit.outbox.counted(long_ago) == 2
        assert unit.outbox.counted(long_ago, case_id=case.id) == 1
        assert unit.outbox.counted(long_ago, recipient="ANN@buyer.example") == 2
        assert unit.outbox.counted(long_ago, ("rejected",)) == 1
        assert unit.outbox.counted(before) == 1
        assert unit.outbox.counted(long_ago, recipient="somebody@else.example") == 0


def test_a_request_waits_with_its_draft_to_be_its_own_case(store: SqlStore) -> None:
    case = open_case(store)
    with store.unit(INTAKE) as unit:
        asked = unit.worklist.ask_agent("second_request", case.message_id, case.id, "also ..", '{"intent": "x"}')
        assert unit.worklist.inquiries() == (asked,)
        assert asked.draft == '{"intent": "x"}'
        assert unit.cases.find(case.id) == case
        assert unit.cases.find("BH-9") is None


def test_senders_at_once_take_a_letter_once(store: SqlStore) -> None:
    with store.unit(INTAKE) as unit:
        queued = unit.outbox.queue(LETTER, "k")

    def take() -> bool:
        with store.unit(INTAKE) as unit:
            return unit.outbox.take(queued.id) is not None

    assert all_at_once([take] * 3).count(True) == 1


# --- worklist


def test_a_message_has_one_open_inquiry_and_may_have_another_later(store: SqlStore) -> None:
    with store.unit(INTAKE) as unit:
        first = unit.worklist.ask_agent("reply", "m-1", None, "Where is it?")
        assert unit.worklist.ask_agent("reply", "m-1", None, "other") == first
    with store.unit(SUE) as unit:
        unit.worklist.close_inquiry(first.id)
        with pytest.raises(NotFound):
            unit.worklist.close_inquiry(first.id)
        assert unit.worklist.inquiries() == ()
        second = unit.worklist.ask_agent("reply", "m-1", None, "again")
        third = unit.worklist.ask_agent("status_inquiry", "m-2", None, "status?")
        assert unit.worklist.inquiries() == (second, third)
        assert second.id != first.id
    assert events(store, "m-1") == ["inquiry.opened", "inquiry.closed", "inquiry.opened"]


def test_a_subject_has_one_open_trouble_with_its_latest_cause(store: SqlStore) -> None:
    def fail(cause: str = "timeout") -> int:
        with store.unit(INTAKE) as unit:
            return unit.worklist.raise_trouble("message:m-1", cause, "The mail.", "Run it again.").id

    ids = all_at_once([fail] * 3)
    assert len(set(ids)) == 1
    assert fail("disk full") == ids[0]
    with store.unit(SUE) as unit:
        assert [t.cause for t in unit.worklist.troubles()] == ["disk full"]
        unit.worklist.resolve_trouble("message:m-1")
        unit.worklist.resolve_trouble("message:m-1")
        assert unit.worklist.troubles() == ()
    assert fail() != ids[0]
    assert events(store, "m-1").count("trouble.resolved") == 1


def test_the_latest_trouble_tells_whether_somebody_resolved_it(store: SqlStore) -> None:
    with store.unit(RITA) as unit:
        assert unit.worklist.latest_trouble("case:BH-1") is None
        first = unit.worklist.raise_trouble("case:BH-1", "no answer", "kept", "try again")
        assert unit.worklist.latest_trouble("case:BH-1") == first
        unit.worklist.resolve_trouble("case:BH-1")
        resolved = unit.worklist.latest_trouble("case:BH-1")
        assert resolved is not None
        assert (resolved.id, resolved.resolved_by) == (first.id, RITA.id)
        again = unit.worklist.raise_trouble("case:BH-1", "no answer", "kept", "try again")
        assert unit.worklist.latest_trouble("case:BH-1") == again
        assert again.id > first.id


# --- people


def test_a_person_is_added_or_replaced(store: SqlStore) -> None:
    rita = Person(id="rita@house.example", name="Rita", roles=frozenset({Role.AGENT, Role.ADMIN}))
    with store.unit(INTAKE) as unit:
        unit.people.add(rita, "hash1")
        unit.people.add(replace(rita, roles=frozenset()), "hash2")
        assert unit.people.get(rita.id) == replace(rita, roles=frozenset())
        assert unit.people.password_hash(rita.id) == "hash2"
        assert unit.people.get("nobody") is None
        assert unit.people.password_hash("nobody") is None
        unit.people.add(replace(rita, id="a@house.example"), "h")
        assert [person.id for person in unit.people.list()] == ["a@house.example", "rita@house.example"]
        assert "hash" not in str([row.details for row in unit.audit.rows("people")])
    assert events(store, "people") == ["person.added", "person.changed", "person.added"]


# --- audit


@contextmanager
def tampering(store: SqlStore) -> Iterator[Connection]:
    """A connection for whom the append-only triggers do not stand."""
    with store.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("DROP TRIGGER audit_append_only ON audit"))
        else:
            for name in ("audit_no_update", "audit_no_delete", "audit_no_replace"):
                connection.execute(text(f"DROP TRIGGER {name}"))
        yield connection


def three_rows(store: SqlStore) -> None:
    with store.unit(INTAKE) as unit:
        for stream in ("s", "t"):
            for n in range(3):
                unit.audit.append(stream, "counted", {"n": n, "ü": "\udcff"})


def test_the_chain_links_each_row_to_the_one_before(store: SqlStore) -> None:
    three_rows(store)
    with store.unit(INTAKE) as unit:
        rows = unit.audit.rows("s")
        assert [(r.sequence, r.details["n"], r.actor) for r in rows] == [(n + 1, n, "program:intake") for n in range(3)]
        assert [r.previous for r in rows] == ["0" * 64, rows[0].hash, rows[1].hash]
        assert unit.audit.verify() == Verified(streams=2, rows=6)


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        ("UPDATE audit SET details = '{\"n\":9}' WHERE stream = 's' AND sequence = 2", ("s", 2)),
        ("UPDATE audit SET actor = 'person:x' WHERE stream = 't' AND sequence = 3", ("t", 3)),
        ("DELETE FROM audit WHERE stream = 's' AND sequence = 1", ("s", 1)),
        ("DELETE FROM audit WHERE stream = 's' AND sequence = 2", ("s", 2)),
        ("DELETE FROM audit WHERE stream = 's' AND sequence = 3", ("s", 3)),
        ("DELETE FROM audit WHERE stream = 't' AND sequence = 3", ("t", 3)),
        ("DELETE FROM audit WHERE stream = 's'", ("s", 1)),
        ("UPDATE audit SET sequence = 5 - sequence WHERE stream = 's' AND sequence IN (2, 3)", ("s", 2)),
        ("INSERT INTO audit SELECT 'u', sequence, at, actor, event, details, previous, hash FROM audit"
         " WHERE stream = 's' AND sequence = 1", ("u", 1)),
    ],
    ids=["changed", "actor", "first missing", "middle missing", "last missing", "end missing", "all missing",
         "reordered", "copied"],
)  # fmt: skip
def test_the_first_broken_row_is_named(store: SqlStore, damage: str, found: tuple[str, int]) -> None:
    three_rows(store)
    with tampering(store) as connection:
        if "5 - sequence" in damage:  # a swap by way of a free number: keys are checked row by row
            for step in ("22 WHERE sequence = 2", "2 WHERE sequence = 3", "3 WHERE sequence = 22"):
                connection.execute(text(f"UPDATE audit SET sequence = {step} AND stream = 's'"))
        else:
            connection.exec_driver_sql(damage)
    with store.unit(INTAKE) as unit:
        broken = unit.audit.verify()
    assert isinstance(broken, Broken)
    assert (broken.stream, broken.sequence) == found


def test_a_row_forged_with_a_right_hash_is_found_by_the_row_after_it(store: SqlStore) -> None:
    three_rows(store)
    with store.unit(INTAKE) as unit:
        row = unit.audit.rows("s")[1]
    forged = row_hash("s", 2, to_text(row.at), row.actor, row.event, '{"n":9}', row.previous)
    with tampering(store) as connection:
        change = text("UPDATE audit SET details = :d, hash = :h WHERE stream = 's' AND sequence = 2")
        connection.execute(change, {"d": '{"n":9}', "h": forged})
    with store.unit(INTAKE) as unit:
        broken = unit.audit.verify()
    assert isinstance(broken, Broken)
    assert (broken.stream, broken.sequence) == ("s", 3)


@pytest.mark.parametrize("change", ["UPDATE audit SET event = 'x'", "DELETE FROM audit", "REPLACE", "TRUNCATE audit"])
def test_the_database_refuses_to_change_the_log(store: SqlStore, change: str) -> None:
    three_rows(store)
    postgres = store.engine.dialect.name == "postgresql"
    if change == "TRUNCATE audit" and not postgres:
        pytest.skip("SQLite has no TRUNCATE")
    if change == "REPLACE":
        same = "SELECT stream, sequence, at, actor, 'x', details, previous, hash FROM audit WHERE sequence = 1"
        change = (
            f"INSERT INTO audit {same} ON CONFLICT (stream, sequence) DO UPDATE SET event = 'x'"
            if postgres
            else f"INSERT OR REPLACE INTO audit {same}"
        )
    with pytest.raises(DBAPIError, match="append-only"), store.engine.begin() as connection:
        connection.execute(text(change))
    with store.unit(INTAKE) as unit:
        assert unit.audit.verify() == Verified(streams=2, rows=6)


def test_writers_of_one_stream_at_once_keep_its_chain(store: SqlStore) -> None:
    def write() -> None:
        with store.unit(INTAKE) as unit:
            unit.audit.append("s", "counted", {})

    assert all_at_once([write] * 6) == [None] * 6
    with store.unit(INTAKE) as unit:
        assert unit.audit.verify() == Verified(streams=1, rows=6)


def test_units_that_wait_crosswise_end_as_changed_meanwhile(store: SqlStore) -> None:
    if store.engine.dialect.name != "postgresql":
        pytest.skip("SQLite's units never run at once")
    both = Barrier(2)

    def write(first: str, second: str) -> None:
        with store.unit(INTAKE) as unit:
            unit.audit.append(first, "counted", {})
            both.wait(timeout=10)
            unit.audit.append(second, "counted", {})

    answers = all_at_once([lambda: write("s", "t"), lambda: write("t", "s")])
    assert answers.count(None) == 1
    assert sum(isinstance(a, ChangedMeanwhile) for a in answers) == 1


# --- the gate's ports


def test_a_call_is_durable_before_it_runs_and_its_end_follows(store: SqlStore) -> None:
    case = open_case(store)
    gate = GateAudit(store)
    caller = Caller(kind="model", id="drafter", scopes=frozenset())
    call = ToolCall("authorise_return", {}, Binding(case_id=case.id, revision=1), "k")
    call_id = gate.called(caller, call, "d1")
    assert events(store, case.id)[-1] == "tool.called"
    for outcome in (OutcomeUnknown("k", "timeout"), Denied("scope", "no"), AwaitingApproval("d1")):
        gate.ended(call_id, caller, call, outcome)
    gate.called(caller, ToolCall("item_status", {}), "d2")
    with store.unit(INTAKE) as unit:
        rows = unit.audit.rows(case.id)[1:]
        assert [row.event for row in rows] == ["tool.called"] + ["tool.ended"] * 3
        assert {row.details["call"] for row in rows} == {call_id}
        assert [row.details.get("outcome") for row in rows] == [None, "unknown", "denied", "awaiting_approval"]
    assert events(store, "tools") == ["tool.called"]


# --- schema


def test_migrations_lead_to_the_tables_as_declared(store: SqlStore, database_url: str) -> None:
    migrate(database_url)  # again changes nothing
    with store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        open_only = [index for index in inspect(connection).get_indexes("troubles") if index["unique"]]
        assert [index["column_names"] for index in open_only] == [["subject"]]


def test_starters_at_once_migrate_once(empty_url: str) -> None:
    assert all_at_once([lambda: migrate(empty_url)] * 2) == [None, None]


# --- serialised values

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
maybe = st.none() | words
decimals = st.decimals(allow_nan=False, allow_infinity=False)
reals = st.floats(allow_nan=False, allow_infinity=False)
places = st.builds(
    Locator,
    document=words,
    start=st.integers(0, 99),
    end=st.integers(0, 99),
    page=st.none() | st.integers(1, 9),
    box=st.none() | st.tuples(reals, reals, reals, reals),
    source=st.sampled_from(["text", "ocr", "form_field", "annotation", "cell", "barcode"]),
)
evidence = st.dictionaries(
    words,
    st.lists(st.builds(Quoted, quote=words, at=places) | st.builds(Proven, record=words, quote=words), max_size=2).map(
        tuple
    ),
    max_size=2,
)
lines = st.builds(
    CaseLine,
    sku=maybe,
    quantity=st.none() | decimals,
    uom=maybe,
    reason_code=st.sampled_from(Reason),
    received=maybe,
    reason_alternatives=st.lists(st.sampled_from(Reason), max_size=2).map(tuple),
    serials=st.lists(words, max_size=2).map(tuple),
    amount=st.none() | st.builds(Claim, money=st.builds(Money, decimals, words), basis=words),
    confidence=st.dictionaries(words, reals, max_size=2),
    evidence=evidence,
)
drafts = st.builds(
    Draft,
    intent=st.sampled_from(Intent),
    summary=words,
    customer_id=maybe,
    order_nos=st.lists(words, max_size=2).map(tuple),
    lines=st.lists(lines, max_size=2).map(tuple),
    resolution=st.sampled_from(Resolution),
    identifiers=st.builds(Identifiers, customer_po=maybe, invoice_no=maybe, tracking_no=maybe, customer_ref=maybe),
    findings=st.lists(
        st.builds(Finding, code=st.sampled_from(FindingCode), severity=st.just("info"), message=words), max_size=2
    ).map(tuple),
    questions=st.lists(st.builds(Question, field=words, text=words), max_size=1).map(tuple),
    drafter=st.builds(DrafterRun, name=words, model=maybe, seconds=reals, note=words),
    evidence=evidence,
)


@settings(max_examples=60, deadline=None)
@given(drafts)
def test_a_draft_reads_back_as_it_was_written(draft: Draft) -> None:
    read = DRAFT.validate_json(DRAFT.dump_json(draft))
    assert read == draft
    assert [str(line.quantity) for line in read.lines] == [str(line.quantity) for line in draft.lines]


@given(st.datetimes(min_value=datetime(1970, 1, 1), timezones=st.timezones()))  # noqa: DTZ001 # hypothesis adds the zone
def test_a_moment_reads_back_in_utc_as_the_same_moment(moment: datetime) -> None:
    assert from_text(to_text(moment)) == moment.astimezone(UTC)
    with pytest.raises(ValueError, match="zone"):
        to_text(moment.replace(tzinfo=None))
