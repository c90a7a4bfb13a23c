"""Errors as the API tells them: problem details (RFC 9457), in the words people get elsewhere."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from assistant.domain.errors import (
    BackhaulError,
    NotAllowedToYou,
    NotFound,
    OperatorMustAct,
    ReviewerMustAct,
    SenderMustAct,
)
from assistant.steps.rates import TooOften

_CHALLENGE = 'Basic realm="Backhaul", charset="UTF-8", Bearer realm="Backhaul"'
MEDIA_TYPE = "application/problem+json"
_TYPE = "urn:backhaul:problem:"
# Every problem there is: its status, then the end of its type, its title, and what the caller does next.
PROBLEMS: Mapping[int, tuple[str, str, str]] = {
    400: ("malformed", "The body can't be parsed", "Mend the body; nothing was kept."),
    401: ("not-signed-in", "Nobody we know", "Sign in (Basic) or use a key that stands (Bearer)."),
    403: ("not-allowed", "Not allowed to you", "Ask somebody whose role it is, or use a key with the scope."),
    404: ("not-found", "There is nothing of that name", "Look at the list again."),
    405: ("no-such-method", "Not a method of this resource", "See Allow for what it takes."),
    409: ("conflict", "Not possible as things stand", "Fetch the resource again and decide anew."),
    412: ("stale", "It changed since you saw it", "Fetch it again and send its new ETag as If-Match."),
    413: ("too-large", "More than a request may have", "Send less, or send it in parts."),
    415: ("wrong-form", "Not a form that is taken", "Send one of the forms the description names."),
    422: ("misfit", "A value does not fit", "Mend what detail names."),
    428: ("revision-needed", "Say which revision you saw", "Send the ETag of what you saw as If-Match."),
    429: ("too-many", "Too many requests", "Wait as many seconds as Retry-After says."),
    500: ("our-fault", "A fault of ours", "Nothing was changed. Try again; tell us if it stays."),
    503: ("operator-must-act", "Something behind us is not there", "Try again later."),
}
# The first that fits; whatever is not named is ours to mend.
_STATUS: tuple[tuple[type[BackhaulError], int], ...] = (
    (NotFound, 404),
    (NotAllowedToYou, 403),
    (ReviewerMustAct, 409),
    (SenderMustAct, 422),
    (OperatorMustAct, 503),
)


class TooLarge(SenderMustAct):
    """More bytes than a message may have."""


class WrongForm(SenderMustAct):
    """A body of a kind that is not taken."""


class NotSignedIn(BackhaulError):
    """No credentials, or none that go together."""


class Stale(ReviewerMustAct):
    """If-Match names another revision than the current one."""


class RevisionNeeded(ReviewerMustAct):
    """No If-Match, or none that names one revision."""


_OURS: Mapping[type[BackhaulError], int] = {
    TooLarge: 413,
    WrongForm: 415,
    NotSignedIn: 401,
    Stale: 412,
    RevisionNeeded: 428,
    TooOften: 429,
}


class Problem(BaseModel):
    """Problem details (RFC 9457). ``detail`` says what happened, what was kept and what to do next."""

    type: str = Field(examples=[_TYPE + "stale"])
    title: str
    status: int
    detail: str


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """These answers as OpenAPI has them, beside those that any route may give."""
    schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
    told: dict[int | str, dict[str, Any]] = {}
    for status in sorted({400, 401, 403, 422, 429, 503, *statuses}):
        _, title, next_step = PROBLEMS[status]
        told[status] = {"description": f"{title}. {next_step}", "content": {MEDIA_TYPE: schema}}
    told[429]["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}}
    return told


def answer(error: BackhaulError) -> JSONResponse:
    status = next((code for kind, code in _STATUS if isinstance(error, kind)), 500)
    status = _OURS.get(type(error), status)
    headers = {"WWW-Authenticate": _CHALLENGE} if status == 401 else {}
    if isinstance(error, TooOften):
        headers["Retry-After"] = str(error.seconds)
    return _problem(status, str(error), headers)


def _problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    slug, title, _ = PROBLEMS.get(status, PROBLEMS[400 if status < 500 else 500])
    body = Problem(type=_TYPE + slug, title=title, status=status, detail=detail).model_dump()
    return JSONResponse(body, status_code=status, media_type=MEDIA_TYPE, headers=dict(headers or {}))


def install(site: FastAPI) -> None:
    """What a route raises becomes a problem; pages of the workbench catch theirs themselves."""

    @site.exception_handler(RequestValidationError)
    def misread(_request: Request, error: Exception) -> JSONResponse:
        faults = error.errors() if isinstance(error, RequestValidationError) else []
        told = "; ".join(f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}" for fault in faults)
        return answer(SenderMustAct(f"{told}. Nothing was changed."))

    @site.exception_handler(HTTPException)
    def unrouted(_request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)  # noqa: S101 - what it is installed for
        return _problem(error.status_code, f"{error.detail}. Nothing was changed.", error.headers)

    @site.exception_handler(BackhaulError)
    def told(_request: Request, error: Exception) -> JSONResponse:
        if not isinstance(error, BackhaulError):
            raise error
        return answer(error)


def describe(site: FastAPI, *bodies: type[BaseModel]) -> None:
    """Puts Problem into the description (OpenAPI), where ``responses`` points, and bodies that routes read."""
    plain = site.openapi

    def described() -> dict[str, Any]:
        told = plain()
        schemas = told["components"].setdefault("schemas", {})
        models: tuple[type[BaseModel], ...] = (Problem, *bodies)
        for model in models:
            schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas |= schema.pop("$defs", {})
            schemas[model.__name__] = schema
        return told

    site.openapi = described  # type: ignore[method-assign] # FastAPI's own way to extend it
