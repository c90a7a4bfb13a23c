"""Read: a mail's bytes become the request that a drafter is given."""

from collections.abc import Callable
from datetime import date

from assistant.domain.request import Request
from assistant.steps.intake import authentication, machine_reason
from extractors.mail.reader import read_message
from extractors.message import Message as Mail

# Bytes in, the whole mail out; never raises for what the bytes hold.
Reader = Callable[[bytes], Mail]


def read(raw: bytes, today: date, reader: Reader = read_message) -> tuple[Mail, Request]:
    """Never raises for what the bytes hold."""
    mail = reader(raw)
    return mail, request_of(mail, today)


def request_of(mail: Mail, today: date) -> Request:
    return Request(
        sender_name=mail.sender_name,
        sender_address=mail.sender_address.lower(),
        to=(*mail.to, *mail.cc),
        subject=mail.subject,
        today=today,
        sent_at=mail.sent_at,
        message_id=mail.message_id,
        references=(mail.in_reply_to, *mail.references) if mail.in_reply_to else mail.references,
        authentication=authentication(mail.authentication_results),
        machine_reason=machine_reason(mail),
        documents=mail.documents,
        failures=(*mail.failures, *(failure for document in mail.documents for failure in document.failures)),
    )
