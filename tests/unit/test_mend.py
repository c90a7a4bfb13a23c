"""What people do about exceptions: try again, or say that it is settled. And what can still be cancelled."""

import pytest

from assistant.bootstrap import App
from assistant.demo import files
from assistant.demo.people import PEOPLE
from assistant.domain.case import Case
from assistant.domain.errors import NotAllowedNow, NotAllowedToYou, NotFound, OperatorMustAct, ReviewerMustAct
from assistant.domain.lifecycle import CaseState, MessageEvent, MessageState
from assistant.domain.mail import Letter, Queued
from assistant.domain.message import Arrival
from assistant.domain.person import Person, Role, program
from assistant.steps.send import Sender
from tests.worked import kept, poster, seen, worked

TEST = program("test")


def person(role: Role) -> Person:
    return next(each for each in PEOPLE if role in each.roles)


AGENT, WAREHOUSE, APPROVER = person(Role.AGENT), person(Role.WAREHOUSE), person(Role.RETURNS_APPROVER)


class Refusing:
    """A mail server that takes nothing until ``well``."""

    def __init__(self) -> None:
        self.well = False
        self.sent: list[Queued] = []

    def send(self, mail: Queued) -> None:
        if not self.well:
            raise OperatorMustAct("the server is away")
        self.sent.append(mail)


def trouble(app: App, subject: str) -> int:
    with app.store.unit(TEST) as unit:
        return next(t.id for t in unit.worklist.troubles() if t.subject == subject)


def troubles(app: App) -> list[str]:
    with app.store.unit(TEST) as unit:
        return [t.subject for t in unit.worklist.troubles()]


def letter(app: App) -> Queued:
    with app.store.unit(TEST) as unit:
        return unit.outbox.queue(Letter(kind="rejected", to="joe@x.example", subject="No", text="No."), key="k")


@pytest.fixture
def case(app: App) -> Case:
    return worked(app, files.mailbox()[0].read_bytes())


def approved(app: App, case: Case) -> Case:
    return app.review.approve(APPROVER, case.id, 1, seen(app, case))


def test_a_letter_nobody_took_is_sent_again_when_a_person_says_so(app: App) -> None:
    queued, server = letter(app), Refusing()
    sender = Sender(app.store, server, app.clock)
    states = [sender.send(queued.id) for _ in range(8)]
    assert states == ["waiting"] * 7 + ["failed"]
    subject = f"mail:{queued.id}"
    with pytest.raises(NotAllowedToYou):
        app.mender.again(WAREHOUSE, trouble(app, subject))
    app.mender.again(AGENT, trouble(app, subject))
    server.well = True
    assert sender.send(queued.id) == "sent"
    assert len(server.sent) == 1
    assert troubles(app) == []


def test_a_letter_found_half_sent_waits_for_a_person_and_is_sent_once_at_most(app: App) -> None:
    queued, server = letter(app), Refusing()
    server.well = True
    with app.store.unit(TEST) as unit:
        unit.outbox.take(queued.id)  # and there the process died
    sender = Sender(app.store, server, app.clock)
    assert sender.send(queued.id) == "sending"
    assert server.sent == []
    assert troubles(app) == [f"mail:{queued.id}"]
    number = trouble(app, f"mail:{queued.id}")
    app.mender.done(AGENT, number)
    with app.store.unit(TEST) as unit:
        assert unit.outbox.get(queued.id).state == "sent"
    assert troubles(app) == []
    with pytest.raises(NotFound):
        app.mender.again(AGENT, number)


def test_a_message_that_failed_runs_again_or_was_answered_by_hand(app: App) -> None:
    with app.store.unit(TEST) as unit:
        failed = [unit.messages.record(Arrival(channel="email", raw=raw))[0].id for raw in (b"one", b"two")]
        for message_id in failed:
            unit.messages.move(message_id, MessageEvent.CLAIM)
            unit.messages.move(message_id, MessageEvent.FAIL, "broke")
            unit.worklist.raise_trouble(f"message:{message_id}", "broke", "kept", "look")
    app.mender.again(AGENT, trouble(app, f"message:{failed[0]}"))
    app.mender.done(AGENT, trouble(app, f"message:{failed[1]}"))
    with app.store.unit(TEST) as unit:
        assert unit.messages.get(failed[0]).state is MessageState.RECORDED
        assert unit.messages.get(failed[1]).state is MessageState.FAILED
    assert troubles(app) == []


def test_an_approved_case_is_posted_again_or_cancelled_never_waved_through(app: App, case: Case) -> None:
    approved(app, case)
    with app.store.unit(TEST) as unit:
        unit.worklist.raise_trouble(f"case:{case.id}", "refused", "kept", "mend")
    with pytest.raises(ReviewerMustAct, match="posted again or cancelled"):
        app.mender.done(AGENT, trouble(app, f"case:{case.id}"))
    app.review.cancel(AGENT, case.id, 1, "the customer keeps them")
    assert troubles(app) == []
    assert poster(app).post(case.id) == "cancelled"
    assert app.erp.returned("KS-700100", "FSK-0440") == 0


def test_what_was_posted_can_not_be_cancelled(app: App, case: Case) -> None:
    approved(app, case)
    with app.store.unit(TEST) as unit:
        unit.postings.start(unit.postings.of_case(case.id)[0].key)
    with pytest.raises(NotAllowedNow, match="can't be cancelled"):
        app.review.cancel(AGENT, case.id, 1, "too late")
    assert kept(app, case.id).state is CaseState.APPROVED
