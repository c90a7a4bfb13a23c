"""A mail to a customer, or a reminder to one of us, as the outbox keeps it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

MailKind = Literal["acknowledgement", "questions", "authorised", "credited", "rejected", "expiring", "reminder"]
MailState = Literal["waiting", "sending", "sent", "failed", "bounced"]

# Letters that no person asked for: what the loop guard counts.
AUTOMATIC: tuple[MailKind, ...] = ("acknowledgement", "questions", "expiring")
# Letters that end what the customer asked for.
DECISIONS: tuple[MailKind, ...] = ("authorised", "credited", "rejected")


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterLimits:
    """How many letters we send by ourselves in ``hours``: about one case, and to one address."""

    of_case: int = 3
    to_address: int = 10
    hours: int = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What to say, to whom, in answer to what.

    ``in_reply_to`` is a Message-ID or ''; ``references`` the Message-IDs of the thread, oldest first. ``html`` '' means
    text alone; ``reply_to`` '' means our own address.
    """

    kind: MailKind
    to: str
    subject: str
    text: str
    html: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    reply_to: str = ""
    case_id: str = ""
    message_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """A letter in the outbox. ``internet_id`` is the Message-ID it will carry, fixed when queued.

    ``next_try_at`` is when a letter that could not be handed over is tried again; None: at once.
    """

    id: str
    letter: Letter
    state: MailState
    internet_id: str
    queued_at: datetime
    attempts: int = 0
    note: str = ""
    next_try_at: datetime | None = None
