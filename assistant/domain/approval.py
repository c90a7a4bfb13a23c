"""People's decisions on exactly what they saw: steps, lines, stand-ins, and what a decision still counts for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from assistant.domain.absence import Absence
from assistant.domain.case import Case, Revision
from assistant.domain.errors import NotAllowedToYou
from assistant.domain.person import Person, Role
from assistant.domain.policy import Judgement, Step

Verdict = Literal["approved", "rejected", "line_rejected", "early_credit", "paper_waived"]
REJECTERS = frozenset({Role.RETURNS_APPROVER, Role.FINANCE_APPROVER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """``digests`` are those of the planned calls the person approved; empty in a rejection, that has a reason.

    ``step`` is the approval that was given; ``stands_in_for`` the absent person it was given for; ``lines`` (counted
    from 1) the lines that were rejected while the case goes on with the others. ``early_credit`` is no approval: it
    asks for the credit before the goods are back, and the policy says who has to agree. ``paper_waived`` does without
    the paper that ``step`` names, for its lines and a reason.
    """

    case_id: str
    revision: int
    verdict: Verdict
    by: str
    at: datetime
    policy_version: str
    digests: tuple[str, ...] = ()
    reason: str = ""
    step: str = ""
    stands_in_for: str = ""
    lines: tuple[int, ...] = ()

    @property
    def people(self) -> frozenset[str]:
        return frozenset({self.by, self.stands_in_for} - {""})


@dataclass(frozen=True, slots=True, kw_only=True)
class Power:
    """A step somebody may give now, and for whom ('' for themselves)."""

    step: Step
    stands_in_for: str = ""


def rejected_lines(decisions: Iterable[Decision], revision: int) -> Mapping[int, str]:
    """The lines rejected in a revision, each with its reason. That is final for the revision."""
    return {
        line: d.reason for d in decisions if d.verdict == "line_rejected" and d.revision == revision for line in d.lines
    }


def early_credit(decisions: Iterable[Decision], revision: int) -> frozenset[str]:
    """Who asked to credit this revision before the goods are back; they don't approve it, too."""
    return frozenset(d.by for d in decisions if d.verdict == "early_credit" and d.revision == revision)


def given_steps(
    decisions: Iterable[Decision], revision: int, policy_version: str, digests: Sequence[str]
) -> Mapping[str, Decision]:
    """The approvals that count: given to this revision, under this policy, to exactly these planned calls."""
    return {
        d.step: d
        for d in decisions
        if d.verdict == "approved"
        and d.revision == revision
        and d.policy_version == policy_version
        and d.digests == tuple(digests)
    }


def covered(judgement: Judgement, decisions: Iterable[Decision], revision: int, digest: str) -> bool:
    """Whether every step the policy asks for was given, by different people, to a plan that holds this digest."""
    found: dict[str, Decision] = {}
    for decision in decisions:
        if decision.revision != revision:
            continue
        if decision.verdict == "rejected":
            return False
        same_policy = decision.policy_version == judgement.policy_version
        if decision.verdict == "approved" and same_policy and digest in decision.digests:
            found[decision.step] = decision
    steps = [step.name for step in judgement.steps]
    if not steps or any(name not in found for name in steps):
        return False
    people = [person for name in steps for person in found[name].people]
    return len(people) == len(set(people))


def open_steps(judgement: Judgement, given: Mapping[str, Decision]) -> tuple[Step, ...]:
    return tuple(step for step in judgement.steps if step.name not in given)


def next_steps(judgement: Judgement, given: Mapping[str, Decision]) -> tuple[Step, ...]:
    """The open steps whose turn it is: those of the lowest place."""
    left = open_steps(judgement, given)
    return tuple(step for step in left if step.place == left[0].place)


def power_over(
    person: Person,
    case: Case,
    steps: Sequence[Step],
    given: Mapping[str, Decision],
    revisions: Iterable[Revision],
    asked_for_it: frozenset[str],
    absences: Iterable[tuple[Absence, Person]],
    today: date,
    amount_minor: int,
) -> Power:
    """The step this person may give now: their own role's before one they stand in for.

    ``absences`` go with the people who are away. Raises NotAllowedToYou saying what is in the way.
    """
    changed_it = editors(revisions)
    decided = {someone for decision in given.values() for someone in decision.people}
    if person.id in changed_it:
        raise NotAllowedToYou(f"You drafted or edited {case.id}; somebody else has to decide it. Nothing was changed.")
    if person.id in asked_for_it:
        raise NotAllowedToYou(f"You asked for an early credit on {case.id}; somebody else has to decide it.")
    in_way = ""
    for step in steps:
        if step.role in person.roles:
            if person.id not in decided:
                return Power(step=step)
            in_way = f"You approved {case.id} already; the next step takes another person. Nothing was changed."
    for step in steps:
        for absence, away in absences:
            if absence.stand_in != person.id or not absence.covers(today) or step.role not in away.roles:
                continue
            if away.id in changed_it | asked_for_it:
                in_way = f"{away.name} drafted or edited {case.id}, so nobody can decide it for them."
            elif away.id in decided or person.id in decided:
                in_way = f"You or {away.name} approved {case.id} already; the next step takes another person."
            elif absence.limit_minor is not None and amount_minor > absence.limit_minor:
                in_way = f"{case.id} is worth more than you may decide for {away.name}. Nothing was changed."
            else:
                return Power(step=step, stands_in_for=away.id)
    if in_way:
        raise NotAllowedToYou(in_way)
    roles = " or ".join(sorted({step.role.value.replace("_", " ") for step in steps})) or "nobody, by the policy"
    raise NotAllowedToYou(f"{case.id} is decided by: {roles}. Nothing was changed.")


def require_may_reject(person: Person, case: Case, judgement: Judgement | None, revisions: Iterable[Revision]) -> None:
    """Raises NotAllowedToYou unless the person approves things of this kind and neither drafted nor edited the case."""
    roles = REJECTERS | {step.role for step in judgement.steps} if judgement is not None else REJECTERS
    if not person.roles & roles:
        named = " or ".join(sorted(role.value.replace("_", " ") for role in roles))
        raise NotAllowedToYou(f"{case.id} is decided by: {named}. Nothing was changed.")
    if person.id in editors(revisions):
        raise NotAllowedToYou(f"You drafted or edited {case.id}; somebody else has to decide it. Nothing was changed.")


def editors(revisions: Iterable[Revision]) -> frozenset[str]:
    return frozenset(r.by.id for r in revisions if r.by.kind == "person")
