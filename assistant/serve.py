"""Serve: one process with the pages, the API, the SMTP listener and the worker, composed on what bootstrap built."""

from pathlib import Path

import click
import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.staticfiles import StaticFiles
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.middleware.sessions import SessionMiddleware

from assistant import bootstrap
from assistant.channels.api import cases, health, intake, problems
from assistant.channels.api.caller import Callers
from assistant.channels.email import Listener, record
from assistant.channels.outgoing import post_for
from assistant.demo import files as demo_files
from assistant.demo.people import PASSWORD, PEOPLE
from assistant.domain.message import Arrival
from assistant.domain.person import program
from assistant.settings import Settings
from assistant.steps.sign_in import hashed
from assistant.workbench.pages import Workbench
from assistant.workbench.session import secret_in

_STATIC = Path(__file__).parent / "workbench" / "static"
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
}


def serve(settings: Settings, *, demo: bool) -> None:
    """Until Ctrl-C. With ``demo`` an empty data folder is filled with the sample distributor first."""
    if demo:
        _load_demo(settings)
    app = bootstrap.app(settings, post_for)
    if demo:
        _add_demo_people(app)
    listener = Listener(app.store, settings.smtp_port, settings.message_bytes)
    app.engine.start()
    listener.start()
    if demo:
        _record_demo_mail(app)
    _say_where(settings, demo=demo)
    try:
        uvicorn.run(web(app, demo=demo), host="127.0.0.1", port=settings.port, log_level="warning", access_log=False)
    finally:
        listener.stop()
        app.engine.stop()
        app.close()
        click.echo("Stopped; everything is kept.")


def web(app: bootstrap.App, *, demo: bool) -> FastAPI:
    """The pages at /, the API under /v1, and /healthz."""
    site = FastAPI(
        title="Backhaul", version=health.VERSION, docs_url="/v1/docs", openapi_url="/v1/openapi.json", redoc_url=None
    )
    site.add_middleware(
        SessionMiddleware, secret_key=secret_in(app.settings.data), same_site="lax", session_cookie="backhaul"
    )
    site.add_middleware(BaseHTTPMiddleware, dispatch=_with_headers)
    site.mount("/static", StaticFiles(directory=_STATIC), name="static")
    problems.install(site)
    callers = Callers(app.doorman)
    for router in (health.router(app), intake.router(app, callers), cases.router(app, callers)):
        site.include_router(router)
    workbench = Workbench(app, PEOPLE, PASSWORD) if demo else Workbench(app)
    site.include_router(workbench.router())
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


def _record_demo_mail(app: bootstrap.App) -> None:
    """The sample mailbox, once: what is kept already stays as it is."""
    with app.store.unit(program("demo")) as unit:
        if unit.messages.counts():
            return
    with click.progressbar(demo_files.mailbox(), label="Recording the sample mailbox") as bar:
        for path in bar:
            record(app.store, Arrival(channel="file", raw=path.read_bytes()))


def _say_where(settings: Settings, *, demo: bool) -> None:
    click.echo(f"\nBackhaul is at http://127.0.0.1:{settings.port}  (mail: 127.0.0.1:{settings.smtp_port})")
    if demo:
        for person in PEOPLE:
            roles = ", ".join(sorted(role.value.replace("_", " ") for role in person.roles))
            click.echo(f"  {person.id:36} {person.name} ({roles})")
        click.echo(f"  password of all of them: {PASSWORD}")
        click.echo("Try next: sign in as a returns approver, open the first case and approve it.")
    click.echo("Ctrl-C stops.")
