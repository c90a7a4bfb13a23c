"""The case desk: what the case tools of the gate do to the store. Implements tools.catalog.CaseDesk."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from assistant.domain.case import kind_of
from assistant.domain.draft import Draft, FindingCode
from assistant.domain.errors import BackhaulError
from assistant.domain.lifecycle import CaseEvent, CaseState, MessageEvent, MessageState
from assistant.domain.party import Party
from assistant.domain.person import program
from assistant.domain.ports import Store
from assistant.steps import letters
from tools.contract import Refused
from tools.erp import ErpReader

ACTOR = program("worker")
_DRAFT: TypeAdapter[Draft] = TypeAdapter(Draft)


@dataclass(frozen=True, slots=True)
class CaseDesk:
    """Every method is safe to repeat: the second time it answers what stands."""

    store: Store
    erp: ErpReader

    def save_draft(self, message_id: str, draft: Mapping[str, Any]) -> tuple[str, int]:
        try:
            drafted = _DRAFT.validate_python(dict(draft))
        except ValidationError as error:
            raise Refused(f"this is no draft: {error.error_count()} fields do not fit") from error
        kind = kind_of(drafted.intent)
        if kind is None:
            raise Refused(f"{drafted.intent.value} opens no case")
        with self.store.unit(ACTOR) as unit:
            message = unit.messages.get(message_id)
            party = Party(name="", address=message.sender, customer_id=drafted.customer_id)
            case = unit.cases.open(kind, party, message_id, message.subject, drafted)
            if message.state is MessageState.WORKING:
                unit.messages.move(message_id, MessageEvent.DRAFT, case_id=case.id)
            return case.id, case.revision.number

    def submit(self, case_id: str, revision: int) -> str:
        with self.store.unit(ACTOR) as unit:
            case = unit.cases.get(case_id)
            if case.state is not CaseState.DRAFT:
                return case.state.value
            try:
                return unit.cases.move(case_id, CaseEvent.SUBMIT, revision).state.value
            except BackhaulError as error:
                raise Refused(str(error)) from error

    def ask_sender(self, case_id: str, revision: int) -> str:
        """One mail with all questions; refused for a sender we do not know, who learns nothing of any order."""
        with self.store.unit(ACTOR) as unit:
            case = unit.cases.get(case_id)
            if case.state is not CaseState.DRAFT:
                return case.state.value
            if case.draft.has(FindingCode.UNKNOWN_SENDER) or not case.party.address:
                raise Refused("the sender is not known; a person decides what to answer")
            if not case.draft.questions:
                raise Refused("there is nothing to ask")
            message = unit.messages.get(case.message_id)
            unit.outbox.queue(letters.questions(case, message, self.erp.company()), key=f"{case_id}-r{revision}-ask")
            return unit.cases.move(case_id, CaseEvent.ASK, revision).state.value
