"""Requests in: a whole mail as it is, or its parts as JSON. Recorded before the answer; drafted afterwards."""

import base64
import binascii
import hashlib
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.bootstrap import App
from assistant.channels.api.caller import Callers
from assistant.channels.api.health import ACTOR
from assistant.channels.api.pages import LINKED, AfterMessage, Limit, MessageId, piece
from assistant.channels.api.problems import TooLarge, WrongForm, responses
from assistant.channels.email import record
from assistant.domain.errors import SenderMustAct
from assistant.domain.identity import KeyScope
from assistant.domain.lifecycle import MessageState
from assistant.domain.message import Arrival, Message
from assistant.domain.parts import Part, as_mail
from assistant.domain.person import Person, acting, require_works_here

# What a mail's From can hold without quoting; narrower than RFC 5322, which nobody misses.
_ADDRESS = r"[A-Za-z0-9._+&'=/~!#$%*?^{|}-]{1,64}@[A-Za-z0-9]([A-Za-z0-9.-]{0,250}[A-Za-z0-9])?"
_BASE64 = r"^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"
_FORMS = ("message/rfc822", "application/json")
IdempotencyKey = Annotated[
    str,
    Header(
        max_length=200,
        pattern=r"^[\x21-\x7e]*$",
        description="A name of yours for this request: sent again with it, nothing happens twice.",
    ),
]
Line = Annotated[str, Field(max_length=500, pattern=r"^[^\r\n]*$")]


class Attachment(BaseModel):
    """A file of the request; ``content`` is base64."""

    model_config = ConfigDict(extra="forbid")
    name: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\r\n]*$")]
    media_type: Annotated[str, Field(pattern=r"^[A-Za-z0-9.+-]+/[A-Za-z0-9.+-]+$", max_length=100)] = (
        "application/octet-stream"
    )
    content: Annotated[str, Field(pattern=_BASE64, json_schema_extra={"contentEncoding": "base64"})]


class RequestIn(BaseModel):
    """A request in parts. ``sender`` is the customer's address, the one an answer goes to."""

    model_config = ConfigDict(extra="forbid")
    sender: Annotated[str, Field(pattern=f"^{_ADDRESS}$", max_length=320)]
    subject: Line = ""
    text: Annotated[str, Field(max_length=1_000_000)] = ""
    attachments: Annotated[list[Attachment], Field(max_length=100)] = []


class MessageOut(BaseModel):
    """A received message and where it stands."""

    id: str
    channel: str
    received_at: str
    state: MessageState
    reason: str
    sender: str
    subject: str
    size: int
    case_id: str | None
    new: bool = False


def shown(message: Message, *, new: bool = False) -> MessageOut:
    names = ("id", "channel", "state", "reason", "sender", "subject", "size", "case_id")
    told: dict[str, Any] = {name: getattr(message, name) for name in names}
    return MessageOut(**told, received_at=message.received_at.isoformat(), new=new)


def router(app: App, callers: Callers) -> APIRouter:
    routes = APIRouter(prefix="/v1/messages", tags=["messages"])
    read = callers.may(KeyScope.MESSAGES_READ)
    bodies = {
        "message/rfc822": {"schema": {"type": "string", "format": "binary", "minLength": 1}},
        "application/json": {"schema": {"$ref": "#/components/schemas/RequestIn"}},
    }
    raw_body = body_of(app)

    @routes.post(
        "",
        status_code=202,
        openapi_extra={"requestBody": {"required": True, "content": bodies}},
        responses={
            200: {"model": MessageOut, "description": "It was recorded before; this is it."},
            **responses(409, 413, 415),
        },
    )
    def receive(
        response: Response,
        person: Annotated[Person, Depends(callers.may(KeyScope.MESSAGES_WRITE))],
        body: Annotated[bytes, Depends(raw_body)],
        content_type: Annotated[str, Header(include_in_schema=False)] = "",
        idempotency_key: IdempotencyKey = "",
    ) -> MessageOut:
        """Record a request. The same bytes, or the same Idempotency-Key, are the same message (200 instead of 202)."""
        require_works_here(person)
        kind = content_type.partition(";")[0].strip().lower()
        if kind not in _FORMS:
            raise WrongForm(f"A request is {' or '.join(_FORMS)}. Nothing was kept.")
        if not body.strip():
            raise SenderMustAct("The body is empty. Nothing was kept.")
        sha256 = hashlib.sha256(body).hexdigest()
        if idempotency_key:
            with app.store.unit(ACTOR) as unit:
                if (known := unit.receipts.find(person.id, idempotency_key, sha256)) is not None:
                    response.status_code = 200
                    return shown(unit.messages.get(known))
        if kind == "application/json":  # the caller says who asks, and is known to us
            raw = _mail(body, app, _internet_id(person, idempotency_key, app.erp.company().domain))
            arrival = Arrival(channel="api", raw=raw)
        else:  # who wrote a mail is shown by the mail alone, whoever hands it on
            arrival = Arrival(channel="email", raw=body)
        message, new = record(app.store, arrival, acting(person))
        if idempotency_key:
            with app.store.unit(ACTOR) as unit:
                if unit.receipts.find(person.id, idempotency_key, sha256) is None:
                    unit.receipts.keep(person.id, idempotency_key, sha256, message.id)
        response.status_code = 202 if new else 200
        return shown(message, new=new)

    @routes.get("", responses={200: {"headers": LINKED}, **responses()})
    def messages(
        request: Request,
        response: Response,
        _person: Annotated[Person, Depends(read)],
        state: MessageState | None = None,
        limit: Limit = 100,
        after: AfterMessage = "",
    ) -> list[MessageOut]:
        """Received messages, newest first."""
        with app.store.unit(ACTOR) as unit:
            found = unit.messages.list([state] if state else [], limit=limit + 1, after=after)
        return [shown(message) for message in piece(found, limit, "id", request, response)]

    @routes.get("/{message_id}", responses=responses(404))
    def message(message_id: MessageId, _person: Annotated[Person, Depends(read)]) -> MessageOut:
        """A received message and where it stands."""
        with app.store.unit(ACTOR) as unit:
            return shown(unit.messages.get(message_id))

    return routes


def body_of(app: App) -> Callable[[Request], Awaitable[bytes]]:
    """Reads a body whole, and no more of it than a message may have."""

    async def raw_body(request: Request) -> bytes:
        taken = bytearray()
        async for piece_of_it in request.stream():
            taken += piece_of_it
            if len(taken) > app.settings.message_bytes:
                raise TooLarge(f"A request may have {app.settings.message_bytes:,} bytes. Nothing was kept.")
        return bytes(taken)

    return raw_body


def _internet_id(person: Person, idempotency_key: str, domain: str) -> str:
    """Made of the key, so that a mail recorded twice by a request that was broken off is parked as its duplicate."""
    whose = f"{person.id} {idempotency_key}".encode()
    return f"<api-{hashlib.sha256(whose).hexdigest()[:32]}@{domain}>" if idempotency_key else ""


def _mail(body: bytes, app: App, internet_id: str) -> bytes:
    """The request in parts as one mail, so that everything behind the channel sees one form."""
    try:
        told = RequestIn.model_validate_json(body)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in fault["loc"]) or "the body"
        raise SenderMustAct(f"{place}: {fault['msg']}. Nothing was kept.") from error
    parts = []
    for attachment in told.attachments:
        try:
            data = base64.b64decode(attachment.content, validate=True)
        except binascii.Error:
            raise SenderMustAct(f"{attachment.name}: its content is not base64. Nothing was kept.") from None
        parts.append(Part(name=attachment.name, media_type=attachment.media_type, data=data))
    to = app.erp.company().intake_address
    return as_mail(told.sender, to, told.subject, told.text, parts, app.clock.now(), internet_id)
