"""Slack's records on both databases: kept once, taken by one, forgotten when worked, never two cases of one thread."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from assistant.domain.draft import Draft
from assistant.domain.lifecycle import MessageEvent
from assistant.domain.message import Arrival
from assistant.domain.person import Person, Role, program
from assistant.domain.slack import Conversation, Delivery, Installation, Post, Turn
from assistant.steps.talk import keep_spoken
from assistant.store.sql import SqlStore
from tests.contract.conftest import TickingClock
from tests.contract.test_store import SAMPLE

ACTOR = program("slack")
MAYA = Person(id="maya@seller.example", name="Maya", roles=frozenset({Role.AGENT}))


def delivery(number: int, order: str = "", account: str = "T1/U1") -> Delivery:
    order = order or f"T1/D1/{number}"
    return Delivery(id=f"event {number}", kind="event", team="T1", account=account, order=order, body=f"said {number}")


def receive(store: SqlStore, *deliveries: Delivery) -> list[bool]:
    with store.unit(ACTOR) as unit:
        return [unit.slack.receive(each) for each in deliveries]


def take(store: SqlStore, clock: TickingClock, limit: int = 10, seconds: int = 60) -> list[str]:
    with store.unit(ACTOR) as unit:
        return [each.id for each in unit.slack.take(limit, clock.moment + timedelta(seconds=seconds))]


def test_a_delivery_is_kept_once_and_its_body_forgotten_when_worked(store: SqlStore, clock: TickingClock) -> None:
    assert receive(store, delivery(1), delivery(1)) == [True, False]
    assert take(store, clock) == ["event 1"]
    with store.unit(ACTOR) as unit:
        unit.slack.worked("event 1")
        assert unit.slack.unfinished() == 0
    assert receive(store, delivery(1)) == [False]
    with store.engine.connect() as connection:
        bodies = connection.exec_driver_sql("SELECT body FROM slack_deliveries").scalars().all()
    assert bodies == [""]


def test_one_of_each_order_is_worked_at_a_time_oldest_first(store: SqlStore, clock: TickingClock) -> None:
    receive(store, delivery(1, "a"), delivery(2, "a"), delivery(3, "b"))
    assert take(store, clock) == ["event 1", "event 3"]
    assert take(store, clock) == []
    with store.unit(ACTOR) as unit:
        unit.slack.worked("event 1")
    assert take(store, clock) == ["event 2"]


def test_what_nobody_holds_any_more_comes_back(store: SqlStore, clock: TickingClock) -> None:
    receive(store, delivery(1))
    assert take(store, clock, seconds=20) == ["event 1"]
    with store.unit(ACTOR) as unit:
        unit.slack.hold(("event 1",), clock.moment + timedelta(seconds=40))
    clock.moment += timedelta(seconds=30)
    assert take(store, clock) == []
    clock.moment += timedelta(seconds=30)
    assert take(store, clock) == ["event 1"]


def test_what_failed_waits_and_is_given_up(store: SqlStore, clock: TickingClock) -> None:
    receive(store, delivery(1))
    take(store, clock)
    with store.unit(ACTOR) as unit:
        unit.slack.put_back("event 1", "Slack was away", clock.moment + timedelta(seconds=30))
    assert take(store, clock) == []
    clock.moment += timedelta(seconds=40)
    with store.unit(ACTOR) as unit:
        (again,) = unit.slack.take(1, clock.moment + timedelta(seconds=20))
        assert again.attempts == 2
        unit.slack.fail("event 1", "gave up")
        assert unit.slack.unfinished() == 0


def test_what_is_parked_comes_back_for_its_account_or_is_forgotten(store: SqlStore, clock: TickingClock) -> None:
    receive(store, delivery(1), delivery(2, account="T1/U2"))
    take(store, clock)
    with store.unit(ACTOR) as unit:
        for number in (1, 2):
            unit.slack.park(f"event {number}", "not linked")
    with store.unit(ACTOR) as unit:
        assert unit.slack.unpark(account="T1/U1") == 1
        assert unit.slack.forget_parked("not linked", clock.moment + timedelta(seconds=9)) == 1
    assert take(store, clock) == ["event 1"]


def test_two_workers_never_take_the_same(store: SqlStore, clock: TickingClock) -> None:
    receive(store, *[delivery(number) for number in range(40)])
    ready = threading.Barrier(4)

    def some(_: int) -> list[str]:
        ready.wait()
        return [each for _ in range(5) for each in take(store, clock, limit=2)]

    with ThreadPoolExecutor(4) as pool:
        taken = [each for found in pool.map(some, range(4)) for each in found]
    assert len(taken) == len(set(taken)) == 40


def talk(store: SqlStore) -> Conversation:
    with store.unit(ACTOR) as unit:
        unit.people.add(MAYA, "")
        return unit.slack.begin("T1", "D1", "1.0", MAYA.id)


def said(store: SqlStore, conversation: Conversation, ts: str) -> str:
    """A turn, and the mail of all that was said so far; its id."""
    with store.unit(ACTOR) as unit:
        assert unit.slack.say(conversation, Turn(ts=ts, person_id=MAYA.id, text=f"words {ts}"))
        text = "\n".join(turn.text for turn in unit.slack.turns(conversation))
        raw = f"Subject: x\r\n\r\n{text}".encode()
        message, _ = unit.messages.record(Arrival(channel="slack", raw=raw), sender=MAYA.id)
        unit.slack.add_mail(conversation, message.id)
        unit.messages.move(message.id, MessageEvent.CLAIM)
        return message.id


def keep(store: SqlStore, message_id: str, draft: Draft = SAMPLE) -> tuple[str, int]:
    with store.unit(program("worker")) as unit:
        kept = keep_spoken(unit, unit.messages.get(message_id), "return", draft)
        assert kept is not None
        return kept


def test_turns_come_in_the_order_they_were_said_and_once(store: SqlStore) -> None:
    conversation = talk(store)
    with store.unit(ACTOR) as unit:
        for ts in ("10.2", "9.9", "10.10"):
            assert unit.slack.say(conversation, Turn(ts=ts, person_id=MAYA.id, text=ts))
        assert not unit.slack.say(conversation, Turn(ts="9.9", person_id=MAYA.id, text="again"))
        assert [turn.ts for turn in unit.slack.turns(conversation)] == ["9.9", "10.10", "10.2"]
        assert unit.slack.begin("T1", "D1", "1.0", "other@seller.example").person_id == MAYA.id


def test_a_conversation_leads_to_one_case_whatever_comes_first(store: SqlStore) -> None:
    conversation = talk(store)
    first, second = said(store, conversation, "1.0"), said(store, conversation, "2.0")
    more = replace(SAMPLE, summary="later", order_nos=("SO-9",))
    case_id, revision = keep(store, second, more)
    assert keep(store, first) == (case_id, revision)  # the earlier turn came later: nothing is undone
    assert keep(store, second, more) == (case_id, revision)
    third = said(store, conversation, "3.0")
    assert keep(store, third) == (case_id, revision + 1)
    with store.unit(ACTOR) as unit:
        assert len(unit.cases.list()) == 1
        found = unit.slack.of_case(case_id)
        assert found is not None
        assert found.drafted == 3


def test_two_turns_worked_at_once_make_one_case(store: SqlStore) -> None:
    conversation = talk(store)
    mails = [said(store, conversation, f"{number}.0") for number in range(1, 5)]
    with ThreadPoolExecutor(4) as pool:
        cases = {case_id for case_id, _ in pool.map(lambda mail: keep(store, mail), mails)}
    assert len(cases) == 1


def test_what_a_person_edited_is_left_to_people(store: SqlStore) -> None:
    conversation = talk(store)
    case_id, _ = keep(store, said(store, conversation, "1.0"))
    with store.unit(program("test")) as unit:
        unit.cases.revise(case_id, 1, SAMPLE, "counted again")
    message_id = said(store, conversation, "2.0")
    assert keep(store, message_id) == (case_id, 2)
    with store.unit(ACTOR) as unit:
        assert [inquiry.message_id for inquiry in unit.worklist.inquiries()] == [message_id]
        assert unit.cases.get(case_id).revision.number == 2


def test_a_post_is_wanted_once_and_kept_up(store: SqlStore, clock: TickingClock) -> None:
    post = Post(key="review-BH-1-r1", kind="review", team="T1", channel="C1", thread="", subject="BH-1", text="hello")
    with store.unit(ACTOR) as unit:
        unit.slack.want(post)
        unit.slack.want(post)
        until = clock.moment + timedelta(seconds=60)
        assert [p.key for p in unit.slack.waiting_posts(5, until)] == [post.key]
        assert unit.slack.waiting_posts(5, until) == ()
        unit.slack.posted(post.key, "1.5", "in_review r1", final=False)
        (live,) = unit.slack.live_posts("review")
        assert (live.ts, live.shown, live.text) == ("1.5", "in_review r1", "")
        assert unit.slack.hold_post(post.key, clock.moment + timedelta(seconds=60))
        assert not unit.slack.hold_post(post.key, clock.moment + timedelta(seconds=60))
        unit.slack.posted(post.key, "1.5", "rejected", final=True)
        assert unit.slack.live_posts("review") == ()


def test_installations_and_states(store: SqlStore, clock: TickingClock) -> None:
    with store.unit(ACTOR) as unit:
        for sealed in ("one", "two"):
            unit.slack.install(Installation(team="T1", bot_user_id="U1", sealed=sealed))
        assert [found.sealed for found in unit.slack.installations()] == ["two"]
        unit.slack.offer_state("s", clock.moment + timedelta(minutes=5))
        assert [unit.slack.take_state("s"), unit.slack.take_state("s")] == [True, False]
        unit.slack.uninstall("T1")
        assert unit.slack.installation("T1") is None


def test_every_change_that_lasts_is_in_the_audit_log(store: SqlStore) -> None:
    receive(store, delivery(1))
    conversation = talk(store)
    case_id, _ = keep(store, said(store, conversation, "1.0"))
    with store.unit(ACTOR) as unit:
        events = [row.event for row in unit.audit.rows("slack")]
        assert events == ["slack.received", "slack.conversation", "slack.turn"]
        assert "slack.drafted" in [row.event for row in unit.audit.rows(case_id)]
        assert not any("said 1" in str(row.details) for row in unit.audit.rows("slack"))


@pytest.mark.parametrize("number", ["1001", "01001"])
def test_a_case_is_found_by_its_document(store: SqlStore, number: str) -> None:
    with store.unit(ACTOR) as unit:
        assert unit.postings.with_document(number) is None
        assert unit.postings.with_document("%") is None
