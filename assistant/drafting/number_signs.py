"""The signs by which a number's role is told: its words before and after, its form, the other numbers, the records.

Signs are words such as `b1=short` (the word right before is "short"); they are hashed to buckets, and what each is
worth is learned (`python -m evals.learn_numbers`).
"""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from itertools import combinations

from assistant.drafting.quantities import quantities
from assistant.drafting.spots import Spot, spots
from assistant.drafting.vocabulary_lines import vocabulary

_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|\n|\t|[^\w\s]")
_SENTENCE = re.compile(r"(?<!\bno)(?<!\bnr)(?<!\bst)(?<!\bqty)(?<!\bpcs)(?<!\bpos)[.!?;](?=\s|$)|\n", re.IGNORECASE)
_CLAUSE = frozenset(",;:()!?—–\n\t|")
_JOINTS = frozenset({"and", "but", "und", "aber", "y", "pero", "et", "mais", "while", "so", "then", "whereas"})
_NUMBERS = frozenset({"<digits>", "<word>", "<dozen>", "<half>", "<both>", "<all>", "<rest>"})
_DULL = frozenset({"of", "article", "be", "and"})  # senses that tell nothing from afar
_BESIDE = 6  # numbers to each side that it may be a sum or a difference of
_WIDE = 12  # words to each side that count as near


@dataclass(frozen=True, slots=True)
class Known:
    """What is known beside the text. ``goods``: spans that name goods; ``codes``: spans that the records know as
    references; ``shipped``: what was shipped of the goods spoken of, 0 or nothing where unknown; ``sizes``: numbers
    in descriptions and part numbers of the goods."""

    goods: tuple[tuple[int, int], ...] = ()
    codes: tuple[tuple[int, int], ...] = ()
    shipped: frozenset[Decimal] = frozenset()
    sizes: frozenset[str] = frozenset()
    ours: bool = False


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    start: int
    spot: int = -1


@lru_cache(maxsize=4096)
def senses(word: str) -> tuple[str, ...]:
    """What sorts of words a word is one of (a unit, a month, a word for damage): whole, or by how it begins."""
    found = set(_whole_words().get(word, ()))
    for length in range(3, len(word) + 1):
        found.update(_stems().get(word[:length], ()))
    return tuple(sorted(found))


@cache
def _whole_words() -> dict[str, tuple[str, ...]]:
    return _by_word(stems=False)


@cache
def _stems() -> dict[str, tuple[str, ...]]:
    return _by_word(stems=True)


def _by_word(*, stems: bool) -> dict[str, tuple[str, ...]]:
    result: dict[str, tuple[str, ...]] = {}
    for sense, words in vocabulary("words_of_numbers.json").items():
        for word in words.split():
            if word.endswith("*") is stems:
                key = plain(word.rstrip("*"))
                result[key] = (*result.get(key, ()), sense)
    return result


def plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.lower())
    return "".join(char for char in folded if not unicodedata.combining(char))


@lru_cache(maxsize=256)
def _tokens(text: str) -> tuple[tuple[str, int], ...]:
    return tuple((plain(match[0]) or match[0], match.start()) for match in _TOKEN.finditer(text))


def _words(text: str, found: Sequence[Spot], known: Known) -> list[_Word]:
    """Words and marks in order, each number and each name of goods as one."""
    taken = [(spot.start, spot.end) for spot in found]
    words = [_Word(f"<{spot.form}>", spot.start, index) for index, spot in enumerate(found)]
    words += [_Word("<goods>", start) for start, _ in known.goods]
    shut = sorted([*taken, *known.goods])
    begins = [start for start, _ in shut]
    for word, at in _tokens(text):
        last = bisect_right(begins, at) - 1
        if last >= 0 and (at < shut[last][1] or (last and at < shut[last - 1][1])):
            continue
        words.append(_Word(word, at))
    return sorted(words, key=lambda word: word.start)


def signs(text: str, known: Known) -> list[list[str]]:
    """The signs of each of the text's spots, in order."""
    found = spots(text)
    words = _words(text, found, known)
    place = {word.spot: index for index, word in enumerate(words) if word.spot >= 0}
    ends = [match.end() for match in _SENTENCE.finditer(text)]
    sentence_of = [bisect_right(ends, spot.start) for spot in found]
    ruled = {each.start: each for each in quantities(text)}
    result: list[list[str]] = []
    for index, spot in enumerate(found):
        rule = ruled.get(spot.start)
        peers = [other for at, other in enumerate(found) if at != index and sentence_of[at] == sentence_of[index]]
        begin = ends[sentence_of[index] - 1] if sentence_of[index] else 0
        stop = ends[sentence_of[index]] if sentence_of[index] < len(ends) else len(text)
        one = ["bias", *_form(text, spot, known), *_among(spot, peers, found, known)]
        one += [*_placed(text, index, sentence_of, spot), *_against(index, found)]
        one.append(f"rule={rule.role}" if rule is not None else "rule=")
        one += _around(words, place[index], begin, stop)
        one += _beside_goods(spot, known, begin, stop)
        result.append(one)
    return result


def _form(text: str, spot: Spot, known: Known) -> Iterator[str]:
    before, after = text[max(0, spot.start - 2) : spot.start], text[spot.end : spot.end + 8]
    said = text[spot.start : spot.end]
    yield f"form={spot.form}"
    if spot.value is not None:
        size = int(spot.value)
        bucket = "0" if not size else "1" if size == 1 else "2-5" if size < 6 else "6-12" if size < 13 else "13-50"
        bucket = bucket if size <= 50 else "51-200" if size <= 200 else "201-999" if size < 1000 else "1000+"
        yield f"size={bucket}"
        if spot.form == "digits":
            yield f"long={min(len(said), 8)}"
            yield f"shape={re.sub(r'[0-9]+', '9', said)}{len(said.rpartition('.')[2]) if '.' in said else ''}"
    glued = re.match(r"[^\W\d_]{1,6}", after)
    yield f"glued={glued[0].lower() if glued is not None else ''}"
    yield f"pre={before[-1:] if before[-1:] and not before[-1:].isalnum() else 'w' if before[-1:] else '^'}"
    yield f"post={after[:1] if not after[:1].isalnum() else 'w'}"
    yield f"marks={before[-1:]}9{after[:1]}" if not (before[-1:] + after[:1]).isalnum() else "marks=w"
    line = text[text.rfind("\n", 0, spot.start) + 1 : spot.start].strip(" -*•\t")
    tail = text[spot.end :].split("\n", 1)[0].strip()
    yield from ([] if line else ["line begins"])
    yield from ([] if tail else ["line ends"])
    if any(start <= spot.start < end for start, end in known.codes):
        yield "in a reference"
    if said in known.sizes:
        yield "a size of the goods"
        yield f"a size of the goods, then {after.strip()[:2].lower()}"
    if known.ours:
        yield "our own people"


def _among(spot: Spot, peers: Sequence[Spot], all_of: Sequence[Spot], known: Known) -> Iterator[str]:
    """How it stands to the other numbers, and to what was shipped."""
    values = [each.value for each in peers if each.value]
    yield f"peers={min(len(peers), 4)}"
    value = spot.value
    if value is None or not value:
        return
    if values:
        yield "largest" if value > max(values) else "smallest" if value < min(values) else "between"
        if value in values:
            yield "said again"
    at = all_of.index(spot)
    wide = [each.value for each in all_of[max(0, at - _BESIDE) : at + _BESIDE + 1] if each is not spot and each.value]
    for index, one in enumerate(wide):
        for other in wide[index + 1 :]:
            if one + other == value and one != other:
                yield "a sum"
            if abs(one - other) == value and value not in (one, other):
                yield "a difference"
    shipped = {each for each in known.shipped if each}
    if shipped:
        yield "as shipped" if value in shipped else "above what shipped" if value > max(shipped) else "part of shipped"
        if value not in shipped and any(other in shipped for other in values):
            yield "beside what shipped"
        if value not in shipped and any(s - value in values for s in shipped):
            yield "the rest of what shipped is told"
        if value in shipped and len(values) == 0:
            yield "as shipped, alone"


def _placed(text: str, index: int, sentence_of: Sequence[int], spot: Spot) -> Iterator[str]:
    """Where in the text it stands, and how many numbers stand before and after it."""
    here = sentence_of[index]
    yield f"sentence={min(here, 3)}"
    yield f"part={4 * spot.start // max(1, len(text))}"
    yield f"numbers before={min(index, 4)}"
    yield f"numbers after={min(len(sentence_of) - index - 1, 4)}"
    yield f"before in its sentence={min(sum(each == here for each in sentence_of[:index]), 3)}"


def _against(index: int, found: Sequence[Spot]) -> Iterator[str]:
    """How it stands to its neighbours: more or less than the one before and after, their sum or difference."""
    value = found[index].value
    if not value:
        return
    low = max(0, index - _BESIDE)
    span = enumerate(found[low : index + _BESIDE + 1], low)
    near = [(at, each.value) for at, each in span if each.value and at != index]
    for side, at in (("before", index - 1), ("after", index + 1)):
        other = next((number for place, number in near if place == at), None)
        yield f"{side}{'' if other is None else '=' if other == value else '<' if other < value else '>'}"
    more, less = (any(test(n) for _, n in near) for test in (value.__lt__, value.__gt__))
    yield f"others{'>' if more else ''}{'<' if less else ''}"
    if any(number == value for _, number in near):
        yield "told twice"
    if any(number == value for at, number in near if at < index):
        yield "told before"
    for (one, first), (last, second) in combinations(near, 2):
        side = "<" if last < index else ">" if one > index else "|"
        if first + second == value:
            yield f"sum{side}"
        if abs(first - second) == value and value not in (first, second):
            yield f"difference{side}{'less' if value < min(first, second) else 'more'}"


def _around(words: Sequence[_Word], at: int, begin: int, stop: int) -> Iterator[str]:
    """Words and their senses by distance, pairs and triples beside, and the senses in its clause and sentence."""
    before = [word.text for word in words[max(0, at - _WIDE) : at] if word.start >= begin][::-1]
    after = [word.text for word in words[at + 1 : at + 1 + _WIDE] if word.start < stop]
    for side, near in (("b", before), ("a", after)):
        for far, word in enumerate(near[:3], 1):
            yield f"{side}{far}={word}"
            for sense in senses(word):
                yield f"{side}{far}@{sense}"
        if len(near) > 1:
            yield f"{side}2w={near[0]} {near[1]}"
            for one in senses(near[0]) or (near[0],):
                for other in senses(near[1]) or (near[1],):
                    yield f"{side}2@{one} {other}"
        yield f"{side}end={min(len(near), 2)}"
        yield from _by_sense(side, near)
    if before and after:
        yield f"ab={before[0]}_{after[0]}"
        for one in senses(before[0]) or (before[0],):
            for other in senses(after[0]) or (after[0],):
                yield f"ab@{one}_{other}"


def _by_sense(side: str, near: Sequence[str]) -> Iterator[str]:
    clause, number = True, False
    first: dict[str, int] = {}
    for far, word in enumerate(near):
        if clause and (word in _CLAUSE or word in _JOINTS):
            clause = False
        number = number or word in _NUMBERS
        for sense in senses(word):
            if sense in _DULL:
                continue
            yield f"{side}{'c' if clause else 's'}@{sense}"
            if clause and not number:
                yield f"{side}own@{sense}"
            first.setdefault(sense, far)
    for far, sense in enumerate(first):
        if far < 2:
            yield f"{side}nearest{far}@{sense}"


def _beside_goods(spot: Spot, known: Known, begin: int, stop: int) -> Iterator[str]:
    if any(start <= spot.start < end for start, end in known.goods):
        yield "in the goods"
    here = [(start, end) for start, end in known.goods if start >= begin and end <= stop + 1]
    yield f"goods={min(len(here), 3)}"
    starts = [start for start, _ in here]
    nxt = bisect_left(starts, spot.end)
    if nxt < len(here):
        yield f"goods in {min((here[nxt][0] - spot.end) // 6, 6)}"
    if nxt and here[nxt - 1][1] <= spot.start:
        yield f"goods {min((spot.start - here[nxt - 1][1]) // 6, 6)} ago"
