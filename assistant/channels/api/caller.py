"""Who calls the API: a person by name and password (Basic, RFC 7617), or a key of theirs (Bearer, RFC 6750)."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBasic, HTTPBasicCredentials, HTTPBearer

from assistant.channels.api.problems import NotSignedIn
from assistant.domain.errors import NotAllowedToYou
from assistant.domain.identity import ApiKey, KeyScope
from assistant.domain.person import Person
from assistant.steps.keys import Keys
from assistant.steps.rates import Rates
from assistant.steps.sign_in import Doorman
from tools.contract import Caller
from tools.permissions import assistant_of

_basic = HTTPBasic(auto_error=False, realm="Backhaul")
_bearer = HTTPBearer(auto_error=False, description="A key: `backhaul key make`.")
Basic = Annotated[HTTPBasicCredentials | None, Depends(_basic)]
Bearer = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
_OURS = {"", "same-origin", "none"}  # Sec-Fetch-Site: a page elsewhere must not use what a browser remembers


class Callers:
    """Gives each route the person who calls it.

    Raises NotSignedIn, NotAllowedToYou after too many tries, and TooOften where they call too often.
    """

    def __init__(self, doorman: Doorman, keys: Keys, rates: Rates | None = None) -> None:
        self._doorman = doorman
        self._keys = keys
        self._rates = rates or Rates(600)

    def person(self, request: Request, basic: Basic, bearer: Bearer) -> Person:
        """A person, signed in as such: what only people do. A key is refused."""
        if bearer is not None:
            self._holder(bearer, None)
            raise NotAllowedToYou("People decide, signed in as themselves; a key can't. Nothing was changed.")
        return self._signed_in(request, basic)

    def may(self, scope: KeyScope) -> Callable[..., Person]:
        """A person signed in, or one whose key has this scope."""

        def caller(request: Request, basic: Basic, bearer: Bearer) -> Person:
            return self._holder(bearer, scope) if bearer is not None else self._signed_in(request, basic)

        return caller

    def assistant(self, request: Request, basic: Basic, bearer: Bearer) -> Caller:
        """Who uses the tools for a person; cases are a key's to see where it has that scope, too."""
        if bearer is None:
            return assistant_of(self._signed_in(request, basic).id)
        key, person = self._held(bearer, KeyScope.TOOLS_READ)
        return assistant_of(person.id, cases=KeyScope.CASES_READ in key.scopes)

    def _signed_in(self, request: Request, basic: HTTPBasicCredentials | None) -> Person:
        address = request.client.host if request.client is not None else ""
        if request.headers.get("sec-fetch-site", "") not in _OURS:
            raise NotAllowedToYou("A page of another site can't call this for you. Nothing was changed.")
        found = basic and self._doorman.sign_in(basic.username, basic.password, address)
        if not found:
            raise NotSignedIn("Sign in with your address and password (Basic) or a key (Bearer). Nothing was changed.")
        self._rates.count(found.id)
        return found

    def _holder(self, bearer: HTTPAuthorizationCredentials, scope: KeyScope | None) -> Person:
        return self._held(bearer, scope)[1]

    def _held(self, bearer: HTTPAuthorizationCredentials, scope: KeyScope | None) -> tuple[ApiKey, Person]:
        held = self._keys.holder(bearer.credentials)
        if held is None:
            raise NotSignedIn("That is no key that stands: it is unknown, over or ended. Nothing was changed.")
        key = held[0]
        self._rates.count(key.id)
        if scope is not None and scope not in key.scopes:
            raise NotAllowedToYou(f"The key {key.name} may not do this; it needs {scope.value}. Nothing was changed.")
        return held
