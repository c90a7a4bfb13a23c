"""Sessions by the hash of their token, and the brakes on guessing."""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from assistant.domain.identity import Session
from assistant.domain.ports import Clock
from assistant.store.audit import SqlAudit
from assistant.store.connection import Turn, wait_turn
from assistant.store.tables import brakes, sessions
from assistant.store.times import from_text, to_text

STREAM = "sign-in"
_FIRST_HOLD_SECONDS, _LONGEST_HOLD_SECONDS = 60.0, 900.0
_FORGIVEN_AFTER = timedelta(minutes=15)  # without a failure


class SqlSessions:
    """Implements assistant.domain.identity_ports.Sessions."""

    def __init__(self, connection: Connection, audit: SqlAudit, clock: Clock) -> None:
        self._c = connection
        self._audit = audit
        self._clock = clock

    def start(self, session: Session) -> None:
        self._c.execute(
            insert(sessions).values(
                token_hash=session.token_hash,
                person_id=session.person_id,
                way=session.way,
                address=session.address[:80],
                started_at=to_text(session.started_at),
                seen_at=to_text(session.seen_at),
                ends_at=to_text(session.ends_at),
                ended="",
            )
        )
        told = {"person": session.person_id, "way": session.way, "session": session.token_hash[:12]}
        self._audit.append(STREAM, "session.started", told | {"address": session.address[:80]})

    def get(self, token_hash: str) -> Session | None:
        wanted = select(sessions).where(sessions.c.token_hash == token_hash, sessions.c.ended == "")
        row = self._c.execute(wanted).first()
        return None if row is None else _session(row)

    def seen(self, token_hash: str) -> None:
        seen = update(sessions).where(sessions.c.token_hash == token_hash)
        self._c.execute(seen.values(seen_at=to_text(self._clock.now())))

    def end(self, token_hash: str, why: str) -> None:
        ending = update(sessions).where(sessions.c.token_hash == token_hash, sessions.c.ended == "")
        for row in self._c.execute(ending.values(ended=why).returning(sessions)).all():
            self._told(row, why)

    def end_all(self, person_id: str, why: str) -> int:
        ending = update(sessions).where(sessions.c.person_id == person_id, sessions.c.ended == "")
        ended = self._c.execute(ending.values(ended=why).returning(sessions)).all()
        for row in sorted(ended, key=lambda each: str(each.started_at)):
            self._told(row, why)
        return len(ended)

    def of(self, person_id: str) -> tuple[Session, ...]:
        wanted = select(sessions).where(sessions.c.person_id == person_id, sessions.c.ended == "")
        return tuple(_session(row) for row in self._c.execute(wanted.order_by(sessions.c.started_at)))

    def forget_before(self, moment: datetime) -> int:
        return self._c.execute(delete(sessions).where(sessions.c.ends_at < to_text(moment))).rowcount

    def _told(self, row: Row[Any], why: str) -> None:
        told = {"person": row.person_id, "session": row.token_hash[:12], "why": why}
        self._audit.append(STREAM, "session.ended", told)


class SqlBrakes:
    """Implements assistant.domain.identity_ports.Brakes."""

    def __init__(self, connection: Connection, audit: SqlAudit, clock: Clock) -> None:
        self._c = connection
        self._audit = audit
        self._clock = clock

    def held_until(self, name: str) -> datetime | None:
        row = self._row(name)
        held = from_text(row.held_until) if row is not None and row.held_until else None
        return held if held is not None and held > self._clock.now() else None

    def failed(self, name: str, free_tries: int, what: str) -> None:
        now = self._clock.now()
        self._c.execute(delete(brakes).where(brakes.c.failed_at < to_text(now - _FORGIVEN_AFTER)))
        wait_turn(self._c, Turn.PERSON, f"brake {_hashed(name)}")
        row = self._row(name)
        failures = 1 if row is None else row.failures + 1
        held = ""
        if failures >= free_tries:
            seconds = min(_FIRST_HOLD_SECONDS * 2 ** min(failures - free_tries, 10), _LONGEST_HOLD_SECONDS)
            held = to_text(now + timedelta(seconds=seconds))
            self._audit.append(STREAM, "sign_in.held", {"what": what, "failures": failures, "after": f"until {held}"})
        values = {"failures": failures, "failed_at": to_text(now), "held_until": held}
        if row is None:
            self._c.execute(insert(brakes).values(name_hash=_hashed(name), **values))
        else:
            self._c.execute(update(brakes).where(brakes.c.name_hash == row.name_hash).values(**values))

    def cleared(self, name: str) -> None:
        self._c.execute(delete(brakes).where(brakes.c.name_hash == _hashed(name)))

    def _row(self, name: str) -> Row[Any] | None:
        return self._c.execute(select(brakes).where(brakes.c.name_hash == _hashed(name))).first()


def _hashed(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()


def _session(row: Row[Any]) -> Session:
    return Session(
        token_hash=row.token_hash,
        person_id=row.person_id,
        way=row.way,
        address=row.address,
        started_at=from_text(row.started_at),
        seen_at=from_text(row.seen_at),
        ends_at=from_text(row.ends_at),
    )
