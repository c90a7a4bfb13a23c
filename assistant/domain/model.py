"""A language model as drafting sees it: asked once, answers values in a given form, or says why not."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol


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
    """The model failed, was too slow, or answered what is not the form asked for. The text says which."""

    def __init__(self, message: str, *, calls: int = 0, seconds: float = 0.0) -> None:
        super().__init__(message)
        self.calls = calls
        self.seconds = seconds


class Model(Protocol):
    """``schema`` is a JSON Schema object with a ``title``. Raises ModelUnavailable, and nothing else."""

    @property
    def name(self) -> str: ...
    def ask(self, system: str, user: str, schema: Mapping[str, Any]) -> Reply: ...
