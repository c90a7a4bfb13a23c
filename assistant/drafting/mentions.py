"""Mentions: where a passage speaks of an item: by a code, by one of its lots or serials, or by words."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from assistant.drafting.candidates import Code
from assistant.drafting.described import Described, Token, ranked, tokens
from assistant.drafting.numbers import Number, numbers
from assistant.drafting.words import Passage
from tools.erp import ErpReader, Item, Order

How = Literal["code", "mark", "words"]
_SEGMENT = re.compile(
    r"[,;:()–—\n]|\s-\s|\b(?:and|und|sowie|y|et|e|en|or|oder|plus|but|aber|not|nicht|as well as|instead of|statt)\b",
    re.IGNORECASE,
)
_ABBREVIATED = (
    r"(?<!\bno)(?<!\bnr)(?<!\bapprox)(?<!\bca)(?<!\bart)(?<!\bref)(?<!\bqty)(?<!\bpcs)(?<!\bgr)(?<!\bst)(?<!\bbzw)"
)
_SENTENCE_END = re.compile(rf"{_ABBREVIATED}[.;!?](?=\s)\s+|\n{{2,}}|\n(?=\s*(?:[-*•–]|\d+[.)\s]))", re.IGNORECASE)
_LINE_END = re.compile(r"\n|(?<=[.;!?])\s+")
_LEAST_LEAD, _LEAST_SCORE = 0.3, 1.0


@dataclass(frozen=True, slots=True)
class Scope:
    """Which items a request may be about: those of the orders found; where ``open``, any the ERP knows."""

    items: tuple[Item, ...]
    orders: tuple[Order, ...]
    open: bool

    def has(self, item: Item) -> bool:
        return self.open or any(item.sku == each.sku for each in self.items)

    def numbers(self) -> frozenset[str]:
        return frozenset(order.order_no for order in self.orders)


@dataclass(frozen=True, slots=True)
class Mention:
    """An item spoken of at ``start``..``end`` of a passage's text. ``foreign``: not on any order found."""

    item: Item
    start: int
    end: int
    how: How
    foreign: bool = False


def scope_of(orders: Sequence[Order], fallback: Sequence[Order], erp: ErpReader, *, ours: bool) -> Scope:
    """The items of the orders found, else of the customer's orders; any item for our own people."""
    wide = orders or fallback
    skus = dict.fromkeys(line.sku for order in wide for line in order.lines)
    items = tuple(item for sku in skus if (item := erp.item(sku)) is not None)
    return Scope(items, tuple(orders), ours or not orders)


def sentences(text: str, *, lists: bool) -> tuple[range, ...]:
    """Spans of sentences; each line is one where the passage is a list."""
    ends = _LINE_END if lists else _SENTENCE_END
    spans: list[range] = []
    begin = 0
    for match in ends.finditer(text):
        spans.append(range(begin, match.start() + (match[0][0] in ".;!?")))
        begin = match.end()
    return tuple(span for span in [*spans, range(begin, len(text))] if text[span.start : span.stop].strip())


def is_list(text: str, found: Sequence[Mention]) -> bool:
    """Whether several of a passage's lines name an item of their own."""
    lines = {text.count("\n", 0, mention.start) for mention in found if mention.how == "code"}
    return len(lines) > 1


def by_code(passage: Passage, codes: Sequence[Code], scope: Scope) -> tuple[Mention, ...]:
    """Mentions by code, and by a lot or serial of one of the orders' items."""
    found: list[Mention] = []
    for code in codes:
        if code.passage is not passage:
            continue
        items = [item for item in code.items if scope.has(item)] or list(code.items)
        if len(items) == 1:
            found.append(Mention(items[0], code.start, code.end, "code", not scope.has(items[0])))
        elif not code.items:
            skus = {
                hit.sku for hit in code.found if hit.sku is not None and (scope.open or hit.order_no in scope.numbers())
            }
            item = next((each for each in scope.items if {each.sku} == skus), None)
            if item is not None:
                found.append(Mention(item, code.start, code.end, "mark"))
    return tuple(found)


def by_words(text: str, span: range, taken: Sequence[range], scope: Scope, erp: ErpReader) -> tuple[Mention, ...]:
    """Mentions in a sentence by words that describe exactly one item of the scope best."""
    found: list[Mention] = []
    open_words: tuple[Token, ...] = ()
    last: Described | None = None
    taken = [each for each in taken if each.stop > span.start and each.start < span.stop]
    for segment in _segments(text, span):
        words = _words(text, segment, taken, scope)
        if not words:
            continue
        items = scope.items or erp.items_like(text[segment.start : segment.stop], 20)
        alone = ranked(words, items)
        own = _clear(alone)
        named = bool(alone) and alone[0].noun
        apart = own is not None and last is not None and own.item != last.item
        if not named and not apart and (last is not None or open_words):  # `contactors, 30 amp, 24 volt coil`
            joined = (*open_words, *words)
            better = _clear(ranked(joined, items))
            if better is not None and (last is None or better.score > last.score):
                place = found.pop() if last is not None and found else None
                own, words = better, joined
                if place is not None:  # the noun's place: what lies between may say how many
                    own = replace(better, start=place.start, end=place.end)
            else:
                continue
        open_words = words
        last = own
        if own is not None:
            found.append(Mention(own.item, own.start, own.end, "words"))
    return tuple(found)


def _segments(text: str, span: range) -> Iterable[range]:
    begin = span.start
    for match in _SEGMENT.finditer(text, span.start, span.stop):
        yield range(begin, match.start())
        begin = match.end()
    yield range(begin, span.stop)


def _words(text: str, segment: range, taken: Sequence[range], scope: Scope) -> tuple[Token, ...]:
    """A segment's features without codes, and without the numbers that say how many."""
    piece = text[segment.start : segment.stop]
    counted = [
        range(n.start, n.end)
        for n in _between(numbers(text), segment)
        if len(str(n.value)) < 3 or not _known(str(n.value), scope)
    ]
    moved = (
        Token(token.key, token.unit, token.start + segment.start, token.end + segment.start) for token in tokens(piece)
    )
    return tuple(
        token
        for token in moved
        if not any(token.start in each for each in taken)
        and not (token.number and not token.unit and any(token.start in each for each in counted))
    )


def _between(found: Sequence[Number], segment: range) -> Sequence[Number]:
    first = bisect_left(found, segment.start, key=lambda number: number.end)
    return found[first : bisect_left(found, segment.stop, key=lambda number: number.start)]


def _known(size: str, scope: Scope) -> bool:
    return any(size in item.description or size in item.sku for item in scope.items)


def _clear(best: Sequence[Described]) -> Described | None:
    """The first, where it leads: with a noun, or two features that are no single size."""
    if not best:
        return None
    first = best[0]
    lead = first.score - best[1].score if len(best) > 1 else first.score
    enough = first.noun or len(first.keys) >= 2
    return first if enough and first.score >= _LEAST_SCORE and lead >= _LEAST_LEAD else None
