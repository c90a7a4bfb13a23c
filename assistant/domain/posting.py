"""What an approved case writes, worked out before anybody approves it: so that people approve exactly that."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any


class PostingState(StrEnum):
    PLANNED = "planned"
    STARTED = "started"  # asked for; the answer is not recorded yet
    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class PlannedCall:
    """One write: the tool, its arguments (JSON values), and the key that makes it happen once."""

    tool: str
    arguments: Mapping[str, Any]
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """A planned call's fate. ``document_no`` is the ERP's number once done."""

    key: str
    case_id: str
    revision: int
    tool: str
    arguments: Mapping[str, Any]
    state: PostingState
    document_no: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A quantity of an order's item that an approved case will bring back, until the ERP knows of it."""

    case_id: str
    order_no: str
    sku: str
    quantity: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditHold:
    """Money that an approved case credits on an order's item, in the order's currency, until the ERP knows of it."""

    case_id: str
    order_no: str
    sku: str
    amount: Decimal
