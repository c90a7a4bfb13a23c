"""What waits for people beside cases: inquiries and exceptions; and the audit log's rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

InquiryKind = Literal["status_inquiry", "reply", "cancellation", "second_request", "perhaps_a_request"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """A question or a reply that a person answers, with the case it is about where that is known.

    ``draft`` is what was understood of a request that a person may open as its own case, as JSON; else ''.
    """

    id: int
    kind: InquiryKind
    message_id: str
    case_id: str | None
    text: str
    opened_at: datetime
    closed_by: str = ""
    draft: str = ""


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
    """The whole log verifies; ``heads`` is the number of the latest signed head in it, 0 where none is."""

    streams: int
    rows: int
    heads: int = 0
