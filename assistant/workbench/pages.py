"""The workbench's pages: queue, case, messages, exceptions, inquiries. Plain forms, no script."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from assistant.bootstrap import App
from assistant.domain.case import Case
from assistant.domain.draft import Reason, Resolution
from assistant.domain.errors import BackhaulError
from assistant.domain.lifecycle import CaseState, MessageEvent, MessageState
from assistant.domain.person import Person, acting, require_works_here
from assistant.domain.ports import Unit
from assistant.domain.touchless import doubts_of, is_touchless
from assistant.steps.asking import doubts, to_ask
from assistant.steps.edit import edited
from assistant.steps.papers import papers_of, read_of
from assistant.steps.standing import Staff
from assistant.steps.story import story
from assistant.workbench import views
from assistant.workbench.approvals import Before
from assistant.workbench.framing import Form, Framed, form_of
from assistant.workbench.session import ACTOR, require_form_token, who


class Workbench:
    """The pages over one App, for whoever is signed in."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._page = Framed(app.erp.company())

    def router(self) -> APIRouter:
        router = APIRouter(include_in_schema=False)
        get: tuple[tuple[str, Callable[..., Response]], ...] = (
            ("/", self.queue),
            ("/cases/{case_id}", self.case),
            ("/cases/{case_id}/story", self.story),
            ("/messages", self.messages),
            ("/messages/{message_id}", self.message),
            ("/exceptions", self.exceptions),
            ("/inquiries", self.inquiries),
        )
        post: tuple[tuple[str, Callable[..., Response]], ...] = (
            ("/cases/{case_id}/{action}", self.act),
            ("/messages/{message_id}/run-again", self.run_again),
            ("/inquiries/{inquiry_id}/{action}", self.answer_inquiry),
            ("/exceptions/{trouble_id}/{action}", self.mend),
        )
        for path, page in get:
            router.add_api_route(path, page, methods=["GET"])
        for path, page in post:
            router.add_api_route(path, page, methods=["POST"])
        return router

    # -- cases

    def queue(self, request: Request, state: str = "in_review") -> Response:
        def show(person: Person) -> Response:
            wanted = [CaseState(state)] if state in set(CaseState) else []
            with self._app.store.unit(ACTOR) as unit:
                cases, counts = unit.cases.list(wanted), unit.cases.counts()
            customers = {case.id: self._customer(case) for case in cases}
            tabs = [(s.value, counts.get(s.value, 0)) for s in CaseState if counts.get(s.value) or s.value == state]
            sure = self._app.settings.touchless
            touchless = {case.id for case in cases if is_touchless(case, sure)}
            shown: dict[str, Any] = {
                "cases": cases,
                "tabs": tabs,
                "state": state,
                "customers": customers,
                "touchless": touchless,
            }
            return self._page(request, "queue.html", person, **shown)

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
                papers = papers_of(unit, case)
                sure = self._app.settings.touchless
                before = self._before_reviewers(unit, person, case)
            recall = self._app.recall if case.state is CaseState.IN_REVIEW else None
            return self._page(
                request,
                "case.html",
                person,
                status=409 if notice else 200,
                notice=notice,
                typed=typed or {},
                before=before,
                customer=self._customer(case),
                lines=[views.values(line) for line in case.draft.lines],
                asked=to_ask(case.draft),
                doubts=doubts(case.draft),
                touchless=is_touchless(case, sure),
                touches=doubts_of(case.draft, sure) if sure is not None else (),
                pages=views.pages(papers, case.draft),
                words=views.words,
                reasons=list(Reason),
                resolutions=list(Resolution),
                similar=recall.similar(case.draft, other_than=case.id) if recall is not None else (),
                passages=recall.passages(case.draft) if recall is not None else (),
                **kept,
            )

        return self._for_person(request, show)

    def story(self, request: Request, case_id: str) -> Response:
        def show(person: Person) -> Response:
            with self._app.store.unit(ACTOR) as unit:
                case, steps = unit.cases.get(case_id), story(unit, case_id)
            return self._page(request, "story.html", person, case=case, steps=steps)

        return self._for_person(request, show)

    def act(self, request: Request, case_id: str, action: str, form: Annotated[Form, Depends(form_of)]) -> Response:
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
        elif action == "reject-line":
            line = int(form["line"]) if form.get("line", "").isdigit() else 0
            review.reject_line(person, case_id, revision, line, form.get("reason", ""))
        elif action == "credit-early":
            review.credit_early(person, case_id, revision, form.get("reason", ""))
        elif action == "do-without":
            line = int(form["line"]) if form.get("line", "").isdigit() else 0
            review.do_without(person, case_id, revision, line, form.get("paper", ""), form.get("reason", ""))
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

    def _before_reviewers(self, unit: Unit, person: Person, case: Case) -> Before | None:
        """How a case in review stands, and what this person may do about it."""
        if case.state is not CaseState.IN_REVIEW:
            return None
        try:
            standing = self._app.review.standing(unit, case)
        except BackhaulError as error:
            return Before.unjudged(str(error))
        return Before.of(standing, person, Staff.of(unit, self._app.clock.today()))

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
                message, mail = unit.messages.get(message_id), read_of(unit, message_id)
                story = unit.audit.rows(message_id)
            return self._page(request, "message.html", person, message=message, mail=mail, story=story)

        return self._for_person(request, show)

    def run_again(self, request: Request, message_id: str, form: Annotated[Form, Depends(form_of)]) -> Response:
        def do(person: Person) -> Response:
            require_form_token(request, form.get("token", ""))
            require_works_here(person)
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
        self,
        request: Request,
        trouble_id: int,
        action: Literal["again", "done"],
        form: Annotated[Form, Depends(form_of)],
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

    def answer_inquiry(
        self,
        request: Request,
        inquiry_id: int,
        action: Literal["close", "cancel", "open-apart"],
        form: Annotated[Form, Depends(form_of)],
    ) -> Response:
        def do(person: Person) -> Response:
            require_form_token(request, form.get("token", ""))
            require_works_here(person)
            if action != "close":
                replies = self._app.replies
                case = (replies.cancel if action == "cancel" else replies.open_apart)(person, inquiry_id)
                return RedirectResponse(f"/cases/{case.id}", status_code=303)
            with self._app.store.unit(acting(person)) as unit:
                unit.worklist.close_inquiry(inquiry_id)
            return RedirectResponse("/inquiries", status_code=303)

        return self._for_person(request, do)

    # -- framing

    def _for_person(self, request: Request, show: Callable[[Person], Response]) -> Response:
        person = who(self._app.doorman, request)
        if person is None:
            return RedirectResponse("/sign-in", status_code=303)
        try:
            return show(person)
        except BackhaulError as error:
            return self._page(request, "notice.html", person, status=409, notice=str(error))
