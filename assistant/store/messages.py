"""Received messages and their bytes, which are kept once by their hash."""

import hashlib
import zlib
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from assistant.domain.errors import NotFound
from assistant.domain.lifecycle import MESSAGE_TRANSITIONS, MessageEvent, MessageState, after
from assistant.domain.message import Arrival, Message
from assistant.domain.ports import Clock
from assistant.store.audit import SqlAudit
from assistant.store.connection import Turn, wait_turn
from assistant.store.tables import blobs, cases, messages, readings, storable
from assistant.store.times import from_text, to_text

_HEADER_CHARACTERS = 500  # of any alphabet: PostgreSQL indexes up to 2,704 bytes


class SqlMessages:
    """Implements assistant.domain.ports.Messages."""

    def __init__(self, connection: Connection, audit: SqlAudit, clock: Clock) -> None:
        self._c = connection
        self._audit = audit
        self._clock = clock

    def record(
        self, arrival: Arrival, internet_id: str = "", sender: str = "", subject: str = ""
    ) -> tuple[Message, bool]:
        sha256 = hashlib.sha256(arrival.raw).hexdigest()
        message_id = f"m-{sha256[:20]}"
        wait_turn(self._c, Turn.MESSAGE, message_id)
        if (known := self._find(message_id)) is not None:
            return known, False
        self._c.execute(insert(blobs).values(sha256=sha256, bytes=arrival.raw))
        self._c.execute(
            insert(messages).values(
                id=message_id,
                channel=arrival.channel,
                sha256=sha256,
                size=len(arrival.raw),
                received_at=to_text(self._clock.now()),
                state=MessageState.RECORDED.value,
                attempt=1,
                reason="",
                internet_id=_header(internet_id),
                sender=_header(sender),
                subject=_header(subject),
                envelope_from=_header(arrival.envelope_from),
            )
        )
        recorded = {"sha256": sha256, "size": len(arrival.raw), "channel": arrival.channel}
        self._audit.append(message_id, "message.recorded", recorded)  # who sent it is in the mail, that can be erased
        return self.get(message_id), True

    def get(self, message_id: str) -> Message:
        if (message := self._find(message_id)) is None:
            raise NotFound(f"There is no message {message_id}.")
        return message

    def raw(self, message_id: str) -> bytes:
        wanted = select(blobs.c.bytes, messages.c.erased_at).join(messages, messages.c.sha256 == blobs.c.sha256)
        found = self._c.execute(wanted.where(messages.c.id == message_id)).first()
        if found is None:
            raise NotFound(f"There is no message {message_id}.")
        if found.erased_at:
            raise NotFound(f"What {message_id} said was erased on {found.erased_at[:10]}; its hash is kept.")
        return bytes(found.bytes)

    def keep_reading(self, message_id: str, reading: bytes) -> None:
        if self._c.execute(select(cases.c.id).where(cases.c.message_id == message_id)).first() is not None:
            return
        body = zlib.compress(reading, 1)
        self._c.execute(delete(readings).where(readings.c.message_id == message_id))
        self._c.execute(insert(readings).values(message_id=message_id, body=body))
        digest = hashlib.sha256(reading).hexdigest()
        self._audit.append(message_id, "message.read", {"reading_sha256": digest, "size": len(reading)})

    def reading(self, message_id: str) -> bytes | None:
        body = self._c.execute(select(readings.c.body).where(readings.c.message_id == message_id)).scalar()
        return None if body is None else zlib.decompress(bytes(body))

    def move(self, message_id: str, event: MessageEvent, reason: str = "", case_id: str | None = None) -> Message:
        row = self._c.execute(select(messages).where(messages.c.id == message_id).with_for_update()).first()
        if row is None:
            raise NotFound(f"There is no message {message_id}.")
        state = after(MESSAGE_TRANSITIONS, MessageState(row.state), event)
        attempt = row.attempt + 1 if event is MessageEvent.RUN_AGAIN else row.attempt
        values = {"state": state.value, "reason": storable(reason), "case_id": case_id or row.case_id}
        if values != {
            "state": row.state,
            "reason": row.reason,
            "case_id": row.case_id,
        }:  # a workflow resumed is no news
            self._c.execute(update(messages).where(messages.c.id == message_id).values(attempt=attempt, **values))
            change = {"before": row.state, "after": state.value, "case": values["case_id"], "attempt": attempt}
            self._audit.append(message_id, f"message.{event.value}", {**change, "reason": reason[:_HEADER_CHARACTERS]})
        return self.get(message_id)

    def with_internet_id(self, internet_id: str) -> tuple[Message, ...]:
        if not internet_id:
            return ()
        found = (
            select(messages)
            .where(messages.c.internet_id == _header(internet_id))
            .order_by(messages.c.received_at, messages.c.id)
        )
        return tuple(_message(row) for row in self._c.execute(found))

    def of_case(self, case_id: str) -> tuple[Message, ...]:
        found = select(messages).where(messages.c.case_id == case_id)
        return tuple(_message(row) for row in self._c.execute(found.order_by(messages.c.received_at, messages.c.id)))

    def list(self, states: Iterable[MessageState] = (), limit: int = 100, after: str = "") -> tuple[Message, ...]:
        found = select(messages).order_by(messages.c.received_at.desc(), messages.c.id).limit(limit)
        if after:
            seen = select(messages.c.received_at).where(messages.c.id == after).scalar_subquery()
            at = messages.c.received_at
            found = found.where((at < seen) | ((at == seen) & (messages.c.id > after)))
        if wanted := [state.value for state in states]:
            found = found.where(messages.c.state.in_(wanted))
        return tuple(_message(row) for row in self._c.execute(found))

    def unfinished(self, limit: int = 500) -> tuple[Message, ...]:
        open_states = [MessageState.RECORDED.value, MessageState.WORKING.value]
        found = select(messages).where(messages.c.state.in_(open_states))
        oldest = found.order_by(messages.c.received_at, messages.c.id).limit(limit)
        return tuple(_message(row) for row in self._c.execute(oldest))

    def counts(self) -> Mapping[str, int]:
        counted = select(messages.c.state, func.count()).group_by(messages.c.state)
        return {row[0]: row[1] for row in self._c.execute(counted)}

    def _find(self, message_id: str) -> Message | None:
        row = self._c.execute(select(messages).where(messages.c.id == message_id)).first()
        return None if row is None else _message(row)


def _header(text: str) -> str:
    return storable(text)[:_HEADER_CHARACTERS]


def _message(row: Row[Any]) -> Message:
    return Message(
        id=row.id,
        channel=row.channel,
        sha256=row.sha256,
        size=row.size,
        received_at=from_text(row.received_at),
        state=MessageState(row.state),
        attempt=row.attempt,
        reason=row.reason,
        internet_id=row.internet_id,
        sender=row.sender,
        subject=row.subject,
        case_id=row.case_id,
    )
