"""Work: one recorded message, from intake to a case before the reviewers. Each part can be repeated safely."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import TypeAdapter

from assistant.domain.authentication import Authentication
from assistant.domain.draft import Draft, Intent
from assistant.domain.errors import OurFault
from assistant.domain.lifecycle import MessageEvent, MessageState
from assistant.domain.message import Message
from assistant.domain.person import program
from assistant.domain.ports import Clock, Store, Unit
from assistant.domain.request import Drafter, Request
from assistant.steps.asking import to_ask
from assistant.steps.bounce import note_bounce
from assistant.steps.conversation import Conversation
from assistant.steps.intake import Intake, take_in
from assistant.steps.papers import read_of
from assistant.steps.read import ALONE, Reader, read
from assistant.steps.recall import Recall
from assistant.steps.reply_words import newest
from assistant.steps.thread import Threads
from assistant.trust.sender import Trust
from extractors.kinds import MEDIA_TYPES
from extractors.message import Message as Mail
from extractors.wire import to_json
from tools.contract import Binding, Completed, Denied, Outcome, ToolCall
from tools.erp import Company
from tools.gate import Gate
from tools.permissions import WORKER

ACTOR = program("worker")
# Takes the interchanges that a mail holds, and answers the messages they are kept as; () where none was taken.
TakeEnclosed = Callable[[str, Mail, bytes, Authentication], tuple[str, ...]]
_DRAFT: TypeAdapter[Draft] = TypeAdapter(Draft)
_INQUIRY_CHARACTERS = 4_000


def _takes_none(_message_id: str, _mail: Mail, _raw: bytes, _sender: Authentication) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class Desk:
    """The parts of working a message, in the order of workflow.STAGES."""

    store: Store
    drafter: Drafter
    gate: Gate
    clock: Clock
    reader: Reader
    conversation: Conversation
    threads: Threads
    company: Company
    recall: Recall | None = None
    trust: Trust = ALONE
    customers: Mapping[str, str] = field(default_factory=dict)  # by trading partner, as agreed with them
    take_enclosed: TakeEnclosed = _takes_none

    def claim(self, message_id: str) -> bool:
        """Whether there is work to do: false where the message has been worked already."""
        with self.store.unit(ACTOR) as unit:
            message = unit.messages.get(message_id)
            if message.state not in {MessageState.RECORDED, MessageState.WORKING}:
                return False
            unit.messages.move(message_id, MessageEvent.CLAIM)
            return True

    def draft(self, message_id: str) -> dict[str, Any] | None:
        """A new request's draft, or a reply's update of its case, as JSON values; None where intake ended the matter
        (parked, or an agent's to answer)."""
        with self.store.unit(ACTOR) as unit:
            message = unit.messages.get(message_id)
            if message.state is not MessageState.WORKING:
                return None  # a stage repeated after it had ended the matter
            raw = unit.messages.raw(message_id)
        mail, request = read(raw, self.clock.today(), self.reader, self.trust, message.channel)
        with self.store.unit(ACTOR) as unit:
            unit.messages.keep_reading(message_id, to_json(mail))
            intake = self._take_in(unit, message_id, mail)
            if self._ended_at_intake(unit, message_id, mail, raw, intake):
                return None
            request = replace(request, customer_before=self._customer_before(unit, message_id, request.sender_address))
        request = replace(request, machine_reason="")  # it passed the intake: a person's, or one a person vouched for
        if taken := self.take_enclosed(message_id, mail, raw, _by_mail(message, request)):
            mail = replace(mail, documents=tuple(d for d in mail.documents if d.media_type != MEDIA_TYPES["edi"]))
            request = replace(request, documents=mail.documents)
        if intake.case_id is not None:
            return self.conversation.reply(message_id, mail, request, intake.case_id)
        draft = self.drafter.draft(request)
        if taken and not draft.lines:  # what the mail asks for stands in its interchange, and is worked as that
            self._park(message_id, f"edi: its interchange is worked as {', '.join(taken)}")
            return None
        draft = draft if self.recall is None else self.recall.with_prior(draft)
        drafted: dict[str, Any] = _DRAFT.dump_python(draft, mode="json")
        return drafted

    def save(self, message_id: str, draft: dict[str, Any]) -> tuple[str, int] | None:
        """The case and revision the draft is kept as; None for what opens no case."""
        with self.store.unit(ACTOR) as unit:
            if unit.messages.get(message_id).state is MessageState.PARKED:
                return None  # as above
        if "case_id" in draft:
            return self._update(message_id, draft)
        drafted = _DRAFT.validate_python(draft)
        if drafted.intent is Intent.NOT_A_REQUEST and drafted.otherwise is None:
            self._park(message_id, "not_a_request")
            return None
        if drafted.intent in (Intent.NOT_A_REQUEST, Intent.STATUS_INQUIRY):
            self._ask_agent(message_id, drafted)
            return None
        result = self._done(self.gate.call(_call("save_draft", message_id=message_id, draft=draft), WORKER))
        return result["case_id"], result["revision"]

    def propose(self, case_id: str, revision: int) -> str:
        """Ask the sender for what is missing where we may, else put the case before the reviewers."""
        with self.store.unit(ACTOR) as unit:
            drafted = unit.cases.get(case_id).draft
        asks = bool(to_ask(drafted)) and not drafted.doubts_sender
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

    def _update(self, message_id: str, update: dict[str, Any]) -> tuple[str, int] | None:
        """The case's next revision; where somebody changed the case meanwhile a person reads the reply."""
        outcome = self.gate.call(_call("update_draft", message_id=message_id, **update), WORKER)
        if isinstance(outcome, Denied) and outcome.reason == "refused":
            with self.store.unit(ACTOR) as unit:
                mail = read_of(unit, message_id)
                text = f"{outcome.message}\n\n{newest(mail) if mail is not None else ''}".strip()
                unit.worklist.ask_agent("reply", message_id, update["case_id"], text[:_INQUIRY_CHARACTERS])
                reason = f"reply to {update['case_id']}"
                unit.messages.move(message_id, MessageEvent.PARK, reason, update["case_id"])
            return None
        result = self._done(outcome)
        return result["case_id"], result["revision"]

    def _take_in(self, unit: Unit, message_id: str, mail: Mail) -> Intake:
        thread = self.threads.of(unit, mail)
        for case_id in thread.forged:
            unit.worklist.raise_trouble(
                f"message:{message_id}",
                f"{mail.sender_address} wrote with a reference to {case_id} that we did not make.",
                "The reference was ignored; the message was worked by what else it says.",
                "Look at the message: somebody may try to write into another's case. Then say that it is done.",
            )
        return take_in(
            mail,
            unit.messages.with_internet_id(mail.message_id),
            unit.messages.get(message_id),
            thread,
            self.company,
            ours=bool(mail.message_id) and unit.outbox.with_internet_id(mail.message_id) is not None,
        )

    def _ended_at_intake(self, unit: Unit, message_id: str, mail: Mail, raw: bytes, intake: Intake) -> bool:
        if intake.kind in {"new", "reply"}:
            return False
        case_id, reason = intake.case_id, intake.reason
        if intake.kind == "bounce":
            case_id, note = note_bounce(unit, raw, mail, case_id)
            reason += f", {note}" if note else ""
        unit.messages.move(message_id, MessageEvent.PARK, reason, case_id)
        return True

    def _customer_before(self, unit: Unit, message_id: str, address: str) -> str | None:
        partner = unit.edi.partner_of(message_id)
        return unit.cases.customer_before(address) if partner is None else self.customers.get(partner)

    def _park(self, message_id: str, reason: str) -> None:
        with self.store.unit(ACTOR) as unit:
            unit.messages.move(message_id, MessageEvent.PARK, reason)

    def _ask_agent(self, message_id: str, drafted: Draft) -> None:
        with self.store.unit(ACTOR) as unit:
            case_id = next((c.id for c in unit.cases.list() if set(c.draft.order_nos) & set(drafted.order_nos)), None)
            text = drafted.summary[:_INQUIRY_CHARACTERS]
            if drafted.otherwise is None:
                unit.worklist.ask_agent("status_inquiry", message_id, case_id, text)
                unit.messages.move(message_id, MessageEvent.PARK, "status inquiry: an agent answers", case_id)
                return
            other = _DRAFT.dump_json(drafted.otherwise).decode()
            text = f"Is this a request? The model reads none, the rules do.\n\n{text}"[:_INQUIRY_CHARACTERS]
            unit.worklist.ask_agent("perhaps_a_request", message_id, case_id, text, other)
            unit.messages.move(message_id, MessageEvent.PARK, "perhaps a request: an agent looks", case_id)

    @staticmethod
    def _done(outcome: Outcome) -> dict[str, Any]:
        if isinstance(outcome, Completed):
            result: dict[str, Any] = outcome.result.model_dump()
            return result
        raise OurFault(f"The gate did not let it through: {outcome}")


def _by_mail(message: Message, request: Request) -> Authentication:
    """Who may call one door of ours may not bring through it what has another: interchanges have their own."""
    if message.channel in {"email", "file"}:
        return request.authentication
    return Authentication(reason=f"it came over {message.channel}, not as a mail")


def _call(tool: str, **arguments: Any) -> ToolCall:
    return ToolCall(tool, arguments)
