"""The page where people look into the workspace and act: what it is given, and what it sends."""

import base64
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates

from assistant.demo.slack.gestures import Attached, Gestures, Impossible
from assistant.demo.slack.lines import Acknowledged
from assistant.demo.slack.records import JSON, Message, View
from assistant.demo.slack.refused import Refused
from assistant.demo.slack.seen import everything, with_mentions
from assistant.demo.slack.site import own_origin
from assistant.demo.slack.workspace import Workspace

_HERE = Path(__file__).parent
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_SHOWN = {"image/png", "image/jpeg", "image/gif", "image/webp"}
Deed = Callable[[JSON], Acknowledged | None]


class Pages:
    """One page; the people on it are whoever one says one is, since all of it is this machine's."""

    def __init__(self, place: Workspace, gestures: Gestures) -> None:
        self._place = place
        self._gestures = gestures
        self._templates = Jinja2Templates(directory=_HERE / "templates")
        self._deeds: Mapping[str, Deed] = {
            "click": self._click,
            "submit": self._submit,
            "dismiss": self._dismiss,
            "slash": self._slash,
            "shortcut": self._shortcut,
            "home": self._home,
            "conversation": self._conversation,
        }

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/", self._page),
            Route("/client/state", self._state),
            Route("/client/say", self._say, methods=["POST"]),
            Route("/client/file/{id}", self._file),
            Route("/client/{deed}", self._do, methods=["POST"]),
            Mount("/static", StaticFiles(directory=_HERE / "static")),
        ]

    async def _page(self, request: Request) -> Response:
        people = [p for p in self._place.people.values() if not p.bot]
        context = {"people": people, "app": self._place.app, "team": self._place.teams}
        return self._templates.TemplateResponse(request, "page.html", context, headers=_HEADERS)

    async def _state(self, request: Request) -> Response:
        asked = request.query_params
        with self._place.lock:
            if asked.get("after") == str(self._place.changes):
                return Response(status_code=204)
            if asked.get("as", "") not in self._place.people:
                return _wrong("There is nobody of that name.", 404)
            seen = everything(self._place, asked["as"], asked.get("channel", ""))
        return JSONResponse(seen, headers=_HEADERS)

    async def _say(self, request: Request) -> Response:
        if not own_origin(request):
            return _wrong("Only this page may do that.", 403)
        async with request.form() as form:
            files = [
                Attached(each.filename or "file", await each.read(), each.content_type or "")
                for each in form.getlist("files")
                if isinstance(each, UploadFile) and each.filename
            ]
            told = {name: str(form.get(name) or "") for name in ("as", "channel", "text", "thread_ts")}

        def say(_told: JSON) -> None:
            text = with_mentions(self._place, told["text"])
            self._gestures.say(told["as"], told["channel"], text, thread_ts=told["thread_ts"], files=files)

        return await run_in_threadpool(self._done, say, told)

    async def _do(self, request: Request) -> Response:
        if not own_origin(request):
            return _wrong("Only this page may do that.", 403)
        deed = self._deeds.get(request.path_params["deed"])
        if deed is None:
            return _wrong("There is no such thing to do.", 404)
        try:
            told = json.loads(await request.body())
        except ValueError:
            return _wrong("That could not be read.", 400)
        return await run_in_threadpool(self._done, deed, told)

    def _done(self, deed: Deed, told: JSON) -> Response:
        try:
            answer = deed(told)
        except Impossible as reason:
            return _wrong(str(reason), 409)
        except (Refused, KeyError, ValueError) as error:
            return _wrong(f"That is not there any more ({error}).", 409)
        if answer is not None and not answer.ok:
            return _wrong(_TROUBLE.get(answer.reason, _TROUBLE["http_error"]).format(app=self._place.app.name), 502)
        return JSONResponse({})

    async def _file(self, request: Request) -> Response:
        user = request.query_params.get("as", "")
        with self._place.lock:
            upload = self._place.files.get(request.path_params["id"])
            seen = upload and any(user in self._place.channels[c].members for c in upload.channels)
            if upload is None or not seen:
                return PlainTextResponse("not found", 404)
            shown = upload.mimetype in _SHOWN
            how = "inline" if shown else "attachment"
            kind = upload.mimetype if shown else "application/octet-stream"
            name = upload.name.encode("ascii", "ignore").decode().replace('"', "")
            headers = {**_HEADERS, "Content-Disposition": f'{how}; filename="{name}"'}
            return Response(upload.content, media_type=kind, headers=headers)

    # what the page sends

    def _on(self, told: JSON) -> Message | View:
        with self._place.lock:
            if told.get("view_id"):
                return self._place.view(told["view_id"])
            return self._place.shown(told["channel"], told["ts"])

    def _click(self, told: JSON) -> Acknowledged:
        value: Any = told.get("value")
        block_id = told.get("block_id", "")
        return self._gestures.click(told["as"], self._on(told), told["action_id"], value, block_id=block_id)

    def _submit(self, told: JSON) -> Acknowledged:
        view = self._on(told)
        assert isinstance(view, View)  # noqa: S101 - it is named by a view's id
        return self._gestures.submit(told["as"], view, {name: _held(value) for name, value in told["values"].items()})

    def _dismiss(self, told: JSON) -> Acknowledged | None:
        view = self._on(told)
        assert isinstance(view, View)  # noqa: S101 - it is named by a view's id
        return self._gestures.dismiss(told["as"], view)

    def _slash(self, told: JSON) -> Acknowledged:
        command, _, text = told["text"].partition(" ")
        return self._gestures.slash(told["as"], command, text.strip(), told["channel"])

    def _shortcut(self, told: JSON) -> Acknowledged:
        message = self._on(told) if told.get("ts") else None
        assert not isinstance(message, View)  # noqa: S101 - it is named by a message's ts
        return self._gestures.shortcut(told["as"], told["callback_id"], message)

    def _home(self, told: JSON) -> None:
        self._gestures.open_home(told["as"])

    def _conversation(self, told: JSON) -> None:
        self._gestures.open_assistant_thread(told["as"], told.get("channel", ""))


_TROUBLE = {
    "http_timeout": "{app} did not answer within three seconds. Nothing was changed here; try again.",
    "connection_failed": "{app} can't be reached. Nothing was changed here; try again when it runs.",
    "http_error": "{app} answered with an error. Nothing was changed here; its log says why.",
}


def _held(value: Any) -> Any:
    """Files come as objects with their bytes in base64."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [Attached(str(f["name"]), base64.b64decode(f["base64"]), str(f["type"])) for f in value]
    return value


def _wrong(why: str, status: int) -> Response:
    return JSONResponse({"error": why}, status)
