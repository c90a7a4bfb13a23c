"""Received messages and their bytes, which are kept once by their hash."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from assistant.domain.errors import NotFound
from assistant.domain.lifecycle import MESSAGE_TRANSITIONS, MessageEvent, MessageState, after
from assistant.domain.message import Arrival, Message
from assistant.domain.ports import Clock
from assistant.store.audit import SqlAudit
from assistant.store.tables import blobs, messages
from assistant.store.times import from_text, to_text


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
                internet_id=_storable(internet_id)[:998],
                sender=_storable(sender)[:320],
                subject=_storable(subject)[:998],
            )
        )
        origin = {"from": _storable(arrival.envelope_from)[:320], "channel": arrival.channel}
        self._audit.append(message_id, "message.recorded", {"sha256": sha256, "size": len(arrival.raw), **origin})
        return self.get(message_id), True

    def get(self, message_id: str) -> Message:
        if (message := self._find(message_id)) is None:
            raise NotFound(f"There is no message {message_id}.")
        return message

    def raw(self, message_id: str) -> bytes:
        wanted = select(blobs.c.bytes).join(messages, messages.c.sha256 == blobs.c.sha256)
        found = self._c.execute(wanted.where(messages.c.id == message_id)).scalar()
        if found is None:
            raise NotFound(f"There is no message {message_id}.")
        return bytes(found)

    def move(self, message_id: str, event: MessageEvent, reason: str = "", case_id: str | None = None) -> Message:
        row = self._c.execute(select(messages).where(messages.c.id == message_id).with_for_update()).first()
        if row is None:
            raise NotFound(f"There is no message {message_id}.")
        state = after(MESSAGE_TRANSITIONS, MessageState(row.state), event)
        attempt = row.attempt + 1 if event is MessageEvent.RUN_AGAIN else row.attempt
        self._c.execute(
            update(messages)
            .where(messages.c.id == message_id)
            .values(state=state.value, attempt=attempt, reason=_storable(reason), case_id=case_id or row.case_id)
        )
        if state.value != row.state:
            change = {"before": row.state, "after": state.value, "reason": reason[:500], "case": case_id or row.case_id}
            self._audit.append(message_id, f"message.{event.value}", change)
        return self.get(message_id)

    def with_internet_id(self, internet_id: str) -> tuple[Message, ...]:
        if not internet_id:
            return ()
        found = select(messages).where(messages.c.internet_id == internet_id).order_by(messages.c.received_at)
        return tuple(_message(row) for row in self._c.execute(found))

    def list(self, states: Iterable[MessageState] = (), limit: int = 100) -> tuple[Message, ...]:
        found = select(messages).order_by(messages.c.received_at.desc(), messages.c.id).limit(limit)
        if wanted := [state.value for state in states]:
            found = found.where(messages.c.state.in_(wanted))
        return tuple(_message(row) for row in self._c.execute(found))

    def unfinished(self, limit: int = 500) -> tuple[Message, ...]:
        open_states = [MessageState.RECORDED.value, MessageState.WORKING.value]
        found = select(messages).where(messages.c.state.in_(open_states)).order_by(messages.c.received_at).limit(limit)
        return tuple(_message(row) for row in self._c.execute(found))

    def counts(self) -> Mapping[str, int]:
        counted = select(messages.c.state, func.count()).group_by(messages.c.state)
        return {row[0]: row[1] for row in self._c.execute(counted)}

    def _find(self, message_id: str) -> Message | None:
        row = self._c.execute(select(messages).where(messages.c.id == message_id)).first()
        return None if row is None else _message(row)


def _storable(text: str) -> str:
    """Text that any database takes: no NUL, no lone surrogates."""
    return text.replace("\x00", "�").encode("utf-8", "replace").decode()


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
