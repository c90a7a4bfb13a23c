"""Who an account in Slack is: one of our people by proof, nobody yet, or somebody who may see nothing here."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from assistant.channels.slack.clients import Workspaces
from assistant.domain.errors import NotAllowedToYou
from assistant.domain.person import Person, program
from assistant.domain.ports import Store
from assistant.steps.link import Linker

ACTOR = program("slack")
_CODE = re.compile(r"\s*(?:link\s+)?`?([2-9A-HJ-NP-Z]{10})`?\s*", re.IGNORECASE)
_OUTSIDE = (
    "I work with the colleagues of {company} only, not with guests or other companies. Nothing of what you did was "
    "used. Please ask your contact there."
)
_UNLINKED = (
    "I don't know yet which of our people you are. Sign in at {url}/account, get a code to link your Slack account, "
    "and send it to me here as a direct message: `link CODE`."
)


@dataclass(frozen=True, slots=True)
class NotLinked(Exception):
    """``words`` say how to link; what was said is kept."""

    words: str


@dataclass(frozen=True, slots=True)
class Accounts:
    store: Store
    workspaces: Workspaces
    linker: Linker
    own_url: str
    company: Callable[[], str]

    def require_own(self, account: str) -> None:
        """Raises NotAllowedToYou for guests, other companies' people and programs."""
        team, _, user = account.partition("/")
        if self.workspaces.standing(team, user) != "member":
            raise NotAllowedToYou(_OUTSIDE.format(company=self.company()))

    def person(self, account: str) -> Person:
        """Raises NotAllowedToYou for outsiders and NotLinked for colleagues who have not proved who they are."""
        self.require_own(account)
        with self.store.unit(ACTOR) as unit:
            found = unit.links.person_of("slack", account)
        if found is None:
            raise NotLinked(_UNLINKED.format(url=self.own_url))
        return found

    def link(self, account: str, code: str) -> Person:
        """Raises NotAllowedToYou or ChangedMeanwhile; what waited for it is worked now."""
        self.require_own(account)
        person = self.linker.redeem("slack", account, code)
        with self.store.unit(ACTOR) as unit:
            unit.slack.unpark(account=account)
        return person


def code_in(text: str) -> str | None:
    found = _CODE.fullmatch(text)
    return found[1] if found is not None else None
