"""How a case stands before its reviewers: what approving would write, which steps are given, what is in the way."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from assistant.domain.absence import Absence
from assistant.domain.approval import Decision, Power, next_steps, open_steps, power_over
from assistant.domain.case import Case, Revision
from assistant.domain.errors import NotAllowedToYou
from assistant.domain.papers import MissingPaper
from assistant.domain.person import Person
from assistant.domain.policy import Judgement, Step
from assistant.domain.ports import Unit
from assistant.domain.posting import PlannedCall


@dataclass(frozen=True, slots=True)
class Staff:
    """Everybody who signs in, and who of them is away on a day."""

    people: tuple[Person, ...]
    away: tuple[tuple[Absence, Person], ...]
    today: date

    @classmethod
    def of(cls, unit: Unit, today: date) -> "Staff":
        people = unit.people.list()
        by_id = {person.id: person for person in people}
        away = [(a, by_id[a.person]) for a in unit.absences.on(today) if a.person in by_id]
        return cls(people, tuple(away), today)

    def is_away(self, person: Person) -> bool:
        return any(someone.id == person.id for _, someone in self.away)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One revision under the policy in force. ``lacking`` says what keeps it from being approved, '' for nothing.

    ``rejected`` are the lines (from 1) left out, each with its reason; ``asked_early`` are those who asked for the
    credit before the goods are back; ``papers`` are those that are not there. ``given`` are the approvals that count:
    those given to exactly these calls, under this policy.
    """

    case: Case
    revisions: tuple[Revision, ...]
    judgement: Judgement
    rejected: Mapping[int, str]
    given: Mapping[str, Decision]
    asked_early: frozenset[str] = frozenset()
    calls: tuple[PlannedCall, ...] = ()
    digests: tuple[str, ...] = ()
    lacking: str = ""
    papers: tuple[MissingPaper, ...] = ()

    @property
    def open(self) -> tuple[Step, ...]:
        return open_steps(self.judgement, self.given)

    @property
    def next(self) -> tuple[Step, ...]:
        return next_steps(self.judgement, self.given)

    @property
    def amount_minor(self) -> int:
        return next((line.facts.case_amount_minor for line in self.judgement.lines.values()), 0)

    def power_of(self, person: Person, staff: Staff, step: Step | None = None) -> Power:
        """What the person may give now (of one step, where it is named). Raises NotAllowedToYou."""
        steps = self.next if step is None else (step,)
        return power_over(
            person,
            self.case,
            steps,
            self.given,
            self.revisions,
            self.asked_early,
            staff.away,
            staff.today,
            self.amount_minor,
        )

    def could_give(self, step: Step, staff: Staff) -> tuple[Person, ...]:
        """Who could give a step as things are, those who are there before those who are away."""
        able = []
        for person in staff.people:
            try:
                self.power_of(person, staff, step)
            except NotAllowedToYou:
                continue
            able.append(person)
        return tuple(sorted(able, key=lambda person: (staff.is_away(person), person.name)))
