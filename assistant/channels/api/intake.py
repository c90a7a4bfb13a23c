"""Requests in: a whole mail as it is, or its parts as JSON. Recorded before the answer; drafted afterwards."""

import base64
import binascii
import hashlib
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.bootstrap import App
from assistant.channels.api.caller import Callers
from assistant.channels.api.health import ACTOR
from assistant.channels.api.problems import TooLarge, WrongForm
from assistant.channels.email import record
from assistant.domain.errors import SenderMustAct
from assistant.domain.lifecycle import MessageState
from assistant.domain.message import Arrival, Message
from assistant.domain.person import Person

_ADDRESS = r"[^@\s<>\"]+@[^@\s<>\"]+"
Line = Annotated[str, Field(max_length=500, pattern=r"^[^\r\n]*$")]


class Attachment(BaseModel):
    """A file of the request; ``content`` is base64."""

    model_config = ConfigDict(extra="forbid")
    name: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\r\n]*$")]
    media_type: Annotated[str, Field(pattern=r"^[\w.+-]+/[\w.+-]+$", max_length=100)] = "application/octet-stream"
    content: str


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
    bodies = {
        "message/rfc822": {"schema": {"type": "string", "format": "binary"}},
        "application/json": {"schema": RequestIn.model_json_schema(ref_template="#/components/schemas/{model}")},
    }

    async def raw_body(request: Request) -> bytes:
        taken = bytearray()
        async for piece in request.stream():
            taken += piece
            if len(taken) > app.settings.message_bytes:
                raise TooLarge(f"A request may have {app.settings.message_bytes:,} bytes. Nothing was kept.")
        return bytes(taken)

    @routes.post("", status_code=202, openapi_extra={"requestBody": {"required": True, "content": bodies}})
    def receive(
        response: Response,
        _person: Annotated[Person, Depends(callers.person)],
        body: Annotated[bytes, Depends(raw_body)],
        content_type: Annotated[str, Header()] = "",
        idempotency_key: Annotated[str, Header(max_length=200)] = "",
    ) -> MessageOut:
        """Record a request. The same bytes, or the same Idempotency-Key, are the same message (200 instead of 202)."""
        kind = content_type.partition(";")[0].strip().lower()
        if kind == "message/rfc822":
            raw = body
        elif kind == "application/json":
            internet_id = _internet_id(idempotency_key, app.erp.company().domain)
            with app.store.unit(ACTOR) as unit:
                known = unit.messages.with_internet_id(internet_id) if idempotency_key else ()
            if known:
                response.status_code = 200
                return shown(known[0])
            raw = _mail(body, app, internet_id)
        else:
            raise WrongForm("A request is message/rfc822 or application/json. Nothing was kept.")
        if not raw.strip():
            raise SenderMustAct("The body is empty. Nothing was kept.")
        message, new = record(app.store, Arrival(channel="api", raw=raw))
        response.status_code = 202 if new else 200
        return shown(message, new=new)

    @routes.get("")
    def messages(
        _person: Annotated[Person, Depends(callers.person)],
        state: MessageState | None = None,
        limit: Annotated[int, Field(ge=1, le=500)] = 100,
    ) -> list[MessageOut]:
        """Received messages, newest first."""
        with app.store.unit(ACTOR) as unit:
            return [shown(message) for message in unit.messages.list([state] if state else [], limit=limit)]

    @routes.get("/{message_id}")
    def message(message_id: str, _person: Annotated[Person, Depends(callers.person)]) -> MessageOut:
        with app.store.unit(ACTOR) as unit:
            return shown(unit.messages.get(message_id))

    return routes


def _internet_id(idempotency_key: str, domain: str) -> str:
    return f"<api-{hashlib.sha256(idempotency_key.encode()).hexdigest()[:32]}@{domain}>" if idempotency_key else ""


def _mail(body: bytes, app: App, internet_id: str) -> bytes:
    """The request in parts as one mail, so that everything behind the channel sees one form."""
    try:
        told = RequestIn.model_validate_json(body)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in fault["loc"]) or "the body"
        raise SenderMustAct(f"{place}: {fault['msg']}. Nothing was kept.") from error
    mail = EmailMessage()
    mail["From"] = told.sender
    mail["To"] = app.erp.company().intake_address
    mail["Subject"] = told.subject
    mail["Date"] = format_datetime(app.clock.now())
    if internet_id:
        mail["Message-ID"] = internet_id
    mail.set_content(told.text)
    for attachment in told.attachments:
        try:
            data = base64.b64decode(attachment.content, validate=True)
        except binascii.Error:
            raise SenderMustAct(f"{attachment.name}: its content is not base64. Nothing was kept.") from None
        main, _, sub = attachment.media_type.partition("/")
        mail.add_attachment(data, maintype=main, subtype=sub, filename=attachment.name)
    return mail.as_bytes()
