"""One file, or one mail's own text, is one unit of reading: what is lost when a reader has to be stopped.

Readers name the unit they begin. Reading in process, that is all. In a process of its own (``apart.isolated``) the name
is sent ahead, so that whoever has to end the process knows what was being read; read again, the units that were given
up before are passed over.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Protocol

from extractors.document import Failure


class Listener(Protocol):
    """Told of every unit by its depth (0 for the outermost); one that ends in an exception is not told as ended."""

    def begun(self, depth: int, path: str) -> None: ...

    def ended(self, depth: int) -> None: ...


@dataclass(slots=True)
class _Attempt:
    given_up: Mapping[str, Failure]
    listener: Listener
    depth: int = 0


_ATTEMPT: ContextVar[_Attempt | None] = ContextVar("attempt", default=None)


@contextmanager
def attempt(given_up: Mapping[str, Failure], listener: Listener) -> Iterator[None]:
    """Within it ``listener`` is told of units, and those in ``given_up`` (by path) are passed over."""
    token = _ATTEMPT.set(_Attempt(given_up, listener))
    try:
        yield
    finally:
        _ATTEMPT.reset(token)


@contextmanager
def unit(path: str) -> Iterator[Failure | None]:
    """The unit ``path`` is read within it; yields why it must not be, where an earlier attempt gave it up."""
    current = _ATTEMPT.get()
    if current is None:
        yield None
        return
    lost = current.given_up.get(path)
    if lost is not None:
        yield lost
        return
    depth = current.depth
    current.listener.begun(depth, path)
    current.depth = depth + 1
    try:
        yield None
    finally:
        current.depth = depth
    current.listener.ended(depth)
