"""Who decides for somebody who is away, and what they may not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from assistant.bootstrap import App
from assistant.domain.absence import Absence
from assistant.domain.errors import NotAllowedToYou, ReviewerMustAct
from assistant.domain.lifecycle import CaseState
from assistant.domain.person import program
from assistant.steps.away import Desks
from tests.approving import BOSS, FAY, JUNE, LARGE, MAYA, RICK, TODAY, approve, away, with_more_people
from tests.worked import back, poster, submitted


@pytest.fixture(autouse=True)
def _more_people(app: App) -> None:
    with_more_people(app)


def test_a_stand_in_decides_on_the_days_and_under_the_limit(app: App) -> None:
    case = submitted(app, back(quantity=LARGE))
    approve(app, RICK, case)
    with pytest.raises(NotAllowedToYou):
        approve(app, JUNE, case)
    late = away(app, FAY, JUNE, first=TODAY + timedelta(days=1))
    with pytest.raises(NotAllowedToYou):
        approve(app, JUNE, case)
    limited = away(app, FAY, JUNE, limit_minor=250_000)
    with pytest.raises(NotAllowedToYou, match="worth more than you may decide for Fay"):
        approve(app, JUNE, case)
    away(app, FAY, JUNE)
    assert approve(app, JUNE, case).state is CaseState.APPROVED
    with app.store.unit(program("test")) as unit:
        assert [(d.by, d.stands_in_for) for d in unit.cases.decisions(case.id)] == [(RICK.id, ""), (JUNE.id, FAY.id)]
    assert poster(app).post(case.id) == "authorised"
    assert late.id != limited.id


def test_nobody_decides_twice_by_standing_in(app: App) -> None:
    case = submitted(app, back(quantity=LARGE))
    away(app, FAY, RICK)
    approve(app, RICK, case)
    with pytest.raises(NotAllowedToYou, match="You or Fay"):
        approve(app, RICK, case)


def test_who_edited_a_case_has_no_stand_in_for_it(app: App) -> None:
    case = submitted(app, back(quantity=LARGE))
    app.review.revise(FAY, case.id, 1, case.draft, "price")
    approve(app, RICK, case, 2)
    away(app, FAY, JUNE)
    with pytest.raises(NotAllowedToYou, match="Fay Mendez drafted or edited"):
        approve(app, JUNE, case, 2)


def test_who_may_say_that_somebody_is_away(app: App) -> None:
    desks = Desks(app.store, app.clock)
    absence = Absence(id=0, person=FAY.id, first=TODAY, last=TODAY, stand_in=JUNE.id)
    with pytest.raises(NotAllowedToYou):
        desks.away(JUNE, absence)
    with pytest.raises(NotAllowedToYou, match="doesn't make themselves"):
        desks.away(BOSS, replace(absence, stand_in=BOSS.id))
    for odd in (
        replace(absence, stand_in=MAYA.id),
        replace(absence, stand_in=FAY.id),
        replace(absence, stand_in="nobody@x.example"),
        replace(absence, last=TODAY - timedelta(days=1)),
        replace(absence, first=TODAY - timedelta(days=9), last=TODAY - timedelta(days=8)),
        replace(absence, last=TODAY + timedelta(days=999)),
    ):
        with pytest.raises(ReviewerMustAct):
            desks.away(FAY, odd)
    made = desks.away(BOSS, absence)
    with pytest.raises(NotAllowedToYou):
        desks.back(RICK, made.id)
    desks.back(FAY, made.id)
    with pytest.raises(ReviewerMustAct):
        desks.back(FAY, made.id)
