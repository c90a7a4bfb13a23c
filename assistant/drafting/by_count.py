"""Goods that a sentence calls by how many there were: `The 100 are fine. From the 40 we return 12.`"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from assistant.drafting.found import LineFound
from assistant.drafting.mentions import Mention
from assistant.drafting.quantities import Quantity


@dataclass(frozen=True, slots=True)
class Those:
    """`the 40`, of which 40 were spoken of before: the goods, whether they stay, and the sentence's other numbers."""

    mention: Mention
    stay: bool
    others: list[Quantity]


_THOSE = re.compile(
    r"\b(?:the|those|these|our|die|den|der|diesen?|les|des|ces|los|las|esos|esas|dei|delle|de)\s+$", re.IGNORECASE
)


def by_count(text: str, numbers: Sequence[Quantity], counts: Mapping[Decimal, Sequence[Mention]]) -> Those | None:
    """Goods that a sentence calls by how many there are; None where only one sort was spoken of, or none so often."""
    if len({m.item.sku for mentions in counts.values() for m in mentions}) < 2:
        return None
    for each in numbers:
        said = [m for m in counts.get(each.value, ()) if m.end <= each.start]
        if len({m.item.sku for m in said}) == 1 and _THOSE.search(text[max(0, each.start - 12) : each.start]):
            others = [other for other in numbers if other is not each and other.rank == 0]
            stay = each.role == "kept" or each.meaning == "kept"
            if stay or others:
                return Those(said[-1], stay and not others, others)
    return None


def of_those(lines: Sequence[LineFound], meant: Those, line: LineFound) -> list[LineFound]:
    """The lines with what is said of some of their goods: how many are claimed, or that they stay."""
    if not meant.stay:
        return [*lines, line]
    return [replace(each, kept=True) if each.item == meant.mention.item else each for each in lines]
