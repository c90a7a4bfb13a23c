"""A change of policy: proposed by one person, approved or rejected by another, who answers for the money."""

from dataclasses import dataclass

from assistant.domain.errors import NotAllowedToYou, ReviewerMustAct
from assistant.domain.person import Person, Role, acting
from assistant.domain.policy import PolicyVersion
from assistant.domain.ports import Clock, Store

PROPOSERS = frozenset({Role.RETURNS_APPROVER, Role.FINANCE_APPROVER, Role.ADMIN})
APPROVERS = frozenset({Role.FINANCE_APPROVER})


@dataclass(frozen=True, slots=True)
class Rulemaking:
    """Each method is one transaction; a refusal changes nothing and says why."""

    store: Store
    clock: Clock

    def propose(self, person: Person, version: PolicyVersion) -> PolicyVersion:
        """``version`` was read and checked; it comes into force today at the earliest: nothing is judged again."""
        if not person.roles & PROPOSERS:
            raise NotAllowedToYou(f"A policy is proposed by: {_named(PROPOSERS)}. Nothing was changed.")
        self._require_to_come(version)
        with self.store.unit(acting(person)) as unit:
            unit.policies.propose(version)
            return unit.policies.get(version.version)

    def approve(self, person: Person, version: str, digest: str) -> PolicyVersion:
        """``digest`` is that of the text the person read."""
        with self.store.unit(acting(person)) as unit:
            known = unit.policies.get(version)
            self._require_may_decide(person, known)
            if not digest or not known.digest.startswith(digest) or len(digest) < _SHOWN:
                raise ReviewerMustAct(f"That is not the text of {version} that was proposed. Read it again.")
            self._require_to_come(known)
            return unit.policies.decide(version, approved=True, by=person.id)

    def reject(self, person: Person, version: str, reason: str) -> PolicyVersion:
        if not reason.strip():
            raise ReviewerMustAct("A rejection needs a reason. Nothing was changed.")
        with self.store.unit(acting(person)) as unit:
            self._require_may_decide(person, unit.policies.get(version))
            return unit.policies.decide(version, approved=False, by=person.id, reason=reason.strip())

    def _require_to_come(self, version: PolicyVersion) -> None:
        if version.effective_from < self.clock.today():
            raise ReviewerMustAct(
                f"{version.version} would have been in force since {version.effective_from}: a policy comes into force "
                "today or later. Nothing was changed; give it another day."
            )

    def _require_may_decide(self, person: Person, version: PolicyVersion) -> None:
        if not person.roles & APPROVERS:
            raise NotAllowedToYou(f"A policy is decided by: {_named(APPROVERS)}. Nothing was changed.")
        if person.id == version.proposed_by:
            raise NotAllowedToYou(f"You proposed {version.version}; somebody else has to decide it.")


_SHOWN = 12  # characters of a digest that a person types


def _named(roles: frozenset[Role]) -> str:
    return ", ".join(sorted(role.value.replace("_", " ") for role in roles))
