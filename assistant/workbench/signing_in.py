"""The pages of signing in and out: by password, or with the company's identity provider."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from assistant.bootstrap import App
from assistant.domain.errors import BackhaulError
from assistant.domain.person import Person
from assistant.workbench.framing import Form, Framed, form_of
from assistant.workbench.session import address, begin, leave, require_form_token


class SigningIn:
    """``demo_people`` are listed on the page, with ``demo_password``."""

    def __init__(self, app: App, demo_people: tuple[Person, ...] = (), demo_password: str = "") -> None:
        self._doorman = app.doorman
        self._page = Framed(app.erp.company())
        self._demo = {"people": demo_people, "password": demo_password}
        asked = app.settings.sign_in
        self._provider = None
        if asked.oidc.issuer:
            from assistant.workbench.oidc import OidcDoor  # loads Authlib, for those who use it

            self._provider = OidcDoor(asked.oidc, app.settings.own_url, app.store, app.clock)

    def router(self) -> APIRouter:
        router = APIRouter(include_in_schema=False)
        router.add_api_route("/sign-in", self.page, methods=["GET"])
        router.add_api_route("/sign-in", self.by_password, methods=["POST"])
        router.add_api_route("/sign-out", self.sign_out, methods=["POST"])
        if self._provider is not None:
            router.add_api_route("/sign-in/oidc", self.to_provider, methods=["GET"])
            router.add_api_route("/sign-in/oidc/back", self.from_provider, methods=["GET"])
        return router

    def page(self, request: Request) -> Response:
        return self._shown(request)

    def _shown(self, request: Request, status: int = 200, notice: str = "") -> Response:
        provider = self._provider.name if self._provider is not None else ""
        passwords = self._doorman.passwords
        return self._page(
            request,
            "sign_in.html",
            None,
            status,
            demo=self._demo,
            notice=notice,
            provider=provider,
            passwords=passwords,
        )

    def by_password(self, request: Request, form: Annotated[Form, Depends(form_of)]) -> Response:
        try:
            require_form_token(request, form.get("token", ""))
            person = self._doorman.sign_in(form.get("person", ""), form.get("password", ""), address(request))
        except BackhaulError as error:
            return self._shown(request, 403, str(error))
        if person is None:
            return self._shown(request, 403, "That address and password do not go together.")
        begin(self._doorman, request, person, "password")
        return RedirectResponse("/", status_code=303)

    def to_provider(self, request: Request) -> Response:
        assert self._provider is not None  # noqa: S101 - the route is there only with one
        try:
            return RedirectResponse(self._provider.begin(request), status_code=303)
        except BackhaulError as error:
            return self._shown(request, 503, str(error))

    def from_provider(self, request: Request) -> Response:
        assert self._provider is not None  # noqa: S101 - the route is there only with one
        try:
            person = self._provider.finish(request)
        except BackhaulError as error:
            return self._shown(request, 403, str(error))
        begin(self._doorman, request, person, "oidc")
        return RedirectResponse("/", status_code=303)

    def sign_out(self, request: Request, form: Annotated[Form, Depends(form_of)]) -> Response:
        require_form_token(request, form.get("token", ""))
        leave(self._doorman, request)
        return RedirectResponse("/sign-in", status_code=303)
