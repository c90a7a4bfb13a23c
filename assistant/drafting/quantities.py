"""Quantities in their sentence: claimed, kept or only told; relative ones are settled by the order."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from assistant.drafting.numbers import Number, numbers
from assistant.drafting.packs import in_order_unit
from assistant.drafting.vocabulary_lines import ALL_BUT, ASKED, CLAIMED, HALF, KEPT, ONLY_CAME, TOLD, WHOLE
from assistant.drafting.vocabulary_numbers import WORDS
from tools.erp import Item, Order

Kind = Literal["exact", "missing", "all_but", "half", "whole", "only"]
Role = Literal["claimed", "plain", "told", "kept"]
_CLAUSE = re.compile(
    r"\n|[.;!?](?:\s|$)|[,(–—]\s|\s-+\s|\b(?:but|and|so|while|although|aber|und|mais|et|pero|maar|ma)\b\s",
    re.IGNORECASE,
)
_REACH = 120  # characters of a clause that has no end
_MOST_NUMBERS = 400  # in one passage
_CAME = re.compile(
    r"\b(?:came|arrived|received|delivered|(?:were|was) (?:in|on|there)|here|geliefert|angekommen|erhalten"
    r"|reçu\w*|livré\w*"
    r"|lleg\w+|recib\w+)\b",
    re.IGNORECASE,
)
_RANK: dict[Role, int] = {"claimed": 0, "plain": 1, "told": 2, "kept": 3}
_TOLD_AFTER = re.compile(
    r"\s*(?:\w+\s+){0,3}?(?:ordered|received|shipped|came in|arrived|here|on the (?:pallet|skid)|bestellt|geliefert"
    r"|commandé|livré|reçu|pedid|recibid|in carton)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """``value``: of `all but two` the two, of `only 10 came` the ten. ``of``: `of the 100`, where said."""

    kind: Kind
    value: Decimal
    start: int
    end: int
    role: Role
    of: Decimal | None = None
    corrects: bool = False
    asked: bool = False

    @property
    def rank(self) -> int:
        return _RANK[self.role]


@lru_cache(maxsize=256)
def quantities(text: str) -> tuple[Quantity, ...]:
    """Every quantity of a passage, relative ones too, in order."""
    relative = list(_relative(text))
    taken = {at for each in relative if each.kind != "whole" for at in range(each.start, each.end)}
    exact = [
        Quantity(
            "exact",
            number.value,
            number.start,
            number.end,
            role_of(text, number),
            number.of,
            _corrects(text, number.start),
            _asked(text, number),
        )
        for number in numbers(text)[:_MOST_NUMBERS]
        if number.start not in taken
    ]
    return tuple(sorted([*relative, *exact], key=lambda each: each.start))


_CORRECTS = re.compile(
    r"\b(?:actually|correction|make (?:that|it)|i mean|meant|sorry|let'?s say|should (?:be|read|say)|vielmehr"
    r"|korrektur"
    r"|besser gesagt|mejor dicho|corrijo|plutôt|pardon|rectification|of beter|anzi)\b[^.;!?\n]{0,30}$",
    re.IGNORECASE,
)


def _asked(text: str, number: Number) -> bool:
    return bool(ASKED.search(_clause(text, number.start, number.end)))


def _corrects(text: str, start: int) -> bool:
    return bool(_CORRECTS.search(text[max(0, start - 60) : start]))


def _relative(text: str) -> Iterator[Quantity]:
    for match in ALL_BUT.finditer(text):
        if (value := _word(match)) is not None:
            came = _CAME.search(_clause(text, *match.span()))
            yield Quantity("missing" if came else "all_but", value, *match.span(), "claimed")
    for match in ONLY_CAME.finditer(text):
        if (value := _word(match)) is not None:
            yield Quantity("only", value, *match.span(), "claimed", _other(match))
    for match in HALF.finditer(text):
        yield Quantity("half", Decimal(0), *match.span(), "plain")
    for match in WHOLE.finditer(text):
        role: Role = "kept" if KEPT.search(_clause(text, *match.span())) else "plain"
        yield Quantity("whole", Decimal(0), *match.span(), role)


def _word(match: re.Match[str]) -> Decimal | None:
    said = next((v for k, v in match.groupdict().items() if k.startswith("n") and v is not None), "")
    return Decimal(said) if said.isdigit() else Decimal(WORDS[said.lower()]) if said.lower() in WORDS else None


def _other(match: re.Match[str]) -> Decimal | None:
    said = next((v for k, v in match.groupdict().items() if k.startswith("of") and v is not None), "")
    return Decimal(said) if said.isdigit() else Decimal(WORDS[said.lower()]) if said.lower() in WORDS else None


@lru_cache(maxsize=256)
def _breaks(text: str) -> tuple[list[int], list[int]]:
    """Where the marks between clauses begin, and where they end."""
    found = [match.span() for match in _CLAUSE.finditer(text)]
    return [begin for begin, _ in found], [end for _, end in found]


def _clause(text: str, start: int, end: int) -> str:
    begins, ends = _breaks(text)
    last, first = bisect_right(ends, start) - 1, bisect_left(begins, end)
    stop = begins[first] if first < len(begins) else len(text)
    return text[max(ends[last] if last >= 0 else 0, start - _REACH) : min(stop, end + _REACH)]


def role_of(text: str, number: Number) -> Role:
    """By the words of its own clause: a claim outweighs what is told, what is kept outweighs both."""
    clause = _clause(text, number.start, number.end)
    before = text[max(0, number.start - 28) : number.start]
    if re.search(r"(?:instead of|rather than|not|statt|au lieu de|en lugar de|en vez de)\s*(?:the\s*)?$", before, re.I):
        return "told"
    if KEPT.search(clause) and not re.search(r"\bnot keep", clause, re.I):
        return "kept"
    if not CLAIMED.search(clause) and re.search(
        r"\b(?:other|others|remaining|rest|übrigen|restlichen|otr[oa]s|autres|restant\w*)\W*$", before, re.I
    ):
        return "kept"
    if _TOLD_AFTER.match(text, number.end) and not CLAIMED.search(clause):
        return "told"
    if CLAIMED.search(clause):
        return "claimed"
    if TOLD.search(clause):
        return "told"
    return "plain"


def settled(quantity: Quantity, text: str, item: Item, order: Order | None) -> Decimal | None:
    """The number in the order's unit; None where it takes an order to tell and there is none."""
    shipped = order.shipped(item.sku) if order is not None else Decimal(0)
    whole = quantity.of or shipped
    if quantity.kind in ("exact", "missing"):
        return in_order_unit(quantity.value, text[quantity.end : quantity.end + 40], item, shipped)
    if not whole:
        return None
    if quantity.kind == "whole":
        return whole
    if quantity.kind == "half":
        return whole / 2 if whole % 2 == 0 else None
    left = whole - in_order_unit(quantity.value, text[quantity.end : quantity.end + 40], item, shipped)
    return left if left > 0 else None


def best(said: list[Quantity]) -> Quantity | None:
    """The claimed before the plain before the told; kept ones never. Words that correct earlier ones win over all."""
    usable = [each for each in said if each.role != "kept"]
    return min(
        usable,
        key=lambda each: (not each.corrects, each.rank, not each.asked, each.kind in ("whole", "half"), each.start),
        default=None,
    )


def moved(quantity: Quantity, by: int) -> Quantity:
    return replace(quantity, start=quantity.start + by, end=quantity.end + by)
