"""The lots and serials of a model's line: as they stand in the request, and what the ERP knows of them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product

from assistant.domain.evidence import Evidence, Proven
from assistant.drafting.ground import AGREED, SAID, WEAK, Ground
from assistant.drafting.places import Place
from tools.erp import Item, Order

# what a scan takes for one another
_ALIKE = {char: alike for alike in ("0OQD", "1IL|", "2Z", "5S", "6G", "8B", "/J") for char in alike}
_MOST_MISREAD = 5  # characters, each with three or four readings
_LEAST_SPELT = 4  # digits
_MOST_CHARS = 40


@dataclass(frozen=True, slots=True)
class Mark:
    """A lot or serial number, what proves it and how sure it is."""

    text: str
    proofs: tuple[Evidence, ...]
    confidence: float


def marked(ground: Ground, said: str, block: str, item: Item, order: Order | None) -> Mark | str:
    """The number as stated; sure where the ERP has it for the item (and order). Else why it does not hold."""
    place = ground.places.find(said, block)
    if place is None and (spelled := _spelled(ground, said, block, item, order)) is not None:
        return spelled
    if place is None or not any(char.isdigit() for char in place.text) or len(place.text) > _MOST_CHARS:
        return "this does not stand in the block, or is no number"
    hits = ground.erp.find(place.text)
    if not hits and (read := _misread(ground, place, item)) is not None:
        return read
    marks = [hit for hit in hits if hit.kind in ("lot", "serial")]
    if (hits and not marks) or ground.erp.items_by_code(place.text, ground.customer_id):
        return "this is another kind of number"
    here = order.order_no if order is not None else None
    theirs = any(hit.sku == item.sku and here in (None, hit.order_no) for hit in marks)
    return Mark(place.text, (place.quoted,), (AGREED if place.sure else SAID) if theirs else WEAK)


def _misread(ground: Ground, place: Place, item: Item) -> Mark | None:
    """A number read off a picture with letters for digits, or the like, where the ERP has just one such of the item."""
    if place.block.passage.block.at.source != "ocr":
        return None
    read = place.text.upper()
    at = [index for index, char in enumerate(read) if char in _ALIKE]
    if not 0 < len(at) <= _MOST_MISREAD:
        return None
    found: set[str] = set()
    for chosen in product(*(_ALIKE[read[index]] for index in at)):
        letters = list(read)
        for index, char in zip(at, chosen, strict=True):
            letters[index] = char
        tried = "".join(letters)
        if tried != read and any(hit.sku == item.sku for hit in ground.erp.find(tried, ("lot", "serial"))):
            found.add(tried)
    if len(found) != 1:
        return None
    number = found.pop()
    return Mark(number, (place.quoted, Proven(record=f"items/{item.sku}", quote=number)), SAID)


def order_told(
    ground: Ground, numbers: Iterable[str | None], block: str, item: Item
) -> tuple[Order, tuple[Evidence, ...]] | None:
    """The customer's one order that these lots and serials of the item are on, where they tell one."""
    told: dict[str, list[Evidence]] = {}
    for said in numbers:
        place = ground.places.find(said, block)
        if place is None:
            continue
        for hit in ground.erp.find(place.text, ("lot", "serial")):
            if hit.sku == item.sku and hit.customer_id == ground.customer_id:
                told.setdefault(hit.order_no, []).append(place.quoted)
    order = ground.erp.order(next(iter(told))) if len(told) == 1 else None
    if order is None:
        return None
    return order, (*told[order.order_no], Proven(record=f"orders/{order.order_no}", quote=order.order_no))


def _spelled(ground: Ground, said: str, block: str, item: Item, order: Order | None) -> Mark | None:
    """One spelt aloud ("x as in xray 608 452"): its digits stand there, and this order has it of this item."""
    digits = max(re.findall(r"\d+", said), key=len, default="")
    place = ground.places.find(digits, block, elsewhere=False) if len(digits) >= _LEAST_SPELT else None
    if place is None or order is None:
        return None
    number = said.split(":")[-1].strip()
    hits = ground.erp.find(number, ("lot", "serial"))
    if not any(hit.sku == item.sku and hit.order_no == order.order_no for hit in hits):
        return None
    return Mark(number, (place.quoted, Proven(record=f"orders/{order.order_no}", quote=number)), SAID)
