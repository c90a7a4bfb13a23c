"""The pages about people: who signs in with which duties, for administrators; and when one is away, for everybody."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from assistant.bootstrap import App
from assistant.domain.absence import Absence
from assistant.domain.errors import BackhaulError, NotAllowedToYou, ReviewerMustAct
from assistant.domain.person import EXCLUDING_DUTIES, Person, Role
from assistant.steps.away import DECIDERS, Desks
from assistant.steps.staff import Staffing, require_address
from assistant.workbench.framing import Form, Framed, form_of
from assistant.workbench.session import ACTOR, require_form_token, who

_LOOKERS = frozenset({Role.ADMIN, Role.AUDITOR})
_MINOR = 100


class StaffPages:
    def __init__(self, app: App) -> None:
        self._app = app
        self._page = Framed(app.erp.company())
        self._staffing = Staffing(app.store)
        self._desks = Desks(app.store, app.clock)

    def router(self) -> APIRouter:
        router = APIRouter(include_in_schema=False)
        router.add_api_route("/people", self.people, methods=["GET"])
        router.add_api_route("/people/{action}", self.change, methods=["POST"])
        router.add_api_route("/absences", self.absences, methods=["GET"])
        router.add_api_route("/absences/{action}", self.away, methods=["POST"])
        return router

    # -- who signs in

    def people(self, request: Request) -> Response:
        person = who(self._app.doorman, request)
        return self._people(request, person) if person is not None else _to_sign_in()

    def change(self, request: Request, action: str, form: Annotated[Form, Depends(form_of)]) -> Response:
        person = who(self._app.doorman, request)
        if person is None:
            return _to_sign_in()
        try:
            require_form_token(request, form.get("token", ""))
            roles = frozenset(role for role in Role if form.get(f"role-{role.value}"))
            if action == "add":
                self._staffing.add(
                    person, form.get("address", ""), form.get("name", ""), roles, form.get("password", "")
                )
            elif action == "roles":
                self._staffing.give_roles(person, form.get("person", ""), roles)
            elif action == "end":
                self._staffing.end(person, form.get("person", ""), form.get("why", ""))
            else:
                raise BackhaulError(f"There is no step {action}. Nothing was changed.")
        except BackhaulError as error:
            return self._people(request, person, str(error), form)
        return RedirectResponse("/people", status_code=303)

    def _people(self, request: Request, person: Person, notice: str = "", typed: Form | None = None) -> Response:
        if not person.roles & _LOOKERS:
            refusal = NotAllowedToYou("People and their roles are shown to administrators and auditors.")
            return self._page(request, "notice.html", person, 403, notice=str(refusal))
        with self._app.store.unit(ACTOR) as unit:
            people = unit.people.list(with_ended=True)
        return self._page(
            request, "people.html", person, 409 if notice else 200, notice=notice, typed=typed or {}, people=people,
            roles=list(Role), excluding=EXCLUDING_DUTIES, may=Role.ADMIN in person.roles,
        )  # fmt: skip

    # -- who is away

    def absences(self, request: Request) -> Response:
        person = who(self._app.doorman, request)
        return self._absences(request, person) if person is not None else _to_sign_in()

    def away(self, request: Request, action: str, form: Annotated[Form, Depends(form_of)]) -> Response:
        person = who(self._app.doorman, request)
        if person is None:
            return _to_sign_in()
        try:
            require_form_token(request, form.get("token", ""))
            if action == "add":
                self._desks.away(person, _absence(form, person))
            elif action == "back":
                self._desks.back(person, int(form["absence"]) if form.get("absence", "").isdecimal() else 0)
            else:
                raise BackhaulError(f"There is no step {action}. Nothing was changed.")
        except BackhaulError as error:
            return self._absences(request, person, str(error), form)
        return RedirectResponse("/absences", status_code=303)

    def _absences(self, request: Request, person: Person, notice: str = "", typed: Form | None = None) -> Response:
        with self._app.store.unit(ACTOR) as unit:
            planned = unit.absences.ahead(self._app.clock.today())
            people = unit.people.list()
        stand_ins = [each for each in people if each.id != person.id and each.roles & DECIDERS]
        return self._page(
            request, "absences.html", person, 409 if notice else 200, notice=notice, typed=typed or {},
            planned=planned, stand_ins=stand_ins, names={each.id: each.name for each in people},
            admin=Role.ADMIN in person.roles, people=people, today=self._app.clock.today(),
        )  # fmt: skip


def _absence(form: Form, person: Person) -> Absence:
    try:
        first, last = (date.fromisoformat(form.get(name, "")) for name in ("first", "last"))
        limit = form.get("limit", "").replace(",", "").strip()
        limit_minor = int(limit) * _MINOR if limit else None
    except ValueError:
        raise ReviewerMustAct(
            "Days are written like 2026-12-24, a limit in whole units. Nothing was changed."
        ) from None
    absent = form.get("person", "").strip()
    stand_in = form.get("stand_in", "").strip()
    return Absence(
        id=0,
        person=require_address(absent) if absent else person.id,
        first=first,
        last=last,
        stand_in=require_address(stand_in) if stand_in else "",
        limit_minor=limit_minor,
        note=form.get("note", "").strip(),
        made_by=person.id,
    )


def _to_sign_in() -> Response:
    return RedirectResponse("/sign-in", status_code=303)
