"""A person's own page: their roles, sessions to end, accounts that are theirs, and a code to link one by."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from assistant.bootstrap import App
from assistant.domain.errors import BackhaulError
from assistant.domain.person import Person, acting
from assistant.steps.link import Linker
from assistant.workbench.framing import Form, Framed, form_of
from assistant.workbench.session import ACTOR, leave, require_form_token, who


class Account:
    def __init__(self, app: App) -> None:
        self._app = app
        self._page = Framed(app.erp.company())
        self._linker = Linker(app.store, app.clock)

    def router(self) -> APIRouter:
        router = APIRouter(include_in_schema=False)
        router.add_api_route("/account", self.page, methods=["GET"])
        router.add_api_route("/account/slack-code", self.slack_code, methods=["POST"])
        router.add_api_route("/account/end-sessions", self.end_sessions, methods=["POST"])
        return router

    def page(self, request: Request) -> Response:
        person = who(self._app.doorman, request)
        return self._shown(request, person) if person is not None else _to_sign_in()

    def slack_code(self, request: Request, form: Annotated[Form, Depends(form_of)]) -> Response:
        """Shown once, to who is signed in: whoever sends it to us from Slack is them."""
        person = who(self._app.doorman, request)
        if person is None:
            return _to_sign_in()
        try:
            require_form_token(request, form.get("token", ""))
            return self._shown(request, person, code=self._linker.offer(person, "slack"))
        except BackhaulError as error:
            return self._shown(request, person, notice=str(error))

    def end_sessions(self, request: Request, form: Annotated[Form, Depends(form_of)]) -> Response:
        """All of them, this one too: who suspects one trusts none."""
        person = who(self._app.doorman, request)
        if person is None:
            return _to_sign_in()
        try:
            require_form_token(request, form.get("token", ""))
        except BackhaulError as error:
            return self._shown(request, person, notice=str(error))
        with self._app.store.unit(acting(person)) as unit:
            unit.sessions.end_all(person.id, "ended by the person")
        leave(self._app.doorman, request)
        return _to_sign_in()

    def _shown(self, request: Request, person: Person, notice: str = "", code: str = "") -> Response:
        with self._app.store.unit(ACTOR) as unit:
            sessions, links = unit.sessions.of(person.id), unit.links.of(person.id)
        status = 409 if notice else 200
        return self._page(
            request, "account.html", person, status, notice=notice, code=code, sessions=sessions, links=links
        )


def _to_sign_in() -> Response:
    return RedirectResponse("/sign-in", status_code=303)
