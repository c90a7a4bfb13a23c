"""People of every role over the sample distributor, and how they decide a case."""

from dataclasses import replace
from datetime import date, timedelta

from assistant.bootstrap import App
from assistant.demo.people import PEOPLE
from assistant.domain.absence import Absence
from assistant.domain.case import Case
from assistant.domain.person import Person, Role, program
from assistant.steps.away import Desks
from tests.worked import seen

MAYA, RICK, JUNE, FAY, WALT = PEOPLE
BOSS = Person(id="boss@kestrelsupply.example", name="Boss", roles=frozenset({Role.ADMIN}))
BOTH = Person(
    id="both@kestrelsupply.example", name="Both", roles=frozenset({Role.RETURNS_APPROVER, Role.FINANCE_APPROVER})
)
TODAY = date(2026, 11, 20)
LARGE = 27  # times 93.80 is more than 2,500.00: finance approves too


def with_more_people(app: App) -> App:
    with app.store.unit(program("test")) as unit:
        for person in (BOSS, BOTH):
            unit.people.add(person, "x")
    return app


def approve(app: App, person: Person, case: Case, revision: int = 1) -> Case:
    return app.review.approve(person, case.id, revision, seen(app, case))


def away(app: App, person: Person, stand_in: Person, **changed: object) -> Absence:
    planned = Absence(id=0, person=person.id, first=TODAY, last=TODAY + timedelta(days=3), stand_in=stand_in.id)
    return Desks(app.store, app.clock).away(person, replace(planned, **changed))  # type: ignore[arg-type] # an absence's own names
