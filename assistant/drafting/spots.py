"""Spots: every number of a text, whatever it may mean: digits, words, dozens, and words for a part or the whole."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from assistant.drafting.numbers import number_of
from assistant.drafting.vocabulary_numbers import DOZEN, WORDS

Form = Literal["digits", "word", "dozen", "half", "both", "all", "rest"]
_MOST = 150  # in one passage
_WORDED = "|".join(re.escape(word) for word in sorted(WORDS, key=len, reverse=True))
_SPOT = re.compile(
    rf"(?P<dozen>(?:(?P<half_of>half a |half |media |une demi-|ein halbes )|(?P<times>\d{{1,4}}|{_WORDED}) (?:full )?"
    rf"|an? (?:full )?|una? |une |ein )?\b{DOZEN}\b)"
    r"|(?<![\w.])(?P<both>both|beide[nrs]?|l[ao]s dos|ambos|ambas|les deux|a (?:couple|pair)(?: of)?|(?:ein )?paar"
    r"|un par|une paire)\b"
    r"|(?<!\w)(?P<half>half|hälfte|mitad|moitié|helft|metà)\b"
    r"|(?<!\w)(?P<all>all|everything|entire|(?:the )?whole|the lot|alle[ns]?|sämtliche|tod[oa]s|toutes|tous"
    r"|tutt[ei])\b"
    r"|(?<!\w)(?P<rest>rest|remainder|balance|übrigen|resto|reste)\b"
    r"|(?P<digits>(?<![A-Za-z_.,\d])(?<![A-Za-z][\-/])(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+(?:[.,]\d+)?|(?<![\d.])\.\d+)"
    r"(?![A-Za-z]*\d[\w]*[A-Za-z])|(?<=\d[xX×])\d+|(?<=\b[xX])\d+)"
    rf"|(?<![\w])(?P<word>{_WORDED})\b(?!-?\d)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Spot:
    """``value`` None where it takes another number to tell (half, all, the rest)."""

    start: int
    end: int
    value: Decimal | None
    form: Form


@lru_cache(maxsize=256)
def spots(text: str) -> tuple[Spot, ...]:
    """In order; parts of codes that mix letters and digits are none."""
    found = _spots(text)
    return tuple(spot for _, spot in zip(range(_MOST), found, strict=False))


def _spots(text: str) -> Iterator[Spot]:
    for match in _SPOT.finditer(text):
        start, end = match.span()
        if match["digits"]:
            if (value := number_of(match["digits"])) is not None:
                yield Spot(start, end, value, "digits")
        elif match["word"]:
            yield Spot(start, end, Decimal(WORDS[match["word"].lower()]), "word")
        elif match["dozen"]:
            yield Spot(start, end, _dozens(match), "dozen")
        else:
            form: Form = "both" if match["both"] else "half" if match["half"] else "all" if match["all"] else "rest"
            yield Spot(start, end, Decimal(2) if form == "both" else None, form)


def _dozens(match: re.Match[str]) -> Decimal:
    if match["half_of"]:
        return Decimal(6)
    times = match["times"] or "1"
    return Decimal(times if times.isdigit() else WORDS[times.lower()]) * 12
