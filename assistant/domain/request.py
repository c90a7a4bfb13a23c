"""What a drafter is given: one message, read."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from assistant.domain.authentication import Authentication
from assistant.domain.draft import Draft
from extractors.document import Document, Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A received message and the documents read from it; the body first.

    ``authentication`` says whether the sender is who it says, and ``reply_to`` where answers are asked, '' for the
    sender. ``customer_before`` is the customer that people put this sender's earlier requests to, or
    that was agreed on with a trading partner; None where there is none. ``machine_reason`` says why the message counts
    as sent by a machine (``auto-reply``, ``bounce``, ``newsletter``), '' where it does not.
    ``blanked``: words that direct a program, or order a text, were left out; ``directed``: it turns to a program.
    ``raw`` is the mail as it came, for who has to look at a page; b"" where it is not at hand.
    ``sent_at`` is aware. ``today`` is the date that return windows count to when the message has none.
    """

    sender_name: str
    sender_address: str
    to: tuple[str, ...]
    subject: str
    today: date
    sent_at: datetime | None = None
    message_id: str = ""
    references: tuple[str, ...] = ()
    authentication: Authentication = field(default_factory=Authentication)
    reply_to: str = ""
    customer_before: str | None = None
    machine_reason: str = ""
    documents: tuple[Document, ...] = ()
    failures: tuple[Failure, ...] = field(default=())
    blanked: bool = False
    directed: bool = False
    raw: bytes = field(default=b"", repr=False, compare=False)

    @property
    def asked_on(self) -> date:
        """The day the customer asked: what return windows are counted to."""
        return self.sent_at.date() if self.sent_at is not None else self.today


class Drafter(Protocol):
    """Turns a request into a draft. Never raises for what a request holds."""

    def draft(self, request: Request) -> Draft: ...
