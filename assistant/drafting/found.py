"""A line so far: what reading found of one item in one place, before the places are brought together."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from assistant.domain.draft import Reason
from assistant.domain.evidence import Evidence, Proven
from assistant.drafting.quantities import Quantity
from assistant.drafting.words import Passage
from tools.erp import Item, Order

Kind = Literal["row", "record", "mark", "prose"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFound:
    """``place`` and ``position`` say where; ``rank`` how surely the quantity is the claimed one, -1 (corrected) first.

    ``near`` is the stretch of the passage that speaks of this line, ``words`` what was written beside it.
    ``kept``: the words say that it is no line.
    ``firm``: named by a code, not only by words or by one of its lots (``by_mark``).
    ``signed``: the quantity is more or less than the book says, not how many are spoken of.
    ``among``: the goods that the words fit alike, where they do not tell which; ``vague``: `some of`, `a bunch of`.
    ``asked``: there is a quantity, or the words ask for something. Evidence by field name.
    """

    item: Item
    place: Passage
    position: int
    kind: Kind
    near: range
    quantity: Decimal | None = None
    rank: int = 1
    order: Order | None = None
    lot: str | None = None
    serials: tuple[str, ...] = ()
    reason: Reason | None = None
    location: str | None = None
    received: str | None = None
    words: tuple[Passage, ...] = ()
    told: tuple[Quantity, ...] = ()
    among: tuple[Item, ...] = ()
    vague: bool = False
    kept: bool = False
    signed: bool = False
    asked: bool = True
    firm: bool = True
    by_mark: bool = False
    evidence: dict[str, tuple[Evidence, ...]] = field(default_factory=dict)

    @property
    def structured(self) -> bool:
        return self.kind != "prose"


def item_proof(item: Item) -> Proven:
    return Proven(record=f"items/{item.sku}", quote=f"{item.sku} {item.description}")
