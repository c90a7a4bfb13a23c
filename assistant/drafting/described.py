"""Descriptions: a customer's own words for goods against the master data's, across languages, sizes and units."""

import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from math import log

from assistant.drafting.vocabulary_lines import vocabulary
from assistant.drafting.vocabulary_numbers import WORDS
from tools.erp import Item

# Words of packaging and grammar, which tell no goods apart; and colours and sizes, which tell them apart and name none.
_NOISE = frozenset(vocabulary("words_of_no_goods.json")["noise"])
_ATTRIBUTES = frozenset(vocabulary("words_of_no_goods.json")["attributes"])
_SIZES = {"s": "size-s", "m": "size-m", "l": "size-l", "xl": "size-xl", "xxl": "size-xxl", "xs": "size-xs"}
_SIZE_WORDS = {"small": "size-s", "medium": "size-m", "large": "size-l"}
_UNITS = {
    **dict.fromkeys(["in", "inch", "inches", '"', "”", "″", "zoll", "pulgada", "pulgadas", "pouce", "pouces"], "inch"),
    **dict.fromkeys(["a", "amp", "amps", "ampere", "amperes"], "amp"),
    **dict.fromkeys(["v", "volt", "volts", "vdc", "vac"], "volt"),
    **dict.fromkeys(["w", "watt", "watts"], "watt"),
    **dict.fromkeys(["ft", "foot", "feet", "'"], "foot"),
    **dict.fromkeys(["l", "liter", "litre", "liters", "litres", "litro", "litros"], "liter"),
    **dict.fromkeys(["ml"], "ml"),
    **dict.fromkeys(["µl", "ul", "μl"], "microliter"),
    **dict.fromkeys(["kg", "kilo", "kilos"], "kg"),
    **dict.fromkeys(["g", "gram", "gr"], "gram"),
    **dict.fromkeys(["mm"], "mm"),
    **dict.fromkeys(["cm"], "cm"),
    **dict.fromkeys(["hp", "horse", "horsepower", "ps"], "hp"),
    **dict.fromkeys(["k", "kelvin"], "kelvin"),
    **dict.fromkeys(["p", "pole", "poles", "polig"], "pole"),
    **dict.fromkeys(["%", "prozent", "percent"], "percent"),
    **dict.fromkeys(["oz"], "oz"),
    **dict.fromkeys(["ah"], "ah"),
    **dict.fromkeys(["t", "ton", "tons"], "ton"),
    **dict.fromkeys(["awg", "gauge", "ga"], "gauge"),
    **dict.fromkeys(["mil"], "mil"),
}
_FRACTIONS = (
    (re.compile(r"inch[- ]and[- ]a[- ]quarter|one and a quarter", re.IGNORECASE), "1-1/4"),
    (re.compile(r"inch[- ]and[- ]a[- ]half|one and a half", re.IGNORECASE), "1-1/2"),
    (re.compile(r"three[- ]quarters?(?: inch)?", re.IGNORECASE), "3/4"),
    (re.compile(r"half[- ]inch(?:es)?", re.IGNORECASE), "1/2"),
    (re.compile(r"quarter[- ]inch", re.IGNORECASE), "1/4"),
    (re.compile(r"one[- ]inch", re.IGNORECASE), "1"),
    (re.compile(r"two[- ]inch", re.IGNORECASE), "2"),
    (re.compile(r"three[- ]inch", re.IGNORECASE), "3"),
    (re.compile(r"four[- ]inch", re.IGNORECASE), "4"),
    (re.compile(r"six[- ]inch", re.IGNORECASE), "6"),
)
_TOKEN = re.compile(
    r"(?P<n>\d+-\d+/\d+|(?<!\d)\d \d+/\d+|\d+/\d+(?:-\d+)?|\d+(?:[.,]\d+)?(?:[x×]\d+(?:[.,]\d+)?)*)"
    r"(?P<u>\s*-?\s*(?:[a-zµμA-Z]{1,10}\b|[\"”″'%]))?|(?P<w>[^\W\d_]+[\w]*)",
    re.UNICODE,
)


@dataclass(frozen=True, slots=True)
class Token:
    """A feature of a text: a concept, a word or a size with its unit; where it stands."""

    key: str
    unit: str
    start: int
    end: int

    @property
    def number(self) -> bool:
        return self.key[0].isdigit()


def folded(text: str) -> str:
    """Lower case without accents, as long as the text (so that places stay)."""
    return "".join(unicodedata.normalize("NFKD", char)[0].lower()[:1] or char for char in text)


@cache
def _concepts() -> tuple[tuple[str, str], ...]:
    data = json.loads(resources.files("assistant.drafting").joinpath("words_of_goods.json").read_text("utf-8"))
    pairs = [(stem.strip(), concept) for concept, stems in data.items() for stem in stems]
    return tuple(sorted(pairs, key=lambda pair: -len(pair[0])))


@lru_cache(maxsize=20_000)
def concepts_of(word: str) -> tuple[str, ...]:
    """Concepts of a folded word: by its beginning, or by a part of a compound (`nitrilhandschuhe`)."""
    found: list[str] = []
    for stem, concept in _concepts():
        near = len(stem) >= 4 and word.startswith(stem) and len(word) - len(stem) <= 4
        inside = len(stem) >= 5 and stem in word
        if word in (stem, stem + "s", stem + "es", stem + "e", stem + "n", stem + "en") or near or inside:
            found.append(concept)
    return tuple(dict.fromkeys(found)) or (_stem(word),)


def _stem(word: str) -> str:
    for ending in ("ies", "es", "s", "en", "e", "n"):
        if len(word) - len(ending) >= 4 and word.endswith(ending):
            return word[: -len(ending)]
    return word


def tokens(text: str) -> tuple[Token, ...]:
    """Features of a text in order, noise left out. Sizes in words (`inch-and-a-quarter`) become numbers."""
    plain = folded(text)
    found: list[Token] = []
    taken: list[range] = []
    for pattern, value in _FRACTIONS:
        for match in pattern.finditer(plain):
            found.append(Token(value, "inch", *match.span()))
            taken.append(range(*match.span()))
    for match in _TOKEN.finditer(plain):
        if any(match.start() in span for span in taken):
            continue
        if match["n"]:
            found.append(_size(match))
            if not _unit(match) and match["u"] and match["u"].strip(" -").isalpha():
                found += _words(match["u"].strip(" -"), match.end("u") - len(match["u"].lstrip(" -")))
        else:
            found += _words(match["w"], match.start("w"))
    return tuple(sorted(found, key=lambda token: token.start))


def _unit(match: re.Match[str]) -> str:
    return _UNITS.get((match["u"] or "").strip(" -"), "")


def _size(match: re.Match[str]) -> Token:
    key = match["n"].replace(",", ".").replace("×", "x").replace(" ", "-")
    key = re.sub(r"\.0+$", "", key)
    unit = _unit(match)
    return Token(key, unit, match.start("n"), match.end("u") if unit else match.end("n"))


def _words(word: str, start: int) -> Iterable[Token]:
    if word in _SIZES:
        yield Token(_SIZES[word], "", start, start + len(word))
        return
    if (poles := {"single": "1", "double": "2", "triple": "3"}.get(word.removesuffix("s"))) is not None:
        yield Token(poles, "pole", start, start + len(word))
        return
    if word.endswith("s") and (size := WORDS.get(word[:-1])) is not None and size > 9:  # `the 2 pole twentys`
        yield Token(str(size), "", start, start + len(word))
        return
    if len(word) < 3 or word in _NOISE:
        return
    for concept in concepts_of(word):
        yield Token(_SIZE_WORDS.get(concept, concept), "", start, start + len(word))


@lru_cache(maxsize=4_000)
def features(description: str) -> dict[str, frozenset[str]]:
    """A description's keys, each with the units it stands with."""
    kept: dict[str, set[str]] = {}
    for token in tokens(description):
        kept.setdefault(token.key, set()).add(token.unit)
    return {key: frozenset(units) for key, units in kept.items()}


@dataclass(frozen=True, slots=True)
class Described:
    """An item that some words describe, and how well. ``noun``: a word, not only a size."""

    item: Item
    score: float
    noun: bool
    start: int
    end: int
    keys: frozenset[str]


def ranked(words: Sequence[Token], items: Sequence[Item]) -> list[Described]:
    """Items that words describe, best first. A size that contradicts the description counts against it."""
    described = [(item, _features(item)) for item in items]
    share: dict[str, int] = {}
    for _, known in described:
        for key in known:
            share[key] = share.get(key, 0) + 1
    result: list[Described] = []
    for item, known in described:
        units = {unit for each in known.values() for unit in each if unit}
        matched = [token for token in words if _fits(token, known)]
        if not matched:
            continue
        against = sum(1 for token in words if token.number and token.unit in units and not _fits(token, known)) + sum(
            1 for token in words if token.key.startswith("size-") and token.key not in known and _sized(known)
        )
        keys = frozenset(token.key for token in matched)
        score = sum(0.4 + log(1 + len(items) / share[key]) for key in keys) - 1.5 * against
        nouns = [token for token in matched if not token.number and token.key not in _ATTRIBUTES]
        result.append(
            Described(
                item,
                round(score, 4),
                bool(nouns),
                min(token.start for token in matched),
                max(token.end for token in matched),
                keys,
            )
        )
    result.sort(key=lambda each: -each.score)
    return result


def _features(item: Item) -> dict[str, frozenset[str]]:
    words = re.split(r", (?:box|case|pack|reel|bag|karton|beutel|dose)\b", item.description, flags=re.IGNORECASE)[0]
    code = " ".join(piece for piece in re.split(r"[\W_]+", item.sku) if re.search(r"[^\W\d_]{2}", piece))
    return features(f"{words} {code}")


def _fits(token: Token, known: dict[str, frozenset[str]]) -> bool:
    units = known.get(token.key)
    if units is None:
        return False
    return not token.number or not token.unit or token.unit in units or "" in units


def _sized(known: dict[str, frozenset[str]]) -> bool:
    return any(key.startswith("size-") for key in known)
