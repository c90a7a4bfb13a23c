"""Descriptions: a customer's own words for goods against the master data's, across languages, sizes and units."""

import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib import resources
from math import log

from rapidfuzz.distance import OSA

from assistant.drafting.vocabulary_lines import vocabulary
from assistant.drafting.vocabulary_numbers import WORDS
from tools.erp import Item

# Words of packaging and grammar, which tell no goods apart; and colours and sizes, which tell them apart and name none.
_NOISE = frozenset(vocabulary("words_of_no_goods.json")["noise"])
ATTRIBUTES = frozenset(vocabulary("words_of_no_goods.json")["attributes"])
_SIZES = {"s": "size-s", "m": "size-m", "l": "size-l", "xl": "size-xl", "xxl": "size-xxl", "xs": "size-xs"}
_SIZE_WORDS = {"small": "size-s", "medium": "size-m", "large": "size-l"}
_UNITS = {
    **dict.fromkeys(
        ["in", "inch", "inches", '"', "”", "″", "zoll", "pulgada", "pulgadas", "pouce", "pouces", "po"], "inch"
    ),
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
    **dict.fromkeys(["cc", "ccm"], "cc"),
    **dict.fromkeys(["rpm"], "rpm"),
    **dict.fromkeys(["hz"], "hertz"),
    **dict.fromkeys(["psi"], "psi"),
    **dict.fromkeys(["bar"], "bar"),
    **dict.fromkeys(["btu"], "btu"),
    **dict.fromkeys(["micron", "microns"], "micron"),
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


# Sizes written apart (`12 x 36`, `12 x 12 x 8`), beside their numbers: `2 x 500` may be two of 500.
_BY = re.compile(r"(?<![\d/.,])(?:\d+/\d+|\d+(?:[.,]\d+)?)(?: ?[x×*] ?\d+(?:[.,]\d+)?){1,2}(?![\d/])", re.IGNORECASE)
# What two words name together, where each alone names nothing.
_PHRASES = tuple(
    (re.compile(rf"\b(?:{'|'.join(words)})\b"), concept)
    for concept, words in vocabulary("words_of_no_goods.json")["phrases"].items()
)
_LEAST_PART, _LEAST_REST, _LEAST_TYPED = 5, 3, 6  # letters of a part of a compound, of what is left, of a mistyped word


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
    if any(char.isdigit() for char in word):
        return word.removesuffix("s")
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
    for pattern, concept in _PHRASES:
        for match in pattern.finditer(plain):
            found.append(Token(concept, "", *match.span()))
            taken.append(range(*match.span()))
    found += [
        Token(re.sub(r" ?[x×*] ?", "x", match[0]).replace(",", "."), "", *match.span())
        for match in _BY.finditer(plain)
        if " " in match[0] or "/" in match[0]
    ]
    for match in _TOKEN.finditer(plain):
        if any(match.start() in span for span in taken):
            continue
        if match["n"]:
            found.append(_size(match))
            plural = match["u"] in ("s", "er", "ers", "'s")  # `the 250s`, `die 250er`
            if not _unit(match) and match["u"] and match["u"].strip(" -").isalpha() and not plural:
                found += _words(match["u"].strip(" -"), match.end("u") - len(match["u"].lstrip(" -")))
        else:
            word = match["w"].removesuffix("s") if _SIZES_TOO.fullmatch(match["w"]) else match["w"]
            if word in _SIZES and len(word) == 1 and not _written_as_size(text, match):
                continue
            short = len(word) == 2 and text[slice(*match.span("w"))].isupper() and not text.isupper()
            found += [Token(word, "", *match.span("w"))] if short else _words(word, match.start("w"))
    return tuple(sorted(found, key=lambda token: token.start))


_SIZES_TOO = re.compile(r"(?:xl|xxl|xs)s|(?:small|medium|large)s")  # `the XLs`
_SIZE_BEFORE = re.compile(r"(?:size|gr(?:öße|osse|\.)?|taille|talla|maat|taglia|in|grand\w*|größe)\W*$", re.IGNORECASE)


def _written_as_size(text: str, match: re.Match[str]) -> bool:
    """`Die L`, `size m`; not the article of `l'équipe`."""
    start, end = match.span("w")
    return text[end : end + 1] not in ("'", "’") and (
        text[start:end].isupper() or bool(_SIZE_BEFORE.search(text[max(0, start - 10) : start]))
    )


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
    coded = any(char.isdigit() for char in word)
    if len(word) < (2 if coded else 3) or word in _NOISE:
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


_IN_ITS_UNIT = 0.35  # for a size said in the unit that the description has, too


def ranked(words: Sequence[Token], items: Sequence[Item]) -> list[Described]:
    """Items that words describe, best first. A size that contradicts the description counts against it."""
    described = [(item, _features(item)) for item in items]
    share: dict[str, int] = {}
    for _, known in described:
        for key in known:
            share[key] = share.get(key, 0) + 1
    words = _as_described(words, frozenset(share))
    result: list[Described] = []
    for item, known in described:
        units = {unit for each in known.values() for unit in each if unit}
        matched = [token for token in words if fits(token, known)]
        if not matched:
            continue
        against = sum(1 for token in words if token.number and token.unit in units and not fits(token, known)) + sum(
            1 for token in words if token.key.startswith("size-") and token.key not in known and _sized(known)
        )
        keys = frozenset(token.key for token in matched)
        score = sum(0.4 + log(1 + len(items) / share[key]) for key in keys) - 1.5 * against
        score += sum(_IN_ITS_UNIT for token in matched if token.number and token.unit in known[token.key] - {""})
        nouns = [
            t
            for t in matched
            if (t.number and t.key.isdigit() and len(t.key) > 3 and share[t.key] == 1)  # `those 6308s`
            or (not t.number and t.key not in ATTRIBUTES and len(t.key) > 2)
        ]
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


def _as_described(words: Sequence[Token], keys: frozenset[str]) -> list[Token]:
    """The words, each that no description has as what it is a compound of, or a slip of the pen from."""
    return [
        replace(token, key=key)
        for token in words
        for key in (
            (_size_in(token.key, keys),)
            if token.number or token.key in keys
            else _resembling(token.key, keys) or (token.key,)
        )
    ]


@lru_cache(maxsize=20_000)
def _resembling(word: str, keys: frozenset[str]) -> tuple[str, ...]:
    named = sorted(key for key in keys if key.isalpha() and key not in ATTRIBUTES)
    parts = tuple(
        key
        for key in named
        if len(key) >= _LEAST_PART
        and len(word) - len(key) >= _LEAST_REST
        and (word.startswith(key) or word.endswith(key))
    )
    if parts or len(word) < _LEAST_TYPED:
        return parts
    most = 1 if len(word) < 9 else 2
    near = [key for key in named if key[0] == word[0] and min(len(key), len(word)) >= _LEAST_TYPED]
    close = [key for key in near if OSA.distance(word, key, score_cutoff=most) <= most]
    return tuple(close) if len(close) == 1 else ()


# A hose's dash size is its bore in sixteenths of an inch (SAE J517).
_DASH = {
    "04": "1/4",
    "06": "3/8",
    "08": "1/2",
    "10": "5/8",
    "12": "3/4",
    "16": "1",
    "20": "1-1/4",
    "24": "1-1/2",
    "32": "2",
}
_NUMBERED_CODE = re.compile(r"(?<=[^\W\d_])\d{3,}(?![^\W_])")  # the 208 of UCP208
_DASH_SIZE = re.compile(r"\bhose\b.*?\b(?P<dash>\d\d) ?x ?\d", re.IGNORECASE)


def _features(item: Item) -> dict[str, frozenset[str]]:
    words = re.split(r", (?:box|case|pack|reel|bag|karton|beutel|dose)\b", item.description, flags=re.IGNORECASE)[0]
    code = " ".join(piece for piece in re.split(r"[\W_]+", item.sku) if re.search(r"[^\W\d_]{2}", piece))
    dash = _DASH_SIZE.search(item.description)
    bore = f" {_DASH.get(dash['dash'], '')} inch" if dash is not None else ""
    coded = " ".join(_NUMBERED_CODE.findall(item.sku))
    return features(f"{words} {code} {coded}{bore}")


def fits(token: Token, known: dict[str, frozenset[str]]) -> bool:
    units = known.get(token.key)
    if units is None:
        return False
    return not token.number or not token.unit or token.unit in units or "" in units


def _size_in(key: str, keys: frozenset[str]) -> str:
    """`1/2-13` as master data may have it: `1213`; `3/8x3`: `38x3`."""
    together = re.sub(r"[/\-]", "", key)
    return together if key not in keys and "/" in key and together in keys else key


def _sized(known: dict[str, frozenset[str]]) -> bool:
    return any(key.startswith("size-") for key in known)
