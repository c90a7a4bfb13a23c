"""The page customers ask on: a form with files, for anybody, that becomes a recorded mail like any other.

Nobody signs in, so it discloses nothing: not whether a customer, an order or an item is known. What stands in the
sender's field is as much proof as a mail's From line, which is none.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.types import Message

from assistant.bootstrap import App
from assistant.domain.errors import BackhaulError, SenderMustAct
from assistant.domain.message import Arrival
from assistant.domain.parts import Part, as_mail
from assistant.domain.person import program
from assistant.steps.rates import Rates
from assistant.workbench.framing import Framed
from assistant.workbench.session import address, require_form_token

ACTOR = program("portal")
CHANNEL = "portal"
ITEMS = 8  # rows of the form; more go into the text or a file
REASONS = (
    "No longer needed", "Ordered in error", "Damaged in transit", "Defective", "Wrong item", "Short shipped",
    "Price error", "Expired or short dated", "Recall", "Other",
)  # fmt: skip
_FILES, _FIELDS = 10, 120
_LINE_CHARACTERS, _TEXT_CHARACTERS = 200, 20_000
_ADDRESS = re.compile(r"[A-Za-z0-9._+'-]{1,64}@[A-Za-z0-9]([A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")
_SOONEST, _LATEST = timedelta(seconds=2), timedelta(hours=12)
_HEAD = (("customer", "Customer Number"), ("company", "Company"), ("name", "Contact"), ("phone", "Phone"))
_ABOUT = (("order", "Order Number"), ("po", "PO Number"), ("invoice", "Invoice Number"))
_OF_ITEM = (("item", "Item"), ("qty", "Qty"), ("lot", "Lot"), ("serial", "Serial"), ("reason", "Reason"))

Asked = tuple[Mapping[str, str], Sequence[Part]]


class Portal:
    """GET shows the form, POST records what was asked. ``forms_per_hour`` is what one address may send."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._page = Framed(app.erp.company())
        self._rates = Rates(app.settings.outside.forms_per_hour, "hour")
        self._most = min(app.settings.outside.form_bytes, app.settings.message_bytes * 3 // 4)  # base64 adds a third

    def router(self) -> APIRouter:
        router = APIRouter(include_in_schema=False)
        asked = Depends(self._asked)

        def ask(request: Request, given: Annotated[Asked | SenderMustAct, asked]) -> Response:
            return self.ask(request, given)

        router.add_api_route("/request", self.form, methods=["GET"])
        router.add_api_route("/request", ask, methods=["POST"])
        router.add_api_route("/request/received", self.received, methods=["GET"])
        return router

    def form(self, request: Request) -> Response:
        return self._shown(request, {})

    def received(self, request: Request) -> Response:
        reference = str(request.session.get("asked", ""))
        if not reference:
            return RedirectResponse("/request", status_code=303)
        return self._page(request, "request_received.html", None, reference=reference)

    def ask(self, request: Request, given: Asked | SenderMustAct) -> Response:
        """Records it; a refusal shows the form again with what was typed."""
        if isinstance(given, SenderMustAct):
            return self._shown(request, {}, str(given), 413)
        typed, parts = given
        try:
            self._require_a_person(request, typed)
            sender = typed.get("email", "").strip().lower()
            if not _ADDRESS.fullmatch(sender):
                raise SenderMustAct("We need your email address, to answer you. Nothing was sent yet.")
            text = in_words(typed)
            if not _says_something(typed) and not parts:
                raise SenderMustAct("Tell us what it is about, or attach a file. Nothing was sent yet.")
            self._rates.count(address(request))
            reference = self._record(sender, typed, text, parts)
        except BackhaulError as error:
            return self._shown(request, typed, str(error), 422)
        request.session["asked"] = reference
        request.session.pop("form_at", None)  # this form is used
        return RedirectResponse("/request/received", status_code=303)

    def _record(self, sender: str, typed: Mapping[str, str], text: str, parts: Sequence[Part]) -> str:
        about = next((_one_line(typed[name]) for name, _ in _ABOUT if typed.get(name, "").strip()), "")
        subject = f"Return request, {about}" if about else "Return request"
        raw = as_mail(sender, self._app.erp.company().intake_address, subject, text, parts, self._app.clock.now())
        with self._app.store.unit(ACTOR) as unit:
            message, _ = unit.messages.record(Arrival(channel=CHANNEL, raw=raw), sender=sender, subject=subject)
        return message.id

    def _require_a_person(self, request: Request, typed: Mapping[str, str]) -> None:
        """Raises SenderMustAct for what only programs do: fill in what nobody sees, or be done in no time."""
        try:
            require_form_token(request, typed.get("token", ""))
        except BackhaulError as old:
            raise SenderMustAct("This form is too old. Nothing was sent yet; send it again.") from old
        if typed.get("website", ""):
            raise SenderMustAct("Leave the field “Website” empty. Nothing was sent yet.")
        shown = request.session.get("form_at")
        waited = self._app.clock.now().timestamp() - shown if isinstance(shown, int | float) else None
        if waited is None or not _SOONEST.total_seconds() <= waited <= _LATEST.total_seconds():
            raise SenderMustAct("This form was used already, or filled in too fast. Look at it and send it again.")

    def _shown(self, request: Request, typed: Mapping[str, str], notice: str = "", status: int = 200) -> Response:
        request.session["form_at"] = self._app.clock.now().timestamp()
        return self._page(
            request,
            "request.html",
            None,
            status,
            notice=notice,
            typed=typed,
            rows=range(1, ITEMS + 1),
            reasons=REASONS,
            megabytes=max(1, self._most // 1_000_000),
        )

    async def _asked(self, request: Request) -> Asked | SenderMustAct:
        """What was typed, and the files; never more bytes than allowed are taken."""
        taken = bytearray()
        async for piece in request.stream():
            taken += piece
            if len(taken) > self._most:
                return SenderMustAct(f"That is more than {self._most // 1_000_000} MB. Nothing was sent yet.")

        async def again() -> Message:
            return {"type": "http.request", "body": bytes(taken), "more_body": False}

        typed: dict[str, str] = {}
        parts: list[Part] = []
        try:
            whole = Request(request.scope, again)
            async with whole.form(max_files=_FILES, max_fields=_FIELDS, max_part_size=4 * _TEXT_CHARACTERS) as form:
                for name, value in form.multi_items():
                    if isinstance(value, str):
                        typed[name] = value
                    elif value.filename and (data := await value.read()):
                        parts.append(_part(value, data))
        except HTTPException:
            return SenderMustAct(f"That form can't be read; it takes up to {_FILES} files. Nothing was sent yet.")
        return typed, parts


def _part(file: UploadFile, data: bytes) -> Part:
    kind = file.content_type or ""
    known = kind if re.fullmatch(r"[A-Za-z0-9.+-]+/[A-Za-z0-9.+-]+", kind) else "application/octet-stream"
    return Part(name=(file.filename or "file")[:_LINE_CHARACTERS], media_type=known, data=data)


def in_words(typed: Mapping[str, str]) -> str:
    """What was filled in, a line each, with one paragraph an item."""
    paragraphs = [list(_lines(typed, _HEAD)), list(_lines(typed, _ABOUT))]
    for row in range(1, ITEMS + 1):
        of_row = [(f"{name}-{row}", label) for name, label in _OF_ITEM]
        if any(typed.get(name, "").strip() for name, _ in of_row[:-1]):
            paragraphs.append(list(_lines(typed, of_row)))
    if text := typed.get("text", "").strip():
        paragraphs.append([text[:_TEXT_CHARACTERS].replace("\r\n", "\n")])
    return "\n\n".join("\n".join(lines) for lines in paragraphs if lines)


def _lines(typed: Mapping[str, str], names: Sequence[tuple[str, str]]) -> Iterator[str]:
    for name, label in names:
        if value := _one_line(typed.get(name, "")):
            yield f"{label}: {value}"


def _one_line(value: str) -> str:
    return " ".join(value.split())[:_LINE_CHARACTERS]


def _says_something(typed: Mapping[str, str]) -> bool:
    fields = ["text", *(name for name, _ in _ABOUT), *(f"item-{row}" for row in range(1, ITEMS + 1))]
    return any(typed.get(name, "").strip() for name in fields)
