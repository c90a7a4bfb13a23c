"""Quantities as people write them: digits, words and dozens, in four languages."""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

_WORDS = {
    **dict(
        zip(
            ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"],
            range(1, 13),
            strict=True,
        )
    ),
    **{"fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "hundred": 100},
    **{"zwei": 2, "drei": 3, "vier": 4, "fünf": 5, "sechs": 6, "acht": 8, "zehn": 10, "zwölf": 12, "zwanzig": 20},
    **{"dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "diez": 10, "doce": 12, "veinte": 20},
    **{"deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "dix": 10, "douze": 12, "vingt": 20},
}
_ALTERNATIVES = "|".join(sorted(_WORDS, key=len, reverse=True))
# A number that is not part of a code, a size (3/4", 12x4, 6 mil), a price, a date or a time.
_NUMBER = re.compile(
    rf"(?<![\w$€£.,/:#\-])(?:(?P<n>\d{{1,3}}(?:,\d{{3}})+|\d{{1,6}}(?:\.\d(?!\d))?)|(?P<w>{_ALTERNATIVES})\b)"
    r"(?P<dozen>\s+(?:dozen|dutzend|docenas?|douzaines?))?"
    r"(?!\d|[./:]\d|\s*(?:\"|'|%|mm|cm|mil\b|inch|in\b|ft\b|kg|lbs?\b|amps?\b|a\b|v\b|volts?\b|hp\b|days?\b|weeks?\b"
    r"|hours?\b|minutes?\b|months?\b|years?\b|am\b|pm\b|tage?\b|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)))"
    r"(?![\w\-]|\.\d|\s+(?:thing|question|more thing|last|day|time)s?\b)",
    re.IGNORECASE,
)
# `1. first` and `2) second` number the entries of a list.
_ENTRY_END = re.compile(r"[.)]\s")
_LONGEST_LIST = 30
_DOZEN_ALONE = re.compile(r"\ba dozen\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Number:
    """A quantity in a text and where its words stand. ``of``: the second number of `40 of the 100`."""

    value: Decimal
    start: int
    end: int


def numbers(text: str) -> tuple[Number, ...]:
    """Every number that may be a quantity; of `40 of the 100` the first only."""
    found: list[Number] = []
    for match in _NUMBER.finditer(text):
        before = text[: match.start()].rstrip().lower()
        if (
            before.endswith((" of the", " of", " from the", "von", "out of the", " line", " page", " item", " no"))
            and found
        ):
            continue
        if re.search(
            r"(?:#|no\.|nr\.|line|page|dock|building|january|february|march|april|june|july|august|september"
            r"|october|november|december)$",
            before,
        ):
            continue
        value = Decimal(match["n"].replace(",", "")) if match["n"] else Decimal(_WORDS[match["w"].lower()])
        opens_line = not text[text.rfind("\n", 0, match.start()) + 1 : match.start()].strip()
        if match["n"] and opens_line and value <= _LONGEST_LIST and _ENTRY_END.match(text, match.end()):
            continue
        found.append(Number(value * 12 if match["dozen"] else value, match.start(), match.end()))
    found += [Number(Decimal(12), *match.span()) for match in _DOZEN_ALONE.finditer(text)]
    return tuple(sorted(found, key=lambda number: number.start))


def cell_number(text: str) -> Decimal | None:
    """The number that a table's cell holds alone or with its unit (`12`, `12 EA`, `-6`), else None."""
    match = re.fullmatch(r"\s*([+\-−]?\d[\d,]*(?:\.\d+)?)\s*(?:[A-Za-z]{1,8}\.?)?\s*", text)
    if match is None:
        return None
    try:
        return Decimal(match[1].replace(",", "").replace("−", "-"))
    except InvalidOperation:
        return None
