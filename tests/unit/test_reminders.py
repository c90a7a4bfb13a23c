"""Approvals that wait are told to people, by working hours, once; and nothing is decided by waiting."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.bootstrap import App
from assistant.demo.people import PEOPLE
from assistant.domain.absence import Absence
from assistant.domain.errors import OperatorMustAct
from assistant.domain.lifecycle import CaseState
from assistant.domain.person import program
from assistant.domain.policy import Policy
from assistant.domain.ports import Unit
from assistant.domain.working_time import WorkingTime
from assistant.steps.away import Desks
from assistant.steps.remind import Reminder
from tests.worked import back, kept, seen, submitted

MAYA, RICK, JUNE, FAY, WALT = PEOPLE
WEEK = WorkingTime(
    zone="America/New_York",
    weekdays=frozenset(range(5)),
    opens=time(8),
    closes=time(17),
    holidays=frozenset({date(2026, 11, 26)}),
)


@dataclass
class Later:
    """A clock that is ahead of the machine's."""

    ahead: timedelta = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def today(self) -> date:
        return date(2026, 11, 20)


def reminded(app: App, days: int) -> tuple[int, Reminder]:
    reminder = Reminder(app.store, app.review, Later(timedelta(days=days)))
    return reminder.remind(), reminder


def told(app: App, case_id: str) -> list[tuple[str, str]]:
    with app.store.unit(program("test")) as unit:
        return [(m.letter.to, m.letter.subject.split(":")[0]) for m in unit.outbox.of_case(case_id)]


def test_those_who_can_give_the_step_are_reminded_once(app: App) -> None:
    case = submitted(app, back())
    assert reminded(app, 0)[0] == 0
    assert reminded(app, 30)[0] == 3
    assert sorted(told(app, case.id)) == [
        (FAY.id, "Still waiting"),
        (JUNE.id, "Waiting"),
        (RICK.id, "Waiting"),
    ]
    assert reminded(app, 60)[0] == 0
    assert kept(app, case.id).state is CaseState.IN_REVIEW


def test_the_next_step_is_reminded_of_when_its_turn_comes(app: App) -> None:
    case = submitted(app, back(quantity=27))
    reminded(app, 30)
    app.review.approve(RICK, case.id, 1, seen(app, case))
    reminded(app, 30)
    assert (FAY.id, "Waiting") in told(app, case.id)


def test_who_is_away_is_left_alone_and_their_stand_in_is_told(app: App) -> None:
    absence = Absence(id=0, person=RICK.id, first=date(2026, 11, 20), last=date(2026, 11, 21), stand_in=FAY.id)
    Desks(app.store, app.clock).away(RICK, absence)
    case = submitted(app, back())
    reminded(app, 30)
    assert sorted(told(app, case.id)) == [(FAY.id, "Waiting"), (JUNE.id, "Waiting")]


def test_where_nobody_is_there_it_is_escalated_at_once(app: App) -> None:
    desks, today = Desks(app.store, app.clock), date(2026, 11, 20)
    for person in (RICK, JUNE):
        desks.away(person, Absence(id=0, person=person.id, first=today, last=today))
    case = submitted(app, back())
    reminded(app, 30)
    assert told(app, case.id) == [(FAY.id, "Still waiting")]


def test_a_case_nobody_judges_is_left_alone(app: App) -> None:
    submitted(app, back())
    reminder = Reminder(app.store, replace(app.review, bench=replace(app.review.bench, rules=NoRules())), Later())
    assert reminder.remind() == 0


class NoRules:
    """No policy is in force."""

    def in_force(self, unit: Unit, on: date) -> Policy:
        raise OperatorMustAct(f"none on {on}")


# -- working time


@pytest.mark.parametrize(
    ("since", "until", "days"),
    [
        (date(2026, 11, 20), date(2026, 11, 20), 0),  # Friday
        (date(2026, 11, 20), date(2026, 11, 22), 0),
        (date(2026, 11, 20), date(2026, 11, 23), 1),
        (date(2026, 11, 23), date(2026, 11, 30), 4),  # Thanksgiving between
        (date(2026, 11, 30), date(2026, 11, 20), 0),
    ],
)
def test_business_days(since: date, until: date, days: int) -> None:
    assert WEEK.business_days(since, until) == days


@given(st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.integers(0, 400))
def test_business_days_are_those_one_counts(since: date, length: int) -> None:
    until = since + timedelta(days=length)
    counted = sum(WEEK.is_working_day(since + timedelta(days=n)) for n in range(1, length + 1))
    assert WEEK.business_days(since, until) == counted


@pytest.mark.parametrize(
    ("since", "until", "hours"),
    [
        ("2026-11-20T13:00", "2026-11-20T15:00", 2),  # 8 to 10 in New York
        ("2026-11-20T12:00", "2026-11-20T14:00", 1),  # opens at 13:00 UTC
        ("2026-11-20T21:00", "2026-11-23T14:00", 2),  # an hour on Friday, one on Monday
        ("2026-11-25T21:00", "2026-11-27T14:00", 2),  # Thanksgiving between
        ("2026-11-21T00:00", "2026-11-22T23:00", 0),
        ("2026-03-06T13:00", "2026-03-09T13:00", 10),  # the clocks go forward: Monday opens at 12:00 UTC
    ],
)
def test_working_hours(since: str, until: str, hours: float) -> None:
    first, last = (datetime.fromisoformat(each).replace(tzinfo=UTC) for each in (since, until))
    assert WEEK.hours(first, last) == hours
    assert WEEK.hours(last, first) == 0


@settings(max_examples=50)
@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)), st.integers(0, 500), st.integers(0, 500))  # noqa: DTZ001 # aware below
def test_working_hours_add_up(start: datetime, one: int, two: int) -> None:
    first = start.replace(tzinfo=UTC)
    middle = first + timedelta(hours=one)
    last = middle + timedelta(hours=two)
    assert WEEK.hours(first, middle) + WEEK.hours(middle, last) == pytest.approx(WEEK.hours(first, last))
