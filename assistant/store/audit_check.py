"""Whether the audit log is as it was written: names the first row that is not, and what was done to it.

In this order: the chain of each stream, where each stream should end, the signed heads, a head kept elsewhere, the
triggers that refuse changes, and last what the rows say of documents, drafts, roles, holds, letters and policies
against what is kept.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Row, exists, inspect, select, text

from assistant.domain.audit import Head
from assistant.domain.worklist import Broken, Verified
from assistant.store.audit_evidence import Evidence
from assistant.store.audit_kept import Kept
from assistant.store.audit_rows import GENESIS, row_hash
from assistant.store.audit_seals import Seals, missed, sealed
from assistant.store.connection import is_postgres
from assistant.store.tables import audit, audit_heads

_BATCH_ROWS = 1000
_TRIGGERS_SQLITE = {
    "audit_no_replace",
    "audit_no_update",
    "audit_no_delete",
    "audit_heads_no_replace",
    "audit_heads_forward_only",
    "audit_heads_no_delete",
}
_TRIGGERS_POSTGRES = {"audit_append_only", "audit_heads_forward_only", "audit_heads_no_truncate"}
_DATABASE = "(database)"


def verified(connection: Connection, trusted: frozenset[str], against: Head | None) -> Verified | Broken:
    tables = set(inspect(connection).get_table_names())
    for table in (audit, audit_heads):
        if table.name not in tables:
            return Broken(_DATABASE, 0, f"has no table {table.name} any more")
    seals = sealed(connection, trusted)
    evidence, kept = Evidence(), Kept()
    walked = _chains(connection, seals, (evidence, kept))
    if isinstance(walked, Broken):
        return walked
    if seals.fault is not None:
        return seals.fault
    if against is not None and (fault := missed(seals, against, trusted)) is not None:
        return fault
    return _without_triggers(connection) or evidence.differing(connection) or kept.differing(connection) or walked


def _chains(connection: Connection, seals: Seals, seers: tuple[Evidence, Kept]) -> Verified | Broken:
    """Walk all rows, stream by stream, without holding more than a batch of them."""
    rows = streams = 0
    before: Row[Any] | None = None
    for row in _walk(connection):
        if before is not None and before.stream != row.stream:
            if (cut := _cut_short(before, seals)) is not None:
                return cut
            before = None
        if (broken := _fault(row, before, seals)) is not None:
            return broken
        for each in seers:
            each.see(row)
        streams += before is None
        rows += 1
        before = row
    if before is not None and (cut := _cut_short(before, seals)) is not None:
        return cut
    latest = seals.latest.number if seals.latest is not None else 0
    return _vanished(connection, seals) or Verified(streams=streams, rows=rows, heads=latest)


def _walk(connection: Connection) -> Iterator[Row[Any]]:
    heads = (audit_heads.c.sequence.label("last"), audit_heads.c.hash.label("last_hash"))
    joined = audit.outerjoin(audit_heads, audit.c.stream == audit_heads.c.stream)
    ordered = select(audit, *heads).select_from(joined).order_by(audit.c.stream, audit.c.sequence)
    with connection.execute(ordered.execution_options(yield_per=_BATCH_ROWS)) as result:
        yield from result


def _fault(row: Row[Any], before: Row[Any] | None, seals: Seals) -> Broken | None:
    sequence, previous = (0, GENESIS) if before is None else (before.sequence, before.hash)
    if row.sequence != sequence + 1:
        return Broken(row.stream, sequence + 1, f"is missing: row {row.sequence} follows row {sequence}")
    if row.hash != row_hash(row.stream, row.sequence, row.at, row.actor, row.event, row.details, row.previous):
        return Broken(row.stream, row.sequence, "was changed after it was written")
    if row.previous != previous:
        return Broken(row.stream, row.sequence, "does not follow the row before it: one of them was replaced")
    if seals.streams.get(row.stream, (0, ""))[0] == row.sequence and seals.streams[row.stream][1] != row.hash:
        return Broken(row.stream, row.sequence, "or a row before it was replaced, and the chain hashed anew")
    return None


def _cut_short(last: Row[Any], seals: Seals) -> Broken | None:
    stood = seals.streams.get(last.stream, (0, ""))[0]
    if stood > last.sequence:
        return Broken(last.stream, last.sequence + 1, f"is missing at the end: a head stands for {stood} rows")
    if last.last is None or last.last < last.sequence:
        return Broken(last.stream, (last.last or 0) + 1, "was not written by a unit of work")
    if last.last > last.sequence:
        return Broken(last.stream, last.sequence + 1, "is missing at the end")
    if last.last_hash != last.hash:
        return Broken(last.stream, last.sequence, "was replaced, with all that followed from it")
    return None


def _vanished(connection: Connection, seals: Seals) -> Broken | None:
    """A stream whose rows are all gone."""
    rowless = select(audit_heads.c.stream).where(~exists().where(audit.c.stream == audit_heads.c.stream))
    stream = connection.execute(rowless.order_by(audit_heads.c.stream).limit(1)).scalar()
    if stream is None:
        kept = set(connection.execute(select(audit_heads.c.stream)).scalars())
        stream = min(seals.streams.keys() - kept, default=None)
    return None if stream is None else Broken(stream, 1, "is missing, and all that followed it")


def _without_triggers(connection: Connection) -> Broken | None:
    wanted = _TRIGGERS_POSTGRES if is_postgres(connection) else _TRIGGERS_SQLITE
    gone = sorted(wanted - _triggers(connection))
    return Broken(_DATABASE, 0, f"lets the log be changed: its trigger {gone[0]} is missing or off") if gone else None


def _triggers(connection: Connection) -> set[str]:
    """The triggers that stand, with their definitions whole, and fire whatever a session sets."""
    if not is_postgres(connection):
        found: Mapping[str, str] = {
            row.name: row.sql
            for row in connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
        }
        return {name for name, sql in found.items() if "RAISE(ABORT" in sql}
    query = text(
        "SELECT t.tgname FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
        " WHERE NOT t.tgisinternal AND t.tgenabled = 'A' AND p.prosrc LIKE '%RAISE EXCEPTION%'"
        " AND t.tgrelid IN ('audit'::regclass, 'audit_heads'::regclass)"
    )
    return set(connection.execute(query).scalars())
