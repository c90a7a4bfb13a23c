"""Stock counts in words: `book 41 / shelf 38`, `system has 14, there are only 11`: what is there, what should be."""

import re
from dataclasses import dataclass
from decimal import Decimal

from assistant.drafting.numbers import number_of

_NUMBER = r"\d+(?:,\d{3})*(?![\d\-/.]*[^\W\d_])(?!\d)"
_BOOK = (
    r"(?:book|sheet|(?:count |pick )?list|tag|card|system|sys|erp|wms|records?|recorded|expected|should (?:be"
    r"|have)|supposed to be|on hand|oh|qoh|computer"
    r"|screen|soll|buch(?:bestand)?|bestand|sistema|teórico|théorique|stock says)"
)
_THERE = (
    r"(?:shelf|floor|rack|bin|location|slot|pallet|(?:re-?)?counted(?: (?:and|it|again))*(?: (?:have|got"
    r"|found|make it))?|count|actual(?:ly)?|physically"
    r"|found|physical|phys|there(?:'?s| is| are)?|hand count|gezählt|ist"
    r"|gefunden|físico|contado|contamos|hay|compté|réel|trouvé|i see|i get|we have|i have|we got|i got"
    r"|boxes(?: there)?)"
)


def _said(word: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """A number beside such a word: after it, with two words between at most, else before it."""
    verbs = r"(?:\s+(?:has|have|had|says?|shows?|is|are|only|just|of|was|but)\b){0,3}"
    after = rf"\b{word}\b{verbs}[^\w,;]{{0,3}}(?P<n>{_NUMBER})"
    before = rf"(?<![\w\-/.])(?P<n>{_NUMBER})\s+(?:pcs |pieces |ea )?(?:in|on|per|by|according to)?\s*(?:the )?{word}\b"
    return re.compile(after, re.IGNORECASE), re.compile(before, re.IGNORECASE)


_BOOKED, _COUNTED = _said(_BOOK), _said(_THERE)


@dataclass(frozen=True, slots=True)
class Counted:
    """What is there less what should be, and where both numbers stand in the text."""

    difference: Decimal
    book: tuple[int, int]
    there: tuple[int, int]


def counted_in(text: str, start: int = 0, stop: int | None = None) -> Counted | None:
    """The first count told in a stretch of a text; None where it does not tell both numbers."""
    end = len(text) if stop is None else stop
    booked, counted = _all(_BOOKED, text, start, end), _all(_COUNTED, text, start, end)
    if not booked or not counted:
        return None
    spans = [booked[0], counted[-1]]  # of two counts the second holds
    values = [number_of(text[begin:finish]) for begin, finish in spans]
    if spans[0] == spans[1] or values[0] is None or values[1] is None:
        return None
    return Counted(values[1] - values[0], spans[0], spans[1])


_PAIR_HEAD = re.compile(rf"\b(?:{_BOOK}|{_THERE})\s*/\s*(?:{_BOOK}|{_THERE})\b", re.IGNORECASE)
_IS_BOOK = re.compile(rf"{_BOOK}\b", re.IGNORECASE)
_IN_PAIR = re.compile(rf"(?<![\d/.,-])(?P<one>{_NUMBER})\s*/\s*(?P<other>{_NUMBER})(?![\d/])")
_AGAIN = re.compile(
    r"\b(?:(?:second|2nd|third|3rd|final|last|new) count|re-?count(?:ed)?|counted again|nachgezählt|nachzählung"
    r"|zweite zählung|segundo conteo|recontado|deuxième comptage|recompté|tweede telling|nageteld)"
    r"\W{0,3}(?:is |was |gives? )?"
    rf"(?P<n>{_NUMBER})",
    re.IGNORECASE,
)


def pairs_told(text: str) -> bool | None:
    """`book / shelf`, said above counts written as pairs: whether the book's number stands first; None where no words
    say what the pairs are."""
    for found in _PAIR_HEAD.finditer(text):
        first, last = (bool(_IS_BOOK.match(part.strip())) for part in found[0].split("/", 1))
        if first is not last:
            return first
    return None


def pair_in(text: str, *, book_first: bool) -> Counted | None:
    """`31 / 29`, and of a second count its number."""
    found = _IN_PAIR.search(text)
    if found is None:
        return None
    book, there = (found.span(name) for name in (("one", "other") if book_first else ("other", "one")))
    if (again := _AGAIN.search(text, found.end())) is not None:
        there = again.span("n")
    values = [number_of(text[begin:end]) for begin, end in (book, there)]
    return None if values[0] is None or values[1] is None else Counted(values[1] - values[0], book, there)


def _all(patterns: tuple[re.Pattern[str], ...], text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Where the numbers stand: those after such a word, else those before one."""
    after, before = ([found.span("n") for found in pattern.finditer(text, start, end)] for pattern in patterns)
    return after or before
