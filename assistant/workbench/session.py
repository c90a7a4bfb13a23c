"""The workbench's session: its token in a signed cookie, and another one in every form."""

import hmac
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import Request

from assistant.domain.errors import NotAllowedToYou
from assistant.domain.identity import Way
from assistant.domain.person import Person, program
from assistant.steps.sign_in import Doorman
from assistant.store.secret import secret_at

ACTOR = program("workbench")


def secret_in(folder: Path) -> str:
    """The key cookies are signed with, made once an installation."""
    return secret_at(folder)


def who(doorman: Doorman, request: Request) -> Person | None:
    """The person of this session, as the store knows them now."""
    return doorman.who(str(request.session.get("session", "")))


def begin(doorman: Doorman, request: Request, person: Person, way: Way) -> None:
    """A new session in a cookie that holds nothing of what was there before signing in."""
    request.session.clear()
    request.session["session"] = doorman.start(person, way, address(request))


def leave(doorman: Doorman, request: Request) -> None:
    doorman.end(str(request.session.get("session", "")))
    request.session.clear()


def address(request: Request) -> str:
    return request.client.host if request.client is not None else ""


def form_token(request: Request) -> str:
    """The token that this session's forms carry."""
    return str(request.session.setdefault("token", secrets.token_hex(16)))


def require_form_token(request: Request, given: object) -> None:
    origin = request.headers.get("origin", "")
    foreign = bool(origin) and urlsplit(origin).netloc != request.headers.get("host", "")
    if foreign or not given or not hmac.compare_digest(str(request.session.get("token", "")), str(given)):
        raise NotAllowedToYou("This form is too old or not ours. Nothing was changed; load the page again.")
