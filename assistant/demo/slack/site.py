"""The stand-in over HTTP: Web API, uploads, downloads, response_urls and the page for people."""

import json
from collections.abc import Iterable
from functools import partial
from typing import Any
from urllib.parse import quote, urlsplit

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from assistant.demo.slack import answers
from assistant.demo.slack.calls import Counter
from assistant.demo.slack.refused import Refused
from assistant.demo.slack.web import uploads
from assistant.demo.slack.workspace import Workspace

_LOOPBACK = ["127.0.0.1", "localhost"]


def site(place: Workspace, counter: Counter, pages: Iterable[BaseRoute] = ()) -> Starlette:
    """Answers only to names of this machine, so no page elsewhere can reach it by a name of its own."""
    routes: list[BaseRoute] = [
        Route("/api/{method}", partial(_api, counter), methods=["GET", "POST"]),
        Route("/upload/v1/{key}", partial(_upload, place), methods=["POST"]),
        Route("/files-pri/{where}/{name:path}", partial(_download, place)),
        Route("/signin", _sign_in),
        *(Route(f"/{kind}/{{key:path}}", partial(_reply, place, kind), methods=["POST"]) for kind in _REPLIES),
        *pages,
    ]
    return Starlette(routes=routes, middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=_LOOPBACK)])


_REPLIES = ("actions", "commands", "app")


async def _api(counter: Counter, request: Request) -> Response:
    body = await request.body()
    content_type = request.headers.get("content-type", "")
    if content_type.startswith("multipart/form-data"):
        async with request.form() as form:
            body = json.dumps({name: value for name, value in form.items() if isinstance(value, str)}).encode()
        content_type = "application/json"
    headers = {**{name.lower(): value for name, value in request.headers.items()}, "content-type": content_type}
    method = request.path_params["method"]
    answered = await run_in_threadpool(counter.call, request.method, method, request.url.query, body, headers)
    return JSONResponse(answered.body, answered.status, dict(answered.headers))


async def _upload(place: Workspace, request: Request) -> Response:
    content = await _bytes_of(request)
    with place.lock:
        known = uploads.receive(place, request.path_params["key"], content)
    if not known:
        return PlainTextResponse("no such upload", 404)
    return PlainTextResponse(f"OK - {len(content)}")


async def _bytes_of(request: Request) -> bytes:
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        async with request.form() as form:
            for value in form.values():
                if not isinstance(value, str):
                    return await value.read()
    return await request.body()


async def _download(place: Workspace, request: Request) -> Response:
    """A file for the app's token. Without it Slack leads to its sign-in page, which is a page and no error."""
    token = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
    with place.lock:
        if token != place.app.bot_token or "files:read" not in place.app.scopes or not place.installed:
            return RedirectResponse(f"/signin?redir={request.url.path}", 302)
        try:
            upload = uploads.seen(place, request.path_params["where"].partition("-")[2])
        except Refused:
            return PlainTextResponse("not found", 404)
        named = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(upload.name, safe='')}"}
        return Response(upload.content, media_type=upload.mimetype, headers=named)


async def _sign_in(_request: Request) -> Response:
    page = "<!DOCTYPE html><html><head><title>Sign in</title></head><body>Sign in to the workspace.</body></html>"
    return Response(page, media_type="text/html; charset=utf-8")


async def _reply(place: Workspace, kind: str, request: Request) -> Response:
    body = await request.body()
    try:
        said: Any = json.loads(body)
    except ValueError:
        return PlainTextResponse("invalid_payload", 400)

    def answer() -> tuple[int, str]:
        with place.lock:
            return answers.replied(place, f"{kind}/{request.path_params['key']}", said)

    status, text = await run_in_threadpool(answer)
    return PlainTextResponse(text, status)


def own_origin(request: Request) -> bool:
    """Whether a request comes of our own page, or of no page at all."""
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")
