"""Who is told of events, and each event's delivery to each of them."""

from collections.abc import Iterable, Set
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, or_, select, update

from assistant.domain.errors import ChangedMeanwhile, NotFound
from assistant.domain.event import Delivery, DeliveryState, Event, Webhook
from assistant.domain.ports import Clock
from assistant.store.audit import SqlAudit
from assistant.store.connection import Turn, wait_turn
from assistant.store.events import waiting
from assistant.store.tables_outside import deliveries, events, webhooks
from assistant.store.times import from_text, to_text

_TOO_LONG = 10  # digits; no delivery has such a number
_DIED_OVER = timedelta(minutes=5)


class SqlWebhooks:
    """Implements assistant.domain.outside_ports.Webhooks. Each webhook is a stream of the audit log."""

    def __init__(self, connection: Connection, audit: SqlAudit, clock: Clock) -> None:
        self._c = connection
        self._audit = audit
        self._clock = clock

    def add(self, webhook: Webhook, sealed: str) -> None:
        made = {"id": webhook.id, "url": webhook.url, "types": " ".join(webhook.types), "secret": sealed}
        made |= {"made_by": webhook.made_by, "made_at": to_text(webhook.made_at), "ended_at": ""}
        self._c.execute(insert(webhooks).values(**made))
        self._audit.append(webhook.id, "webhook.made", {"url": webhook.url, "types": list(webhook.types)})

    def get(self, webhook_id: str) -> Webhook:
        return _webhook(self._row(webhook_id))

    def sealed(self, webhook_id: str) -> str:
        return str(self._row(webhook_id).secret)

    def reseal(self, webhook_id: str, sealed: str) -> None:
        self._row(webhook_id)
        self._c.execute(update(webhooks).where(webhooks.c.id == webhook_id).values(secret=sealed))
        self._audit.append(webhook_id, "webhook.secret_changed", {})

    def end(self, webhook_id: str, why: str) -> None:
        if self._row(webhook_id).ended_at:
            return
        now = to_text(self._clock.now())
        self._c.execute(update(webhooks).where(webhooks.c.id == webhook_id).values(ended_at=now, secret=""))
        d = deliveries.c
        left = update(deliveries).where(d.webhook_id == webhook_id, d.state.in_(["waiting", "sending"]))
        dropped = self._c.execute(left.values(state="dropped", note=why)).rowcount
        self._audit.append(webhook_id, "webhook.ended", {"why": why, "dropped": dropped})

    def list(self) -> tuple[Webhook, ...]:
        found = select(webhooks).where(webhooks.c.ended_at == "").order_by(webhooks.c.made_at, webhooks.c.id)
        return tuple(_webhook(row) for row in self._c.execute(found))

    def due(self, limit: int = 200) -> tuple[Delivery, ...]:
        now, d = self._clock.now(), deliveries.c
        died = (d.state == "sending") & (d.due_at <= to_text(now - _DIED_OVER))
        ready = (d.state == "waiting") & (d.due_at <= to_text(now))
        return self._found(select(deliveries).where(or_(ready, died)).order_by(d.due_at, d.id).limit(limit))

    def take(self, delivery_id: str) -> Delivery | None:
        row = self._delivery(delivery_id)
        if row.state not in {"waiting", "sending"}:
            return None
        if self._row(row.webhook_id).ended_at:  # ended while it was being queued
            self._c.execute(update(deliveries).where(deliveries.c.id == row.id).values(state="dropped"))
            return None
        counted = {"state": "sending", "attempts": row.attempts + 1, "tries": row.tries + 1}
        counted["due_at"] = to_text(self._clock.now())
        self._c.execute(update(deliveries).where(deliveries.c.id == row.id).values(**counted))
        return self._as_delivery(self._delivery(delivery_id))

    def delivered(self, delivery_id: str, note: str) -> None:
        self._to(delivery_id, "delivered", note, {"sending"})

    def put_back(self, delivery_id: str, note: str, due_at: datetime) -> None:
        self._to(delivery_id, "waiting", note, {"sending"}, due_at=to_text(due_at))

    def give_up(self, delivery_id: str, note: str) -> None:
        self._to(delivery_id, "dead", note, {"sending"})

    def send_again(self, delivery_id: str) -> None:
        now = to_text(self._clock.now())
        self._to(delivery_id, "waiting", "asked for again", {"dead"}, attempts=0, due_at=now)

    def replay(self, webhook_id: str, wanted: Iterable[Event]) -> int:
        if self._row(webhook_id).ended_at:
            raise ChangedMeanwhile(f"The webhook {webhook_id} is ended. Nothing was queued.")
        now, queued = to_text(self._clock.now()), 0
        wait_turn(self._c, Turn.EVENT, webhook_id)
        for event in wanted:
            d = deliveries.c
            mine = (d.webhook_id == webhook_id) & (d.event_number == event.number)
            known = self._c.execute(select(deliveries).where(mine)).first()
            if known is None:
                self._c.execute(insert(deliveries).values(**waiting(webhook_id, event.number, now)))
            elif known.state not in {"waiting", "sending"}:
                anew = {"state": "waiting", "attempts": 0, "due_at": now, "note": "replayed"}
                self._c.execute(update(deliveries).where(mine).values(**anew))
            else:
                continue
            queued += 1
        self._audit.append(webhook_id, "webhook.replayed", {"events": queued})
        return queued

    def forget_delivered(self, moment: datetime) -> int:
        d = deliveries.c
        over = d.state.in_(["delivered", "dropped"]) & (d.due_at < to_text(moment))
        counted = self._c.execute(select(d.webhook_id, func.count()).where(over).group_by(d.webhook_id)).all()
        self._c.execute(delete(deliveries).where(over))
        for webhook_id, count in counted:
            self._audit.append(webhook_id, "webhook.forgotten", {"deliveries": count, "before": to_text(moment)})
        return sum(count for _, count in counted)

    def deliveries(
        self, webhook_id: str, states: Iterable[DeliveryState] = (), limit: int = 100, after: int = 0
    ) -> tuple[Delivery, ...]:
        self._row(webhook_id)
        d = deliveries.c
        found = select(deliveries).where(d.webhook_id == webhook_id, d.id > after).order_by(d.id).limit(limit)
        if wanted := list(states):
            found = found.where(d.state.in_(wanted))
        return self._found(found)

    def _found(self, wanted: Any) -> tuple[Delivery, ...]:
        return tuple(self._as_delivery(row) for row in self._c.execute(wanted).all())

    def _row(self, webhook_id: str) -> Row[Any]:
        row = self._c.execute(select(webhooks).where(webhooks.c.id == webhook_id)).first()
        if row is None:
            raise NotFound(f"There is no webhook {webhook_id}.")
        return row

    def _delivery(self, delivery_id: str) -> Row[Any]:
        number = int(delivery_id) if delivery_id.isdecimal() and len(delivery_id) < _TOO_LONG else 0
        row = self._c.execute(select(deliveries).where(deliveries.c.id == number).with_for_update()).first()
        if row is None:
            raise NotFound(f"There is no delivery {delivery_id}.")
        return row

    def _to(self, delivery_id: str, state: DeliveryState, note: str, since: Set[str], **values: Any) -> None:
        row = self._delivery(delivery_id)
        if row.state not in since:
            if row.state == state:
                return
            raise ChangedMeanwhile(f"Delivery {delivery_id} is {row.state} and can't become {state}.")
        changed = {"state": state, "note": note, **values}
        self._c.execute(update(deliveries).where(deliveries.c.id == row.id).values(**changed))
        told = {"delivery": row.id, "event": row.event_number, "before": row.state, "note": note}
        self._audit.append(row.webhook_id, f"delivery.{state}", told)

    def _as_delivery(self, row: Row[Any]) -> Delivery:
        told = self._c.execute(select(events.c.id).where(events.c.number == row.event_number)).scalar_one()
        return Delivery(
            id=str(row.id),
            webhook_id=row.webhook_id,
            event_id=told,
            state=row.state,
            attempts=row.attempts,
            tries=row.tries,
            due_at=from_text(row.due_at),
            note=row.note,
        )


def _webhook(row: Row[Any]) -> Webhook:
    return Webhook(
        id=row.id,
        url=row.url,
        types=tuple(row.types.split()),
        made_by=row.made_by,
        made_at=from_text(row.made_at),
        ended_at=from_text(row.ended_at) if row.ended_at else None,
    )
