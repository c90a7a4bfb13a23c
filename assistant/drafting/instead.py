"""What came instead of what was ordered."""

from collections.abc import Iterable, Sequence

from assistant.domain.draft import Reason
from assistant.domain.evidence import Quoted
from assistant.drafting.candidates import Code
from assistant.drafting.found import LineFound


def came_instead(line: LineFound, codes: Iterable[Code], *, beside: bool) -> Code | None:
    """A code of goods that the order does not hold, in the line's own words; ``beside``: only beside a row."""
    if line.order is None:
        return None
    own = {id(mark.block) for mark in line.words}
    if line.structured or not beside:
        own.add(id(line.place.block))
    ordered = {each.sku for each in line.order.lines}
    here = (code for code in codes if id(code.passage.block) in own and len(code.items) == 1)
    return next((code for code in here if code.items[0].sku not in ordered), None)


def swapped(line: LineFound, known: Sequence[Code]) -> tuple[Reason, Quoted] | None:
    """Goods that were not ordered, written beside a row: they came instead."""
    other = came_instead(line, known, beside=True)
    return None if other is None else (Reason.WRONG_ITEM, other.quoted)
