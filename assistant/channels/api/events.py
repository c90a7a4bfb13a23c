"""Events out: the catalogue and the log of them, who is told, and what became of each delivery."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from assistant.bootstrap import App
from assistant.channels.api.caller import Callers
from assistant.channels.api.health import ACTOR
from assistant.channels.api.pages import LINKED, AfterNumber, Limit, piece
from assistant.channels.api.problems import responses
from assistant.domain.event import TYPES, Delivery, DeliveryState, Event, Webhook, cloud_event
from assistant.domain.identity import KeyScope
from assistant.domain.person import Person
from assistant.steps.announce import require_admin

EventId = Annotated[str, Path(pattern=r"^evt_[0-9a-f]{32}$")]
WebhookId = Annotated[str, Path(pattern=r"^wh_[0-9a-f]{16}$")]
Type = Annotated[str, Field(json_schema_extra={"enum": sorted(TYPES)}, max_length=80)]


class EventOut(BaseModel):
    """An event as it is sent (CloudEvents 1.0), and its ``number``: what a list goes on after."""

    number: int
    specversion: str
    id: str
    source: str
    type: str
    subject: str
    time: str
    datacontenttype: str
    data: dict[str, Any]


class WebhookIn(BaseModel):
    """``types`` empty: all of them. The address is https, and public."""

    model_config = ConfigDict(extra="forbid")
    url: Annotated[str, Field(max_length=2_000, examples=["https://erp.example/hooks/backhaul"])]
    types: Annotated[list[Type], Field(max_length=50)] = []


class WebhookOut(BaseModel):
    id: str
    url: str
    types: list[str]
    made_by: str
    made_at: str


class NewWebhookOut(WebhookOut):
    """``secret`` is told this once: deliveries are signed with it."""

    secret: str


class SecretOut(BaseModel):
    secret: str


class ReplayIn(BaseModel):
    """The events by id, or all since a time (and before another)."""

    model_config = ConfigDict(extra="forbid")
    events: Annotated[list[Annotated[str, Field(pattern=r"^evt_[0-9a-f]{32}$")]], Field(max_length=1_000)] = []
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None


class ReplayOut(BaseModel):
    queued: int


class DeliveryOut(BaseModel):
    id: str
    event_id: str
    state: DeliveryState
    attempts: int
    due_at: str
    note: str


def router(app: App, callers: Callers) -> APIRouter:
    routes = APIRouter(prefix="/v1/events", tags=["events"])
    read = callers.may(KeyScope.EVENTS_READ)
    source = app.announcer.source

    @routes.get("", responses={200: {"headers": LINKED}, **responses()})
    def events(
        request: Request,
        response: Response,
        _person: Annotated[Person, Depends(read)],
        type: Annotated[str, Query(json_schema_extra={"enum": sorted(TYPES)}, max_length=80)] = "",
        case_id: Annotated[str, Query(pattern=r"^(BH-[0-9]{1,9})?$")] = "",
        since: AwareDatetime | None = None,
        until: AwareDatetime | None = None,
        limit: Limit = 100,
        after: AfterNumber = 0,
    ) -> list[EventOut]:
        """What happened, oldest first."""
        with app.store.unit(ACTOR) as unit:
            types = [type] if type else []
            found = unit.events.list(types, case_id, since, until, limit=limit + 1, after=after)
        return [_event(each, source) for each in piece(found, limit, "number", request, response)]

    @routes.get("/{event_id}", responses=responses(404))
    def event(event_id: EventId, _person: Annotated[Person, Depends(read)]) -> EventOut:
        """One event, as it is sent."""
        with app.store.unit(ACTOR) as unit:
            return _event(unit.events.get(event_id), source)

    return routes


def webhook_router(app: App, callers: Callers) -> APIRouter:
    routes = APIRouter(prefix="/v1/webhooks", tags=["events"])
    may = callers.may(KeyScope.WEBHOOKS_WRITE)
    announcer = app.announcer

    @routes.post("", status_code=201, responses=responses(409))
    def subscribe(asked: WebhookIn, person: Annotated[Person, Depends(may)]) -> NewWebhookOut:
        """Be told of events. The secret is in this answer and in no other."""
        made, secret = announcer.subscribe(person, asked.url, asked.types)
        return NewWebhookOut(**_webhook(made).model_dump(), secret=secret)

    @routes.get("", responses=responses())
    def webhooks(person: Annotated[Person, Depends(may)]) -> list[WebhookOut]:
        """Who is told."""
        require_admin(person)
        with app.store.unit(ACTOR) as unit:
            return [_webhook(each) for each in unit.webhooks.list()]

    @routes.delete("/{webhook_id}", status_code=204, responses=responses(404))
    def end(webhook_id: WebhookId, person: Annotated[Person, Depends(may)]) -> None:
        """Tell them no more; what waits is dropped."""
        announcer.end(person, webhook_id)

    @routes.post("/{webhook_id}/secret", status_code=201, responses=responses(404, 409))
    def new_secret(webhook_id: WebhookId, person: Annotated[Person, Depends(may)]) -> SecretOut:
        """A new secret; for a day deliveries are signed with the one before, too."""
        return SecretOut(secret=announcer.new_secret(person, webhook_id))

    @routes.post("/{webhook_id}/replay", status_code=202, responses=responses(404, 409))
    def replay(webhook_id: WebhookId, asked: ReplayIn, person: Annotated[Person, Depends(may)]) -> ReplayOut:
        """Send events again, under the ids they had."""
        return ReplayOut(queued=announcer.replay(person, webhook_id, asked.events, asked.since, asked.until))

    @routes.get("/{webhook_id}/deliveries", responses={200: {"headers": LINKED}, **responses(404)})
    def deliveries(
        webhook_id: WebhookId,
        request: Request,
        response: Response,
        person: Annotated[Person, Depends(may)],
        state: DeliveryState | None = None,
        limit: Limit = 100,
        after: Annotated[int, Query(ge=0, le=999_999_999)] = 0,
    ) -> list[DeliveryOut]:
        """What became of each event for this webhook, oldest first."""
        require_admin(person)
        with app.store.unit(ACTOR) as unit:
            found = unit.webhooks.deliveries(webhook_id, [state] if state else [], limit=limit + 1, after=after)
        return [_delivery(each) for each in piece(found, limit, "id", request, response)]

    return routes


def _event(event: Event, source: str) -> EventOut:
    return EventOut(number=event.number, **cloud_event(event, source))


def _webhook(webhook: Webhook) -> WebhookOut:
    return WebhookOut(
        id=webhook.id,
        url=webhook.url,
        types=list(webhook.types),
        made_by=webhook.made_by,
        made_at=webhook.made_at.isoformat(),
    )


def _delivery(delivery: Delivery) -> DeliveryOut:
    return DeliveryOut(
        id=delivery.id,
        event_id=delivery.event_id,
        state=delivery.state,
        attempts=delivery.attempts,
        due_at=delivery.due_at.isoformat(),
        note=delivery.note,
    )
