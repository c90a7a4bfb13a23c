"""The audit log: append-only, hash-chained, one chain a stream, so that writers of different cases never wait."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Row, exists, insert, select, update

from assistant.domain.person import Actor
from assistant.domain.ports import Clock
from assistant.domain.worklist import AuditRow, Broken, Verified
from assistant.store.connection import Turn, wait_turn
from assistant.store.tables import audit, audit_heads, storable
from assistant.store.times import from_text, to_text

GENESIS = "0" * 64
_ACTOR_CHARACTERS = 340
_BATCH_ROWS = 1000


def canonical(value: object) -> str:
    """JSON with sorted keys, no white space and ASCII only: the same bytes for the same value, storable anywhere."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def row_hash(stream: str, sequence: int, at: str, actor: str, event: str, details: str, previous: str) -> str:
    return hashlib.sha256(canonical([stream, sequence, at, actor, event, details, previous]).encode()).hexdigest()


class SqlAudit:
    """Implements assistant.domain.ports.Audit within one transaction."""

    def __init__(self, connection: Connection, actor: Actor, clock: Clock) -> None:
        self._c = connection
        self._actor = storable(f"{actor.kind}:{actor.id}")[:_ACTOR_CHARACTERS]
        self._clock = clock

    def append(self, stream: str, event: str, details: Mapping[str, Any]) -> AuditRow:
        stream = storable(stream)
        wait_turn(self._c, Turn.AUDIT, stream)
        head = self._c.execute(select(audit_heads).where(audit_heads.c.stream == stream)).first()
        sequence, previous = (head.sequence + 1, head.hash) if head is not None else (1, GENESIS)
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
        if head is None:
            self._c.execute(insert(audit_heads).values(stream=stream, sequence=sequence, hash=digest))
        else:
            moved = update(audit_heads).where(audit_heads.c.stream == stream)
            self._c.execute(moved.values(sequence=sequence, hash=digest))
        return AuditRow(
            stream=stream,
            sequence=sequence,
            at=from_text(at),
            actor=self._actor,
            event=event,
            details=json.loads(body),
            previous=previous,
            hash=digest,
        )

    def rows(self, stream: str) -> tuple[AuditRow, ...]:
        found = select(audit).where(audit.c.stream == stream).order_by(audit.c.sequence)
        return tuple(_row(row) for row in self._c.execute(found))

    def verify(self) -> Verified | Broken:
        """Walk all rows, stream by stream, without holding more than a batch of them."""
        rows = streams = 0
        before: Row[Any] | None = None
        for row in self._walk():
            if before is not None and before.stream != row.stream:
                if (cut := _cut_short(before)) is not None:
                    return cut
                before = None
            if (broken := _fault(row, before)) is not None:
                return broken
            streams += before is None
            rows += 1
            before = row
        if before is not None and (cut := _cut_short(before)) is not None:
            return cut
        return self._vanished() or Verified(streams=streams, rows=rows)

    def _walk(self) -> Iterator[Row[Any]]:
        heads = (audit_heads.c.sequence.label("last"), audit_heads.c.hash.label("last_hash"))
        joined = audit.outerjoin(audit_heads, audit.c.stream == audit_heads.c.stream)
        ordered = select(audit, *heads).select_from(joined).order_by(audit.c.stream, audit.c.sequence)
        with self._c.execute(ordered.execution_options(yield_per=_BATCH_ROWS)) as result:
            yield from result

    def _vanished(self) -> Broken | None:
        """A stream whose rows are all gone."""
        rowless = select(audit_heads.c.stream).where(~exists().where(audit.c.stream == audit_heads.c.stream))
        stream = self._c.execute(rowless.order_by(audit_heads.c.stream).limit(1)).scalar()
        return None if stream is None else Broken(stream, 1, "is missing, and all that followed it")


def _fault(row: Row[Any], before: Row[Any] | None) -> Broken | None:
    sequence, previous = (0, GENESIS) if before is None else (before.sequence, before.hash)
    if row.sequence != sequence + 1:
        return Broken(row.stream, sequence + 1, f"is missing: row {row.sequence} follows row {sequence}")
    if row.hash != row_hash(row.stream, row.sequence, row.at, row.actor, row.event, row.details, row.previous):
        return Broken(row.stream, row.sequence, "was changed after it was written")
    if row.previous != previous:
        return Broken(row.stream, row.sequence, "does not follow the row before it: one of them was replaced")
    return None


def _cut_short(last: Row[Any]) -> Broken | None:
    if last.last is None or last.last < last.sequence:
        return Broken(last.stream, (last.last or 0) + 1, "was not written by a unit of work")
    if last.last > last.sequence:
        return Broken(last.stream, last.sequence + 1, "is missing at the end")
    if last.last_hash != last.hash:
        return Broken(last.stream, last.sequence, "was replaced, with all that followed from it")
    return None


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
