"""The audit log: append-only, hash-chained, one chain a stream, so that writers of different cases never wait."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, text

from assistant.domain.person import Actor
from assistant.domain.ports import Clock
from assistant.domain.worklist import AuditRow, Broken, Verified
from assistant.store.connection import is_postgres
from assistant.store.tables import audit
from assistant.store.times import from_text, to_text

GENESIS = "0" * 64


def canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def row_hash(stream: str, sequence: int, at: str, actor: str, event: str, details: str, previous: str) -> str:
    return hashlib.sha256(canonical([stream, sequence, at, actor, event, details, previous]).encode()).hexdigest()


class SqlAudit:
    """Implements assistant.domain.ports.Audit within one transaction."""

    def __init__(self, connection: Connection, actor: Actor, clock: Clock) -> None:
        self._c = connection
        self._actor = f"{actor.kind}:{actor.id}"
        self._clock = clock

    def append(self, stream: str, event: str, details: Mapping[str, Any]) -> AuditRow:
        if is_postgres(self._c):  # SQLite's unit is the only writer already
            self._c.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:s, 1))"), {"s": stream})
        last = select(audit.c.sequence, audit.c.hash).where(audit.c.stream == stream)
        row = self._c.execute(last.order_by(audit.c.sequence.desc()).limit(1)).first()
        sequence, previous = (row.sequence + 1, row.hash) if row is not None else (1, GENESIS)
        at, body = to_text(self._clock.now()), canonical(details)
        digest = row_hash(stream, sequence, at, self._actor, event, body, previous)
        self._c.execute(
            insert(audit).values(
                stream=stream,
                sequence=sequence,
                at=at,
                actor=self._actor,
                event=event,
                details=body,
                previous=previous,
                hash=digest,
            )
        )
        return AuditRow(
            stream=stream,
            sequence=sequence,
            at=from_text(at),
            actor=self._actor,
            event=event,
            details=details,
            previous=previous,
            hash=digest,
        )

    def rows(self, stream: str) -> tuple[AuditRow, ...]:
        found = select(audit).where(audit.c.stream == stream).order_by(audit.c.sequence)
        return tuple(_row(row) for row in self._c.execute(found))

    def verify(self) -> Verified | Broken:
        rows = streams = 0
        stream, sequence, previous = "", 0, GENESIS
        for row in self._walk():
            if row.stream != stream:
                stream, sequence, previous = row.stream, 0, GENESIS
                streams += 1
            if row.sequence != sequence + 1:
                return Broken(stream, sequence + 1, f"is missing: row {row.sequence} follows row {sequence}")
            if row.previous != previous:
                return Broken(stream, row.sequence, "does not follow the row before it: one of them was replaced")
            if row.hash != row_hash(row.stream, row.sequence, row.at, row.actor, row.event, row.details, row.previous):
                return Broken(stream, row.sequence, "was changed after it was written")
            sequence, previous = row.sequence, row.hash
            rows += 1
        return Verified(streams=streams, rows=rows)

    def _walk(self) -> Iterator[Row[Any]]:
        total = self._c.execute(select(func.count()).select_from(audit)).scalar_one()
        if total:
            ordered = select(audit).order_by(audit.c.stream, audit.c.sequence)
            yield from self._c.execution_options(yield_per=1000).execute(ordered)


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
