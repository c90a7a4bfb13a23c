"""What Slack handed over: kept once before it is acknowledged, taken by one worker at a time, forgotten when worked."""

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, or_, select, update

from assistant.domain.ports import Clock
from assistant.domain.slack import Delivery
from assistant.store.audit import SqlAudit
from assistant.store.connection import Turn, wait_turn
from assistant.store.tables import slack_deliveries as table
from assistant.store.times import from_text, to_text

STREAM = "slack"
_NOTE_CHARACTERS = 300
_LOOKED_AT = 200


class SqlDeliveries:
    """The deliveries of assistant.domain.slack_ports.SlackRecords."""

    def __init__(self, connection: Connection, audit: SqlAudit, clock: Clock) -> None:
        self._c = connection
        self._audit = audit
        self._clock = clock

    def receive(self, delivery: Delivery) -> bool:
        wait_turn(self._c, Turn.SLACK, delivery.id)
        if self._c.execute(select(table.c.id).where(table.c.id == delivery.id)).first() is not None:
            return False
        values = {
            "id": delivery.id,
            "kind": delivery.kind,
            "team": delivery.team,
            "account": delivery.account,
            "place": delivery.order,
            "body": delivery.body,
        }
        now = to_text(self._clock.now())
        self._c.execute(
            insert(table).values(**values, received_at=now, state="waiting", held_until="", attempts=0, note="")
        )
        digest = hashlib.sha256(delivery.body.encode("utf-8", "replace")).hexdigest()
        self._audit.append(STREAM, "slack.received", {"id": delivery.id, "kind": delivery.kind, "sha256": digest})
        return True

    def take(self, limit: int, until: datetime) -> tuple[Delivery, ...]:
        wait_turn(self._c, Turn.SLACK, "take")
        now = to_text(self._clock.now())
        busy = select(table.c.place).where(table.c.state == "working", table.c.held_until >= now)
        being_worked = set(self._c.execute(busy).scalars())
        lapsed = (table.c.state == "working") & (table.c.held_until < now)
        due = (table.c.state == "waiting") & (table.c.held_until <= now)  # what failed waits a while
        found = select(table).where(or_(due, lapsed)).order_by(table.c.received_at, table.c.id).limit(_LOOKED_AT)
        taken: list[Delivery] = []
        for row in self._c.execute(found).all():
            if row.place in being_worked:
                continue
            being_worked.add(row.place)
            taken.append(_delivery(row))
            if len(taken) == limit:
                break
        if taken:
            mine = table.c.id.in_([delivery.id for delivery in taken])
            held = {"state": "working", "held_until": to_text(until), "attempts": table.c.attempts + 1}
            self._c.execute(update(table).where(mine).values(**held))
        return tuple(taken)

    def hold(self, delivery_ids: tuple[str, ...], until: datetime) -> None:
        mine = table.c.id.in_(delivery_ids) & (table.c.state == "working")
        self._c.execute(update(table).where(mine).values(held_until=to_text(until)))

    def worked(self, delivery_id: str) -> None:
        self._to(delivery_id, "worked", body="", note="")

    def put_back(self, delivery_id: str, note: str, until: datetime | None = None) -> None:
        held = to_text(until) if until is not None else ""
        self._to(delivery_id, "waiting", note=note[:_NOTE_CHARACTERS], held_until=held)

    def park(self, delivery_id: str, why: str) -> None:
        self._to(delivery_id, "parked", note=why)

    def unpark(self, *, account: str = "", order: str = "") -> int:
        mine = (table.c.account == account) if account else (table.c.place == order)
        again = update(table).where(mine, table.c.state == "parked")
        return self._c.execute(again.values(state="waiting", held_until="", note="")).rowcount

    def fail(self, delivery_id: str, note: str) -> None:
        self._to(delivery_id, "failed", body="", note=note[:_NOTE_CHARACTERS])
        self._audit.append(STREAM, "slack.failed", {"id": delivery_id, "note": note[:_NOTE_CHARACTERS]})

    def forget_parked(self, why: str, before: datetime) -> int:
        old = (table.c.state == "parked") & (table.c.note == why) & (table.c.received_at < to_text(before))
        return self._c.execute(update(table).where(old).values(state="worked", body="", note="")).rowcount

    def unfinished(self) -> int:
        open_states = table.c.state.in_(["waiting", "working"])
        return int(self._c.execute(select(func.count()).select_from(table).where(open_states)).scalar_one())

    def _to(self, delivery_id: str, state: str, **values: Any) -> None:
        changed = {"state": state, "held_until": "", **values}
        self._c.execute(update(table).where(table.c.id == delivery_id).values(**changed))


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(
        id=row.id,
        kind=row.kind,
        team=row.team,
        account=row.account,
        order=row.place,
        body=row.body,
        attempts=row.attempts + 1,
        received_at=from_text(row.received_at),
    )
