"""Serve: one process with the pages, the API, the SMTP listener and the worker, composed on what bootstrap built."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import click
import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.staticfiles import StaticFiles
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.middleware.sessions import SessionMiddleware
from starlette.routing import Route

from assistant import bootstrap
from assistant.channels.api import cases, edi, events, exports, health, intake, problems, reports, tools
from assistant.channels.api.caller import Callers
from assistant.channels.email import record
from assistant.channels.email.mailboxes import mailboxes_for
from assistant.channels.email.smtp import Listeners
from assistant.channels.mcp import PATH as MCP_PATH
from assistant.channels.mcp import over_http
from assistant.channels.outgoing import post_for
from assistant.channels.slack import web as slack_web
from assistant.channels.slack.app import SlackSide, slack_side
from assistant.demo import files as demo_files
from assistant.demo.people import PASSWORD, PEOPLE
from assistant.demo.slack import beside as demo_slack
from assistant.domain.identity import Link
from assistant.domain.message import Arrival
from assistant.domain.person import program
from assistant.domain.redaction import redact_logs
from assistant.settings import Settings
from assistant.steps.rates import Rates
from assistant.steps.sign_in import hashed
from assistant.workbench.account import Account
from assistant.workbench.pages import Workbench
from assistant.workbench.policies import PolicyPages
from assistant.workbench.portal import Portal
from assistant.workbench.session import secret_in
from assistant.workbench.signing_in import SigningIn
from assistant.workbench.staff import StaffPages

_STATIC = Path(__file__).parent / "workbench" / "static"
# Longer than the minute for which proxies keep a connection, so that none is closed while a request is on its way.
_KEPT_ALIVE_SECONDS = 75
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
}


def serve(settings: Settings, *, demo: bool) -> None:
    """Until Ctrl-C. With ``demo`` an empty data folder is filled with the sample distributor first.

    The demo talks to a stand-in for Slack on this machine, unless it was given a real one.
    """
    redact_logs()
    if not demo:
        _serve(settings, demo=False)
        return
    _load_demo(settings)
    settings = replace(settings, returns_policy=settings.returns_policy or demo_files.returns_policy())
    if settings.slack.used or not settings.slack_demo_port:
        _serve(settings, demo=True)
        return
    with demo_slack.beside(settings) as standin:
        _serve(demo_slack.through(settings, standin), demo=True, slack_page=standin.url)


def _serve(settings: Settings, *, demo: bool, slack_page: str = "") -> None:
    app = bootstrap.app(settings, post_for)
    if demo:
        _add_demo_people(app)
    if slack_page:
        _link_demo_people(app)
    domain = app.erp.company().domain
    listeners = Listeners(app.store, settings.listening, settings.smtp_port, settings.message_bytes, domain)
    mailboxes = mailboxes_for(app.store, settings)
    slack = slack_side(app) if settings.slack.used else None
    app.engine.start()
    listeners.start()
    mailboxes.start()
    if slack is not None:
        slack.start()
    if demo:
        _record_demo_mail(app)
    _say_where(settings, demo=demo, slack_page=slack_page)
    try:
        _answer(web(app, demo=demo, slack=slack), settings.port)
    finally:
        listeners.stop()
        mailboxes.stop()
        if slack is not None:
            slack.stop()
        app.engine.stop()
        app.close()
        click.echo("Stopped; everything is kept.")


def serve_slack(settings: Settings) -> None:
    """Slack alone, until Ctrl-C: over HTTP at its path, or by Socket Mode."""
    redact_logs()
    app = bootstrap.app(settings, post_for, alone=False)
    side = slack_side(app)
    site = FastAPI(title="Backhaul", docs_url=None, openapi_url=None, redoc_url=None)
    site.include_router(slack_web.router(side))
    site.include_router(health.router(app))
    side.start()
    try:
        _answer(site, settings.port)
    finally:
        side.stop()
        app.close()


def _answer(site: FastAPI, port: int) -> None:
    uvicorn.run(
        site,
        host="127.0.0.1",
        port=port,
        log_level="warning",
        access_log=False,
        timeout_keep_alive=_KEPT_ALIVE_SECONDS,
    )


def web(app: bootstrap.App, *, demo: bool, slack: SlackSide | None = None) -> FastAPI:
    """The pages at /, the API under /v1, MCP at /mcp, and /healthz."""
    mcp_server, mcp_site = over_http(app.review.gate, app.keys, app.settings.own_url)

    @asynccontextmanager
    async def living(_site: FastAPI) -> AsyncIterator[None]:
        async with mcp_server.session_manager.run():
            yield

    site = FastAPI(
        title="Backhaul",
        version=health.VERSION,
        docs_url="/v1/docs",
        openapi_url="/v1/openapi.json",
        redoc_url=None,
        lifespan=living,
    )
    site.add_middleware(
        SessionMiddleware,
        secret_key=secret_in(app.settings.data),
        same_site="lax",
        session_cookie="backhaul",
        max_age=app.settings.sign_in.longest_hours * 3600,
        https_only=app.settings.sign_in.public_url.startswith("https://"),
    )
    site.add_middleware(BaseHTTPMiddleware, dispatch=_with_headers)
    site.mount("/static", StaticFiles(directory=_STATIC), name="static")
    problems.install(site)
    callers = Callers(app.doorman, app.keys, Rates(app.settings.outside.calls_per_minute))
    for made in (intake, cases, reports, tools, events, edi, exports):
        site.include_router(made.router(app, callers))
    site.include_router(events.webhook_router(app, callers))
    site.include_router(health.router(app))
    if slack is not None:
        site.include_router(slack_web.router(slack))
    signing_in = SigningIn(app, PEOPLE, PASSWORD) if demo else SigningIn(app)
    for pages in (signing_in, Account(app), Portal(app), StaffPages(app), PolicyPages(app), Workbench(app)):
        site.include_router(pages.router())
    problems.describe(site, intake.RequestIn)
    site.router.routes.append(Route(MCP_PATH, endpoint=mcp_site))
    return site


async def _with_headers(request: Request, answer: RequestResponseEndpoint) -> Response:
    response = await answer(request)
    if not request.url.path.startswith("/v1/docs"):
        response.headers.update(_HEADERS)
    return response


def _load_demo(settings: Settings) -> None:
    sandbox = bootstrap.sandbox(settings)
    if sandbox.is_empty():
        sandbox.load(bootstrap.erp_file(demo_files.erp_file()))
    sandbox.close()


def _add_demo_people(app: bootstrap.App) -> None:
    with app.store.unit(program("demo")) as unit:
        known = {person.id for person in unit.people.list()}
        for person in PEOPLE:
            if person.id not in known:
                unit.people.add(person, hashed(PASSWORD))


def _link_demo_people(app: bootstrap.App) -> None:
    """In the stand-in the demo's people are themselves; elsewhere each carries a code over."""
    with app.store.unit(program("demo")) as unit:
        for person in unit.people.list():
            account = demo_slack.accounts().get(person.id)
            if account is not None and unit.links.person_of("slack", account) is None:
                now = app.clock.now()
                unit.links.add(Link(kind="slack", value=account, person_id=person.id, proof="the demo", proven_at=now))


def _record_demo_mail(app: bootstrap.App) -> None:
    """The sample mailbox, once: what is kept already stays as it is."""
    with app.store.unit(program("demo")) as unit:
        if unit.messages.counts():
            return
    with click.progressbar(demo_files.mailbox(), label="Recording the sample mailbox") as bar:
        for path in bar:
            record(app.store, Arrival(channel="file", raw=path.read_bytes()))


def _say_where(settings: Settings, *, demo: bool, slack_page: str = "") -> None:
    click.echo(f"\nBackhaul is at http://127.0.0.1:{settings.port}  (mail: 127.0.0.1:{settings.smtp_port})")
    if slack_page:
        click.echo(f"A stand-in for Slack is at {slack_page}: be Maya there, and tell Backhaul of a return.")
    if demo:
        for person in PEOPLE:
            roles = ", ".join(sorted(role.value.replace("_", " ") for role in person.roles))
            click.echo(f"  {person.id:36} {person.name} ({roles})")
        click.echo(f"  password of all of them: {PASSWORD}")
        click.echo("Try next: sign in as a returns approver, open the first case and approve it.")
    click.echo("Ctrl-C stops.")
