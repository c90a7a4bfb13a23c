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
    r"\b(?:the|those|these|our|die|den|der|diesen?|les|des|ces|los|las|esos|esas|dei|delle|de)\s+(?P<n>\d{1,5})\b"
    r"(?![.,/\-]\d)",
    re.IGNORECASE,
)


def by_count(
    text: str, span: range, numbers: Sequence[Quantity], counts: Mapping[Decimal, Sequence[Mention]]
) -> Those | None:
    """Goods that a sentence calls by how many there are; None where only one sort was spoken of, or none so often."""
    if len({m.item.sku for mentions in counts.values() for m in mentions}) < 2:
        return None
    for match in _THOSE.finditer(text, span.start, span.stop):
        said = [m for m in counts.get(Decimal(match["n"]), ()) if m.end <= match.start()]
        if len({m.item.sku for m in said}) != 1:
            continue
        own = [each for each in numbers if match.start() <= each.start < match.end()]
        others = [each for each in numbers if each not in own and each.rank == 0]
        stay = any(each.role == "kept" or each.meaning == "kept" for each in own)
        if stay or others:
            return Those(said[-1], stay and not others, others)
    return None


def of_those(lines: Sequence[LineFound], meant: Those, line: LineFound) -> list[LineFound]:
    """The lines with what is said of some of their goods: how many are claimed, or that they stay."""
    if not meant.stay:
        return [*lines, line]
    return [replace(each, kept=True) if each.item == meant.mention.item else each for each in lines]
