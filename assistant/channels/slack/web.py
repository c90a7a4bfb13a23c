"""Slack over HTTP: Bolt's synchronous dispatch in threads of its own: neither pages nor it wait for the other."""

from collections.abc import Awaitable, Callable

import anyio.to_thread
from anyio import CapacityLimiter
from fastapi import APIRouter, Request, Response
from slack_bolt import BoltRequest, BoltResponse

from assistant.channels.slack.app import EVENTS_PATH, INSTALL_PATH, REDIRECT_PATH, SlackSide

_AT_ONCE = 16
_MOST_BYTES = 2_000_000  # Slack's payloads are far smaller


def router(side: SlackSide) -> APIRouter:
    routes = APIRouter(include_in_schema=False)
    limiter: list[CapacityLimiter] = []

    async def in_thread(work: Callable[[], BoltResponse]) -> Response:
        if not limiter:
            limiter.append(CapacityLimiter(_AT_ONCE))
        return _answer(await anyio.to_thread.run_sync(work, limiter=limiter[0]))

    async def events(request: Request) -> Response:
        taken = bytearray()
        async for piece in request.stream():
            taken += piece
            if len(taken) > _MOST_BYTES:
                return Response(status_code=413)
        asked = _request(request, taken.decode("utf-8", "replace"))
        return await in_thread(lambda: side.bolt.dispatch(asked))

    if side.app.settings.slack.signing_secret:
        routes.add_api_route(EVENTS_PATH, events, methods=["POST"])
    flow = side.bolt.oauth_flow
    if flow is not None:

        def installing(handle: Callable[[BoltRequest], BoltResponse]) -> Callable[[Request], Awaitable[Response]]:
            async def endpoint(request: Request) -> Response:
                asked = _request(request, "")
                return await in_thread(lambda: handle(asked))

            return endpoint

        routes.add_api_route(INSTALL_PATH, installing(flow.handle_installation), methods=["GET"])
        routes.add_api_route(REDIRECT_PATH, installing(flow.handle_callback), methods=["GET"])
    return routes


def _request(request: Request, body: str) -> BoltRequest:
    return BoltRequest(body=body, query=dict(request.query_params), headers=dict(request.headers))


def _answer(told: BoltResponse) -> Response:
    answer = Response(content=told.body, status_code=told.status)
    for name, values in told.headers.items():
        for value in values:
            if name.lower() not in ("content-length",):
                answer.headers.append(name, value)
    return answer
