"""A reason by likeness: where no rule finds one, sentences are told apart by static word vectors.

The vectors and their tokenizer ship in wordllama's wheel (256 numbers a token, 32,000 tokens); they are read from there
with safetensors and tokenizers, since importing the package itself is slow and looks at the network. A sentence is the
mean of its tokens, seen from the mean of the examples; a ridge regression on the examples gives each reason a score.
It is a weak witness: left out one by one, a third of the examples are told right, and nine in ten of those with a
clear lead. So it speaks only with a clear lead, and counts for less than a rule.
"""

import json
import re
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.domain.draft import Reason
from assistant.domain.evidence import Quoted
from assistant.drafting.words import Passage

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[np.float32]]

_SENTENCE = re.compile(r"[^.!?\n]*(?:\n(?!\n)[^.!?\n]*)*[.!?]?")
_FEWEST_WORDS, _MOST_SENTENCES = 4, 60
_RIDGE = 1.0
LEAST_LEAD = 0.3  # of the first reason's score over the next


def reason_like(places: Iterable[Passage]) -> tuple[Reason, Quoted] | None:
    """The reason that a sentence of the sender's most plainly gives, and that sentence."""
    sentences = [quoted for place in places if place.standing == "said" for quoted in _sentences(place)]
    best: tuple[float, Reason, Quoted] | None = None
    for quoted in sentences[:_MOST_SENTENCES]:
        reason, lead = told(quoted.quote)
        if reason is not Reason.OTHER and lead >= LEAST_LEAD and (best is None or lead > best[0]):
            best = (lead, reason, quoted)
    return None if best is None else best[1:]


def told(text: str) -> tuple[Reason, float]:
    """The first reason for a text (OTHER: it gives none) and its lead over the next; 0 for a text of no known words."""
    reasons, centre, scores = _trained()
    vector = _vector(text)
    if vector is None:
        return Reason.OTHER, 0.0
    row = _unit(vector - centre) @ scores
    order = row.argsort()[::-1]
    return reasons[order[0]], float(row[order[0]] - row[order[1]])


def _sentences(place: Passage) -> Iterable[Quoted]:
    if place.block.kind != "paragraph":
        return
    for found in _SENTENCE.finditer(place.text):
        text = found[0].strip()
        if len(text.split()) >= _FEWEST_WORDS:
            start = found.start() + found[0].index(text)
            yield place.quote(start, start + len(text))


@cache
def examples() -> tuple[tuple[Reason, str], ...]:
    data = json.loads(resources.files("assistant.drafting").joinpath("reason_examples.json").read_text())
    return tuple((Reason(code), text) for code, texts in data.items() for text in texts)


@cache
def _trained() -> "tuple[tuple[Reason, ...], Array, Array]":
    """(reasons, the examples' mean, a column of weights for each reason)"""
    return trained(examples())


def trained(pairs: Sequence[tuple[Reason, str]]) -> "tuple[tuple[Reason, ...], Array, Array]":
    """The regression over some examples; see ``told``."""
    import numpy as np

    reasons = tuple(dict.fromkeys(reason for reason, _ in pairs))
    vectors = np.stack([vector for _, text in pairs if (vector := _vector(text)) is not None])
    centre = vectors.mean(axis=0)
    rows = _unit(vectors - centre)
    wanted = np.array([[1.0 if reason is each else -1.0 for each in reasons] for reason, _ in pairs])
    return reasons, centre, rows.T @ np.linalg.solve(rows @ rows.T + _RIDGE * np.eye(len(rows)), wanted)


def _vector(text: str) -> "Array | None":
    tokenizer, weights = _model()
    tokens = tokenizer.encode(text.lower(), add_special_tokens=False).ids
    return _unit(weights[tokens].mean(axis=0, dtype="float32")) if tokens else None


def _unit(vectors: "Array") -> "Array":
    import numpy as np

    unit: Array = vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)
    return unit


@cache
def _model() -> tuple[Any, Any]:
    from safetensors.numpy import load_file
    from tokenizers import Tokenizer

    package = find_spec("wordllama")  # found, not imported
    if package is None or package.origin is None:
        raise ModuleNotFoundError("wordllama's wheel, whose word vectors are used, is not installed")
    folder = Path(package.origin).parent
    tokenizer = Tokenizer.from_file(str(folder / "tokenizers" / "l2_supercat_tokenizer_config.json"))
    return tokenizer, load_file(str(folder / "weights" / "l2_supercat_256.safetensors"))["embedding.weight"]
