"""Post: carry out what people approved, once each, and tell the customer. The only step that writes to the ERP."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from assistant.domain.approval import rejected_lines
from assistant.domain.case import Case
from assistant.domain.errors import ErpUnavailable, NothingLeft
from assistant.domain.lifecycle import CaseEvent, CaseState, MessageEvent, MessageState
from assistant.domain.person import program
from assistant.domain.ports import Store, Unit
from assistant.domain.posting import PlannedCall, Posting, PostingState
from assistant.steps.bench import Bench
from assistant.steps.holding import require_left, wanted_by
from assistant.steps.letters import Letters
from assistant.steps.send import hold_back
from tools.contract import AwaitingApproval, Binding, Completed, Denied, OutcomeUnknown, ToolCall
from tools.erp import Erp, ErpSilent
from tools.gate import Gate
from tools.permissions import POSTING

ACTOR = program("posting")
_BEGUN = {PostingState.STARTED, PostingState.DONE}


@dataclass(frozen=True, slots=True)
class Poster:
    store: Store
    erp: Erp
    gate: Gate
    bench: Bench
    letters: Letters

    def post(self, case_id: str) -> str:
        """Post an approved case; answers its state. Safe to repeat after any interruption.

        Raises ErpUnavailable where the ERP did not answer; what it did is looked up by key on the next try.
        """
        with self.store.unit(ACTOR) as unit:
            case = unit.cases.get(case_id)
            postings = unit.postings.of_case(case_id)
            if case.state is CaseState.APPROVED and (changed := self._to_review_again(unit, case, postings)):
                return changed
        if case.state is not CaseState.APPROVED:
            return case.state.value
        current = [p for p in postings if p.revision == case.revision.number]
        carried_out = [
            self._carried_out(case, posting) for posting in current
        ]  # each is tried, whatever the others' fate
        if all(carried_out):
            return self._finish(case)
        return case.state.value

    def _carried_out(self, case: Case, posting: Posting) -> bool:
        if posting.state is PostingState.DONE:
            return True
        if posting.state is PostingState.STARTED and self._found(posting):
            return True
        try:
            version = self._started(case, posting)
        except NothingLeft as gone:
            self._refused(case, posting, str(gone))
            return False
        if version is None:
            return False  # cancelled or changed since; what is begun can't be cancelled any more
        binding = Binding(case_id=case.id, revision=case.revision.number, policy_version=version)
        outcome = self.gate.call(ToolCall(posting.tool, posting.arguments, binding, posting.key), POSTING)
        match outcome:
            case Completed(result=result):
                with self.store.unit(ACTOR) as unit:
                    unit.postings.finish(posting.key, str(result.model_dump()["document_no"]))
                return True
            case Denied(message=message):
                self._refused(case, posting, message)
                return False
            case AwaitingApproval():
                self._refused(case, posting, "no approval covers it any more; it needs a new decision")
                return False
            case OutcomeUnknown(message=message):
                raise ErpUnavailable(
                    f"{posting.tool} of {case.id}: {message}. It is kept and looked up in the ERP before another try."
                )
            case _:
                assert_never(outcome)

    def _started(self, case: Case, posting: Posting) -> str | None:
        """Begin, under the case's and the orders' locks: the policy in force, None where there is nothing to begin.

        Raises NothingLeft where what was approved is not left any more.
        """
        with self.store.unit(ACTOR) as unit:
            now = unit.cases.lock(case.id)
            if now.state is not CaseState.APPROVED or now.revision.number != posting.revision:
                return None
            call = PlannedCall(posting.tool, posting.arguments, posting.key)
            try:
                require_left(unit, self.erp, wanted_by(case, [call]))
            except ErpSilent as silence:
                raise ErpUnavailable(f"What is left could not be checked: {silence}. It is tried again.") from None
            unit.postings.start(posting.key)
            return self.bench.policy(unit).version

    def _to_review_again(self, unit: Unit, case: Case, postings: Sequence[Posting]) -> str:
        """Back to the reviewers where the policy changed since they approved and nothing of it was begun; else ''."""
        version = self.bench.policy(unit).version
        approved = [d for d in unit.cases.decisions(case.id) if d.verdict == "approved"]
        current = [p for p in postings if p.revision == case.revision.number]
        if not approved or approved[-1].policy_version == version or any(p.state in _BEGUN for p in current):
            return ""
        if unit.cases.lock(case.id).state is not CaseState.APPROVED:
            return ""
        unit.postings.give_up(case.id)
        note = f"Policy {version} came into force after it was approved under {approved[-1].policy_version}."
        moved = unit.cases.move(case.id, CaseEvent.REVIEW_AGAIN, case.revision.number, note=note)
        self.bench.keep_judgement(unit, moved)
        return moved.state.value

    def _found(self, posting: Posting) -> bool:
        """Whether a posting whose answer was lost is in the ERP after all."""
        try:
            posted = self.erp.posting(posting.key)
        except ErpSilent as silence:
            raise ErpUnavailable(f"{posting.key} could not be looked up: {silence}. It is tried again.") from None
        if posted is None:
            return False
        with self.store.unit(ACTOR) as unit:
            unit.postings.finish(posting.key, posted.document_no)
        return True

    def _refused(self, case: Case, posting: Posting, message: str) -> None:
        with self.store.unit(ACTOR) as unit:
            unit.postings.refuse(posting.key, message)
            unit.worklist.raise_trouble(
                f"case:{case.id}",
                f"{posting.tool} was refused: {message}",
                "The case, its approval and what was posted before are kept.",
                "Look at the case; mend the cause in the ERP and post it again, or cancel the case.",
            )

    def _finish(self, case: Case) -> str:
        with self.store.unit(ACTOR) as unit:
            postings = [p for p in unit.postings.of_case(case.id) if p.revision == case.revision.number]
            returning = any(p.tool == "authorise_return" for p in postings)
            event = CaseEvent.AUTHORISE if returning else CaseEvent.SETTLE
            moved = unit.cases.move(case.id, event, case.revision.number)
            unit.postings.release(case.id)
            unit.worklist.resolve_trouble(f"case:{case.id}")
            message = unit.messages.get(case.message_id)
            if case.kind == "adjustment":
                if message.state is MessageState.DRAFTED:
                    unit.messages.move(message.id, MessageEvent.ANSWER, "posted", case.id)
            else:
                judgement = unit.judgements.latest(case.id, case.revision.number)
                rejected = rejected_lines(unit.cases.decisions(case.id), case.revision.number)
                letter = self.letters.settled(unit, moved, postings, judgement, rejected)
                queued = unit.outbox.queue(letter, key=f"{case.id}-r{case.revision.number}-posted")
                if doubt := self.letters.doubt(case):
                    hold_back(unit, queued, doubt)
            return moved.state.value
