"""Letters on their way out, queued in the transaction that caused them."""

import uuid
from collections.abc import Iterable, Set
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, func, insert, select, update

from assistant.domain.errors import ChangedMeanwhile, NotFound
from assistant.domain.mail import AUTOMATIC, Letter, MailKind, MailState, Queued
from assistant.domain.ports import Clock
from assistant.store.audit import SqlAudit
from assistant.store.audit_kept import letter_digest
from assistant.store.connection import Turn, wait_turn
from assistant.store.tables import outbox, storable
from assistant.store.times import from_text, to_text

_LETTER: TypeAdapter[Letter] = TypeAdapter(Letter)
_TOO_LONG = 10  # digits; no mail has such a number


class SqlOutbox:
    """Implements assistant.domain.ports.Outbox."""

    def __init__(self, connection: Connection, audit: SqlAudit, clock: Clock, mail_domain: str) -> None:
        self._c = connection
        self._audit = audit
        self._clock = clock
        self._domain = mail_domain

    def queue(self, letter: Letter, key: str) -> Queued:
        wait_turn(self._c, Turn.LETTER, key)
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
            "kind": letter.kind,
            "recipient": letter.to.lower(),
        }
        row = self._c.execute(insert(outbox).values(**values).returning(outbox)).one()
        told = {"kind": letter.kind, "key": key, "letter_sha256": letter_digest(row.letter)}
        self._audit.append(_stream(letter), "mail.queued", {**told, "mail": row.id})
        return _queued(row)

    def get(self, mail_id: str) -> Queued:
        return _queued(self._row(mail_id))

    def take(self, mail_id: str) -> Queued | None:
        row = self._row(mail_id)
        if row.state != "waiting":
            return None
        taking = update(outbox).where(outbox.c.id == row.id).values(state="sending", attempts=row.attempts + 1)
        letter = _queued(self._c.execute(taking.returning(outbox)).one())
        self._audit.append(_stream(letter.letter), "mail.taken", {"mail": row.id, "attempt": letter.attempts})
        return letter

    def sent(self, mail_id: str) -> None:
        self._to(mail_id, "sent", "", {"sending", "failed", "bounced"})

    def put_back(self, mail_id: str, note: str, next_try_at: datetime | None = None) -> None:
        self._to(mail_id, "waiting", note, {"sending", "failed", "bounced"}, next_try_at)

    def give_up(self, mail_id: str, note: str) -> None:
        self._to(mail_id, "failed", note, {"waiting", "sending"})

    def bounced(self, mail_id: str, note: str) -> None:
        self._to(mail_id, "bounced", note, {"sent", "sending"})

    def waiting(self, limit: int = 500) -> tuple[Queued, ...]:
        due = (outbox.c.state == "waiting") & (outbox.c.next_try_at <= to_text(self._clock.now()))
        return tuple(
            _queued(row) for row in self._c.execute(select(outbox).where(due).order_by(outbox.c.id).limit(limit))
        )

    def counted(
        self, since: datetime, kinds: Iterable[MailKind] = AUTOMATIC, *, case_id: str = "", recipient: str = ""
    ) -> int:
        wanted = select(func.count()).where(outbox.c.queued_at >= to_text(since), outbox.c.kind.in_(list(kinds)))
        if case_id:
            wanted = wanted.where(outbox.c.case_id == case_id)
        if recipient:
            wanted = wanted.where(outbox.c.recipient == storable(recipient.lower()))
        return int(self._c.execute(wanted).scalar_one())

    def of_case(self, case_id: str) -> tuple[Queued, ...]:
        found = select(outbox).where(outbox.c.case_id == case_id).order_by(outbox.c.id)
        return tuple(_queued(row) for row in self._c.execute(found))

    def with_internet_id(self, internet_id: str) -> Queued | None:
        row = self._c.execute(select(outbox).where(outbox.c.internet_id == internet_id)).first()
        return None if row is None else _queued(row)

    def _row(self, mail_id: str) -> Row[Any]:
        number = int(mail_id) if mail_id.isdecimal() and len(mail_id) < _TOO_LONG else 0
        row = self._c.execute(select(outbox).where(outbox.c.id == number).with_for_update()).first()
        if row is None:
            raise NotFound(f"There is no mail {mail_id} in the outbox.")
        return row

    def _to(
        self, mail_id: str, state: MailState, note: str, since: Set[MailState], next_try_at: datetime | None = None
    ) -> None:
        row = self._row(mail_id)
        if row.state == state:
            return
        if row.state not in since:
            raise ChangedMeanwhile(f"Mail {mail_id} is {row.state} and can't become {state}.")
        later = "" if next_try_at is None else to_text(next_try_at)
        changing = update(outbox).where(outbox.c.id == row.id)
        self._c.execute(changing.values(state=state, note=note, next_try_at=later))
        change = {"mail": row.id, "before": row.state, "note": note}
        self._audit.append(_stream(_queued(row).letter), f"mail.{state}", change)


def _stream(letter: Letter) -> str:
    return letter.case_id or letter.message_id or "outbox"


def _queued(row: Row[Any]) -> Queued:
    return Queued(
        id=str(row.id),
        letter=_LETTER.validate_json(row.letter),
        state=row.state,
        internet_id=row.internet_id,
        queued_at=from_text(row.queued_at),
        attempts=row.attempts,
        note=row.note,
        next_try_at=from_text(row.next_try_at) if row.next_try_at else None,
    )
