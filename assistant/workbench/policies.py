"""The pages of the policy: its versions, what each changes; one person proposes one, another lets it in."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import UploadFile

from assistant.bootstrap import App
from assistant.domain.errors import BackhaulError, ReviewerMustAct
from assistant.domain.person import Person
from assistant.domain.policy import PolicyVersion
from assistant.judging.book import book_of
from assistant.judging.shelf import as_version
from assistant.steps.policy_change import APPROVERS, PROPOSERS, Rulemaking
from assistant.workbench.framing import Form, Framed, form_of
from assistant.workbench.session import ACTOR, require_form_token, who

_MOST_FILES, _MOST_BYTES = 40, 1_000_000


async def files_of(request: Request) -> Mapping[str, str]:
    """The uploaded files' text by name; empty where there is none, or it is no text."""
    found: dict[str, str] = {}
    uploads = await request.form()
    for upload in uploads.getlist("files")[:_MOST_FILES]:
        if isinstance(upload, UploadFile) and upload.filename:
            raw = await upload.read(_MOST_BYTES)
            found[upload.filename.replace("\\", "/").rsplit("/", 1)[-1]] = raw.decode("utf-8", "replace")
    await uploads.close()
    return found


class PolicyPages:
    def __init__(self, app: App) -> None:
        self._app = app
        self._page = Framed(app.erp.company())
        self._rulemaking = Rulemaking(app.store, app.clock)

    def router(self) -> APIRouter:
        router = APIRouter(include_in_schema=False)
        router.add_api_route("/policies", self.list, methods=["GET"])
        router.add_api_route("/policies/propose", self.propose, methods=["POST"])
        router.add_api_route("/policies/{version}", self.one, methods=["GET"])
        router.add_api_route("/policies/{version}/{action}", self.decide, methods=["POST"])
        return router

    def list(self, request: Request) -> Response:
        person = who(self._app.doorman, request)
        return self._list(request, person) if person is not None else _to_sign_in()

    def one(self, request: Request, version: str) -> Response:
        person = who(self._app.doorman, request)
        return self._one(request, person, version) if person is not None else _to_sign_in()

    def propose(
        self,
        request: Request,
        form: Annotated[Form, Depends(form_of)],
        files: Annotated[Mapping[str, str], Depends(files_of)],
    ) -> Response:
        person = who(self._app.doorman, request)
        if person is None:
            return _to_sign_in()
        try:
            require_form_token(request, form.get("token", ""))
            if not files:
                raise ReviewerMustAct("Choose the policy's files: all of its tables, policy.json and calendar.json.")
            made = self._rulemaking.propose(person, as_version(book_of(files), "proposed", person.id))
        except BackhaulError as error:
            return self._list(request, person, str(error))
        return RedirectResponse(f"/policies/{made.version}", status_code=303)

    def decide(self, request: Request, version: str, action: str, form: Annotated[Form, Depends(form_of)]) -> Response:
        person = who(self._app.doorman, request)
        if person is None:
            return _to_sign_in()
        try:
            require_form_token(request, form.get("token", ""))
            if action == "approve":
                self._rulemaking.approve(person, version, form.get("digest", ""))
            elif action == "reject":
                self._rulemaking.reject(person, version, form.get("reason", ""))
            else:
                raise BackhaulError(f"There is no step {action}. Nothing was changed.")
        except BackhaulError as error:
            return self._one(request, person, version, str(error))
        return RedirectResponse("/policies", status_code=303)

    def _list(self, request: Request, person: Person, notice: str = "") -> Response:
        with self._app.store.unit(ACTOR) as unit:
            versions, now = unit.policies.list(), unit.policies.in_force(self._app.clock.today())
        return self._page(
            request, "policies.html", person, 409 if notice else 200, notice=notice, versions=versions,
            now=now, may=bool(person.roles & PROPOSERS),
        )  # fmt: skip

    def _one(self, request: Request, person: Person, version: str, notice: str = "") -> Response:
        try:
            with self._app.store.unit(ACTOR) as unit:
                shown = unit.policies.get(version)
                now = unit.policies.in_force(self._app.clock.today())
        except BackhaulError as error:
            return self._page(request, "notice.html", person, 404, notice=str(error))
        may = bool(person.roles & APPROVERS) and person.id != shown.proposed_by and shown.state == "proposed"
        return self._page(
            request, "policy.html", person, 409 if notice else 200, notice=notice, version=shown, now=now, may=may,
            changed=_changed(now, shown),
        )  # fmt: skip


def _changed(before: PolicyVersion | None, after: PolicyVersion) -> Mapping[str, tuple[tuple[str, str], ...]]:
    """By file, the lines that go (-) and come (+), against the version in force; a row of a table is a line."""
    from difflib import ndiff

    was = before.files if before is not None else {}
    changed = {}
    for name in sorted({*was, *after.files}):
        lines = ndiff(was.get(name, "").splitlines(), after.files.get(name, "").splitlines())
        if found := tuple((line[0], line[2:].strip()) for line in lines if line[0] in "+-"):
            changed[name] = found
    return changed


def _to_sign_in() -> Response:
    return RedirectResponse("/sign-in", status_code=303)
