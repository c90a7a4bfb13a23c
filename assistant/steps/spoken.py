"""Spoken: what one of our people says for a customer in a conversation, as one mail, and as the customer's request.

The mail holds everything that was said so far, so that one reading path serves and a draft's places count in one text.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime, formataddr

from assistant.domain.authentication import Authentication
from assistant.domain.person import Person
from assistant.domain.request import Request
from assistant.domain.slack import Conversation, Turn
from tools.erp import Company, Customer, ErpReader

_MEDIA_TYPE = re.compile(r"[\w.+-]{1,60}/[\w.+-]{1,60}")
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_NAME_CHARACTERS = 120
_SENTENCES_CHARACTERS = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedFile:
    """A file somebody shared; ``id`` is Slack's, the same file is the same id."""

    id: str
    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenMail:
    """A mail made of a conversation, and what of its head the store keeps beside it."""

    raw: bytes
    internet_id: str
    sender: str
    subject: str


def mail_of(
    conversation: Conversation, turns: Sequence[Turn], files: Sequence[SharedFile], person: Person, company: Company
) -> SpokenMail:
    """The same words and files are the same bytes, so that the mail is recorded once however often it is made."""
    mail = EmailMessage(policy=policy.SMTP)
    last = turns[-1].ts if turns else conversation.thread
    mail["From"] = formataddr((" ".join(person.name.split()), person.id))
    mail["To"] = company.intake_address
    mail["Subject"] = f"From Slack, {' '.join(person.name.split())}"
    mail["Date"] = format_datetime(_moment(conversation.thread))
    mail["Message-ID"] = f"<slack-{conversation.team}-{conversation.channel}-{last}-{len(turns)}@{company.domain}>"
    mail["X-Backhaul-Channel"] = "slack"
    mail.set_content("\n\n".join(turn.text.strip() for turn in turns if turn.text.strip()) + "\n", cte="8bit")
    for file in sorted(files, key=lambda each: each.id):
        kind = file.media_type if _MEDIA_TYPE.fullmatch(file.media_type) else "application/octet-stream"
        main, _, sub = kind.partition("/")
        if main in ("text", "message", "multipart"):
            main, sub = "application", "octet-stream"  # a file stays a file, whatever it says it is
        name = " ".join(file.name.split())[-_NAME_CHARACTERS:] or f"{file.id}.bin"
        mail.add_attachment(file.data, maintype=main, subtype=sub, filename=name, cid=f"<{file.id}@slack>")
    if files:
        mail.set_boundary(f"=={conversation.channel}{conversation.thread}{len(turns)}{len(files)}==")
    return SpokenMail(
        raw=mail.as_bytes(), internet_id=str(mail["Message-ID"]), sender=person.id, subject=str(mail["Subject"])
    )


def files_in(raw: bytes) -> tuple[SharedFile, ...]:
    """The files of a mail that was made here."""
    found = []
    for part in message_from_bytes(raw, policy=policy.SMTP).iter_attachments():
        file_id = str(part["Content-ID"] or "").strip("<>").removesuffix("@slack")
        data = part.get_content()
        if file_id and isinstance(data, bytes):
            kind = part.get_content_type()
            found.append(SharedFile(id=file_id, name=part.get_filename() or "", media_type=kind, data=data))
    return tuple(found)


def customer_meant(words: str, erp: ErpReader) -> Customer | None:
    """Whom the words call by address or name; None where they call nobody, or several."""
    called = {c.id: c for address in _ADDRESS.findall(words) for c in erp.customers_by_email(address)}
    if not called:
        called = {c.id: c for c in erp.customers_named(words[:_SENTENCES_CHARACTERS])}
    return next(iter(called.values())) if len(called) == 1 else None


def as_customer(request: Request, erp: ErpReader) -> Request:
    """The request as the customer's own: our person passes it on, and vouches for it by having proved who they are.

    Where no customer is called by name nobody is taken for one; an order that is named leads to its customer.
    """
    words = "\n".join(document.text for document in request.documents if document.path == "body")
    customer = customer_meant(words, erp)
    address = _address_of(customer) if customer is not None else ""
    if [c.id for c in erp.customers_by_email(address)] != ([customer.id] if customer is not None else []):
        address = ""
    name = customer.name if customer is not None and address else request.sender_name
    return replace(
        request,
        sender_name=name,
        sender_address=address,
        authentication=Authentication(verdict="pass", reason="one of us passed it on"),
    )


def _address_of(customer: Customer) -> str:
    addresses = [contact.email.lower() for contact in customer.contacts if contact.email]
    return next(iter([*addresses, *(f"customer@{domain}" for domain in customer.email_domains)]), "")


def _moment(ts: str) -> datetime:
    seconds = ts.partition(".")[0]
    return datetime.fromtimestamp(int(seconds) if seconds.isdecimal() else 0, UTC)
