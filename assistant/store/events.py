"""Events, kept in the transaction of what they tell of (a transactional outbox), and queued for who asked for them."""

import json
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from assistant.domain.errors import NotFound, OurFault
from assistant.domain.event import TYPES, Event
from assistant.domain.ports import Clock
from assistant.store.tables_outside import deliveries, events, webhooks
from assistant.store.times import from_text, to_text


class SqlEvents:
    """Implements assistant.domain.outside_ports.Events."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._c = connection
        self._clock = clock

    def add(self, kind: str, case_id: str, data: Mapping[str, Any]) -> Event:
        if kind not in TYPES:
            raise OurFault(f"{kind} is no event of the catalogue.")
        now = to_text(self._clock.now())
        values = {"id": f"evt_{uuid.uuid4().hex}", "type": kind, "at": now, "case_id": case_id}
        body = json.dumps(data, sort_keys=True)
        row = self._c.execute(insert(events).values(**values, data=body).returning(events)).one()
        asked = select(webhooks.c.id, webhooks.c.types).where(webhooks.c.ended_at == "")
        for webhook in self._c.execute(asked).all():
            if not webhook.types or kind in webhook.types.split():
                self._c.execute(insert(deliveries).values(**waiting(webhook.id, row.number, now)))
        return event_of(row)

    def get(self, event_id: str) -> Event:
        row = self._c.execute(select(events).where(events.c.id == event_id)).first()
        if row is None:
            raise NotFound(f"There is no event {event_id}.")
        return event_of(row)

    def list(
        self,
        types: Iterable[str] = (),
        case_id: str = "",
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 100,
        after: int = 0,
    ) -> tuple[Event, ...]:
        found = select(events).where(events.c.number > after).order_by(events.c.number).limit(limit)
        if wanted := list(types):
            found = found.where(events.c.type.in_(wanted))
        if case_id:
            found = found.where(events.c.case_id == case_id)
        if since is not None:
            found = found.where(events.c.at >= to_text(since))
        if until is not None:
            found = found.where(events.c.at < to_text(until))
        return tuple(event_of(row) for row in self._c.execute(found))


def waiting(webhook_id: str, number: int, due_at: str) -> dict[str, Any]:
    """A new delivery's columns."""
    told = {"webhook_id": webhook_id, "event_number": number, "state": "waiting", "due_at": due_at}
    return {**told, "attempts": 0, "tries": 0, "note": ""}


def event_of(row: Row[Any]) -> Event:
    return Event(
        number=row.number,
        id=row.id,
        type=row.type,
        at=from_text(row.at),
        case_id=row.case_id,
        data=json.loads(row.data),
    )
