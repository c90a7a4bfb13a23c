"""Announce: events leave for those who asked to be told, signed (Standard Webhooks), at least once each."""

import base64
import json
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from assistant.domain.errors import NotAllowedToYou, OperatorMustAct, ReviewerMustAct
from assistant.domain.event import TYPES, Delivery, Event, Secrets, Webhook, cloud_event
from assistant.domain.outside_ports import Courier, Sealer
from assistant.domain.person import Person, Role, acting, program
from assistant.domain.ports import Clock, Store

ACTOR = program("announcer")
TRIES = 8
_FIRST, _LONGEST = timedelta(seconds=5), timedelta(hours=6)
_BOTH_COUNT = timedelta(days=1)
_SECRET_BYTES = 32
_SEALED = "the secrets of webhooks"
_MOST_WEBHOOKS = 50
_MOST_REPLAYED = 10_000
_GONE = 410
_BATCH = 500


def wait_after(attempts: int) -> timedelta:
    """Until the next try: 5 s, then four times as long each time, 6 h at most."""
    return min(_FIRST * int(4 ** (min(attempts, 12) - 1)), _LONGEST)


@dataclass(frozen=True, slots=True)
class Announcer:
    """``source`` names this installation in every event (CloudEvents)."""

    store: Store
    courier: Courier
    sealer: Sealer
    clock: Clock
    source: str

    def subscribe(self, person: Person, url: str, types: Iterable[str]) -> tuple[Webhook, str]:
        """The webhook, and its secret, which is told this once."""
        require_admin(person)
        asked = tuple(dict.fromkeys(types))
        if unknown := [name for name in asked if name not in TYPES]:
            raise ReviewerMustAct(f"There are no events {', '.join(unknown)}. Nothing was kept.")
        self.courier.check(url)
        secret = _new_secret()
        made = Webhook(
            id=f"wh_{secrets.token_hex(8)}", url=url, types=asked, made_by=person.id, made_at=self.clock.now()
        )
        with self.store.unit(acting(person)) as unit:
            if len(unit.webhooks.list()) >= _MOST_WEBHOOKS:
                raise ReviewerMustAct(f"There are {_MOST_WEBHOOKS} webhooks already; end one first.")
            unit.webhooks.add(made, self._sealed(Secrets(now=secret)))
        return made, secret

    def new_secret(self, person: Person, webhook_id: str) -> str:
        """For a day both count: every delivery carries two signatures."""
        require_admin(person)
        secret, until = _new_secret(), self.clock.now() + _BOTH_COUNT
        with self.store.unit(acting(person)) as unit:
            if unit.webhooks.get(webhook_id).ended_at is not None:
                raise ReviewerMustAct(f"The webhook {webhook_id} is ended. Nothing was changed.")
            before = self._unsealed(unit.webhooks.sealed(webhook_id)).now
            changed = Secrets(now=secret, before=before, before_until=until.isoformat())
            unit.webhooks.reseal(webhook_id, self._sealed(changed))
        return secret

    def end(self, person: Person, webhook_id: str) -> None:
        require_admin(person)
        with self.store.unit(acting(person)) as unit:
            unit.webhooks.end(webhook_id, f"ended by {person.id}")

    def replay(
        self,
        person: Person,
        webhook_id: str,
        events: Iterable[str] = (),
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> int:
        """Queue again what was named, or what happened in a time, of the types the webhook asked for."""
        require_admin(person)
        with self.store.unit(acting(person)) as unit:
            webhook = unit.webhooks.get(webhook_id)
            wanted: list[Event] = [unit.events.get(each) for each in dict.fromkeys(events)]
            after = 0
            while since is not None:
                found = unit.events.list(webhook.types, since=since, until=until, limit=_BATCH, after=after)
                wanted += found
                if len(wanted) > _MOST_REPLAYED:
                    raise ReviewerMustAct(f"That is more than {_MOST_REPLAYED:,} events; name a shorter time.")
                if len(found) < _BATCH:
                    break
                after = found[-1].number
            return unit.webhooks.replay(webhook_id, wanted)

    def deliver(self, delivery_id: str) -> str:
        """One try; answers the delivery's state. A receiver may get an event twice: webhook-id says so."""
        with self.store.unit(ACTOR) as unit:
            delivery = unit.webhooks.take(delivery_id)
            if delivery is None:
                return "done already"
            webhook = unit.webhooks.get(delivery.webhook_id)
            event = unit.events.get(delivery.event_id)
            sealed = unit.webhooks.sealed(webhook.id)
        try:
            status = self._carried(webhook, event, sealed)
        except (OperatorMustAct, ReviewerMustAct) as error:
            return self._failed(delivery, webhook, str(error))
        if status == _GONE:
            with self.store.unit(ACTOR) as unit:
                unit.webhooks.end(webhook.id, "its receiver answered 410 Gone")
            return "dropped"
        if not 200 <= status < 300:
            return self._failed(delivery, webhook, f"The receiver answered {status}.")
        with self.store.unit(ACTOR) as unit:
            unit.webhooks.delivered(delivery_id, str(status))
            unit.worklist.resolve_trouble(f"delivery:{delivery_id}")
        return "delivered"

    def _carried(self, webhook: Webhook, event: Event, sealed: str) -> int:
        told, now = self._unsealed(sealed), self.clock.now()
        body = json.dumps(cloud_event(event, self.source), separators=(",", ":"), sort_keys=True).encode()
        counting = [told.now]
        if told.before and datetime.fromisoformat(told.before_until) > now:
            counting.append(told.before)
        headers = {
            "Content-Type": "application/cloudevents+json; charset=utf-8",
            "User-Agent": "Backhaul-Webhooks",
            "webhook-id": event.id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": " ".join(self.courier.signature(each, event.id, now, body) for each in counting),
        }
        return self.courier.carry(webhook.url, headers, body)

    def _failed(self, delivery: Delivery, webhook: Webhook, why: str) -> str:
        with self.store.unit(ACTOR) as unit:
            if delivery.attempts < TRIES:
                due_at = self.clock.now() + wait_after(delivery.attempts)
                unit.webhooks.put_back(delivery.id, why, due_at)
                return "waiting"
            unit.webhooks.give_up(delivery.id, why)
            unit.worklist.raise_trouble(
                f"delivery:{delivery.id}",
                f"Event {delivery.event_id} did not reach {webhook.url} in {TRIES} tries. {why}",
                "The event is kept; the receiver can also fetch it from /v1/events.",
                "Mend the receiver, then send it again; or end the webhook.",
            )
        return "dead"

    def _sealed(self, told: Secrets) -> str:
        return self.sealer.close(json.dumps(asdict(told)), _SEALED)

    def _unsealed(self, sealed: str) -> Secrets:
        return Secrets(**json.loads(self.sealer.open(sealed, _SEALED)))


def _new_secret() -> str:
    return f"whsec_{base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()}"


def require_admin(person: Person) -> None:
    if Role.ADMIN not in person.roles:
        raise NotAllowedToYou("Who is told of events is an administrator's to say. Nothing was changed.")
