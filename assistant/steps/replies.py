"""Replies: what a person decides about one: cancel the case as asked, or open what else it asks for as its own case."""

import json
from dataclasses import dataclass

from assistant.domain.case import Case
from assistant.domain.errors import NotAllowedToYou, NotFound, OurFault
from assistant.domain.person import Person, acting, program
from assistant.domain.ports import Store
from assistant.domain.worklist import Inquiry, InquiryKind
from assistant.steps.review import EDITORS, Review
from assistant.steps.work import Desk
from tools.contract import Completed, ToolCall
from tools.permissions import WORKER

ACTOR = program("replies")


@dataclass(frozen=True, slots=True)
class Replies:
    """Safe to repeat: what was opened or cancelled before is not opened or cancelled twice."""

    store: Store
    review: Review
    desk: Desk

    def cancel(self, person: Person, inquiry_id: int) -> Case:
        """Cancel the case, as its customer asked. Raises NotAllowedNow where something of it was posted."""
        inquiry = self._open(person, inquiry_id, "cancellation")
        with self.store.unit(ACTOR) as unit:
            case = unit.cases.get(inquiry.case_id or "")
        told = f"The customer asked for it ({inquiry.message_id})."
        cancelled = self.review.cancel(person, case.id, case.revision.number, told)
        self._close(person, inquiry)
        return cancelled

    def open_apart(self, person: Person, inquiry_id: int) -> Case:
        """What a reply asks for beside its case, or a mail that may be no request, becomes a case, drafted by the
        program: a person decides it like any other."""
        inquiry = self._open(person, inquiry_id, "second_request", "perhaps_a_request")
        arguments = {"message_id": inquiry.message_id, "draft": json.loads(inquiry.draft)}
        outcome = self.desk.gate.call(ToolCall("save_draft", arguments), WORKER)
        if not isinstance(outcome, Completed):
            raise OurFault(f"The request could not be opened as a case: {outcome}. Nothing was changed.")
        saved = outcome.result.model_dump()
        with self.store.unit(acting(person)) as unit:
            from_case = {"message": inquiry.message_id, "from": inquiry.case_id, "inquiry": inquiry.id}
            unit.audit.append(saved["case_id"], "case.opened_apart", from_case)
        self.desk.propose(saved["case_id"], saved["revision"])
        self._close(person, inquiry)
        with self.store.unit(ACTOR) as unit:
            return unit.cases.get(saved["case_id"])

    def _open(self, person: Person, inquiry_id: int, *kinds: InquiryKind) -> Inquiry:
        if not person.roles & EDITORS:
            raise NotAllowedToYou("Replies are decided on by agents and reviewers. Nothing was changed.")
        with self.store.unit(ACTOR) as unit:
            found = next((each for each in unit.worklist.inquiries() if each.id == inquiry_id), None)
        if found is None or found.kind not in kinds:
            raise NotFound("That inquiry is not open any more. Nothing was changed.")
        return found

    def _close(self, person: Person, inquiry: Inquiry) -> None:
        with self.store.unit(acting(person)) as unit:
            unit.worklist.close_inquiry(inquiry.id)
