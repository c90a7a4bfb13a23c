"""Static word vectors: a text as 256 numbers, without a network or a model server.

The vectors and their tokenizer ship in wordllama's wheel (32,000 tokens); they are read from there with safetensors
and tokenizers, since importing the package itself is slow and looks at the network. Texts about the same matter lie
near one another, no more: a weak witness.
"""

from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[np.float32]]

NAME = "wordllama-l2-256"
WIDTH = 256


def vector(text: str) -> "Array | None":
    """The mean of the text's tokens, of length 1; None for a text of no known words."""
    tokenizer, weights = _model()
    tokens = tokenizer.encode(text.lower(), add_special_tokens=False).ids
    return unit(weights[tokens].mean(axis=0, dtype="float32")) if tokens else None


def vectors(texts: Sequence[str]) -> list[list[float]]:
    """One vector a text; of zeros for a text of no known words."""
    found = [vector(text) for text in texts]
    return [[0.0] * WIDTH if each is None else [float(x) for x in each] for each in found]


def unit(rows: "Array") -> "Array":
    """Rows scaled to length 1; a row of zeros stays."""
    import numpy as np

    scaled: Array = rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-9)
    return scaled


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
