"""The EDI desk: an interchange is kept as it came, checked, acknowledged, and each 180 of it becomes a request.

What an 856 or 861 says of goods is told in the story of the case it names.
"""

from dataclasses import dataclass
from typing import Literal

from assistant.domain.edi import Outgoing, Received
from assistant.domain.errors import SenderMustAct
from assistant.domain.lifecycle import MessageEvent, MessageState
from assistant.domain.message import Arrival, Message
from assistant.domain.parts import as_mail
from assistant.domain.person import program
from assistant.domain.ports import Clock, Store, Unit
from assistant.edi import acknowledge, write
from assistant.edi.check import checked, is_rejected
from assistant.edi.notices import NOTICES, note
from assistant.edi.partners import Partner, Partners
from assistant.edi.returns import in_words, reference_of
from assistant.edi.x12 import Group, Interchange, Transaction, is_x12, read

ACTOR = program("edi")
CHANNEL = "edi"
_NOBODY = "edi: nobody we trade with sends as"
_FATAL = {"001", "022", "023", "024"}  # the interchange's own envelope does not hold


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of an interchange: the message it is kept as, the requests it held, what its sender is told."""

    message: Message
    new: bool
    outcome: Literal["taken", "known", "duplicate", "unknown_partner"]
    requests: tuple[Message, ...] = ()
    answers: tuple[Outgoing, ...] = ()


@dataclass(frozen=True, slots=True)
class EdiDesk:
    """``to`` is the address that requests come to."""

    store: Store
    partners: Partners
    clock: Clock
    to: str

    def receive(self, raw: bytes) -> Taken:
        """Everything in one transaction. Raises NoInterchange, with nothing kept, for bytes that are none."""
        interchange = checked(read(raw))
        partner = self.partners.of(interchange.sender)
        with self.store.unit(ACTOR) as unit:
            message, new = unit.messages.record(
                Arrival(channel=CHANNEL, raw=raw),
                sender=partner.address if partner is not None else "",
                subject=f"EDI interchange {interchange.control} from {' '.join(interchange.sender)}",
            )
            if unit.edi.message_known(message.id):
                self._park(unit, message, "edi: taken before")
                answers = unit.edi.answers_to(message.id)
                return Taken(message=unit.messages.get(message.id), new=False, outcome="known", answers=answers)
            if partner is None:
                return self._unknown(unit, message, interchange, new=new)
            return self._taken(unit, message, interchange, partner, new=new)

    def takes(self, message_id: str) -> bool:
        """Whether this recorded message is an interchange, which is then received (again): no request to be drafted."""
        with self.store.unit(ACTOR) as unit:
            if unit.messages.get(message_id).channel != CHANNEL or not is_x12(raw := unit.messages.raw(message_id)):
                return False
        self.receive(raw)
        return True

    def _taken(self, unit: Unit, message: Message, interchange: Interchange, partner: Partner, *, new: bool) -> Taken:
        if (first := unit.edi.interchange_known(partner.id, interchange.control)) is not None:
            self._park(unit, message, f"edi: interchange {interchange.control} came before, as {first}")
            unit.edi.took(partner.id, interchange.control, message.id)
            unit.worklist.raise_trouble(
                f"message:{message.id}",
                f"{partner.name} sent interchange {interchange.control} again, with other contents.",
                "It is kept as it came, and told to the partner (TA1 025); nothing of it was worked.",
                "Ask the partner what they meant; a new one needs a new number.",
            )
            answer = self._of_interchange(unit, message, interchange, partner, "025")
            return Taken(message=unit.messages.get(message.id), new=new, outcome="duplicate", answers=(answer,))
        unit.edi.took(partner.id, interchange.control, message.id)
        unit.worklist.resolve_trouble(f"message:{message.id}")
        answers: list[Outgoing] = []
        requests: list[Message] = []
        nameless: list[str] = []
        fatal = [fault for fault in interchange.faults if fault in _FATAL]
        if interchange.faults:
            worst = (*fatal, *interchange.faults)[0]
            answers.append(self._of_interchange(unit, message, interchange, partner, worst))
        for group in interchange.groups if not fatal else ():
            if group.function != acknowledge.ANSWERS:
                requests += self._requests(unit, interchange, group, partner)
                nameless += self._notices(unit, message, interchange, group, partner)
                answers.append(self._acknowledged(unit, message, group, partner, len(answers)))
        self._tell(unit, message, partner, acknowledge.said_no(interchange), nameless)
        self._park(unit, message, f"edi: taken, {len(requests)} requests" if not fatal else "edi: rejected by TA1")
        return Taken(
            message=unit.messages.get(message.id),
            new=new,
            outcome="taken",
            requests=tuple(requests),
            answers=tuple(answers),
        )

    @staticmethod
    def _tell(unit: Unit, message: Message, partner: Partner, said: list[str], nameless: list[str]) -> None:
        """What people have to look at: a no to something of ours, a notice of goods that leads to no case."""
        causes, steps = [], []
        if said:
            causes.append(f"{partner.name} did not take what we sent as it was: {'; '.join(said)}")
            steps.append("Look at what went out (GET /v1/edi/outbox), mend the cause, and tell them by hand.")
        if nameless:
            causes.append(f"{partner.name} told of goods, and named no case of theirs: {', '.join(nameless)}.")
            steps.append("Find the case by what the message says, and look out for the goods.")
        if causes:
            kept = "What they sent is kept as it came, and what we sent."
            unit.worklist.raise_trouble(f"message:{message.id}", " ".join(causes), kept, " ".join(steps))

    def _requests(self, unit: Unit, interchange: Interchange, group: Group, partner: Partner) -> list[Message]:
        made = []
        for transaction in group.transactions:
            if is_rejected(transaction) or set(group.faults) & {"1", "2"}:
                continue
            if transaction.kind not in NOTICES:
                made += self._request(unit, interchange, group, transaction, partner)
        return made

    def _notices(
        self, unit: Unit, message: Message, interchange: Interchange, group: Group, partner: Partner
    ) -> list[str]:
        """Those that name no case, as `856 0001`."""
        nameless = []
        for transaction in group.transactions:
            if transaction.kind not in NOTICES or is_rejected(transaction) or set(group.faults) & {"1", "2"}:
                continue
            received = self._received(interchange, group, transaction, partner, reference_of(transaction), message.id)
            if unit.edi.keep(received) and not note(unit, transaction, partner, message.id):
                nameless.append(f"{transaction.kind} {transaction.control}")
        return nameless

    @staticmethod
    def _received(
        interchange: Interchange,
        group: Group,
        transaction: Transaction,
        partner: Partner,
        reference: str,
        message_id: str,
    ) -> Received:
        return Received(
            partner_id=partner.id,
            interchange=interchange.control,
            group=group.control,
            control=transaction.control,
            kind=transaction.kind,
            reference=reference,
            message_id=message_id,
        )

    def _request(
        self, unit: Unit, interchange: Interchange, group: Group, transaction: Transaction, partner: Partner
    ) -> list[Message]:
        name = f"{partner.id}.{interchange.control}.{group.control}.{transaction.control}"
        safe = "".join(c if c.isalnum() or c == "." else "-" for c in name)
        internet_id = f"<edi.{safe}@{self.to.rpartition('@')[2]}>"
        reference = reference_of(transaction)
        subject = f"Return request {reference} by EDI {transaction.kind}"
        raw = as_mail(partner.address, self.to, subject, in_words(transaction), [], self.clock.now(), internet_id)
        request, _ = unit.messages.record(
            Arrival(channel=CHANNEL, raw=raw), internet_id=internet_id, sender=partner.address, subject=subject
        )
        received = self._received(interchange, group, transaction, partner, reference, request.id)
        return [request] if unit.edi.keep(received) else []

    def _acknowledged(self, unit: Unit, message: Message, group: Group, partner: Partner, place: int) -> Outgoing:
        told = write.transaction("997", 1, acknowledge.functional(group))
        control = unit.edi.next_control(partner.id)
        body = write.interchange(self.partners.ends(partner), control, self.clock.now(), acknowledge.ANSWERS, [told])
        return unit.edi.send(partner.id, "997", control, body, f"997 {message.id} {place}", message.id)

    def _of_interchange(
        self, unit: Unit, message: Message, interchange: Interchange, partner: Partner, fault: str
    ) -> Outgoing:
        control = unit.edi.next_control(partner.id)
        rejected = fault in _FATAL or fault == "025"
        told = acknowledge.of_interchange(interchange, fault, rejected=rejected)
        body = write.bare(self.partners.ends(partner), control, self.clock.now(), [told])
        return unit.edi.send(partner.id, "TA1", control, body, f"TA1 {message.id}", message.id)

    def _unknown(self, unit: Unit, message: Message, interchange: Interchange, *, new: bool) -> Taken:
        sender = " ".join(interchange.sender)
        self._park(unit, message, f"{_NOBODY} {sender}")
        unit.worklist.raise_trouble(
            f"message:{message.id}",
            f"An interchange came from {sender}, whom BACKHAUL_EDI_PARTNERS does not name.",
            "It is kept as it came; nothing was answered, since nobody knows to whom.",
            "Name the partner in that file, start again, and run the message again.",
        )
        return Taken(message=unit.messages.get(message.id), new=new, outcome="unknown_partner")

    @staticmethod
    def _park(unit: Unit, message: Message, reason: str) -> None:
        """The interchange itself is no request: the worker leaves it alone."""
        now = unit.messages.get(message.id)
        if now.state is MessageState.PARKED and now.reason != reason and now.reason.startswith(_NOBODY):
            now = unit.messages.move(message.id, MessageEvent.RUN_AGAIN)
        if now.state in {MessageState.RECORDED, MessageState.WORKING}:
            unit.messages.move(message.id, MessageEvent.CLAIM)
            unit.messages.move(message.id, MessageEvent.PARK, reason)


def require_size(raw: bytes, most: int) -> None:
    """Raises SenderMustAct for more bytes than a message may have."""
    if len(raw) > most:
        raise SenderMustAct(f"An interchange may have {most:,} bytes. Nothing was kept.")
