"""An RMA's end: the customer is reminded once before it, people told once after it, and then it expires."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from assistant import workflow
from assistant.bootstrap import App
from assistant.demo.people import PEOPLE
from assistant.domain.case import Case
from assistant.domain.errors import NotAllowedToYou
from assistant.domain.lifecycle import CaseState
from assistant.domain.mail import LetterLimits
from assistant.domain.person import program
from assistant.domain.policy import Judgement
from assistant.domain.report import Report
from assistant.domain.worklist import Trouble, Verified
from assistant.steps.expiry import Expiry
from assistant.steps.guard import Guard
from assistant.steps.hear import hear
from assistant.steps.letters import Letters
from assistant.steps.read import ALONE
from assistant.store.slots import slots_for
from tests.journeys.backhaul import until
from tests.worked import back, kept, poster, seen, submitted

MAYA, RICK, JUNE, FAY, WALT = PEOPLE
TEST = program("test")


@dataclass
class On:
    """A clock on a day so long after the authorisation."""

    days: int

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(days=self.days)

    def today(self) -> date:
        return self.now().date()


def authorised(app: App) -> Case:
    case = submitted(app, back())
    app.review.approve(RICK, case.id, 1, seen(app, case))
    assert poster(app).post(case.id) == "authorised"
    return kept(app, case.id)


def expiry(app: App, days: int, **more: int) -> Expiry:
    clock = On(days)
    letters = replace(app.review.letters, clock=clock)
    return Expiry(app.store, letters, Guard(LetterLimits(), clock, app.erp.company(), ALONE), clock, **more)


def look(app: App, days: int, **more: int) -> int:
    return expiry(app, days, **more).look()


def troubles(app: App) -> list[Trouble]:
    with app.store.unit(TEST) as unit:
        return list(unit.worklist.troubles())


def kinds(app: App, case_id: str) -> list[str]:
    with app.store.unit(TEST) as unit:
        return [letter.letter.kind for letter in unit.outbox.of_case(case_id)]


def test_the_customer_is_reminded_once_before_the_end(app: App) -> None:
    case = authorised(app)  # valid for 30 days
    assert look(app, 22) == 0
    assert look(app, 23) == 1
    assert look(app, 29) == look(app, 30) == 0
    assert kinds(app, case.id) == ["authorised", "expiring"]
    with app.store.unit(TEST) as unit:
        letter = unit.outbox.of_case(case.id)[-1].letter
    assert "7 days are left" in letter.text
    assert "RMA-" in letter.text
    assert kept(app, case.id).state is CaseState.AUTHORISED


def test_the_end_is_told_to_people_who_may_let_it_expire(app: App) -> None:
    case = authorised(app)
    assert look(app, 31) == 1
    assert look(app, 90, expire_days=0) == 0
    assert kept(app, case.id).state is CaseState.AUTHORISED
    with app.store.unit(TEST) as unit:
        (trouble,) = unit.worklist.troubles()
    assert trouble.subject == f"rma:{case.id}"
    with pytest.raises(NotAllowedToYou):
        app.mender.again(WALT, trouble.id)
    app.mender.again(MAYA, trouble.id)
    assert kept(app, case.id).state is CaseState.EXPIRED
    assert kinds(app, case.id) == ["authorised"]


def test_what_came_back_is_said_and_stays(app: App) -> None:
    case = authorised(app)
    look(app, 31)
    with app.store.unit(TEST) as unit:
        (trouble,) = unit.worklist.troubles()
    app.mender.done(MAYA, trouble.id)
    assert kept(app, case.id).state is CaseState.AUTHORISED
    assert look(app, 32) == look(app, 90) == 0


def test_where_nobody_says_otherwise_it_expires_by_itself(app: App) -> None:
    case = authorised(app)
    look(app, 31)
    (told,) = troubles(app)
    assert "In 30 days it expires by itself" in told.next_step
    assert look(app, 31, expire_days=32) == 0
    assert look(app, 60) == 1
    assert kept(app, case.id).state is CaseState.EXPIRED
    (told,) = troubles(app)
    assert "Close the RMA in the ERP" in told.next_step
    with app.store.unit(TEST) as unit:
        row = next(row for row in unit.audit.rows(case.id) if row.event == "case.expire")
        assert row.actor == "program:reminder"
        assert isinstance(unit.audit.verify(), Verified)
    assert look(app, 61) == 0
    app.mender.again(MAYA, told.id)
    assert troubles(app) == []
    assert kinds(app, case.id) == ["authorised"]


@pytest.mark.parametrize(
    ("report", "state"),
    [
        ("warehouse.received", CaseState.AUTHORISED),
        ("carrier.in_transit", CaseState.AUTHORISED),
        ("carrier.failed", CaseState.EXPIRED),
    ],
)
def test_reported_goods_leave_it_to_people(app: App, report: str, state: CaseState) -> None:
    case = authorised(app)
    look(app, 31)
    hear(app.store, MAYA, case.id, Report(kind=report, at=datetime.now(UTC)), "r-1")
    look(app, 90)
    assert kept(app, case.id).state is state


def test_one_case_that_cant_be_looked_at_keeps_no_other_one(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = authorised(app), authorised(app)
    looked_at = Letters.valid_until

    def broken(self: Letters, case: Case, judgement: Judgement | None) -> date | None:
        if case.id == second.id:
            raise ConnectionError("the ERP is away")
        return looked_at(self, case, judgement)

    monkeypatch.setattr(Letters, "valid_until", broken)
    monkeypatch.setattr("assistant.steps.expiry._AT_ONCE", 1)
    assert look(app, 23) == 1
    assert (kinds(app, first.id), kinds(app, second.id)) == (["authorised", "expiring"], ["authorised"])


@pytest.mark.slow
def test_the_worker_reminds_and_the_letter_leaves(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    case = authorised(app)
    for name in ("_EXPIRY_SECONDS", "_REMIND_SECONDS"):
        monkeypatch.setattr(workflow, name, 0.0)
    stations = replace(app.engine._stations, expiry=expiry(app, 23))
    url = app.settings.workflow_url
    engine = workflow.Engine(stations, url, slots_for(app.settings.database_url, app.settings.data / "slots"))
    engine.start()
    try:
        until(lambda: list((app.settings.data / "outbox").glob("*-expiring.eml")))
        until(lambda: letter_states(app, case.id) == {"authorised": "sent", "expiring": "sent"})
    finally:
        engine.stop()


def letter_states(app: App, case_id: str) -> dict[str, str]:
    with app.store.unit(TEST) as unit:
        return {letter.letter.kind: letter.state for letter in unit.outbox.of_case(case_id)}
