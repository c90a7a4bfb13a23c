"""The audit log: append-only, hash-chained, one chain a stream, so that writers of different cases never wait.

A head, signed, is over all of them: it chains where every stream stood that moved since the head before.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from assistant.domain.audit import HEADS, Head, Signer
from assistant.domain.errors import OurFault
from assistant.domain.person import Actor
from assistant.domain.ports import Clock
from assistant.domain.worklist import AuditRow, Broken, Verified
from assistant.store.audit_check import verified
from assistant.store.audit_rows import GENESIS, canonical, root_over, row_hash
from assistant.store.audit_seals import sealed
from assistant.store.connection import Turn, wait_turn
from assistant.store.tables import audit, audit_heads, storable
from assistant.store.times import from_text, to_text

_ACTOR_CHARACTERS = 340
_BATCH_ROWS = 1000


# Built once: to build a statement costs more than to run it.
_HEAD = select(audit_heads.c.sequence, audit_heads.c.hash).where(audit_heads.c.stream == bindparam("of"))
_ROW = insert(audit)
_FIRST = insert(audit_heads).values(stream=bindparam("of"), sequence=bindparam("to"), hash=bindparam("by"))
_MOVED = (
    update(audit_heads)
    .where(audit_heads.c.stream == bindparam("of"))
    .values(sequence=bindparam("to"), hash=bindparam("by"))
)


class SqlAudit:
    """Implements assistant.domain.ports.Audit within one transaction."""

    def __init__(self, connection: Connection, actor: Actor, clock: Clock) -> None:
        self._c = connection
        self._actor = storable(f"{actor.kind}:{actor.id}")[:_ACTOR_CHARACTERS]
        self._clock = clock

    def append(self, stream: str, event: str, details: Mapping[str, Any]) -> AuditRow:
        (row,) = self._write(_ours(stream), [(event, details)])
        return AuditRow(**{**row, "at": from_text(row["at"]), "details": json.loads(row["details"])})

    def append_all(self, stream: str, told: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
        """Several events at once, one after the other; cheaper than each by itself."""
        self._write(_ours(stream), told)

    def _write(self, stream: str, told: Sequence[tuple[str, Mapping[str, Any]]]) -> list[dict[str, Any]]:
        wait_turn(self._c, Turn.AUDIT, stream)
        head = self._c.execute(_HEAD, {"of": stream}).first()
        sequence, previous = (head.sequence, head.hash) if head is not None else (0, GENESIS)
        rows = []
        for sequence, (event, details) in enumerate(told, start=sequence + 1):  # noqa: B020 - counts on from the head
            at, body = to_text(self._clock.now()), canonical(details)
            digest = row_hash(stream, sequence, at, self._actor, event, body, previous)
            told_by = {"stream": stream, "sequence": sequence, "at": at, "actor": self._actor, "event": event}
            rows.append({**told_by, "details": body, "previous": previous, "hash": digest})
            previous = digest
        self._c.execute(_ROW, rows)
        self._c.execute(_FIRST if head is None else _MOVED, {"of": stream, "to": sequence, "by": previous})
        return rows

    def rows(self, stream: str) -> tuple[AuditRow, ...]:
        found = select(audit).where(audit.c.stream == stream).order_by(audit.c.sequence)
        return tuple(_row(row) for row in self._c.execute(found))

    def all_rows(self, stream: str = "") -> Iterator[AuditRow]:
        """Every row, or those of one stream, by stream and sequence; no more than a batch is held."""
        wanted = select(audit).order_by(audit.c.stream, audit.c.sequence)
        if stream:
            wanted = wanted.where(audit.c.stream == stream)
        with self._c.execute(wanted.execution_options(yield_per=_BATCH_ROWS)) as result:
            for row in result:
                yield _row(row)

    def seal(self, signer: Signer) -> Head:
        """Sign where every stream stands, as a row of the stream of heads. Nothing new since the last one: that one."""
        wait_turn(self._c, Turn.AUDIT, HEADS)
        known = sealed(self._c)
        moved = {
            row.stream: [row.sequence, row.hash]
            for row in self._c.execute(select(audit_heads).where(audit_heads.c.stream != HEADS))
            if known.streams.get(row.stream) != (row.sequence, row.hash)
        }
        if known.latest is not None and not moved and known.latest.key == signer.key:
            return known.latest
        stand = {stream: sequence for stream, (sequence, _) in known.streams.items()}
        stand |= {stream: sequence for stream, (sequence, _) in moved.items()}
        unsigned = Head(
            number=1 if known.latest is None else known.latest.number + 1,
            at=to_text(self._clock.now()),
            root=root_over(known.root, moved),
            streams=len(stand),
            rows=sum(stand.values()),
            key=signer.key,
            signature="",
        )
        signature = signer.sign(unsigned.signed_bytes())
        told = {name: getattr(unsigned, name) for name in ("number", "at", "root", "streams", "rows", "key")}
        self._write(HEADS, [("audit.head", {**told, "signature": signature, "moved": moved})])
        return Head(**told, signature=signature)

    def sealed_at(self) -> datetime | None:
        """When the last head was signed."""
        last = select(audit.c.at).where(audit.c.stream == HEADS).order_by(audit.c.sequence.desc()).limit(1)
        at: str | None = self._c.execute(last).scalar()
        return None if at is None else from_text(at)

    def verify(self, trusted: frozenset[str] = frozenset(), against: Head | None = None) -> Verified | Broken:
        """Walk all rows. Heads have to be signed by one of the ``trusted`` keys; where none is named, by their own."""
        return verified(self._c, trusted, against)


def _ours(stream: str) -> str:
    if stream == HEADS:
        raise OurFault("Only a signed head is written to the stream of heads.")
    return storable(stream)


def _row(row: Row[Any]) -> AuditRow:
    return AuditRow(
        stream=row.stream,
        sequence=row.sequence,
        at=from_text(row.at),
        actor=row.actor,
        event=row.event,
        details=json.loads(row.details),
        previous=row.previous,
        hash=row.hash,
    )
