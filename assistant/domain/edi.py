"""What the store keeps of EDI: transactions that came in, and interchanges on their way out."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

OutKind = Literal["997", "TA1", "180", "812"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One transaction set of a partner. ``message_id`` is the request that it became.

    The three control numbers are ISA13, GS06 and ST02; together with the partner they make it itself, once.
    """

    partner_id: str
    interchange: str
    group: str
    control: str
    kind: str
    reference: str
    message_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """An interchange to a partner; ``control`` is its number, one after the other for each partner."""

    id: int
    partner_id: str
    kind: OutKind
    control: int
    body: str
    case_id: str
    made_at: datetime
    fetched_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """A transaction whose case has come to where its partner is told (again). ``key`` names that standing."""

    received: Received
    case_id: str
    key: str
