"""What is remembered beside the cases: how alike ones were decided, and passages of the returns policy."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Literal, Protocol, TypeVar

from assistant.domain.draft import Reason, Resolution


@dataclass(frozen=True, slots=True, kw_only=True)
class Precedent:
    """A decided case. ``words`` are what it was about, for likeness; ``why`` is the reason of a rejection."""

    case_id: str
    summary: str
    words: str
    reasons: tuple[Reason, ...]
    resolution: Resolution
    outcome: Literal["approved", "rejected"]
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A piece of the returns policy as people wrote it; ``heading`` says where it stands."""

    heading: str
    text: str


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Alike(Generic[T]):
    """Something remembered, and how alike it is: 1 the same, 0 nothing in common."""

    found: T
    likeness: float


class MemorySilent(Exception):
    """The memory does not answer. Work goes on without it; nothing is lost, since it holds nothing of its own."""


class Memory(Protocol):
    """An index of what the case store and the policy say; it can be built anew from them at any time.

    Every method raises MemorySilent where the memory can't be reached or read.
    """

    def close(self) -> None: ...
    def remember(self, precedents: Sequence[Precedent]) -> None:
        """Keep them, in place of earlier ones of the same cases."""
        ...

    def known(self, case_ids: Sequence[str]) -> frozenset[str]: ...
    def similar(self, words: str, limit: int = 3) -> tuple[Alike[Precedent], ...]:
        """The most alike first."""
        ...

    def keep_policy(self, passages: Sequence[Passage]) -> None:
        """These passages and no others; at once done where they are kept already."""
        ...

    def passages(self, words: str, limit: int = 3) -> tuple[Alike[Passage], ...]: ...
