"""Read: a mail's bytes become the request that a drafter is given."""

from collections.abc import Callable
from datetime import date

from assistant.domain.request import Request
from assistant.steps.intake import machine_reason
from assistant.trust.sender import Trust
from extractors.mail.reader import read_message
from extractors.message import Message as Mail

# Nobody's word is taken, nothing is looked up.
ALONE = Trust()

# Bytes in, the whole mail out; never raises for what the bytes hold.
Reader = Callable[[bytes], Mail]


def read(
    raw: bytes, today: date, reader: Reader = read_message, trust: Trust = ALONE, channel: str = "email"
) -> tuple[Mail, Request]:
    """Never raises for what the bytes hold. ``trust`` tells whose results about the sender are believed."""
    mail = reader(raw)
    return mail, request_of(mail, today, raw, trust, channel)


def request_of(mail: Mail, today: date, raw: bytes = b"", trust: Trust = ALONE, channel: str = "email") -> Request:
    return Request(
        sender_name=mail.sender_name,
        sender_address=mail.sender_address.lower(),
        to=(*mail.to, *mail.cc),
        subject=mail.subject,
        today=today,
        sent_at=mail.sent_at,
        message_id=mail.message_id,
        references=(mail.in_reply_to, *mail.references) if mail.in_reply_to else mail.references,
        authentication=trust.verdict(mail, raw, channel),
        reply_to=mail.reply_to.lower(),
        machine_reason=machine_reason(mail),
        documents=mail.documents,
        failures=(*mail.failures, *(failure for document in mail.documents for failure in document.failures)),
        raw=raw,
    )
