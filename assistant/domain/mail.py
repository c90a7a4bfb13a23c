"""A mail to a customer, as the outbox keeps it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

MailKind = Literal["questions", "authorised", "credited", "rejected"]
MailState = Literal["waiting", "sending", "sent", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What to say, to whom, in answer to what. ``in_reply_to`` is a Message-ID or ''."""

    kind: MailKind
    to: str
    subject: str
    text: str
    in_reply_to: str = ""
    case_id: str = ""
    message_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """A letter in the outbox. ``internet_id`` is the Message-ID it will carry, fixed when queued."""

    id: str
    letter: Letter
    state: MailState
    internet_id: str
    queued_at: datetime
    attempts: int = 0
    note: str = ""
