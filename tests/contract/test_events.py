"""Events are written with what they tell of, and each reaches who asked for it; on both databases alike."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from assistant.domain.case import Case
from assistant.domain.draft import Draft, DrafterRun, Identifiers, Intent, Resolution
from assistant.domain.errors import ChangedMeanwhile, NotFound, OurFault, SenderMustAct
from assistant.domain.event import Webhook
from assistant.domain.lifecycle import CaseEvent
from assistant.domain.message import Arrival
from assistant.domain.party import Party
from assistant.domain.person import program
from assistant.domain.posting import PlannedCall
from assistant.domain.worklist import Verified
from assistant.store.sql import SqlStore
from tests.contract.conftest import TickingClock

ACTOR = program("test")
DRAFT = Draft(
    intent=Intent.RETURN_REQUEST,
    summary="Joe Quillfeather wants rid of it",
    customer_id="K-304",
    order_nos=("KS-700121",),
    lines=(),
    resolution=Resolution.CREDIT,
    identifiers=Identifiers(),
    findings=(),
    questions=(),
    drafter=DrafterRun(name="test"),
)


def opened(store: SqlStore, raw: bytes = b"1") -> Case:
    with store.unit(ACTOR) as unit:
        message, _ = unit.messages.record(Arrival(channel="email", raw=raw), sender="joe@quillfeather.example")
        party = Party(name="Joe Quillfeather", address="joe@quillfeather.example", customer_id="K-304")
        return unit.cases.open("return", party, message.id, "Quillfeather", DRAFT)


def hook(store: SqlStore, clock: TickingClock, *types: str, name: str = "1") -> Webhook:
    made = Webhook(id=f"wh_{name:0>16}", url="https://x.example", types=types, made_by="a", made_at=clock.now())
    with store.unit(ACTOR) as unit:
        unit.webhooks.add(made, "sealed")
    return made


def test_each_state_a_case_comes_into_is_an_event_without_a_word_of_the_customers(store: SqlStore) -> None:
    case = opened(store)
    with store.unit(ACTOR) as unit:
        unit.cases.move(case.id, CaseEvent.SUBMIT, 1)
        unit.cases.move(case.id, CaseEvent.APPROVE, 1)
        told = unit.events.list()
    assert [event.type for event in told] == ["case.drafted", "case.in_review", "case.approved"]
    assert [event.data["before"] for event in told] == [None, "draft", "in_review"]
    assert told[0].data["order_nos"] == ["KS-700121"]
    assert "Quillfeather" not in str(told)
    assert "quillfeather" not in str(told)


def test_what_did_not_happen_is_no_event(store: SqlStore) -> None:
    case = opened(store)

    def half() -> None:
        with store.unit(ACTOR) as unit:
            unit.cases.move(case.id, CaseEvent.SUBMIT, 1)
            unit.cases.move(case.id, CaseEvent.APPROVE, 7)

    with pytest.raises(ChangedMeanwhile):
        half()
    with store.unit(ACTOR) as unit:
        assert [event.type for event in unit.events.list()] == ["case.drafted"]
        with pytest.raises(OurFault):
            unit.events.add("case.vanished", case.id, {})


def test_a_finished_posting_is_an_event_with_its_document_and_amounts(store: SqlStore) -> None:
    case = opened(store)
    line = {"order_no": "KS-700121", "sku": "PRV-34", "quantity": "1", "amount": "9.50", "note": "from Joe"}
    arguments = {"customer_id": "K-304", "currency": "USD", "lines": [line]}
    with store.unit(ACTOR) as unit:
        unit.postings.plan(case.id, 1, [PlannedCall("post_credit_memo", arguments, "k")])
        unit.postings.start("k")
        unit.postings.finish("k", "CM-1")
        unit.postings.finish("k", "CM-1")
        credited = [event for event in unit.events.list() if event.type == "case.credited"]
    assert len(credited) == 1
    assert (credited[0].data["document_no"], credited[0].data["currency"]) == ("CM-1", "USD")
    assert credited[0].data["lines"] == [{k: v for k, v in line.items() if k != "note"}]


def test_events_go_to_whoever_asked_for_their_type_and_stands(store: SqlStore, clock: TickingClock) -> None:
    some, all_of_them, gone = (
        hook(store, clock, "case.in_review"),
        hook(store, clock, name="2"),
        hook(store, clock, name="3"),
    )
    with store.unit(ACTOR) as unit:
        unit.webhooks.end(gone.id, "not wanted")
    case = opened(store)
    with store.unit(ACTOR) as unit:
        unit.cases.move(case.id, CaseEvent.SUBMIT, 1)
        kinds = {event.id: event.type for event in unit.events.list()}
        told = [(d.webhook_id, kinds[d.event_id]) for d in unit.webhooks.due()]
        assert sorted(told) == [
            (some.id, "case.in_review"),
            (all_of_them.id, "case.drafted"),
            (all_of_them.id, "case.in_review"),
        ]
        assert [each.id for each in unit.webhooks.list()] == [some.id, all_of_them.id]
        assert unit.webhooks.sealed(gone.id) == ""


def test_a_delivery_is_taken_put_back_given_up_and_sent_again(store: SqlStore, clock: TickingClock) -> None:
    webhook = hook(store, clock)
    opened(store)
    with store.unit(ACTOR) as unit:
        (due,) = unit.webhooks.due()
        taken = unit.webhooks.take(due.id)
        assert taken is not None
        assert (taken.attempts, taken.tries, unit.webhooks.due()) == (1, 1, ())
        again = unit.webhooks.take(due.id)  # a worker died over it: the same run, resumed
        assert again is not None
        unit.webhooks.put_back(due.id, "502", clock.now() + timedelta(hours=1))
        assert unit.webhooks.due() == ()
        clock.moment += timedelta(hours=2)
        assert [each.id for each in unit.webhooks.due()] == [due.id]
        unit.webhooks.take(due.id)
        unit.webhooks.give_up(due.id, "never again")
        assert unit.webhooks.take(due.id) is None
        (dead,) = unit.webhooks.deliveries(webhook.id, ["dead"])
        assert (dead.attempts, dead.tries, dead.note) == (3, 3, "never again")
        unit.webhooks.send_again(due.id)
        anew = unit.webhooks.take(due.id)
        assert anew is not None
        assert (anew.attempts, anew.tries) == (1, 4)
        unit.webhooks.delivered(due.id, "200")
        with pytest.raises(ChangedMeanwhile):
            unit.webhooks.put_back(due.id, "", clock.now())
        assert isinstance(unit.audit.verify(), Verified)


def test_one_found_half_sent_is_due_again_when_nobody_resumes_it(store: SqlStore, clock: TickingClock) -> None:
    hook(store, clock)
    opened(store)
    with store.unit(ACTOR) as unit:
        (due,) = unit.webhooks.due()
        unit.webhooks.take(due.id)
        clock.moment += timedelta(minutes=6)
        assert [each.id for each in unit.webhooks.due()] == [due.id]


def test_an_ended_webhook_drops_what_waits(store: SqlStore, clock: TickingClock) -> None:
    webhook = hook(store, clock)
    opened(store)
    with store.unit(ACTOR) as unit:
        unit.webhooks.end(webhook.id, "gone")
        assert unit.webhooks.due() == ()
        assert [each.state for each in unit.webhooks.deliveries(webhook.id)] == ["dropped"]
        with pytest.raises(ChangedMeanwhile):
            unit.webhooks.replay(webhook.id, unit.events.list())
        with pytest.raises(NotFound):
            unit.webhooks.get("wh_9")


def test_one_that_was_queued_while_its_webhook_ended_goes_nowhere(store: SqlStore, clock: TickingClock) -> None:
    webhook = hook(store, clock)
    opened(store)
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE webhooks SET ended_at = '2030'"))
    with store.unit(ACTOR) as unit:
        (due,) = unit.webhooks.due()
        assert unit.webhooks.take(due.id) is None
        assert [each.state for each in unit.webhooks.deliveries(webhook.id)] == ["dropped"]


def test_replay_queues_what_was_delivered_and_what_came_before_the_webhook(
    store: SqlStore, clock: TickingClock
) -> None:
    opened(store)
    webhook = hook(store, clock)
    opened(store, b"2")
    with store.unit(ACTOR) as unit:
        (due,) = unit.webhooks.due()
        unit.webhooks.take(due.id)
        unit.webhooks.delivered(due.id, "200")
        events = unit.events.list()
        assert unit.webhooks.replay(webhook.id, events) == 2
        assert unit.webhooks.replay(webhook.id, events) == 0  # they wait already
        assert len(unit.webhooks.due()) == 2


def test_events_are_read_in_pieces_by_type_case_and_time(store: SqlStore, clock: TickingClock) -> None:
    first, second = opened(store), opened(store, b"2")
    with store.unit(ACTOR) as unit:
        unit.cases.move(first.id, CaseEvent.SUBMIT, 1)
        everything = unit.events.list()
        assert [e.case_id for e in unit.events.list(case_id=second.id)] == [second.id]
        assert [e.type for e in unit.events.list(["case.in_review"])] == ["case.in_review"]
        assert unit.events.list(limit=1, after=everything[0].number) == everything[1:2]
        assert unit.events.list(since=everything[1].at, until=everything[2].at) == everything[1:2]
        assert unit.events.get(everything[2].id) == everything[2]
        with pytest.raises(NotFound):
            unit.events.get("evt_0")


def test_a_key_of_a_request_stands_for_that_request_of_that_person(store: SqlStore) -> None:
    with store.unit(ACTOR) as unit:
        assert unit.receipts.find("joe", "k", "1" * 64) is None
        unit.receipts.keep("joe", "k", "1" * 64, "m-1")
        assert unit.receipts.find("joe", "k", "1" * 64) == "m-1"
        assert unit.receipts.find("amy", "k", "2" * 64) is None
        with pytest.raises(SenderMustAct, match="for another request"):
            unit.receipts.find("joe", "k", "2" * 64)
