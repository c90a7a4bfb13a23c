"""What is left of a whole once what stays is taken off, by two numbers that make it up."""

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from assistant.drafting.found import LineFound
from assistant.drafting.prose import Loose

_OTHERS = re.compile(
    r"\s*(?:others?|remaining|left|spares?|more|übrigen|andere\w*|restlichen|otr[oa]s|restantes|autres|restants?)\b",
    re.IGNORECASE,
)
_OTHERS_BEFORE = re.compile(
    r"\b(?:others?|remaining|left|spare|übrigen|anderen|restlichen|otr[oa]s|restantes|autres)\s+$", re.IGNORECASE
)


def what_is_left(line: LineFound, lines: Sequence[LineFound], loose: Sequence[Loose]) -> LineFound | None:
    """`We have taken twelve in, the forty-eight others ..` of sixty shipped: two numbers that make up the whole, one of
    which stays."""
    whole = line.order.shipped(line.item.sku) if line.order is not None else Decimal(0)
    if line.quantity not in (None, whole) or whole <= 1:
        return None
    said = [*loose, *(Loose(each, every.place) for every in lines for each in every.told)]
    exact = [each for each in said if each.quantity.kind == "exact"]
    for each in exact:
        stay = [other for other in exact if other.quantity.value + each.quantity.value == whole and _stays(other, each)]
        if stay:
            words = each.place.quote(each.quantity.start, each.quantity.end)
            evidence = {**line.evidence, "quantity": (words,)}
            return replace(line, quantity=each.quantity.value, rank=0, evidence=evidence)
    return None


def _stays(one: Loose, other: Loose) -> bool:
    """Whether of two numbers the first is what stays: it says so, and the other does not, or is called the others."""
    if one.quantity.role != "kept" and one.quantity.meaning != "kept":
        return False
    text, start, end = other.place.text, other.quantity.start, other.quantity.end
    rest = bool(_OTHERS.match(text, end) or _OTHERS_BEFORE.search(text[:start]))
    return rest or other.quantity.role in ("claimed", "plain")
