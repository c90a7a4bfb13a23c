"""A person's decision on exactly what they saw."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from assistant.domain.case import Case, Revision
from assistant.domain.errors import NotAllowedToYou
from assistant.domain.person import Person, Role
from assistant.domain.policy import Policy

Verdict = Literal["approved", "rejected"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """``digests`` are those of the planned calls the person approved; empty in a rejection, that has a reason."""

    case_id: str
    revision: int
    verdict: Verdict
    by: str
    at: datetime
    policy_version: str
    digests: tuple[str, ...] = ()
    reason: str = ""


def require_may_decide(person: Person, case: Case, revisions: Iterable[Revision], policy: Policy) -> None:
    """Raises NotAllowedToYou unless the person has an approving role and neither drafted nor edited the case."""
    needed: frozenset[Role] = policy.approvers(case.kind)
    if not person.roles & needed:
        roles = " or ".join(sorted(role.value.replace("_", " ") for role in needed)) or "nobody, by the policy in force"
        raise NotAllowedToYou(f"{case.id} is decided by: {roles}. Nothing was changed.")
    if any(r.by.kind == "person" and r.by.id == person.id for r in revisions):
        raise NotAllowedToYou(f"You drafted or edited {case.id}; somebody else has to decide it. Nothing was changed.")
