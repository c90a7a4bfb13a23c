"""Quantities in their sentence: claimed, kept or only told; relative ones are settled by the order."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from assistant.drafting.numbers import Number, numbers
from assistant.drafting.packs import in_order_unit
from assistant.drafting.vocabulary_lines import (
    ALL_BUT,
    ALL_BUT_GOODS,
    ASKED,
    CLAIMED,
    HALF,
    KEPT,
    ONLY_CAME,
    TOLD,
    WHOLE,
)
from assistant.drafting.vocabulary_numbers import WORDS
from tools.erp import Item, Order

Kind = Literal["exact", "missing", "all_but", "half", "whole", "only", "rest"]
Role = Literal["claimed", "plain", "told", "kept"]
Meaning = Literal["whole", "counted", "book", "kept", ""]
_CLAUSE = re.compile(
    r"\n|[.;!?](?:\s|$)|[,(–—]\s|\s-+\s|\b(?:but|and|so|while|although|aber|und|mais|et|y|sino|sondern|whereas|pero|maar|ma)\b\s",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"\([^()\n]{3,160}\)")
_REACH = 120  # characters of a clause that has no end
_MOST_NUMBERS = 400  # in one passage
_CAME = re.compile(
    r"\b(?:came|arrived|received|delivered|(?:were|was) (?:in|on|there)|here|geliefert|angekommen|erhalten"
    r"|reçu\w*|livré\w*"
    r"|lleg\w+|recib\w+)\b",
    re.IGNORECASE,
)
# `of the three breakers the one that ...`, `a quarter of the sixteen pails`: what the claimed ones are among.
_SHARE_OF = re.compile(
    r"(?:^|[.,;:!?–—-]\s*|\b(?:quarter|third|half|some|part|few|most|viertel|drittel|cuarto|tercio|quart|tiers)\s)"
    r"(?:out of|of|von|aus|de|sur|parmi)\s+(?:the|those|these|our|my|your|den|unseren|los|las|les|nos|ces"
    r"|estos|estas)\s*$|(?:^|[.!?:\n]\s*)(?:out of|of|von|aus|de|sur|su|van|dei|degli|parmi)\s*$",
    re.IGNORECASE,
)
# `not the 50`, `nicht 8, sondern 11`: a number that is ruled out.
_NOT_THESE = re.compile(
    r"\b(?:not|nicht|pas|non|niet|no)\s+(?:the |die |den |les |los |las |le |i |de )?$", re.IGNORECASE
)
_JUST_TOLD = re.compile(
    r"\s(?:bought|ordered|purchased|shipped|delivered|received|billed|invoiced|bestellt|geliefert|commandée?s|livrée?s"
    r"|reçue?s|pedid[oa]s|recibid[oa]s)\b(?! back)",
    re.IGNORECASE,
)
# `6 tubes arrived squashed`
_CAME_BAD = re.compile(
    r"\s(?:\w+\s){0,3}?(?:arrived|came(?: in)?|turned up|showed up|were delivered)\s(?:\w+ly\s|all\s|with\s)?"
    r"(?!(?:and|but|yesterday|today|on|in|at|here|then|when)\b)\w+(?:ed|en|ent|oken|ty|ky)\b",
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
    """``value``: of `all but two` the two, of `only 10 came` the ten. ``of``: `of the 100`, where said. ``sure``: how
    likely it is the claim, in steps of a hundredth. ``meaning``: what else the number surely is."""

    kind: Kind
    value: Decimal
    start: int
    end: int
    role: Role
    of: Decimal | None = None
    corrects: bool = False
    asked: bool = False
    sure: float = 0.0
    meaning: Meaning = ""

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
            _corrects(text, number),
            _asked(text, number),
        )
        for number in numbers(text)[:_MOST_NUMBERS]
        if number.start not in taken
    ]
    return tuple(sorted([*relative, *exact], key=lambda each: each.start))


_CORRECTS = re.compile(
    r"\b(?:so (?:just|only|all|that(?:'s| is| makes)|it(?:'s| is))|just (?:the|those|that)"
    r"|actually|correction|make (?:that|it)|i mean|(?:i|we) meant|sorry|let'?s say|should (?:be|read|say)|vielmehr"
    r"|korrektur"
    r"|(?:not|nicht|no|non|pas|niet) \w+[ ,]+(?:but|sondern|sino|mais|ma|maar)|besser gesagt|mejor dicho|corrijo"
    r"|plutôt|pardon|rectification|of beter|anzi)\b[^.;!?\n\d]{0,30}$"
    r"|\b(?:turn(?:s|ed)|work(?:s|ed)) out to be\s$|\b(?:is|are) (?:now|in fact|really) $"
    r"|\b(?:to (?:be )?return(?:ed)?|to (?:go|come|send) back|for (?:return|credit)"
    r"|(?:qty|quantity) (?:rejected|returned|back)|zu(?:r)? (?:retourn\w+|rückgabe|rücksendung)"
    r"|(?:a|para) devolver"
    r"|à (?:retourner|renvoyer|rendre|reprendre))\s*[:=]\s*$"
    r"|\b(?:chang|rais|reduc|increas|lower|bump|correct|änder|korrigier|cambi|modifi|corrig)\w*\b[^.;!?\n]{0,50}\b(?:to|auf|a|à|en)\s$",
    re.IGNORECASE,
)


_SUMS_UP = re.compile(
    r"\s*(?:\w+ )?(?:in total|total\b|altogether|all told|in all\b|insgesamt|zusammen|en total|en tout|au total"
    r"|in totale"
    r"|in totaal)",
    re.IGNORECASE,
)


_ALL_OF_THEM = re.compile(
    r"\b(?:all|alle|tou(?:s|tes) les|tod[oa]s l[oa]s) (?:of (?:the|these|those) )?$", re.IGNORECASE
)

_AND_NO_GOODS = re.compile(
    r"\s*(?:[.,;!)]|$|(?:back|of (?:them|these|those)|zurück|de vuelta|can|should|will|go|have to)\b)", re.I
)


def _asked(text: str, number: Number) -> bool:
    return bool(ASKED.search(_clause(text, number.start, number.end)))


def _corrects(text: str, number: Number) -> bool:
    """`make that 4`, and `four altogether`, which sums up what was said before."""
    before, after = text[max(0, number.start - 60) : number.start], text[number.end : number.end + 30]
    if _CORRECTS.search(before):
        return True
    if _ALL_OF_THEM.search(before) and _AND_NO_GOODS.match(
        after
    ):  # `four are a total loss, one maybe not, we send all 5 back`
        return role_of(text, number) == "claimed"
    return bool(_SUMS_UP.match(after)) and role_of(text, number) != "told"


def _relative(text: str) -> Iterator[Quantity]:
    for match in ALL_BUT.finditer(text):
        if (value := _word(match)) is not None:
            came = _CAME.search(_clause(text, *match.span()))
            yield Quantity("missing" if came else "all_but", value, *match.span(), "claimed")
    for match in ALL_BUT_GOODS.finditer(text):
        if (value := _word(match)) is not None:
            begin = max(match.start(name) for name in match.groupdict())
            yield Quantity("all_but", value, begin, match.end(), "claimed")
    for match in ONLY_CAME.finditer(text):
        if (value := _word(match)) is not None:
            of = _other(match)
            if of is None and match["of8"] and not _CAME.search(_clause(text, *match.span())):
                continue  # `it's only five of the pumps by now`
            if of is not None and CLAIMED.search(_clause(text, *match.span())):
                continue  # `only two of the ten are bad`
            yield Quantity("only", value, *match.span(), "claimed", of)
    for match in HALF.finditer(text):
        yield Quantity("half", Decimal(0), *match.span(), "plain")
    for match in _REST.finditer(text):
        around = _clause(text, *match.span())
        if (CLAIMED.search(around) or ASKED.search(around)) and not KEPT.search(around):
            yield Quantity("rest", Decimal(0), *match.span(), "claimed")
    for match in WHOLE.finditer(text):
        if _AS_ALL.search(text[max(0, match.start() - 16) : match.start()]):
            continue  # `batch B2, as are all of them`
        role: Role = "kept" if KEPT.search(_clause(text, *match.span())) else "plain"
        yield Quantity("whole", Decimal(0), *match.span(), role)


# What is left of the goods once what stays is taken off.
_REST = re.compile(
    r"\b(?:the|what(?:'s| is))\s+(?:rest|remainder|balance|others|other ones|remaining (?:ones|stock)"
    r"|left(?:[- ]?overs?)?)\b(?! (?:of (?:the )?(?:delivery|order|shipment|material|goods|invoice|items)|is"
    r"|are|was|were|on|ran|stay))"
    r"|\b(?:den|der|die) (?:rest|übrigen|restlichen)\b|\b(?:el resto|lo demás|los demás|las demás)\b"
    r"|\b(?:le reste|les autres)\b",
    re.IGNORECASE,
)


_AS_ALL = re.compile(
    r"\b(?:as|like|wie|comme|como|zoals) (?:are |is |were |on |with |in |bei |auf |sur |en |sont )?$", re.IGNORECASE
)


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


@lru_cache(maxsize=256)
def without_asides(text: str) -> str:
    """The text, as long as before, without what stands in brackets."""
    return _ASIDE.sub(lambda found: " " * len(found[0]), text)


def _clause(text: str, start: int, end: int) -> str:
    outer = without_asides(text)
    text = outer if outer[start:end].strip() else text
    return text[slice(*clause(text, start, end))]


def clause(text: str, start: int, end: int) -> tuple[int, int]:
    """The bounds of the clause around a span."""
    begins, ends = _breaks(text)
    last, first = bisect_right(ends, start) - 1, bisect_left(begins, end)
    stop = begins[first] if first < len(begins) else len(text)
    return max(ends[last] if last >= 0 else 0, start - _REACH), min(stop, end + _REACH)


_SENTENCE_END = re.compile(r"[.;!?](?=\s|$)|\n")


def sentence(text: str, at: int) -> tuple[int, int]:
    """The bounds of the sentence, or of the line, around a place."""
    begin = max((m.end() for m in _SENTENCE_END.finditer(text, 0, at)), default=0)
    return begin, next((m.start() for m in _SENTENCE_END.finditer(text, at)), len(text))


def role_of(text: str, number: Number) -> Role:
    """By the words of its own clause: a claim outweighs what is told, what is kept outweighs both."""
    clause = _clause(text, number.start, number.end)
    if _JUST_TOLD.match(text, number.end):
        return "told"
    if _CAME_BAD.match(text, number.end):
        return "claimed"
    before = text[max(0, number.start - 28) : number.start]
    if re.search(
        r"(?:instead of|rather than|statt|anstatt|au lieu de|en lugar de|en vez de)\s*(?:the\s*)?$", before, re.I
    ):
        return "told"
    if _NOT_THESE.search(before):
        return "kept"
    if _SHARE_OF.search(before):
        return "told"
    if KEPT.search(clause) and not re.search(r"\bnot keep", clause, re.I):
        return "claimed" if _claimed_first(text, number.end, number.end + len(clause)) else "kept"
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


_RIGHT_BEHIND = 28  # characters


def _claimed_first(text: str, start: int, stop: int) -> bool:
    """`so four can come back never opened box is good`: a claim right behind a number, what is well much later."""
    sentence_end = _SENTENCE_END.search(text, start)
    stop = min(stop, sentence_end.start() if sentence_end is not None else stop)
    claimed, kept = CLAIMED.search(text, start, min(stop, start + _RIGHT_BEHIND)), KEPT.search(text, start, stop)
    return (
        claimed is not None
        and (kept is None or kept.start() - claimed.end() > _RIGHT_BEHIND // 2)
        and (KEPT.search(text, max(0, start - 40), start) is None)
    )


def settled(
    quantity: Quantity, text: str, item: Item, order: Order | None, stays: Decimal = Decimal(0)
) -> Decimal | None:
    """The number in the order's unit; None where it takes an order to tell and there is none. ``stays``: what is said
    to stay, for `the rest`."""
    shipped = order.shipped(item.sku) if order is not None else Decimal(0)
    whole = quantity.of or shipped
    if quantity.kind in ("exact", "missing"):
        return in_order_unit(quantity.value, text[quantity.end : quantity.end + 40], item, shipped)
    if not whole:
        return None
    if quantity.kind == "whole":
        return whole
    if quantity.kind == "rest":
        return whole - stays if 0 < stays < whole else None
    if quantity.kind == "half":
        return whole / 2 if whole % 2 == 0 else None
    left = whole - in_order_unit(quantity.value, text[quantity.end : quantity.end + 40], item, shipped)
    return left if left > 0 else None


def best(said: list[Quantity], text: str = "", at: range | None = None) -> Quantity | None:
    """The claimed before the plain before the told; kept ones never. Words that correct earlier ones win over all.

    ``at``: where in ``text`` the goods stand; of numbers alike the one that stands right before them is theirs.
    """
    usable = [each for each in said if each.role != "kept"]
    return min(
        usable,
        key=lambda each: (
            not each.corrects,
            each.rank,
            -each.start if each.corrects else 0,
            not (at is not None and _leads(text, each, at)),
            -each.sure,
            not each.asked,
            each.kind in ("whole", "half", "rest"),
            each.start,
        ),
        default=None,
    )


_LEADING = re.compile(r"\s*(?:[x×]\s*)?(?:[\w/\-\"”″'.]+\s+){0,3}")


def _leads(text: str, quantity: Quantity, at: range) -> bool:
    """`8 bx 3/8-16 hex caps`: the number and its goods, with nothing but words of them between."""
    between = text[quantity.end : at.start]
    return quantity.kind == "exact" and quantity.end <= at.start and _LEADING.fullmatch(between) is not None


def moved(quantity: Quantity, by: int) -> Quantity:
    return replace(quantity, start=quantity.start + by, end=quantity.end + by)


def staying(said: Iterable[Quantity]) -> Decimal:
    """How many stay, by what is said; a number said twice counts once."""
    return sum({each.value for each in said if each.kind == "exact" and each.role == "kept"}, Decimal(0))
