"""Review: a person approves, rejects, edits or submits a case, on exactly the revision they saw."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.domain.approval import (
    Decision,
    Verdict,
    early_credit,
    given_steps,
    rejected_lines,
    require_may_reject,
)
from assistant.domain.case import Case
from assistant.domain.draft import Draft
from assistant.domain.errors import (
    ChangedMeanwhile,
    NotAllowedNow,
    NotAllowedToYou,
    OperatorMustAct,
    ReviewerMustAct,
)
from assistant.domain.lifecycle import CASE_TRANSITIONS, CaseEvent, CaseState, after
from assistant.domain.papers import MissingPaper
from assistant.domain.person import Person, Role, acting
from assistant.domain.policy import Judgement, Policy
from assistant.domain.ports import Clock, Store, Unit
from assistant.domain.posting import PlannedCall, PostingState
from assistant.steps.bench import Bench
from assistant.steps.eligible import obstacles
from assistant.steps.holding import require_left, set_aside, wanted_by
from assistant.steps.letters import Letters
from assistant.steps.missing_papers import missing_papers
from assistant.steps.plan import plan
from assistant.steps.standing import Staff, Standing
from tools.contract import Binding, Refused, ToolCall
from tools.erp import Erp, ErpSilent
from tools.gate import Gate

_BEGUN = {PostingState.STARTED, PostingState.DONE}
EDITORS = frozenset({Role.AGENT, Role.RETURNS_APPROVER, Role.FINANCE_APPROVER, Role.ADMIN})


def _held(papers: Sequence[MissingPaper]) -> str:
    """What is missing that has to be there first; '' where nothing is."""
    if held := next((paper for paper in papers if paper.holds), None):
        return (
            f"Line {held.line}: the policy wants the {held.name} before {held.before}, and it is not there. "
            "Ask for it, or say why it is not needed. Nothing was changed."
        )
    return ""


def _require_time_to_credit(judgement: Judgement) -> None:
    """Raises ReviewerMustAct where approving would credit a line that the policy credits later.

    Before the goods are back money goes only where somebody asked for that, whatever a table says.
    """
    for number, said in judgement.lines.items():
        if said.credit_timing == "before receipt" and not said.facts.credit_override:
            raise ReviewerMustAct(
                f"Line {number} is credited before receipt only where somebody asks for it. Ask first."
            )
        if said.credit_timing in {"on receipt", "after inspection"} and said.facts.kind == "credit":
            raise ReviewerMustAct(
                f"Line {number} is credited {said.credit_timing} by the policy, and this would credit it now. "
                "Make it a return, or ask for an early credit. Nothing was changed."
            )


@dataclass(frozen=True, slots=True)
class Review:
    """Each method is one transaction; a refusal changes nothing and says why."""

    store: Store
    erp: Erp
    gate: Gate
    bench: Bench
    clock: Clock
    letters: Letters

    def standing(self, unit: Unit, case: Case) -> Standing:
        """How the case stands now. Raises OperatorMustAct where no policy is in force or the ERP is silent."""
        policy = self.bench.policy(unit)
        decisions = unit.cases.decisions(case.id)
        rejected = rejected_lines(decisions, case.revision.number)
        judgement = self.bench.judge(case, policy, decisions)
        calls: tuple[PlannedCall, ...] = ()
        digests: tuple[str, ...] = ()
        papers = missing_papers(unit, case, judgement)
        try:
            lacking = self._in_the_way(case, judgement) or _held(papers)
            if not lacking:
                calls = plan(case, self.erp, rejected, judgement)
                _require_time_to_credit(judgement)
                digests = self._digests(case, calls, policy)
                lacking = self._against_the_records(case, judgement)
        except ReviewerMustAct as missing:
            lacking = str(missing)
        except ErpSilent as silence:
            raise OperatorMustAct(f"The ERP does not answer ({silence}); nothing was changed. Try again.") from silence
        return Standing(
            case=case,
            revisions=unit.cases.revisions(case.id),
            judgement=judgement,
            rejected=rejected,
            asked_early=early_credit(decisions, case.revision.number),
            given=given_steps(decisions, case.revision.number, policy.version, digests) if digests else {},
            calls=() if lacking else calls,
            digests=() if lacking else digests,
            lacking=lacking,
            papers=papers,
        )

    def approve(self, person: Person, case_id: str, revision: int, seen: Sequence[str]) -> Case:
        """Give the next step of the case. ``seen`` are the digests of the planned calls that were on the screen.

        The last step approves the case; before it the case stays in review.
        """
        with self.store.unit(acting(person)) as unit:
            case = self._decidable(unit, case_id, revision, CaseEvent.APPROVE)
            return self._approve(unit, person, case, seen)

    def approve_without(
        self, person: Person, case_id: str, revision: int, lines: Sequence[int], reason: str, seen: Sequence[str]
    ) -> Case:
        """Leave lines (from 1) out and give the next step of the others: both or neither.

        ``seen`` are the digests of the calls that were planned with all lines: nothing but the choice has changed.
        """
        if not lines:
            return self.approve(person, case_id, revision, seen)
        self._require_reason(reason)
        with self.store.unit(acting(person)) as unit:
            case = self._decidable(unit, case_id, revision, CaseEvent.APPROVE)
            self._require_seen(case, self.standing(unit, case), seen)
            for line in lines:
                case = self._reject_line(unit, person, case, line, reason.strip())
            if case.state is CaseState.REJECTED:
                raise ReviewerMustAct("No line would be left. Reject the whole case. Nothing was changed.")
            return self._approve(unit, person, case, None)

    def reject(self, person: Person, case_id: str, revision: int, reason: str) -> Case:
        """The customer reads the reason."""
        self._require_reason(reason)
        with self.store.unit(acting(person)) as unit:
            case = self._decidable(unit, case_id, revision, CaseEvent.REJECT)
            self._require_may_reject(unit, person, case)
            return self._reject(unit, person, case, reason.strip())

    def reject_line(self, person: Person, case_id: str, revision: int, line: int, reason: str) -> Case:
        """Leave one line (from 1) out for good in this revision; the case goes on with the others.

        Approvals given to the plan with that line count no more. The last line's rejection is the case's.
        """
        self._require_reason(reason)
        with self.store.unit(acting(person)) as unit:
            case = self._decidable(unit, case_id, revision, CaseEvent.REJECT)
            return self._reject_line(unit, person, case, line, reason.strip())

    def credit_early(self, person: Person, case_id: str, revision: int, reason: str) -> Case:
        """Ask to credit this revision before the goods are back; the policy says who has to agree to that."""
        self._require_editor(person)
        if not reason.strip():
            raise ReviewerMustAct("Say why the credit can't wait for the goods. Nothing was changed.")
        with self.store.unit(acting(person)) as unit:
            case = self._decidable(unit, case_id, revision, CaseEvent.APPROVE)
            made = self._decision(person, case, "early_credit", self.bench.policy(unit).version, reason.strip())
            unit.cases.decide(made)
            self.bench.keep_judgement(unit, case)
            return unit.cases.get(case_id)

    def do_without(self, person: Person, case_id: str, revision: int, line: int, paper: str, reason: str) -> Case:
        """Let a line (from 1) go on without a paper the policy wants; by who may decide it, with a reason, kept."""
        if not reason.strip():
            raise ReviewerMustAct(f"Say why the {paper or 'paper'} is not needed. Nothing was changed.")
        with self.store.unit(acting(person)) as unit:
            case = self._decidable(unit, case_id, revision, CaseEvent.APPROVE)
            self._require_may_reject(unit, person, case)
            policy = self.bench.policy(unit)
            judgement = self.bench.judge(case, policy, unit.cases.decisions(case_id))
            if not any((p.line, p.name) == (line, paper) for p in missing_papers(unit, case, judgement)):
                raise ReviewerMustAct(f"No {paper or 'paper'} is missing for line {line}. Nothing was changed.")
            made = self._decision(person, case, "paper_waived", policy.version, reason.strip())
            unit.cases.decide(replace(made, step=paper, lines=(line,)))
            return unit.cases.get(case_id)

    def revise(self, person: Person, case_id: str, revision: int, draft: Draft, why: str) -> Case:
        """A new revision by this person, who can't decide the case any more. It goes back to review."""
        if not why.strip():
            raise ReviewerMustAct("Say why you changed it: the next reviewer reads that. Nothing was changed.")
        self._require_editor(person)
        with self.store.unit(acting(person)) as unit:
            unit.cases.lock(case_id)
            case = unit.cases.revise(case_id, revision, draft, why.strip())
            return self._submitted(unit, unit.cases.move(case.id, CaseEvent.SUBMIT, case.revision.number))

    def submit(self, person: Person, case_id: str, revision: int) -> Case:
        self._require_editor(person)
        with self.store.unit(acting(person)) as unit:
            return self._submitted(unit, unit.cases.move(case_id, CaseEvent.SUBMIT, revision))

    def cancel(self, person: Person, case_id: str, revision: int, why: str) -> Case:
        self._require_editor(person)
        with self.store.unit(acting(person)) as unit:
            unit.cases.lock(case_id)
            if begun := [p for p in unit.postings.of_case(case_id) if p.state in _BEGUN]:
                told = begun[0].document_no or "its posting was begun"
                raise NotAllowedNow(f"{case_id} can't be cancelled: {told}. Nothing was changed.")
            case = unit.cases.move(case_id, CaseEvent.CANCEL, revision, note=why)
            unit.postings.give_up(case_id)
            unit.worklist.resolve_trouble(f"case:{case_id}")
            return case

    def _decidable(self, unit: Unit, case_id: str, revision: int, event: CaseEvent) -> Case:
        case = unit.cases.lock(case_id)
        if case.revision.number != revision:
            now = case.revision.number
            raise ChangedMeanwhile(f"{case.id} is at revision {now}; you saw {revision}. Look again.")
        after(CASE_TRANSITIONS, case.state, event)
        return case

    def _approve(self, unit: Unit, person: Person, case: Case, seen: Sequence[str] | None) -> Case:
        """``seen`` None: what would be posted was looked at before, in this very unit."""
        revision, standing = case.revision.number, self.standing(unit, case)
        if standing.lacking and not standing.next:
            raise ReviewerMustAct(standing.lacking)
        power = standing.power_of(person, Staff.of(unit, self.clock.today()))
        if standing.lacking:
            raise ReviewerMustAct(standing.lacking)
        if seen is not None:
            self._require_seen(case, standing, seen)
        wanted = wanted_by(case, standing.calls)
        last = len(standing.open) == 1
        (set_aside if last else require_left)(unit, self.erp, wanted)
        unit.judgements.keep(case.id, revision, standing.judgement)
        made = self._decision(person, case, "approved", standing.judgement.policy_version)
        made = replace(made, digests=standing.digests, step=power.step.name, stands_in_for=power.stands_in_for)
        unit.cases.decide(made)
        if not last:
            return unit.cases.get(case.id)
        unit.postings.plan(case.id, revision, standing.calls)
        return unit.cases.move(case.id, CaseEvent.APPROVE, revision)

    def _reject_line(self, unit: Unit, person: Person, case: Case, line: int, reason: str) -> Case:
        self._require_may_reject(unit, person, case)
        rejected = rejected_lines(unit.cases.decisions(case.id), case.revision.number)
        if not 1 <= line <= len(case.draft.lines):
            raise ReviewerMustAct(f"{case.id} has no line {line}. Nothing was changed.")
        made = self._decision(person, case, "line_rejected", self.bench.policy(unit).version, reason)
        unit.cases.decide(replace(made, lines=(line,)))
        if {*rejected, line} == set(range(1, len(case.draft.lines) + 1)):
            return self._reject(unit, person, case, reason)
        return unit.cases.get(case.id)

    def _reject(self, unit: Unit, person: Person, case: Case, reason: str) -> Case:
        unit.cases.decide(self._decision(person, case, "rejected", self.bench.policy(unit).version, reason))
        rejected = unit.cases.move(case.id, CaseEvent.REJECT, case.revision.number, note=reason)
        if case.kind != "adjustment":
            letter = self.letters.rejected(unit, case, reason)
            unit.outbox.queue(letter, key=f"{case.id}-r{case.revision.number}-rejected")
        return rejected

    def _require_may_reject(self, unit: Unit, person: Person, case: Case) -> None:
        said = unit.judgements.latest(case.id, case.revision.number)
        require_may_reject(person, case, said, unit.cases.revisions(case.id))

    def _submitted(self, unit: Unit, case: Case) -> Case:
        self.bench.keep_judgement(unit, case)
        return case

    def _digests(self, case: Case, calls: Sequence[PlannedCall], policy: Policy) -> tuple[str, ...]:
        binding = Binding(case_id=case.id, revision=case.revision.number, policy_version=policy.version)
        try:
            return tuple(self.gate.digest_of(ToolCall(c.tool, c.arguments, binding, c.key)) for c in calls)
        except Refused as refusal:
            raise ReviewerMustAct(f"This can't be posted as it stands: {refusal}. Edit it first.") from refusal

    def _in_the_way(self, case: Case, judgement: Judgement) -> str:
        """What the policy has against it: the rows that refuse a line."""
        for number, rows in judgement.refused_lines().items():
            told = " ".join(dict.fromkeys(row.says for row in rows))
            return f"The policy refuses line {number}: {told} Reject the line, or edit it. Nothing was changed."
        if not judgement.lacking and judgement.lines and not judgement.steps:
            return f"The policy asks nobody to approve {case.id}, so nobody can. Nothing was changed."
        return ""

    def _against_the_records(self, case: Case, judgement: Judgement) -> str:
        """What the ERP's records have against the lines that were not rejected."""
        judged = {*judgement.lines, *judgement.lacking}
        without = {n: "" for n in range(1, len(case.draft.lines) + 1) if n not in judged}
        found = [str(obstacle) for obstacle in obstacles(case, self.erp, without)]
        found += [f"Line {number} {what}." for number, what in judgement.lacking.items()]
        return f"{found[0]} Edit it first. Nothing was changed." if found else ""

    def _decision(
        self, person: Person, case: Case, verdict: Verdict, policy_version: str, reason: str = ""
    ) -> Decision:
        return Decision(
            case_id=case.id,
            revision=case.revision.number,
            verdict=verdict,
            by=person.id,
            at=self.clock.now(),
            policy_version=policy_version,
            reason=reason,
        )

    @staticmethod
    def _require_seen(case: Case, standing: Standing, seen: Sequence[str]) -> None:
        if tuple(seen) != standing.digests:
            raise ChangedMeanwhile(f"What {case.id} would post has changed since you looked. Look again.")

    @staticmethod
    def _require_reason(reason: str) -> None:
        if not reason.strip():
            raise ReviewerMustAct("A rejection needs a reason: the customer reads it. Nothing was changed.")

    @staticmethod
    def _require_editor(person: Person) -> None:
        if not person.roles & EDITORS:
            raise NotAllowedToYou("Cases are edited by agents and reviewers. Nothing was changed.")
