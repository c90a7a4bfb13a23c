"""Who calls the API: a person, by the name and password they sign in with (HTTP Basic, RFC 7617)."""

from typing import Annotated

from fastapi import Depends
from fastapi.security import HTTPBasic, HTTPBasicCredentials

from assistant.channels.api.problems import NotSignedIn
from assistant.domain.person import Person
from assistant.steps.sign_in import Doorman

_basic = HTTPBasic(auto_error=False, realm="Backhaul")
Credentials = Annotated[HTTPBasicCredentials | None, Depends(_basic)]


class Callers:
    """Gives each route the person who calls it. Raises NotSignedIn, and NotAllowedToYou after too many tries."""

    def __init__(self, doorman: Doorman) -> None:
        self._doorman = doorman

    def person(self, credentials: Credentials) -> Person:
        found = credentials and self._doorman.sign_in(credentials.username, credentials.password)
        if not found:
            raise NotSignedIn("Sign in with your address and password (HTTP Basic). Nothing was changed.")
        return found
