"""Cassettes: what a model answered, kept with how it came about, and played back to the drafter as if it were asked.

The static part of a prompt (its id, system text and schema) is kept as a digest and has to be the same at playback: a
changed prompt needs new answers. The request's own part may change with the readers and the rules; then the answer is
played all the same, and what it leads to shows whether it still fits.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

from assistant.domain.model import Model, ModelUnavailable, Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """One question and its answer. ``static`` and ``own`` are digests of the prompt's two parts."""

    prompt: str
    static: str
    own: str
    answer: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cassette:
    """The takes of one request. ``made`` says how, ``on`` the day (ISO 8601)."""

    request: str
    made: str
    on: str
    takes: tuple[Take, ...]


def digest(*parts: str) -> str:
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()[:16]


def static_of(system: str, schema: Mapping[str, Any]) -> str:
    return digest(system, json.dumps(schema, sort_keys=True))


@dataclass(slots=True)
class Recorder:
    """A Model that asks another one and keeps what was asked and answered."""

    inner: Model
    takes: list[Take] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.inner.name

    def ask(self, system: str, user: str, schema: Mapping[str, Any], **more: Any) -> Reply:
        self.asked.append((system, user))
        reply = self.inner.ask(system, user, schema, **more)
        title = str(schema["title"])
        self.takes.append(Take(prompt=title, static=static_of(system, schema), own=digest(user), answer=reply.data))
        return reply


@dataclass(slots=True)
class Player:
    """A Model that answers from a cassette, in its order. ``changed`` counts requests whose own part is another."""

    cassette: Cassette
    changed: int = 0
    _next: int = 0
    _lock: Lock = field(default_factory=Lock)

    @property
    def name(self) -> str:
        return "cassette"

    def ask(self, system: str, user: str, schema: Mapping[str, Any], **_more: Any) -> Reply:
        with self._lock:
            index, self._next = self._next, self._next + 1
        if index >= len(self.cassette.takes):
            raise ModelUnavailable("The cassette holds no further answer.", calls=0)
        take = self.cassette.takes[index]
        if take.static != static_of(system, schema):
            raise ModelUnavailable(f"The prompt {take.prompt} has changed since the cassette was made.", calls=0)
        self.changed += take.own != digest(user)
        return Reply(data=take.answer, model="cassette", calls=1, tokens_in=0, tokens_out=0, seconds=0.0)


def write(cassette: Cassette, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{cassette.request.replace('/', '-')}.json"
    path.write_text(json.dumps(asdict(cassette), ensure_ascii=False, indent=1) + "\n")
    return path


def read(path: Path) -> Cassette:
    data = json.loads(path.read_text())
    return Cassette(**{**data, "takes": tuple(Take(**take) for take in data["takes"])})
