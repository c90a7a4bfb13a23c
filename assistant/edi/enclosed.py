"""Interchanges that come in a mail: taken as over the EDI channel where the mail is proven to be the partner's own.

What an ISA says of its sender anybody can write, and over a mail nobody else has looked: so the mail's own sender has
to be authentic, and at the partner's address or domain. Else nothing is acknowledged, people are told why, and the
mail is worked by its words, the attachment's among them.
"""

from dataclasses import dataclass

from assistant.domain.authentication import Authentication
from assistant.domain.errors import BackhaulError
from assistant.edi import acknowledge
from assistant.edi.check import checked
from assistant.edi.desk import ACTOR, EdiDesk
from assistant.edi.x12 import Interchange, is_x12, read
from assistant.trust.domains import domain_of, same_organisation
from extractors.kinds import MEDIA_TYPES
from extractors.mail.parts import leaves, parsed
from extractors.message import Message as Mail

_MOST_PARTS = 1_000
_TOLD_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class Enclosed:
    """All of a mail's interchanges are taken, or none. Safe to repeat."""

    desk: EdiDesk

    def take(self, message_id: str, mail: Mail, raw: bytes, sender: Authentication) -> tuple[str, ...]:
        """The messages that the mail's interchanges are kept as; () where it holds none that is taken.

        Never raises for what the mail holds.
        """
        papers = [document for document in mail.documents if document.media_type == MEDIA_TYPES["edi"]]
        if not papers:
            return ()
        found = [data for leaf in leaves(parsed(raw)[0], _MOST_PARTS) if is_x12(data := leaf.data())]
        if len(found) != len(papers):
            self._tell(message_id, "It stands in an archive or an enclosed mail.", "")
            return ()
        interchanges: list[Interchange] = []
        for data in found:
            try:
                interchanges.append(checked(read(data)))
            except BackhaulError as error:
                self._tell(message_id, str(error).removesuffix(" Nothing was kept."), "")
                return ()
        for each in interchanges:
            if why := self._why_not(each, mail, sender):
                self._tell(message_id, why, _wrong_with(interchanges))
                return ()
        return tuple(self.desk.receive(data).message.id for data in found)

    def _why_not(self, interchange: Interchange, mail: Mail, sender: Authentication) -> str:
        """Why this interchange is not acknowledged by itself; '' where it is."""
        partner = self.desk.partners.of(interchange.sender)
        if partner is None:
            return f"BACKHAUL_EDI_PARTNERS does not name {' '.join(interchange.sender)}."
        if sender.verdict != "pass":
            return f"That {mail.sender_address or 'the sender'} wrote it was not proven: {sender.reason}."
        domain = domain_of(partner.address)
        if not domain or not same_organisation(domain_of(mail.sender_address), domain):
            return f"{mail.sender_address} is not at {domain}, the domain of {partner.name}."
        return ""

    def _tell(self, message_id: str, why: str, wrong: str) -> None:
        with self.desk.store.unit(ACTOR) as unit:
            unit.worklist.raise_trouble(
                f"message:{message_id}",
                f"An interchange came in a mail and was not acknowledged. {why}",
                f"The mail is kept, and worked by what it and its attachments say.{wrong}",
                "Where it is the partner's, take the file in by `backhaul edi receive`, which answers it, and cancel"
                " what the mail became; else answer the mail.",
            )


def _wrong_with(interchanges: list[Interchange]) -> str:
    """What the sender would be told of what does not hold."""
    said = ["TA1 " + fault for each in interchanges for fault in each.faults]
    for group in (group for each in interchanges for group in each.groups if group.function != acknowledge.ANSWERS):
        said += [
            each for each in acknowledge.functional(group) if not each.startswith(("AK1", "AK2", "AK5*A", "AK9*A"))
        ]
    return f" Its sender would be told: {'; '.join(said)[:_TOLD_CHARACTERS]}." if said else ""
