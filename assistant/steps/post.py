"""Post: carry out what people approved, once each, and tell the customer. The only step that writes to the ERP."""

from dataclasses import dataclass
from typing import assert_never

from assistant.domain.case import Case
from assistant.domain.errors import ErpUnavailable
from assistant.domain.lifecycle import CaseEvent, CaseState, MessageEvent, MessageState
from assistant.domain.person import program
from assistant.domain.policy import Policy
from assistant.domain.ports import Store
from assistant.domain.posting import Posting, PostingState
from assistant.steps import letters
from tools.contract import AwaitingApproval, Binding, Completed, Denied, OutcomeUnknown, ToolCall
from tools.erp import Erp, ErpSilent
from tools.gate import Gate
from tools.permissions import POSTING

ACTOR = program("posting")


@dataclass(frozen=True, slots=True)
class Poster:
    store: Store
    erp: Erp
    gate: Gate
    policy: Policy

    def post(self, case_id: str) -> str:
        """Post an approved case; answers its state. Safe to repeat after any interruption.

        Raises ErpUnavailable where the ERP did not answer; what it did is looked up by key on the next try.
        """
        with self.store.unit(ACTOR) as unit:
            case = unit.cases.get(case_id)
            postings = unit.postings.of_case(case_id)
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
        with self.store.unit(ACTOR) as unit:
            if unit.cases.lock(case.id).state is not CaseState.APPROVED:
                return False  # cancelled since; what is begun can't be cancelled any more
            unit.postings.start(posting.key)
        binding = Binding(case_id=case.id, revision=case.revision.number, policy_version=self.policy.version)
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
                letter = letters.settled(case, message, self.erp.company(), postings, self.policy.rma_valid_days)
                unit.outbox.queue(letter, key=f"{case.id}-r{case.revision.number}-posted")
            return moved.state.value
