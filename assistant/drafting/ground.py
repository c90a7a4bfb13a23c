"""What a model's lines are checked against: the request's words, the ERP, the orders in question, the rules' draft."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from assistant.domain.draft import CaseLine, Draft
from assistant.drafting.meanings import decimal
from assistant.drafting.places import Places, alike
from assistant.drafting.resolve import FoundOrder
from tools.erp import ErpReader, Item, Order

SURE = 0.9  # from here a value counts as sure
AGREED, SAID, WEAK = 0.95, 0.75, 0.5
DISPUTED = 0.7  # at most, where the rules' value stands against the model's


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A value that did not hold, for the second look. ``line`` None: of the whole request."""

    line: int | None
    field: str
    said: str
    block: str
    why: str


@dataclass(slots=True)
class Ground:
    """``orders``: those the request leads to; ``named``: those the model was shown, and may name.

    Checking adds to the rest: ``kept`` counts values that held, ``failed`` names the others, ``doubts`` are lines with
    the field on which two readings differ. ``wary``: the request held words that direct a program, so that the rules'
    reading stands wherever a model's differs. ``astray``: an order or PO is named that the ERP does not know, and
    nothing else leads to an order: none is made out then.
    """

    places: Places
    erp: ErpReader
    customer_id: str | None
    ours: bool
    offline: Draft
    orders: Sequence[FoundOrder]
    named: Sequence[Order]
    wary: bool = False
    astray: bool = False
    failed: list[Failed] = field(default_factory=list)
    kept: int = 0
    doubts: list[tuple[CaseLine, str]] = field(default_factory=list)
    _used: list[CaseLine] = field(default_factory=list)

    def before(self, item: Item, said: Mapping[str, Any]) -> CaseLine | None:
        """The rules' line for the same goods; each backs one of the model's only."""
        same = [line for line in self.offline.lines if line.sku == item.sku and line not in self._used]
        same.sort(
            key=lambda line: (
                not alike(line.lot, said["lot"]),
                not alike(line.order_no, said["order"]),
                line.quantity != decimal(said["qty"]),
            )
        )
        if same:
            self._used.append(same[0])
        return same[0] if same else None

    def items(self) -> list[Item]:
        """The items a line may be about."""
        skus = dict.fromkeys(line.sku for order in self.scope() for line in order.lines)
        return [item for sku in skus if (item := self.erp.item(sku)) is not None]

    def scope(self) -> list[Order]:
        orders = {order.order_no: order for order in (*(f.order for f in self.orders), *self.named)}
        return list(orders.values())
