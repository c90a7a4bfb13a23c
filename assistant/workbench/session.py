"""The workbench's session: who is signed in, by a signed cookie, and a token in every form."""

import hmac
import secrets
from pathlib import Path

from fastapi import Request

from assistant.domain.errors import NotAllowedToYou
from assistant.domain.person import Person, program
from assistant.domain.ports import Store

ACTOR = program("workbench")


def secret_in(folder: Path) -> str:
    """The key cookies are signed with, made once an installation."""
    path = folder / "session-secret"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32))
    return path.read_text().strip()


def who(store: Store, request: Request) -> Person | None:
    """The person of this session, as the store knows them now."""
    person_id = request.session.get("person")
    if not person_id:
        return None
    with store.unit(ACTOR) as unit:
        return unit.people.get(person_id)


def form_token(request: Request) -> str:
    """The token that this session's forms carry."""
    return str(request.session.setdefault("token", secrets.token_hex(16)))


def require_form_token(request: Request, given: object) -> None:
    if not hmac.compare_digest(str(request.session.get("token", "")), str(given)) or not given:
        raise NotAllowedToYou("This form is too old or not ours. Nothing was changed; load the page again.")
