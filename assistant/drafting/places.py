"""Where a model's words stand: found by us in the block it names. Hidden words and our own are nobody's statement."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from assistant.domain.evidence import Evidence, Quoted
from assistant.drafting.labelled import Labelled

_LABEL = re.compile(r"\s*(b\d{1,5})\s*:\s*")
_COUNTS = ("said", "quoted")
_WORDS = re.compile(r"[^\W\d_]+")
_STEM = 5  # letters


@dataclass(frozen=True, slots=True)
class Place:
    """Words of the request. ``sure``: they stand in the block named, in the sender's newest words or papers."""

    block: Labelled
    start: int
    end: int
    sure: bool

    @property
    def quoted(self) -> Quoted:
        return self.block.passage.quote(self.start, self.end)

    @property
    def text(self) -> str:
        return self.block.passage.text[self.start : self.end]


class Places:
    """The blocks a model was shown, to find its words in."""

    def __init__(self, blocks: Sequence[Labelled]) -> None:
        self._by_label = {each.label: each for each in blocks}
        self._letters: dict[str, tuple[str, list[int]]] = {}

    def find(self, words: str | None, block: str, *, elsewhere: bool = True) -> Place | None:
        """``words`` may begin with a label of their own. Without case and punctuation, but whole words.

        ``elsewhere``: words of some length that stand in exactly one other block count, unsurely.
        """
        if words is None:
            return None
        own = _LABEL.match(words)
        label, wanted = (own[1], words[own.end() :]) if own else (block, words)
        letters = _letters(wanted)[0]
        if not letters:
            return None
        named = self._by_label.get(label.strip())
        if named is not None and named.kind in _COUNTS:
            span = _exactly(named.passage.text, wanted.strip()) or self._span(named, letters)
            if span is not None:
                return Place(named, *span, named.kind == "said")
        if not elsewhere or len(letters) < 3:
            return None
        others = [(each, span) for each in self._by_label.values() if (span := self._counted(each, letters))]
        return Place(others[0][0], *others[0][1], False) if len(others) == 1 else None

    def said(self, words: str) -> bool:
        """Whether the words stand anywhere that counts."""
        letters = _letters(words)[0]
        return any(self._counted(each, letters) is not None for each in self._by_label.values())

    def row_at(self, proof: Evidence) -> tuple[tuple[str, int | None], int] | None:
        """The table (its document and number) and the row that words stand in; None outside tables."""
        if not isinstance(proof, Quoted):
            return None
        for each in self._by_label.values():
            block = each.passage.block
            if block.table is None or block.at.document != proof.at.document:
                continue
            if block.at.start <= proof.at.start < block.at.end:
                return (block.at.document, block.table), block.at.start
        return None

    def rows_of(self, place: Place, count: Decimal) -> bool:
        """Whether so many rows of a table have a word of these in them: `the refused rolls`."""
        stems = {word[:_STEM].casefold() for word in _WORDS.findall(place.text) if len(word) >= _STEM}
        tables: dict[tuple[str, int], list[str]] = {}
        for each in self._by_label.values():
            block = each.passage.block
            if each.kind in _COUNTS and block.table is not None and block.kind == "row":
                tables.setdefault((block.at.document, block.table), []).append(each.passage.text.casefold())
        return any(sum(stem in row for row in rows) == count for rows in tables.values() for stem in stems)

    def next_to(self, label: str, other: str) -> bool:
        """Whether two blocks of one document follow each other, or are one."""
        labels = list(self._by_label)
        one, two = self._by_label.get(label), self._by_label.get(other.strip())
        if one is None or two is None or one.passage.document.path != two.passage.document.path:
            return False
        return abs(labels.index(one.label) - labels.index(two.label)) <= 1

    def block(self, label: str) -> Labelled | None:
        return self._by_label.get(label)

    def _counted(self, each: Labelled, letters: str) -> tuple[int, int] | None:
        return self._span(each, letters) if each.kind in _COUNTS else None

    def _span(self, each: Labelled, wanted: str) -> tuple[int, int] | None:
        text, spots = self._letters.setdefault(each.label, _letters(each.passage.text))
        start = text.find(wanted)
        while start >= 0:
            first, last = spots[start], spots[start + len(wanted) - 1] + 1
            around = each.passage.text[max(first - 1, 0) : first], each.passage.text[last : last + 1]
            if not any(char.isalnum() for char in around):
                return first, last
            start = text.find(wanted, start + 1)
        return None


def _exactly(text: str, words: str) -> tuple[int, int] | None:
    """Just as written: `10,00` is not the end of `4012.1000`, nor `2` a part of `2.5`."""
    found = re.search(rf"(?<!\w)(?<!\d[.,]){re.escape(words)}(?!\w|[.,]\d)", text, re.IGNORECASE)
    return None if found is None else found.span()


def alike(one: str | None, other: str | None) -> bool:
    return _letters(one or "")[0] == _letters(other or "")[0]


def _letters(text: str) -> tuple[str, list[int]]:
    """The text without case, space and punctuation, and where each character of it stands."""
    kept = [(folded, at) for at, char in enumerate(text) if char.isalnum() for folded in char.casefold()]
    return "".join(char for char, _ in kept), [at for _, at in kept]
