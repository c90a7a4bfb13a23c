"""A language model as drafting sees it: asked once, answers values in a given form, or says why not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A page as a picture, for a model that can see. ``name`` says which: ``slip.pdf p2``."""

    name: str
    media_type: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """``data`` is a JSON object; the model's claim, checked by nobody yet."""

    data: Mapping[str, Any]
    model: str
    calls: int
    tokens_in: int
    tokens_out: int
    seconds: float


class ModelUnavailable(Exception):
    """The model failed, was too slow or too dear, or answered what is not the form asked for. The text says which."""

    def __init__(self, message: str, *, calls: int = 0, seconds: float = 0.0) -> None:
        super().__init__(message)
        self.calls = calls
        self.seconds = seconds


class Model(Protocol):
    """Raises ModelUnavailable, and nothing else."""

    @property
    def name(self) -> str: ...
    def ask(
        self,
        system: str,
        user: str,
        schema: Mapping[str, Any],
        *,
        pictures: Sequence[Picture] = (),
        so_far: Sequence[Reply] = (),
    ) -> Reply:
        """``schema`` is a JSON Schema object with a ``title``; ``so_far`` what the same case has been answered before.

        A model that can't see is asked without the pictures.
        """
        ...
