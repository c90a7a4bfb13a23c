"""Cases out, with what approving them would write; and decisions, as strong as in the workbench."""

import hashlib
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from assistant.bootstrap import App
from assistant.channels.api.caller import Callers
from assistant.channels.api.health import ACTOR
from assistant.channels.api.intake import IdempotencyKey
from assistant.channels.api.pages import LINKED, AfterCase, CaseId, Limit, piece
from assistant.channels.api.problems import Stale, responses
from assistant.channels.api.revisions import TAGGED, IfMatch, etag, seen_revision
from assistant.domain.case import Case, CaseKind
from assistant.domain.errors import BackhaulError, ChangedMeanwhile, ReviewerMustAct
from assistant.domain.identity import KeyScope
from assistant.domain.lifecycle import CaseState
from assistant.domain.person import Person, acting
from assistant.drafting.show import as_json
from assistant.steps.standing import Standing


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


class StepNeededOut(BaseModel):
    """An approval the policy asks for: who gave it ('' while it is open), and the rows that asked for it."""

    step: str
    role: str
    given_by: str
    asked_by: list[str]


class PostedOut(BaseModel):
    tool: str
    state: str
    document_no: str
    note: str


class WholeCaseOut(CaseOut):
    """A case with its draft (the form of `backhaul draft --json`), and what was and would be posted.

    ``lacking`` says what keeps it from being approved as it stands. ``steps`` are the approvals it needs, in their
    order; ``rejected_lines`` (counted from 1) are left out of what would be posted, each with its reason.
    """

    draft: dict[str, Any]
    policy_version: str
    steps: list[StepNeededOut]
    rejected_lines: dict[int, str]
    planned: list[PlannedOut]
    lacking: str
    posted: list[PostedOut]


class DecisionIn(BaseModel):
    """``digests`` are those of the planned writes that the decider saw; a rejection needs a reason, that the customer
    reads. The revision they saw is named by If-Match.

    ``line`` (counted from 1) rejects that line alone, and the case goes on with the others.
    """

    model_config = ConfigDict(extra="forbid")
    verdict: Literal["approved", "rejected"]
    line: Annotated[int, Field(ge=1, le=10_000)] | None = None
    digests: Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=100)] = []
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
    read = callers.may(KeyScope.CASES_READ)
    tagged: dict[int | str, dict[str, Any]] = {200: {"headers": TAGGED}}

    @routes.get("", responses={200: {"headers": LINKED}, **responses()})
    def cases(
        request: Request,
        response: Response,
        _person: Annotated[Person, Depends(read)],
        state: CaseState | None = None,
        limit: Limit = 100,
        after: AfterCase = "",
    ) -> list[CaseOut]:
        """Cases, newest first."""
        with app.store.unit(ACTOR) as unit:
            found = unit.cases.list([state] if state else [], limit=limit + 1, after=after)
        return [CaseOut(**_told(case)) for case in piece(found, limit, "id", request, response)]

    @routes.get("/{case_id}", responses={**tagged, **responses(404)})
    def case(case_id: CaseId, response: Response, _person: Annotated[Person, Depends(read)]) -> WholeCaseOut:
        """A case with its draft; its ETag is the revision."""
        with app.store.unit(ACTOR) as unit:
            found = unit.cases.get(case_id)
        response.headers["ETag"] = etag(found)
        return _whole(app, found)

    @routes.get("/{case_id}/draft", responses={**tagged, **responses(404)})
    def draft(case_id: CaseId, response: Response, _person: Annotated[Person, Depends(read)]) -> dict[str, Any]:
        """The draft alone, in the form of `backhaul draft --json`."""
        with app.store.unit(ACTOR) as unit:
            found = unit.cases.get(case_id)
        response.headers["ETag"] = etag(found)
        return as_json(found.draft, found.message_id)

    @routes.post(
        "/{case_id}/decisions",
        status_code=201,
        responses={
            200: {"model": WholeCaseOut, "description": "The decision of this Idempotency-Key stands already."},
            201: {"headers": TAGGED},
            **responses(404, 409, 412, 428),
        },
    )
    def decide(
        case_id: CaseId,
        decision: DecisionIn,
        response: Response,
        person: Annotated[Person, Depends(callers.person)],
        if_match: IfMatch = "",
        idempotency_key: IdempotencyKey = "",
    ) -> WholeCaseOut:
        """Approve or reject exactly the revision and the writes that were seen."""
        revision = seen_revision(if_match)
        asked = f"{case_id} {revision} {decision.model_dump_json()}"
        sha256 = hashlib.sha256(asked.encode("utf-8", "replace")).hexdigest()
        if idempotency_key:
            with app.store.unit(acting(person)) as unit:
                if unit.receipts.find(person.id, idempotency_key, sha256) is not None:
                    response.status_code = 200
                    known = unit.cases.get(case_id)
        if response.status_code != 200:
            known = _decided(app, person, case_id, revision, decision)
            if idempotency_key:
                with app.store.unit(acting(person)) as unit:
                    if unit.receipts.find(person.id, idempotency_key, sha256) is None:
                        unit.receipts.keep(person.id, idempotency_key, sha256, case_id)
        response.headers["ETag"] = etag(known)
        return _whole(app, known)

    @routes.get("/{case_id}/story", responses=responses(404))
    def story(case_id: CaseId, _person: Annotated[Person, Depends(read)]) -> list[StepOut]:
        """Everything that happened to the case, as the audit log has it."""
        with app.store.unit(ACTOR) as unit:
            rows = unit.audit.rows(unit.cases.get(case_id).id)
        return [
            StepOut(sequence=r.sequence, at=r.at.isoformat(), actor=r.actor, event=r.event, details=dict(r.details))
            for r in rows
        ]

    return routes


def _decided(app: App, person: Person, case_id: str, revision: int, decision: DecisionIn) -> Case:
    """Raises Stale where the case is at another revision by now."""
    try:
        if decision.line is not None:
            if decision.verdict != "rejected":
                raise ReviewerMustAct("Lines are rejected one by one and approved together. Nothing was changed.")
            return app.review.reject_line(person, case_id, revision, decision.line, decision.reason)
        if decision.verdict == "approved":
            return app.review.approve(person, case_id, revision, decision.digests)
        return app.review.reject(person, case_id, revision, decision.reason)
    except ChangedMeanwhile as changed:
        with app.store.unit(ACTOR) as unit:
            if unit.cases.get(case_id).revision.number != revision:
                raise Stale(str(changed)) from changed
        raise


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
    standing: Standing | None = None
    lacking = ""
    with app.store.unit(ACTOR) as unit:
        posted = unit.postings.of_case(case.id)
        if case.state is CaseState.IN_REVIEW:
            try:
                standing = app.review.standing(unit, case)
                lacking = standing.lacking
            except BackhaulError as error:
                lacking = str(error)
    return WholeCaseOut(
        **_told(case),
        draft=as_json(case.draft, case.message_id),
        policy_version=standing.judgement.policy_version if standing is not None else "",
        steps=_steps(standing) if standing is not None else [],
        rejected_lines=dict(standing.rejected) if standing is not None else {},
        planned=_planned(standing) if standing is not None else [],
        lacking=lacking,
        posted=[PostedOut(tool=p.tool, state=p.state.value, document_no=p.document_no, note=p.note) for p in posted],
    )


def _planned(standing: Standing) -> list[PlannedOut]:
    return [
        PlannedOut(tool=call.tool, arguments=dict(call.arguments), digest=digest)
        for call, digest in zip(standing.calls, standing.digests, strict=True)
    ]


def _steps(standing: Standing) -> list[StepNeededOut]:
    return [
        StepNeededOut(
            step=step.name,
            role=step.role.value,
            given_by=standing.given[step.name].by if step.name in standing.given else "",
            asked_by=[f"{row.id}: {row.says}" for row in step.rows],
        )
        for step in standing.judgement.steps
    ]
