"""Remind: an approval that waits is told to those who can give it, then to finance. It is never given by waiting."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from assistant.domain.case import Case
from assistant.domain.errors import BackhaulError
from assistant.domain.lifecycle import CaseState
from assistant.domain.mail import Letter
from assistant.domain.person import Person, Role, program
from assistant.domain.policy import Step
from assistant.domain.ports import Clock, Store, Unit
from assistant.steps.review import Review
from assistant.steps.standing import Staff, Standing

ACTOR = program("reminder")
_CASES = 500


@dataclass(frozen=True, slots=True)
class Reminder:
    """Safe to repeat: each person gets one reminder and one escalation a step of a revision."""

    store: Store
    review: Review
    clock: Clock

    def remind(self) -> int:
        """Look at every case in review; answers how many letters were queued."""
        with self.store.unit(ACTOR) as unit:
            waiting = [case.id for case in unit.cases.list([CaseState.IN_REVIEW], limit=_CASES)]
        return sum(self._of_case(case_id) for case_id in waiting)

    def _of_case(self, case_id: str) -> int:
        with self.store.unit(ACTOR) as unit:
            case = unit.cases.lock(case_id)
            if case.state is not CaseState.IN_REVIEW:
                return 0
            try:
                working_time = self.review.bench.policy(unit).working_time
                hours = working_time.hours(self._waits_since(unit, case), self.clock.now())
                if hours < working_time.remind_after_hours:
                    return 0
                standing = self.review.standing(unit, case)
            except BackhaulError:
                return 0  # no policy, or a silent ERP: the case's page says so
            staff = Staff.of(unit, self.clock.today())
            late = hours >= working_time.escalate_after_hours
            return sum(self._of_step(unit, standing, step, staff, late=late) for step in standing.next)

    def _of_step(self, unit: Unit, standing: Standing, step: Step, staff: Staff, *, late: bool) -> int:
        able = [person for person in standing.could_give(step, staff) if not staff.is_away(person)]
        told = self._tell(unit, standing, step, able, "remind")
        if late or not able:
            others = [p for p in staff.people if Role.FINANCE_APPROVER in p.roles and not staff.is_away(p)]
            told += self._tell(unit, standing, step, [p for p in others if p not in able], "escalate")
        return told

    def _tell(self, unit: Unit, standing: Standing, step: Step, people: Iterable[Person], why: str) -> int:
        case = standing.case
        known = len(unit.outbox.of_case(case.id))
        for person in people:
            key = f"{case.id}-r{case.revision.number}-{step.name}-{why}-{person.id}"
            unit.outbox.queue(_letter(case, step, person, escalated=why == "escalate"), key=key)
        return len(unit.outbox.of_case(case.id)) - known

    def _waits_since(self, unit: Unit, case: Case) -> datetime:
        made = [d.at for d in unit.cases.decisions(case.id) if d.revision == case.revision.number]
        return max([case.changed_at, *made])


def _letter(case: Case, step: Step, person: Person, *, escalated: bool) -> Letter:
    role = step.role.value.replace("_", " ")
    asked = f"{case.id} waits for step {step.place}, to be given by a {role}."
    why = "It has waited long, or nobody who could give it is there." if escalated else "You can give it."
    return Letter(
        kind="reminder",
        to=person.id,
        subject=f"{'Still waiting' if escalated else 'Waiting'}: {case.id}, step {step.place} ({role})",
        text=f"Hello {person.name},\n\n{asked} {why}\nOpen it in the workbench; nothing happens to it by itself.\n",
        case_id=case.id,
    )
