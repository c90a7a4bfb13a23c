"""A request that came in parts, as one mail: everything behind the channels sees one form."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A file of the request. ``media_type`` as in ``image/png``."""

    name: str
    media_type: str
    data: bytes


def as_mail(
    sender: str, to: str, subject: str, text: str, parts: Sequence[Part], at: datetime, internet_id: str = ""
) -> bytes:
    """Raises ValueError where an address or a name can't stand in a mail's header."""
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = to
    mail["Subject"] = _one_line(subject)
    mail["Date"] = format_datetime(at)
    if internet_id:
        mail["Message-ID"] = internet_id
    mail.set_content(text)
    for part in parts:
        main, _, sub = part.media_type.partition("/")
        if main in {"multipart", "message"}:
            main, sub = "application", "octet-stream"  # whatever it says it is, it was sent as one file
        mail.add_attachment(part.data, maintype=main, subtype=sub, filename=_one_line(part.name))
    return mail.as_bytes()


def _one_line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
