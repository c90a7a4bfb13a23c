"""What number some words can mean for an item of an order: said, in packs, or worked out from what was shipped."""

import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from itertools import combinations

from assistant.drafting.numbers import number_of, numbers
from assistant.drafting.packs import pack_of
from assistant.drafting.vocabulary_lines import HALF, WHOLE
from assistant.drafting.vocabulary_numbers import WORDS
from tools.erp import Item, Order

_MOST = Decimal(1_000_000)
_LONGEST = 200  # characters of words that say how many
_MOST_TERMS = 5
_DIGITS = re.compile(
    r"(?<![\w./])[+\-−]?(?P<n>\d[\d.,]*?)(?=[.,]?(?:$|[\s);:!?x×*/\-–—]|[^\W\d_]{1,6}\b))|[x×](?P<x>\d+)\b"
)
_PAIR = re.compile(r"\b(?:pairs?|couple|paar|par|paires?|paio)\b", re.IGNORECASE)
_PARTS = (
    (3, re.compile(r"\b(?:a|one|ein|un|1) ?(?:third|drittel|tiers|tercio)\b|\b1/3\b", re.IGNORECASE)),
    (4, re.compile(r"\b(?:a|one|ein|un|1) ?(?:quarter|viertel|quart|cuarto)\b|\b1/4\b", re.IGNORECASE)),
)
_ONE_OF = re.compile(r"\b(?:one|1|a|une?|un[ao]?|eine?[rs]?|een) (?:of|des?|del|der|von|van)\b", re.IGNORECASE)
_ANOTHER = re.compile(r"\b(?:another|one more|un(?:e)? autre|noch ein\w*|otr[oa]|een andere?)\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
_ALL = re.compile(
    r"\b(?:all|every|each|whole|entire|everything|full|both|complete\w*|rest|remaining|alle\w?|ganze\w?|beide\w?|komplett\w*"
    r"|sämtlich\w*|todo\w?|toda\w?|complet\w*|ambos|tout\w*|tous|entier\w*|les deux|tutt\w|hele|same|gleiche\w?)",
    re.IGNORECASE,
)


def decimal(text: str | None) -> Decimal | None:
    """A number in plain digits of a size that an order may have, else None."""
    try:
        value = Decimal((text or "").strip().replace("−", "-"))
    except InvalidOperation:
        return None
    return value if value.is_finite() and 0 < abs(value) <= _MOST else None


def means(words: str, value: Decimal, item: Item, order: Order | None, serials: int = 0) -> bool:
    """Whether ``words`` can be read as so many of the item. ``serials``: how many of it are listed by number."""
    if len(words) > _LONGEST:
        return False
    wanted = abs(value)
    said = said_numbers(words)
    if wanted in said or (serials and wanted == serials):
        return True
    shipped = {order.shipped(item.sku), *_ordered(order, item)} - {Decimal(0)} if order is not None else set()
    if _ALL.search(words) or WHOLE.search(words):
        if wanted in shipped or any(wanted == whole - less for whole in shipped for less in said):
            return True
        if len(shipped) > 1 and wanted == max(shipped) - min(shipped):  # delivered twice, ordered once
            return True
    if HALF.search(words) and any(wanted * 2 == whole for whole in shipped):
        return True
    if any(part.search(words) and wanted * n == whole for n, part in _PARTS for whole in shipped | said):
        return True
    if wanted in set(_in_packs(said, item)):
        return True
    if any(_worked_out(wanted * each, said) for each in (Decimal(1), *_packs(item))):
        return True
    if said and any(wanted == whole - less for whole in shipped for less in said):
        return True
    if wanted - 1 in said | {Decimal(1)} and _ANOTHER.search(words):
        return True
    return wanted == 1 and (not said or bool(_ONE_OF.search(words)))  # one thing, named in the singular


def _worked_out(wanted: Decimal, said: Iterable[Decimal]) -> bool:
    """Whether some of the numbers, added and taken away, make it: 22 and 16 against 41, or 7 less 2 less 1."""
    sums = {(Decimal(0), 0)}
    for each in sorted(said)[:_MOST_TERMS]:
        sums |= {(total + sign * each, terms + 1) for total, terms in sums for sign in (1, -1)}
    return any(abs(total) == wanted and terms > 1 for total, terms in sums)


def differs(row: str, value: Decimal, item: Item) -> bool:
    """Whether two numbers of a stock row differ by so much, one of them perhaps in pieces and one in packs."""
    said = said_numbers(row) if len(row) <= _LONGEST else set()
    told = said | set(_in_packs(said, item))
    return any(abs(value) == abs(one - other) for one, other in combinations(told, 2)) or _worked_out(abs(value), said)


def said_numbers(words: str) -> set[Decimal]:
    """Every number that the words hold, in digits or words."""
    return set(_said(words))


def _ordered(order: Order, item: Item) -> Iterable[Decimal]:
    return (line.quantity for line in order.lines if line.sku == item.sku)


def _said(words: str) -> Iterable[Decimal]:
    for number in numbers(words):
        yield number.value
        if number.of is not None:
            yield number.of
    for match in _DIGITS.finditer(words):
        text = match["n"] or match["x"]
        for value in (number_of(text), decimal(text.replace(",", "."))):  # `2,000` is two of a scale, too
            if value is not None:
                yield abs(value)
    if _PAIR.search(words):
        yield Decimal(2)
    for word in _WORD.findall(words):
        if (known := WORDS.get(word.lower()) or WORDS.get(word.lower().removesuffix("s"))) is not None:
            yield Decimal(known)


def _in_packs(said: Iterable[Decimal], item: Item) -> Iterable[Decimal]:
    for each in _packs(item):
        for value in said:
            if value % each == 0:
                yield value / each


def _packs(item: Item) -> Iterable[Decimal]:
    """How many a unit of the item holds, of packs and of pieces."""
    pack = pack_of(item)
    held = {pack.count, pack.count * pack.pieces_each, pack.pieces_each} if pack is not None else set()
    return (each for each in held if each > 1)
