"""What warehouses and carriers report of a case's goods. It is written into the case's story and moves nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

REPORTS: Mapping[str, str] = {
    "carrier.picked_up": "The carrier has the parcel.",
    "carrier.in_transit": "The parcel is on its way.",
    "carrier.delivered": "The parcel was handed over.",
    "carrier.failed": "The parcel could not be picked up or delivered.",
    "warehouse.received": "Goods arrived at the dock.",
    "warehouse.counted": "Goods were counted; the lines say what there is.",
    "warehouse.refused": "Goods were not taken in.",
}
Condition = Literal["sound", "damaged", "opened", "wrong_item", "not_known"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """``quantity`` is in ``uom``."""

    sku: str
    quantity: Decimal
    uom: str
    lot: str = ""
    serials: tuple[str, ...] = ()
    condition: Condition = "not_known"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """``reference`` is the reporter's number: of the parcel, of the receipt. Nothing of it is free text."""

    kind: str
    at: datetime
    reference: str = ""
    goods: tuple[Goods, ...] = ()
