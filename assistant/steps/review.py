"""Review: a person approves, rejects, edits or submits a case, on exactly the revision they saw."""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.domain.approval import Decision, require_may_decide
from assistant.domain.case import Case
from assistant.domain.draft import Draft
from assistant.domain.errors import (
    ChangedMeanwhile,
    NotAllowedNow,
    NotAllowedToYou,
    NothingLeft,
    OperatorMustAct,
    ReviewerMustAct,
)
from assistant.domain.lifecycle import CASE_TRANSITIONS, CaseEvent, after
from assistant.domain.money import plain
from assistant.domain.person import Person, Role, acting
from assistant.domain.policy import Policy
from assistant.domain.ports import Clock, Store, Unit
from assistant.domain.posting import Hold, PlannedCall, PostingState
from assistant.steps import letters
from assistant.steps.plan import holds, plan
from tools.contract import Binding, Refused, ToolCall
from tools.erp import Erp, ErpSilent
from tools.gate import Gate

_BEGUN = {PostingState.STARTED, PostingState.DONE}
EDITORS = frozenset({Role.AGENT, Role.RETURNS_APPROVER, Role.FINANCE_APPROVER, Role.ADMIN})


@dataclass(frozen=True, slots=True)
class Review:
    """Each method is one transaction; a refusal changes nothing and says why."""

    store: Store
    erp: Erp
    gate: Gate
    policy: Policy
    clock: Clock

    def planned(self, case: Case) -> tuple[PlannedCall, ...]:
        """What approving would write. Raises ReviewerMustAct where the case lacks something."""
        try:
            return plan(case, self.erp)
        except ErpSilent as silence:
            raise OperatorMustAct(f"The ERP does not answer ({silence}); nothing was changed. Try again.") from silence

    def digests(self, case: Case, calls: Sequence[PlannedCall]) -> tuple[str, ...]:
        binding = Binding(case_id=case.id, revision=case.revision.number, policy_version=self.policy.version)
        try:
            return tuple(self.gate.digest_of(ToolCall(c.tool, c.arguments, binding, c.key)) for c in calls)
        except Refused as refusal:
            raise ReviewerMustAct(f"This can't be posted as it stands: {refusal}. Edit it first.") from refusal

    def approve(self, person: Person, case_id: str, revision: int, seen: Sequence[str]) -> Case:
        """``seen`` are the digests of the planned calls that were on the person's screen."""
        with self.store.unit(acting(person)) as unit:
            case = self._decidable(unit, person, case_id, revision, CaseEvent.APPROVE)
            calls = self.planned(case)
            digests = self.digests(case, calls)
            if tuple(seen) != digests:
                raise ChangedMeanwhile(f"What {case.id} would post has changed since you looked. Look again.")
            self._set_aside(unit, holds(case))
            unit.cases.decide(self._decision(person, case, "approved", digests=digests))
            unit.postings.plan(case.id, revision, calls)
            return unit.cases.move(case.id, CaseEvent.APPROVE, revision)

    def reject(self, person: Person, case_id: str, revision: int, reason: str) -> Case:
        """The customer reads the reason."""
        if not reason.strip():
            raise ReviewerMustAct("A rejection needs a reason: the customer reads it. Nothing was changed.")
        with self.store.unit(acting(person)) as unit:
            case = self._decidable(unit, person, case_id, revision, CaseEvent.REJECT)
            unit.cases.decide(self._decision(person, case, "rejected", reason=reason.strip()))
            rejected = unit.cases.move(case.id, CaseEvent.REJECT, revision, note=reason.strip())
            if case.kind != "adjustment":
                message = unit.messages.get(case.message_id)
                unit.outbox.queue(
                    letters.rejected(case, message, self.erp.company(), reason), key=f"{case.id}-r{revision}-rejected"
                )
            return rejected

    def revise(self, person: Person, case_id: str, revision: int, draft: Draft, why: str) -> Case:
        """A new revision by this person, who can't decide the case any more. It goes back to review."""
        if not why.strip():
            raise ReviewerMustAct("Say why you changed it: the next reviewer reads that. Nothing was changed.")
        self._require_editor(person)
        with self.store.unit(acting(person)) as unit:
            unit.cases.lock(case_id)
            case = unit.cases.revise(case_id, revision, draft, why.strip())
            return unit.cases.move(case.id, CaseEvent.SUBMIT, case.revision.number)

    def submit(self, person: Person, case_id: str, revision: int) -> Case:
        self._require_editor(person)
        with self.store.unit(acting(person)) as unit:
            return unit.cases.move(case_id, CaseEvent.SUBMIT, revision)

    def cancel(self, person: Person, case_id: str, revision: int, why: str) -> Case:
        self._require_editor(person)
        with self.store.unit(acting(person)) as unit:
            unit.cases.lock(case_id)
            if begun := [p for p in unit.postings.of_case(case_id) if p.state in _BEGUN]:
                told = begun[0].document_no or "its posting was begun"
                raise NotAllowedNow(f"{case_id} can't be cancelled: {told}. Nothing was changed.")
            case = unit.cases.move(case_id, CaseEvent.CANCEL, revision, note=why)
            unit.postings.release(case_id)
            unit.worklist.resolve_trouble(f"case:{case_id}")
            return case

    def _decidable(self, unit: Unit, person: Person, case_id: str, revision: int, event: CaseEvent) -> Case:
        case = unit.cases.lock(case_id)
        if case.revision.number != revision:
            now = case.revision.number
            raise ChangedMeanwhile(f"{case.id} is at revision {now}; you saw {revision}. Look again.")
        after(CASE_TRANSITIONS, case.state, event)
        require_may_decide(person, case, unit.cases.revisions(case_id), self.policy)
        return case

    def _set_aside(self, unit: Unit, wanted: Sequence[Hold]) -> None:
        """Check, under lock, that what would come back has not been promised to others already."""
        for order_no in sorted({hold.order_no for hold in wanted}):
            unit.postings.lock_order(order_no)
        for hold in wanted:
            order = self.erp.order(hold.order_no)
            shipped = order.shipped(hold.sku) if order is not None else 0
            gone = self.erp.returned(hold.order_no, hold.sku) + unit.postings.held(hold.order_no, hold.sku)
            left = max(shipped - gone, type(gone)(0))
            if hold.quantity > left:
                raise NothingLeft(
                    f"{plain(hold.quantity)} of {hold.sku} on {hold.order_no} can't come back: {plain(left)} are left "
                    "after what was shipped and what other cases bring back. Nothing was changed; edit the line."
                )
        unit.postings.hold(wanted)

    def _decision(
        self, person: Person, case: Case, verdict: str, digests: tuple[str, ...] = (), reason: str = ""
    ) -> Decision:
        return Decision(
            case_id=case.id,
            revision=case.revision.number,
            verdict="approved" if verdict == "approved" else "rejected",
            by=person.id,
            at=self.clock.now(),
            policy_version=self.policy.version,
            digests=digests,
            reason=reason,
        )

    @staticmethod
    def _require_editor(person: Person) -> None:
        if not person.roles & EDITORS:
            raise NotAllowedToYou("Cases are edited by agents and reviewers. Nothing was changed.")
