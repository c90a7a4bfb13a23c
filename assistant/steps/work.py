"""Work: one recorded message, from intake to a case before the reviewers. Each part can be repeated safely."""

from dataclasses import dataclass, replace
from typing import Any

from pydantic import TypeAdapter

from assistant.domain.draft import Draft, FindingCode, Intent
from assistant.domain.errors import OurFault
from assistant.domain.lifecycle import MessageEvent, MessageState
from assistant.domain.person import program
from assistant.domain.ports import Clock, Store, Unit
from assistant.domain.request import Drafter
from assistant.steps.intake import Intake, take_in
from assistant.steps.read import Reader, read
from extractors.message import Message as Mail
from extractors.wire import to_json
from tools.contract import Binding, Completed, Outcome, ToolCall
from tools.gate import Gate
from tools.permissions import WORKER

ACTOR = program("worker")
_DRAFT: TypeAdapter[Draft] = TypeAdapter(Draft)
_INQUIRY_CHARACTERS = 4_000


@dataclass(frozen=True, slots=True)
class Desk:
    """The parts of working a message, in the order of workflow.STAGES."""

    store: Store
    drafter: Drafter
    gate: Gate
    clock: Clock
    reader: Reader

    def claim(self, message_id: str) -> bool:
        """Whether there is work to do: false where the message has been worked already."""
        with self.store.unit(ACTOR) as unit:
            message = unit.messages.get(message_id)
            if message.state not in {MessageState.RECORDED, MessageState.WORKING}:
                return False
            unit.messages.move(message_id, MessageEvent.CLAIM)
            return True

    def draft(self, message_id: str) -> dict[str, Any] | None:
        """The draft as JSON values; None where intake ended the matter (parked, or an agent's to answer)."""
        with self.store.unit(ACTOR) as unit:
            raw = unit.messages.raw(message_id)
        mail, request = read(raw, self.clock.today(), self.reader)
        with self.store.unit(ACTOR) as unit:
            unit.messages.keep_reading(message_id, to_json(mail))
            intake = take_in(
                mail, unit.messages.with_internet_id(mail.message_id), message_id, self._answered_case(unit, mail)
            )
            if self._ended_at_intake(unit, message_id, mail, intake):
                return None
        drafted: dict[str, Any] = _DRAFT.dump_python(self.drafter.draft(request), mode="json")
        return drafted

    def save(self, message_id: str, draft: dict[str, Any]) -> tuple[str, int] | None:
        """The case and revision the draft is kept as; None for what opens no case."""
        drafted = _DRAFT.validate_python(draft)
        if drafted.intent is Intent.NOT_A_REQUEST:
            self._park(message_id, "not_a_request")
            return None
        if drafted.intent is Intent.STATUS_INQUIRY:
            self._ask_agent(message_id, drafted)
            return None
        result = self._done(self.gate.call(_call("save_draft", message_id=message_id, draft=draft), WORKER))
        return result["case_id"], result["revision"]

    def propose(self, case_id: str, revision: int) -> str:
        """Ask the sender for what is missing where we may, else put the case before the reviewers."""
        with self.store.unit(ACTOR) as unit:
            drafted = unit.cases.get(case_id).draft
        asks = bool(drafted.questions) and not drafted.has(FindingCode.UNKNOWN_SENDER)
        binding = Binding(case_id=case_id, revision=revision)
        if asks:
            call = replace(_call("ask_sender", case_id=case_id, revision=revision), binding=binding)
            if isinstance(asked := self.gate.call(call, WORKER), Completed):
                return str(asked.result.model_dump()["state"])
        call = replace(_call("submit_for_approval", case_id=case_id, revision=revision), binding=binding)
        return str(self._done(self.gate.call(call, WORKER))["state"])

    def fail(self, message_id: str, cause: str) -> None:
        """Make what could not be worked visible; the message is kept and can be run again."""
        with self.store.unit(ACTOR) as unit:
            if unit.messages.get(message_id).state is MessageState.WORKING:
                unit.messages.move(message_id, MessageEvent.FAIL, cause)
            unit.worklist.raise_trouble(
                f"message:{message_id}",
                cause,
                "The message is kept as it came.",
                "Look at the message; run it again when the cause is mended, or answer it by hand.",
            )

    def _answered_case(self, unit: Unit, mail: Mail) -> str | None:
        """The case of the letter of ours, or the message, that this mail answers."""
        for reference in dict.fromkeys((mail.in_reply_to, *reversed(mail.references))):
            if not reference:
                continue
            if (letter := unit.outbox.with_internet_id(reference)) is not None and letter.letter.case_id:
                return letter.letter.case_id
            for message in unit.messages.with_internet_id(reference):
                if message.case_id:
                    return message.case_id
        return None

    def _ended_at_intake(self, unit: Unit, message_id: str, mail: Mail, intake: Intake) -> bool:
        if intake.kind in {"duplicate", "machine"}:
            unit.messages.move(message_id, MessageEvent.PARK, intake.reason, intake.case_id)
            return True
        if intake.kind == "reply":
            text = mail.documents[0].text if mail.documents else mail.subject
            unit.worklist.ask_agent("reply", message_id, intake.case_id, text[:_INQUIRY_CHARACTERS])
            unit.messages.move(message_id, MessageEvent.PARK, f"reply to {intake.case_id}", intake.case_id)
            return True
        return False

    def _park(self, message_id: str, reason: str) -> None:
        with self.store.unit(ACTOR) as unit:
            unit.messages.move(message_id, MessageEvent.PARK, reason)

    def _ask_agent(self, message_id: str, drafted: Draft) -> None:
        with self.store.unit(ACTOR) as unit:
            case_id = next((c.id for c in unit.cases.list() if set(c.draft.order_nos) & set(drafted.order_nos)), None)
            unit.worklist.ask_agent("status_inquiry", message_id, case_id, drafted.summary[:_INQUIRY_CHARACTERS])
            unit.messages.move(message_id, MessageEvent.PARK, "status inquiry: an agent answers", case_id)

    @staticmethod
    def _done(outcome: Outcome) -> dict[str, Any]:
        if isinstance(outcome, Completed):
            result: dict[str, Any] = outcome.result.model_dump()
            return result
        raise OurFault(f"The gate did not let it through: {outcome}")


def _call(tool: str, **arguments: Any) -> ToolCall:
    return ToolCall(tool, arguments)
