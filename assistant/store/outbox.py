"""Letters on their way out, queued in the transaction that caused them."""

import uuid
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, insert, select, update

from assistant.domain.errors import NotFound
from assistant.domain.mail import Letter, Queued
from assistant.domain.ports import Clock
from assistant.store.audit import SqlAudit
from assistant.store.tables import outbox
from assistant.store.times import from_text, to_text

_LETTER: TypeAdapter[Letter] = TypeAdapter(Letter)


class SqlOutbox:
    """Implements assistant.domain.ports.Outbox."""

    def __init__(self, connection: Connection, audit: SqlAudit, clock: Clock, mail_domain: str) -> None:
        self._c = connection
        self._audit = audit
        self._clock = clock
        self._domain = mail_domain

    def queue(self, letter: Letter, key: str) -> Queued:
        known = self._c.execute(select(outbox).where(outbox.c.key == key)).first()
        if known is not None:
            return _queued(known)
        values: dict[str, Any] = {
            "key": key,
            "letter": _LETTER.dump_json(letter).decode(),
            "case_id": letter.case_id,
            "state": "waiting",
            "internet_id": f"<{uuid.uuid4().hex}@{self._domain}>",
            "queued_at": to_text(self._clock.now()),
            "attempts": 0,
            "note": "",
        }
        row = self._c.execute(insert(outbox).values(**values).returning(outbox)).one()
        self._audit.append(letter.case_id or "outbox", "mail.queued", {"mail": row.id, "kind": letter.kind, "key": key})
        return _queued(row)

    def get(self, mail_id: str) -> Queued:
        row = self._c.execute(select(outbox).where(outbox.c.id == int(mail_id))).first()
        if row is None:
            raise NotFound(f"There is no mail {mail_id} in the outbox.")
        return _queued(row)

    def take(self, mail_id: str) -> Queued | None:
        row = self._c.execute(
            update(outbox)
            .where(outbox.c.id == int(mail_id), outbox.c.state == "waiting")
            .values(state="sending", attempts=outbox.c.attempts + 1)
            .returning(outbox)
        ).first()
        if row is None:
            return None
        self._audit.append(row.case_id or "outbox", "mail.taken", {"mail": row.id, "attempt": row.attempts})
        return _queued(row)

    def sent(self, mail_id: str) -> None:
        self._to(mail_id, "sent", "")

    def put_back(self, mail_id: str, note: str) -> None:
        self._to(mail_id, "waiting", note)

    def give_up(self, mail_id: str, note: str) -> None:
        self._to(mail_id, "failed", note)

    def waiting(self, limit: int = 500) -> tuple[Queued, ...]:
        found = select(outbox).where(outbox.c.state == "waiting").order_by(outbox.c.id).limit(limit)
        return tuple(_queued(row) for row in self._c.execute(found))

    def of_case(self, case_id: str) -> tuple[Queued, ...]:
        found = select(outbox).where(outbox.c.case_id == case_id).order_by(outbox.c.id)
        return tuple(_queued(row) for row in self._c.execute(found))

    def with_internet_id(self, internet_id: str) -> Queued | None:
        row = self._c.execute(select(outbox).where(outbox.c.internet_id == internet_id)).first()
        return None if row is None else _queued(row)

    def _to(self, mail_id: str, state: str, note: str) -> None:
        changed = update(outbox).where(outbox.c.id == int(mail_id)).values(state=state, note=note)
        row = self._c.execute(changed.returning(outbox.c.case_id)).first()
        if row is None:
            raise NotFound(f"There is no mail {mail_id} in the outbox.")
        self._audit.append(row.case_id or "outbox", f"mail.{state}", {"mail": int(mail_id), "note": note})


def _queued(row: Row[Any]) -> Queued:
    return Queued(
        id=str(row.id),
        letter=_LETTER.validate_json(row.letter),
        state=row.state,
        internet_id=row.internet_id,
        queued_at=from_text(row.queued_at),
        attempts=row.attempts,
        note=row.note,
    )
