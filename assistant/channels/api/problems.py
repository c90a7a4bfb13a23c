"""Errors as the API tells them: problem details (RFC 9457), in the words people get elsewhere."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from assistant.domain.errors import (
    BackhaulError,
    NotAllowedToYou,
    NotFound,
    OperatorMustAct,
    ReviewerMustAct,
    SenderMustAct,
)

MEDIA_TYPE = "application/problem+json"
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


def answer(error: BackhaulError) -> JSONResponse:
    status = next((code for kind, code in _STATUS if isinstance(error, kind)), 500)
    status = {TooLarge: 413, WrongForm: 415, NotSignedIn: 401}.get(type(error), status)
    headers = {"WWW-Authenticate": 'Basic realm="Backhaul", charset="UTF-8"'} if status == 401 else None
    body = {"type": "about:blank", "title": type(error).__name__, "status": status, "detail": str(error)}
    return JSONResponse(body, status_code=status, media_type=MEDIA_TYPE, headers=headers)


def install(site: FastAPI) -> None:
    """What a route raises becomes a problem; pages of the workbench catch theirs themselves."""

    @site.exception_handler(RequestValidationError)
    def misread(_request: Request, error: Exception) -> JSONResponse:
        faults = error.errors() if isinstance(error, RequestValidationError) else []
        told = "; ".join(f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}" for fault in faults)
        return answer(SenderMustAct(f"{told}. Nothing was changed."))

    @site.exception_handler(BackhaulError)
    def told(_request: Request, error: Exception) -> JSONResponse:
        if not isinstance(error, BackhaulError):
            raise error
        return answer(error)
