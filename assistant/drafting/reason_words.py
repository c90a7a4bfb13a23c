"""How likely a clause gives each reason: a multinomial logistic regression over pieces of its words.

The pieces are words, pairs and triples of words, and runs of 3 to 5 letters within a word, hashed to BUCKETS numbers
and weighed by how rare they are; beside them stands the sentence's static word vector, for words no example has. The
weights are data, `reason_words.npz`, learned by `python -m evals.learn_reasons` from sentences people write for each
reason; OTHER is a class of its own: what gives no reason.
"""

import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from math import log, sqrt
from typing import IO, TYPE_CHECKING, Any

from assistant.domain.draft import Reason
from assistant.drafting.described import folded
from assistant.vectors import WIDTH, unit, vector

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[np.float32]]

BUCKETS = 1 << 15
ROWS = BUCKETS + WIDTH
_VECTOR_SHARE = 0.7
_WORD = re.compile(r"[^\W_]+")
_DIGIT = re.compile(r"\d")
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_SENTENCE = re.compile(r"(?:[^.!?;\n]|\n(?!\n)|[.!?;](?=[^\s.!?;]))*[.!?;]*")
_CLAUSE_ENDS = re.compile(
    r"(?:,|:|–|—| - |\()\s*(?:(?:and|but|while|whereas|und|aber|während|y|pero|et|mais|e|ma|en|maar)\b)?\s*"
    r"|\s(?=(?:and the (?:other|rest)|but the|und die (?:anderen|übrigen)|y l[ao]s (?:otr|dem)|et les autres))",
    re.IGNORECASE,
)
_MOST_SENTENCES, _LONGEST_SENTENCE, _FEWEST_IN_CLAUSE = 40, 600, 3


@dataclass(frozen=True, slots=True)
class Weights:
    """``rarity``: BUCKETS weights of pieces; ``centre``: the mean of WIDTH-long vectors; ``bias``: by reason.

    ``scores``: ROWS rows, those of the pieces and then those of the vector, with a column for each reason."""

    reasons: tuple[Reason, ...]
    rarity: "Array"
    centre: "Array"
    scores: "Array"
    bias: "Array"


@dataclass(frozen=True, slots=True)
class Heard:
    """One sentence at its place in the text, and the chance (0 to 1) of every reason; the rest is of none (OTHER)."""

    chances: Mapping[Reason, float]
    start: int
    end: int

    @property
    def first(self) -> Reason:
        return first_of(self.chances)


def first_of(chances: Mapping[Reason, float]) -> Reason:
    return max(chances, key=chances.__getitem__)


@lru_cache(maxsize=1024)
def heard_in(text: str, fewest_words: int = 4) -> tuple[Heard, ...]:
    """Each sentence of a text with at least ``fewest_words`` words (which keeps captions out), and its clauses."""
    found: list[Heard] = []
    for start, end in list(sentences_in(text, fewest_words))[:_MOST_SENTENCES]:
        whole = chances(text[start:end])
        found.append(Heard(whole, start, end))
        for first, last in _clauses(text, start, end):
            alone = chances(text[first:last])
            both = {reason: (chance + alone[reason]) / 2 for reason, chance in whole.items()}  # few words mislead
            found.append(Heard(both, first, last))
    return tuple(found)


def _clauses(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The parts of a sentence that stand for themselves (`two are cracked, and the other four are too many`)."""
    cuts = [found.span() for found in _CLAUSE_ENDS.finditer(text, start, end)]
    found: list[tuple[int, int]] = []
    first = start
    for cut, after in (*cuts, (end, end)):
        if len(_LETTERS.findall(text[first:cut])) >= _FEWEST_IN_CLAUSE:
            found.append((first, cut))
            first = after
    if found and first < end:  # what is too short to stand alone goes with what is before it
        found[-1] = (found[-1][0], end)
    return found if len(found) > 1 else []


def chances(text: str, by: Weights | None = None) -> dict[Reason, float]:
    """The chance of each reason for a sentence; they sum to 1 with that of OTHER: it gives none."""
    import numpy as np

    by = by or weights()
    numbers, values = row_of(text, by.rarity, by.centre)
    scores = by.bias + values @ by.scores[numbers]
    shares = np.exp(scores - scores.max())
    shares /= shares.sum()
    return {reason: float(share) for reason, share in zip(by.reasons, shares, strict=True)}


def row_of(text: str, rarity: "Array", centre: "Array") -> "tuple[np.ndarray[Any, np.dtype[np.int64]], Array]":
    """The numbers of a text's rows of the scores, and their values: letters and words, each of length 1; its vector."""
    import numpy as np

    found: dict[int, float] = {}
    for counted in counts_of(text):
        weighed = {number: (1 + log(count)) * float(rarity[number]) for number, count in counted.items()}
        length = sqrt(sum(value * value for value in weighed.values())) or 1.0
        for number, value in weighed.items():
            found[number] = found.get(number, 0.0) + value / length
    numbers, values = np.fromiter(found, "int64", len(found)), np.fromiter(found.values(), "float32", len(found))
    if (seen := vector(text)) is not None:
        numbers = np.concatenate([numbers, np.arange(BUCKETS, ROWS)])
        values = np.concatenate([values, _VECTOR_SHARE * unit(seen - centre)])
    return numbers, values


def counts_of(text: str) -> tuple[dict[int, int], dict[int, int]]:
    """How often each piece occurs: those of letters, and those of words. Every digit is alike."""
    words = _WORD.findall(_DIGIT.sub("0", folded(text)))
    return _counted(_letters(words)), _counted(_phrases(words))


def _letters(words: list[str]) -> Iterator[str]:
    for word in words:
        marked = f" {word} "
        for length in (3, 4, 5):
            if len(marked) <= length:
                yield f"c{marked}"
                break
            yield from (f"c{marked[at : at + length]}" for at in range(len(marked) - length + 1))


def _phrases(words: list[str]) -> Iterator[str]:
    for length in (1, 2, 3):
        yield from ("w" + " ".join(words[at : at + length]) for at in range(len(words) - length + 1))


def _counted(pieces: Iterator[str]) -> dict[int, int]:
    found: dict[int, int] = {}
    for piece in pieces:
        number = zlib.crc32(piece.encode()) % BUCKETS
        found[number] = found.get(number, 0) + 1
    return found


def sentences_in(text: str, fewest_words: int) -> Iterator[tuple[int, int]]:
    """Where each sentence of a text starts and ends; a line break within one is no end."""
    for found in _SENTENCE.finditer(text):
        words = found[0].strip()
        if len(_LETTERS.findall(words)) >= fewest_words and len(words) <= _LONGEST_SENTENCE:
            start = found.start() + found[0].index(words)
            yield start, start + len(words)


@cache
def weights() -> Weights:
    """Those learned, as the package ships them."""
    with resources.files("assistant.drafting").joinpath("reason_words.npz").open("rb") as file:
        return weights_in(file)


def weights_in(file: IO[bytes]) -> Weights:
    """Weights of pieces are kept in whole numbers of one byte, with a step for each column."""
    import numpy as np

    with np.load(file) as kept:
        pieces = kept["scores"].astype("float32") * kept["steps"]
        scores = np.concatenate([pieces, kept["vector"].astype("float32")])
        rarity = kept["rarity"].astype("float32") / 16
        return Weights(tuple(Reason(code) for code in kept["reasons"]), rarity, kept["centre"], scores, kept["bias"])
