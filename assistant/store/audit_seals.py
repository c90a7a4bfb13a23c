"""The signed heads in the log, read one after the other: where they say every stream stood."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from assistant.domain.audit import HEADS, Head
from assistant.domain.worklist import Broken
from assistant.store.audit_rows import GENESIS, root_over
from assistant.store.signing import is_signed
from assistant.store.tables import audit


@dataclass(slots=True)
class Seals:
    """``streams``: stream -> (sequence, hash) at the latest head; ``roots``: by number; ``fault``: the first."""

    streams: dict[str, tuple[int, str]] = field(default_factory=dict)
    roots: dict[int, str] = field(default_factory=dict)
    root: str = GENESIS
    latest: Head | None = None
    fault: Broken | None = None


def sealed(connection: Connection, trusted: frozenset[str] = frozenset()) -> Seals:
    """What the heads in the log add up to, as far as the first broken one."""
    seals = Seals()
    for sequence, body in _heads(connection):
        try:
            told: Mapping[str, Any] = json.loads(body)
            moved = {stream: (int(number), str(digest)) for stream, (number, digest) in told["moved"].items()}
            head = Head(**{name: told[name] for name in Head.__annotations__})
            root = root_over(seals.root, told["moved"])
        except (ValueError, KeyError, TypeError, AttributeError):
            seals.fault = Broken(HEADS, sequence, "is no head")
            break
        if (fault := _fault(head, sequence, root, trusted)) is not None:
            seals.fault = Broken(HEADS, sequence, fault)
            break
        seals.streams |= moved
        seals.roots[head.number], seals.root, seals.latest = root, root, head
    return seals


def missed(seals: Seals, against: Head, trusted: frozenset[str]) -> Broken | None:
    """What a head kept elsewhere shows of this log."""
    if not is_signed(against.signed_bytes(), against.signature, against.key):
        return Broken(HEADS, against.number, "as kept elsewhere is not signed by the key it names")
    if trusted and against.key not in trusted:
        return Broken(HEADS, against.number, "as kept elsewhere is signed by a key that is not trusted here")
    if against.number not in seals.roots:
        rows = f"the log had {against.rows} rows in {against.streams} streams at {against.at}"
        return Broken(HEADS, against.number, f"is missing, and what was written around it: {rows}")
    if seals.roots[against.number] != against.root:
        return Broken(HEADS, against.number, "is not the head kept elsewhere: what it stands for was rewritten")
    return None


def _heads(connection: Connection) -> Iterator[tuple[int, str]]:
    found = select(audit.c.sequence, audit.c.details).where(audit.c.stream == HEADS).order_by(audit.c.sequence)
    for row in connection.execute(found):
        yield row.sequence, row.details


def _fault(head: Head, sequence: int, root: str, trusted: frozenset[str]) -> str | None:
    if head.number != sequence:
        return f"says it is head {head.number}"
    if head.root != root:
        return "does not follow from the head before it and the streams it names"
    if not is_signed(head.signed_bytes(), head.signature, head.key):
        return "is not signed by the key it names"
    if trusted and head.key not in trusted:
        return "is signed by a key that is not trusted here"
    return None
