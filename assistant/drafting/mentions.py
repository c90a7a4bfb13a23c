"""Mentions: where a passage speaks of an item: by a code, by one of its lots or serials, or by words."""

import itertools
import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from assistant.drafting.candidates import Code
from assistant.drafting.described import ATTRIBUTES, Described, Token, ranked, tokens
from assistant.drafting.numbers import Number, numbers
from assistant.drafting.vocabulary_lines import PIECES
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
_SENTENCE_END = re.compile(rf"{_ABBREVIATED}[.;!?](?=\s)\s+|\n{{2,}}|\n(?=\s*(?:[-*•–]|\d+[.)\s]))|\n", re.IGNORECASE)
_COUNTED = re.compile(
    r"\s*(?:\d{1,5}|(?:a|half a|one|two|three|four|five|six) dozen|one|two|three|four|five|six|seven|eight|nine|ten)\b"
    r"(?![.,:/]\d)",
    re.IGNORECASE,
)
_POINT = re.compile(r"\s*(?:[-*•–]|\d+[.)])\s")
_WRAPPED = 55  # characters from which a line may end because the next word had no room
_ROOM = 8  # characters by which the lines of one paragraph differ, wherever they are wrapped
_LINE_END = re.compile(r"\n|(?<=[.;!?])\s+")
# `the nuts do not thread`: what somebody does is no goods
_VERB_BEFORE = re.compile(r"(?:\b(?:not|to|will|can|cannot|could|would|does)|n't)\s$", re.IGNORECASE)
_LEAST_LEAD, _LEAST_SCORE = 0.3, 1.0
_MOST_LIKE = 40  # items that the words of a sentence may mean, where no order tells


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
    """An item spoken of at ``start``..``end`` of a passage's text. ``foreign``: not on any order found.

    ``among``: where the words fit several alike, all of them; the item is one of these, no more.
    """

    item: Item
    start: int
    end: int
    how: How
    foreign: bool = False
    among: tuple[Item, ...] = ()


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
        if match[0] == "\n" and not lists and not _broken(text, match.start()):
            continue
        spans.append(range(begin, match.start() + (match[0][0] in ".;!?")))
        begin = match.end()
    return tuple(span for span in [*spans, range(begin, len(text))] if text[span.start : span.stop].strip())


@lru_cache(maxsize=256)
def _by_hand(text: str) -> bool:
    """Whether some long line ends though the next word had room: then the writer ends lines where a thing ends."""
    lines = text.split("\n")
    widest = max(len(each) for each in lines)
    return "://" not in text and any(
        len(line) >= _WRAPPED and len(line) + 1 + len(after.split(" ", 1)[0]) + _ROOM <= widest
        for line, after in itertools.pairwise(lines)
    )


def _broken(text: str, at: int) -> bool:
    """Whether a line ends where its writer wanted it to: a list's point, or one with room left."""
    line = text[text.rfind("\n", 0, at) + 1 : at]
    following = text[at + 1 : at + 40]
    if _POINT.match(line) or _POINT.match(following) or len(line) < _WRAPPED:
        return True
    if _COUNTED.match(line) and _COUNTED.match(following):  # a list: how many of what, line by line
        return True
    return _by_hand(text)


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
    items = scope.items or erp.items_like(_to_look_up(text[span.start : span.stop]), _MOST_LIKE)
    for segment in _segments(text, span):
        words = _words(text, segment, taken, items)
        if not words:
            continue
        alone = ranked(words, items)
        own = _clear(alone) or _by_number(alone, _between(numbers(text), segment), scope, found)
        named = bool(alone) and alone[0].noun
        alike = _alike(alone) if own is None else ()
        apart = own is not None and last is not None and own.item != last.item
        if not named and not apart and (last is not None or open_words):  # `contactors, 30 amp, 24 volt coil`
            if own is None and (other := _other_one(text, open_words, words, items, last)) is not None:
                found.append(Mention(other.item, other.start, other.end, "words"))
                continue
            joined = (*open_words, *words)
            better = _clear(ranked(joined, items))
            if better is not None and (last is None or better.score > last.score):
                place = found.pop() if found and (last is not None or found[-1].among) else None
                own, words = better, joined
                if place is not None:  # the noun's place: what lies between may say how many
                    own = replace(better, start=place.start, end=place.end)
            else:
                continue
        open_words = words
        last = own
        if own is not None:
            found.append(Mention(own.item, own.start, own.end, "words"))
        elif alike:
            found.append(
                Mention(alike[0].item, alike[0].start, alike[0].end, "words", among=tuple(d.item for d in alike))
            )
    return tuple(found)


def _to_look_up(words: str) -> str:
    """With each word in the singular too, and with sizes apart from their units, as master data has them."""
    singular = " ".join(word[:-1] for word in re.findall(r"[^\W\d_]{4,}s\b", words))
    apart = re.sub(r"(?<=\d)(?=[a-zA-Z])", " ", " ".join(re.findall(r"\d+[a-zA-Z]+", words)))
    return f"{words} {singular} {apart}"


_ONES = re.compile(r"\b(?:ones?|los|las|les|die|den|der|de|i|gli|le)\b", re.IGNORECASE)


def _other_one(
    text: str, before: Sequence[Token], words: Sequence[Token], items: Sequence[Item], last: Described | None
) -> Described | None:
    """`the right arms .. leave the left ones`: another one of the goods spoken of, told by what sets it apart."""
    start, end = min(token.start for token in words), max(token.end for token in words)
    if last is None or not _ONES.search(text, max(0, start - 6), end + 6):
        return None
    nouns = [token for token in before if not token.number and token.key not in ATTRIBUTES]
    told = _clear(ranked((*nouns, *words), items))
    return None if told is None or told.item == last.item else replace(told, start=start, end=end)


def _segments(text: str, span: range) -> Iterable[range]:
    begin = span.start
    for match in _SEGMENT.finditer(text, span.start, span.stop):
        yield range(begin, match.start())
        begin = match.end()
    yield range(begin, span.stop)


def _words(text: str, segment: range, taken: Sequence[range], items: Sequence[Item]) -> tuple[Token, ...]:
    """A segment's features without codes, and without the numbers that say how many."""
    piece = text[segment.start : segment.stop]
    counted = [
        range(n.start, n.end)
        for n in _between(numbers(text), segment)
        if len(str(n.value)) < 3 or PIECES.match(text, n.end) or not _known(str(n.value), items)
    ]
    moved = (
        Token(token.key, token.unit, token.start + segment.start, token.end + segment.start) for token in tokens(piece)
    )
    return tuple(
        token
        for token in moved
        if not any(token.start in each for each in taken)
        and (token.number or not _VERB_BEFORE.search(text, max(0, token.start - 12), token.start))
        and not (token.number and not token.unit and "x" not in token.key and any(token.start in c for c in counted))
    )


def _between(found: Sequence[Number], segment: range) -> Sequence[Number]:
    first = bisect_left(found, segment.start, key=lambda number: number.end)
    return found[first : bisect_left(found, segment.stop, key=lambda number: number.start)]


def _known(size: str, items: Sequence[Item]) -> bool:
    return any(size in item.description or size in item.sku for item in items)


def _by_number(
    best: Sequence[Described], said: Sequence[Number], scope: Scope, before: Sequence[Mention]
) -> Described | None:
    """Of several that the words fit alike, the one not spoken of yet, where an order shipped just as many of it."""
    alike = [each for each in best if each.noun and best[0].score - each.score < _LEAST_LEAD]
    spoken = {mention.item.sku for mention in before}
    new = [each for each in alike if each.item.sku not in spoken]
    counts = {number.value for number in said if number.value > 1}
    right = len(new) == 1 and any(order.shipped(new[0].item.sku) in counts for order in scope.orders)
    return new[0] if right and new[0].score >= _LEAST_SCORE else None


def _clear(best: Sequence[Described]) -> Described | None:
    """The first, where it leads: with a noun, or two features that are no single size."""
    if not best:
        return None
    first = best[0]
    lead = first.score - best[1].score if len(best) > 1 else first.score
    enough = first.noun or len(first.keys) >= 2
    return first if enough and first.score >= _LEAST_SCORE and lead >= _LEAST_LEAD else None


def _alike(best: Sequence[Described]) -> tuple[Described, ...]:
    """Those that the words fit equally well, by a noun: more than one of them, and not just anything."""
    if not best or not best[0].noun or best[0].score < _LEAST_SCORE:
        return ()
    alike = tuple(each for each in best if each.noun and best[0].score - each.score < _LEAST_LEAD)
    return alike if len(alike) > 1 else ()
