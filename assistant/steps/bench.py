"""The bench: a case before the policy in force, with the facts as they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from assistant.domain.approval import Decision, early_credit, rejected_lines
from assistant.domain.case import Case
from assistant.domain.errors import OperatorMustAct
from assistant.domain.policy import Judgement, LineFacts, Policy
from assistant.domain.ports import Clock, Rules, Unit
from assistant.steps.facts import facts_of
from tools.erp import ErpReader, ErpSilent


@dataclass(frozen=True, slots=True)
class Bench:
    """Judges inside the caller's unit, so that what is judged is what is decided."""

    rules: Rules
    erp: ErpReader
    clock: Clock

    def policy(self, unit: Unit) -> Policy:
        """Raises OperatorMustAct where none is in force."""
        return self.rules.in_force(unit, self.clock.today())

    def judge(self, case: Case, policy: Policy, decisions: Sequence[Decision]) -> Judgement:
        """The current revision, without the lines that were rejected. Raises OperatorMustAct if the ERP is silent."""
        number, counted_to = case.revision.number, self._counted_to(case)
        without, early = rejected_lines(decisions, number), bool(early_credit(decisions, number))
        try:
            facts, lacking = facts_of(case, self.erp, counted_to, policy.working_time, without, early=early)
        except ErpSilent as silence:
            raise OperatorMustAct(f"The ERP does not answer ({silence}); nothing was changed. Try again.") from silence
        return judgement_of(policy, counted_to, facts, lacking)

    def keep_judgement(self, unit: Unit, case: Case) -> None:
        """What the policy says of a case that comes before the reviewers; it comes before them all the same without."""
        try:
            said = self.judge(case, self.policy(unit), unit.cases.decisions(case.id))
        except OperatorMustAct:
            return
        unit.judgements.keep(case.id, case.revision.number, said)

    def _counted_to(self, case: Case) -> date:
        """The day the request came; a fixed today (demos) never lies after it."""
        return min(case.opened_at.date(), self.clock.today())


def judgement_of(
    policy: Policy, counted_to: date, facts: Mapping[int, LineFacts], lacking: Mapping[int, str]
) -> Judgement:
    return Judgement(
        policy_version=policy.version,
        policy_digest=policy.digest,
        counted_to=counted_to,
        lines={number: policy.judge_line(known) for number, known in facts.items()},
        lacking=lacking,
    )
