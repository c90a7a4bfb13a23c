"""What waits for people beside cases: inquiries and exceptions; and the audit log's rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """A question or a reply that a person answers, with the case it is about where that is known."""

    id: int
    kind: Literal["status_inquiry", "reply"]
    message_id: str
    case_id: str | None
    text: str
    opened_at: datetime
    closed_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A visible exception. ``subject`` names what failed (``message:m-1``, ``case:BH-1001``, ``mail:3``)."""

    id: int
    subject: str
    cause: str
    kept: str
    next_step: str
    raised_at: datetime
    resolved_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """One change. ``hash`` covers the row and ``previous``, the hash before it in its stream."""

    stream: str
    sequence: int
    at: datetime
    actor: str
    event: str
    details: Mapping[str, Any]
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class Broken:
    """The first audit row that does not verify, and what is wrong with it."""

    stream: str
    sequence: int
    fault: str


@dataclass(frozen=True, slots=True)
class Verified:
    """The whole log verifies."""

    streams: int
    rows: int
