"""Cases out, with what approving them would write; and decisions, as strong as in the workbench."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field

from assistant.bootstrap import App
from assistant.channels.api.caller import Callers
from assistant.channels.api.health import ACTOR
from assistant.domain.case import Case, CaseKind
from assistant.domain.errors import BackhaulError
from assistant.domain.lifecycle import CaseState
from assistant.domain.person import Person
from assistant.drafting.show import as_json


class CaseOut(BaseModel):
    """A case in a list. ``revision`` is the current one: a decision names it."""

    id: str
    kind: CaseKind
    state: CaseState
    revision: int
    customer_id: str | None
    sender: str
    subject: str
    summary: str
    message_id: str
    opened_at: str
    changed_at: str


class PlannedOut(BaseModel):
    """One write to the ERP, and the digest that an approval of it is bound to."""

    tool: str
    arguments: dict[str, Any]
    digest: str


class PostedOut(BaseModel):
    tool: str
    state: str
    document_no: str
    note: str


class WholeCaseOut(CaseOut):
    """A case with its draft (the form of `backhaul draft --json`), and what was and would be posted.

    ``lacking`` says what keeps it from being approved as it stands.
    """

    draft: dict[str, Any]
    planned: list[PlannedOut]
    lacking: str
    posted: list[PostedOut]


class DecisionIn(BaseModel):
    """``revision`` and ``digests`` are what the decider saw; a rejection needs a reason, that the customer reads."""

    model_config = ConfigDict(extra="forbid")
    verdict: Literal["approved", "rejected"]
    revision: Annotated[int, Field(ge=1)]
    digests: list[str] = []
    reason: Annotated[str, Field(max_length=4_000)] = ""


class StepOut(BaseModel):
    """One row of the audit log."""

    sequence: int
    at: str
    actor: str
    event: str
    details: dict[str, Any]


def router(app: App, callers: Callers) -> APIRouter:
    routes = APIRouter(prefix="/v1/cases", tags=["cases"])

    @routes.get("")
    def cases(
        _person: Annotated[Person, Depends(callers.person)],
        state: CaseState | None = None,
        limit: Annotated[int, Field(ge=1, le=500)] = 100,
    ) -> list[CaseOut]:
        """Cases, newest first."""
        with app.store.unit(ACTOR) as unit:
            return [CaseOut(**_told(case)) for case in unit.cases.list([state] if state else [], limit=limit)]

    @routes.get("/{case_id}")
    def case(case_id: str, response: Response, _person: Annotated[Person, Depends(callers.person)]) -> WholeCaseOut:
        with app.store.unit(ACTOR) as unit:
            found = unit.cases.get(case_id)
        response.headers["ETag"] = f'"{found.revision.number}"'
        return _whole(app, found)

    @routes.post("/{case_id}/decisions", status_code=201)
    def decide(case_id: str, decision: DecisionIn, person: Annotated[Person, Depends(callers.person)]) -> WholeCaseOut:
        """Approve or reject exactly the revision and the writes that were seen."""
        if decision.verdict == "approved":
            decided = app.review.approve(person, case_id, decision.revision, decision.digests)
        else:
            decided = app.review.reject(person, case_id, decision.revision, decision.reason)
        return _whole(app, decided)

    @routes.get("/{case_id}/story")
    def story(case_id: str, _person: Annotated[Person, Depends(callers.person)]) -> list[StepOut]:
        """Everything that happened to the case, as the audit log has it."""
        with app.store.unit(ACTOR) as unit:
            rows = unit.audit.rows(unit.cases.get(case_id).id)
        return [
            StepOut(sequence=r.sequence, at=r.at.isoformat(), actor=r.actor, event=r.event, details=dict(r.details))
            for r in rows
        ]

    return routes


def _told(case: Case) -> dict[str, Any]:
    return {
        "id": case.id,
        "kind": case.kind,
        "state": case.state,
        "revision": case.revision.number,
        "customer_id": case.party.customer_id,
        "sender": case.party.address,
        "subject": case.subject,
        "summary": case.draft.summary,
        "message_id": case.message_id,
        "opened_at": case.opened_at.isoformat(),
        "changed_at": case.changed_at.isoformat(),
    }


def _whole(app: App, case: Case) -> WholeCaseOut:
    planned: list[PlannedOut] = []
    lacking = ""
    if case.state is CaseState.IN_REVIEW:
        try:
            calls = app.review.planned(case)
            digests = app.review.digests(case, calls)
            planned = [
                PlannedOut(tool=call.tool, arguments=dict(call.arguments), digest=digest)
                for call, digest in zip(calls, digests, strict=True)
            ]
        except BackhaulError as error:
            lacking = str(error)
    with app.store.unit(ACTOR) as unit:
        posted = unit.postings.of_case(case.id)
    return WholeCaseOut(
        **_told(case),
        draft=as_json(case.draft, case.message_id),
        planned=planned,
        lacking=lacking,
        posted=[PostedOut(tool=p.tool, state=p.state.value, document_no=p.document_no, note=p.note) for p in posted],
    )
