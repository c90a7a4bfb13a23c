"""A mail is kept, byte for byte, before anybody is told that we have it."""

from assistant.domain.message import Arrival, Message
from assistant.domain.person import Actor, program
from assistant.domain.ports import Store
from extractors.mail.headers import Fields, message_ids
from extractors.mail.parts import HEAD_BYTES, head_of

ACTOR = program("email")


def record(store: Store, arrival: Arrival, by: Actor = ACTOR) -> tuple[Message, bool]:
    """Keep a mail; answers the message and whether it is new. Reads no more than its headers."""
    internet_id, sender, subject = _headline(arrival.raw)
    with store.unit(by) as unit:
        return unit.messages.record(arrival, internet_id, sender, subject)


def _headline(raw: bytes) -> tuple[str, str, str]:
    """Message-ID, sender's address and subject, '' where they can't be read; spelled as the reader will spell them."""
    try:
        fields = Fields(head_of(raw[:HEAD_BYTES].lstrip(b"\xef\xbb\xbf\r\n")))
        ids = message_ids(fields.raw("message-id"))
        senders = fields.addresses("from") or fields.addresses("sender")
        return ids[0] if ids else fields.text("message-id"), senders[0][1] if senders else "", fields.text("subject")
    except Exception:  # noqa: BLE001 - headers of strangers make the email package raise all sorts of things
        return "", "", ""
