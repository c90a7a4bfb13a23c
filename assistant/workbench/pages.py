"""The workbench's pages: sign-in, queue, case, messages, exceptions, inquiries. Plain forms, no script."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from fastapi.templating import Jinja2Templates

from assistant.bootstrap import App
from assistant.domain.case import Case
from assistant.domain.draft import Reason, Resolution
from assistant.domain.errors import BackhaulError
from assistant.domain.lifecycle import CaseState, MessageEvent, MessageState
from assistant.domain.person import Person, acting
from assistant.domain.ports import Unit
from assistant.workbench import views
from assistant.workbench.edit import edited
from assistant.workbench.session import ACTOR, form_token, require_form_token, who
from extractors.message import Message as Mail
from extractors.wire import from_json

_HERE = Path(__file__).parent
Form = Mapping[str, str]


async def _form(request: Request) -> Form:
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


def _read(unit: Unit, message_id: str) -> Mail | None:
    """What was read of a message when it was worked; no page reads a stranger's file itself."""
    kept = unit.messages.reading(message_id)
    return None if kept is None else from_json(kept)


class Workbench:
    """The pages over one App. ``demo_people`` are listed on the sign-in page, with ``demo_password``."""

    def __init__(self, app: App, demo_people: tuple[Person, ...] = (), demo_password: str = "") -> None:
        self._app = app
        self._demo = {"people": demo_people, "password": demo_password}
        self._templates = Jinja2Templates(directory=_HERE / "templates")
        self._templates.env.globals.update(moment=views.moment, company=app.erp.company())

    def router(self) -> APIRouter:
        router = APIRouter(include_in_schema=False)
        get: tuple[tuple[str, Callable[..., Response]], ...] = (
            ("/", self.queue),
            ("/sign-in", self.sign_in_page),
            ("/cases/{case_id}", self.case),
            ("/messages", self.messages),
            ("/messages/{message_id}", self.message),
            ("/exceptions", self.exceptions),
            ("/inquiries", self.inquiries),
        )
        post: tuple[tuple[str, Callable[..., Response]], ...] = (
            ("/sign-in", self.sign_in),
            ("/sign-out", self.sign_out),
            ("/cases/{case_id}/{action}", self.act),
            ("/messages/{message_id}/run-again", self.run_again),
            ("/inquiries/{inquiry_id}/close", self.close_inquiry),
            ("/exceptions/{trouble_id}/{action}", self.mend),
        )
        for path, page in get:
            router.add_api_route(path, page, methods=["GET"])
        for path, page in post:
            router.add_api_route(path, page, methods=["POST"])
        return router

    # -- signing in

    def sign_in_page(self, request: Request) -> Response:
        return self._page(request, "sign_in.html", None, demo=self._demo)

    def sign_in(self, request: Request, form: Annotated[Form, Depends(_form)]) -> Response:
        try:
            require_form_token(request, form.get("token", ""))
            person = self._app.doorman.sign_in(form.get("person", ""), form.get("password", ""))
            notice = "" if person is not None else "That address and password do not go together."
        except BackhaulError as error:
            person, notice = None, str(error)
        if person is None:
            return self._page(request, "sign_in.html", None, status=403, demo=self._demo, notice=notice)
        request.session.clear()
        request.session["person"] = person.id
        return RedirectResponse("/", status_code=303)

    def sign_out(self, request: Request, form: Annotated[Form, Depends(_form)]) -> Response:
        require_form_token(request, form.get("token", ""))
        request.session.clear()
        return RedirectResponse("/sign-in", status_code=303)

    # -- cases

    def queue(self, request: Request, state: str = "in_review") -> Response:
        def show(person: Person) -> Response:
            wanted = [CaseState(state)] if state in set(CaseState) else []
            with self._app.store.unit(ACTOR) as unit:
                cases, counts = unit.cases.list(wanted), unit.cases.counts()
            customers = {case.id: self._customer(case) for case in cases}
            tabs = [(s.value, counts.get(s.value, 0)) for s in CaseState if counts.get(s.value) or s.value == state]
            return self._page(request, "queue.html", person, cases=cases, tabs=tabs, state=state, customers=customers)

        return self._for_person(request, show)

    def case(self, request: Request, case_id: str) -> Response:
        return self._case(request, case_id)

    def _case(self, request: Request, case_id: str, notice: str = "", typed: Form | None = None) -> Response:
        def show(person: Person) -> Response:
            with self._app.store.unit(ACTOR) as unit:
                case = unit.cases.get(case_id)
                kept: dict[str, Any] = {
                    "case": case,
                    "revisions": unit.cases.revisions(case_id),
                    "decisions": unit.cases.decisions(case_id),
                    "postings": unit.postings.of_case(case_id),
                    "letters": unit.outbox.of_case(case_id),
                    "story": unit.audit.rows(case_id),
                }
                mail = _read(unit, case.message_id)
            calls, digests, lacking = self._planned(case)
            return self._page(
                request,
                "case.html",
                person,
                status=409 if notice else 200,
                notice=notice,
                typed=typed or {},
                calls=calls,
                digests=digests,
                lacking=lacking,
                customer=self._customer(case),
                lines=[views.values(line) for line in case.draft.lines],
                pages=views.pages(mail.documents if mail is not None else (), case.draft),
                words=views.words,
                reasons=list(Reason),
                resolutions=list(Resolution),
                **kept,
            )

        return self._for_person(request, show)

    def act(self, request: Request, case_id: str, action: str, form: Annotated[Form, Depends(_form)]) -> Response:
        """Approve, reject, revise, submit or cancel; a refusal shows the case again with what was typed."""

        def do(person: Person) -> Response:
            try:
                require_form_token(request, form.get("token", ""))
                self._act(person, case_id, action, form)
            except BackhaulError as error:
                return self._case(request, case_id, notice=str(error), typed=form)
            return RedirectResponse(f"/cases/{case_id}", status_code=303)

        return self._for_person(request, do)

    def _act(self, person: Person, case_id: str, action: str, form: Form) -> None:
        review = self._app.review
        revision = int(form.get("revision", "0") or "0") if form.get("revision", "").isdigit() else 0
        if action == "approve":
            review.approve(person, case_id, revision, form.get("digests", "").split())
        elif action == "reject":
            review.reject(person, case_id, revision, form.get("reason", ""))
        elif action == "submit":
            review.submit(person, case_id, revision)
        elif action == "cancel":
            review.cancel(person, case_id, revision, form.get("reason", ""))
        elif action == "revise":
            with self._app.store.unit(ACTOR) as unit:
                draft = unit.cases.get(case_id).draft
            review.revise(person, case_id, revision, edited(draft, form), form.get("why", ""))
        else:
            raise BackhaulError(f"There is no step {action}. Nothing was changed.")

    def _planned(self, case: Case) -> tuple[Any, tuple[str, ...], str]:
        if case.state is not CaseState.IN_REVIEW:
            return (), (), ""
        try:
            calls = self._app.review.planned(case)
            return calls, self._app.review.digests(case, calls), ""
        except BackhaulError as error:
            return (), (), str(error)

    def _customer(self, case: Case) -> str:
        if case.kind == "adjustment":
            return "Own warehouse"
        customer = self._app.erp.customer(case.party.customer_id) if case.party.customer_id else None
        return customer.name if customer is not None else "Unknown customer"

    # -- lists

    def messages(self, request: Request, state: str = "") -> Response:
        def show(person: Person) -> Response:
            wanted = [MessageState(state)] if state in set(MessageState) else []
            with self._app.store.unit(ACTOR) as unit:
                messages, counts = unit.messages.list(wanted, limit=200), unit.messages.counts()
            return self._page(request, "messages.html", person, messages=messages, counts=counts, state=state)

        return self._for_person(request, show)

    def message(self, request: Request, message_id: str) -> Response:
        def show(person: Person) -> Response:
            with self._app.store.unit(ACTOR) as unit:
                message, mail = unit.messages.get(message_id), _read(unit, message_id)
                story = unit.audit.rows(message_id)
            return self._page(request, "message.html", person, message=message, mail=mail, story=story)

        return self._for_person(request, show)

    def run_again(self, request: Request, message_id: str, form: Annotated[Form, Depends(_form)]) -> Response:
        def do(person: Person) -> Response:
            require_form_token(request, form.get("token", ""))
            with self._app.store.unit(acting(person)) as unit:
                unit.messages.move(message_id, MessageEvent.RUN_AGAIN, "run again")
                unit.worklist.resolve_trouble(f"message:{message_id}")
            return RedirectResponse("/messages", status_code=303)

        return self._for_person(request, do)

    def exceptions(self, request: Request) -> Response:
        def show(person: Person) -> Response:
            with self._app.store.unit(ACTOR) as unit:
                troubles = unit.worklist.troubles()
            return self._page(request, "exceptions.html", person, troubles=troubles)

        return self._for_person(request, show)

    def mend(
        self, request: Request, trouble_id: int, action: Literal["again", "done"], form: Annotated[Form, Depends(_form)]
    ) -> Response:
        def do(person: Person) -> Response:
            require_form_token(request, form.get("token", ""))
            mender = self._app.mender
            (mender.again if action == "again" else mender.done)(person, trouble_id)
            return RedirectResponse("/exceptions", status_code=303)

        return self._for_person(request, do)

    def inquiries(self, request: Request) -> Response:
        def show(person: Person) -> Response:
            with self._app.store.unit(ACTOR) as unit:
                asked = [(inquiry, unit.messages.get(inquiry.message_id)) for inquiry in unit.worklist.inquiries()]
            return self._page(request, "inquiries.html", person, asked=asked)

        return self._for_person(request, show)

    def close_inquiry(self, request: Request, inquiry_id: int, form: Annotated[Form, Depends(_form)]) -> Response:
        def do(person: Person) -> Response:
            require_form_token(request, form.get("token", ""))
            with self._app.store.unit(acting(person)) as unit:
                unit.worklist.close_inquiry(inquiry_id)
            return RedirectResponse("/inquiries", status_code=303)

        return self._for_person(request, do)

    # -- framing

    def _for_person(self, request: Request, show: Callable[[Person], Response]) -> Response:
        person = who(self._app.store, request)
        if person is None:
            return RedirectResponse("/sign-in", status_code=303)
        try:
            return show(person)
        except BackhaulError as error:
            return self._page(request, "notice.html", person, status=409, notice=str(error))

    def _page(self, request: Request, name: str, person: Person | None, status: int = 200, **values: Any) -> Response:
        context = {"person": person, "token": form_token(request), **values}
        return self._templates.TemplateResponse(request, name, context, status_code=status)
