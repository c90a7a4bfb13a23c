"""What a drafter is given: one message, read."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from assistant.domain.draft import Draft
from extractors.document import Document, Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A received message and the documents read from it; the body first.

    ``authentication`` is the trusted receiver's verdict (``pass``, ``fail``, ``none``); ``machine_reason`` says why
    the message counts as sent by a machine (``auto-reply``, ``bounce``, ``newsletter``), '' where it does not.
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
    authentication: str = "none"
    machine_reason: str = ""
    documents: tuple[Document, ...] = ()
    failures: tuple[Failure, ...] = field(default=())

    @property
    def asked_on(self) -> date:
        """The day the customer asked: what return windows are counted to."""
        return self.sent_at.date() if self.sent_at is not None else self.today


class Drafter(Protocol):
    """Turns a request into a draft. Never raises for what a request holds."""

    def draft(self, request: Request) -> Draft: ...
