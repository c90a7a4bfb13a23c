"""People and programs that act, what their roles let them do, and which duties nobody holds together."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from assistant.domain.errors import NotAllowedToYou


class Role(StrEnum):
    AGENT = "agent"
    RETURNS_APPROVER = "returns_approver"
    FINANCE_APPROVER = "finance_approver"
    WAREHOUSE = "warehouse"
    BUYER = "buyer"
    AUDITOR = "auditor"
    ADMIN = "admin"


# Whoever could do both could hide one by the other. Who drafted a case can't approve it, and who approved it can't
# inspect its goods: that is held case by case, so an agent may approve what others drafted.
EXCLUDING_DUTIES: tuple[tuple[Role, Role, str], ...] = (
    (Role.ADMIN, Role.RETURNS_APPROVER, "who gives out roles approves nothing"),
    (Role.ADMIN, Role.FINANCE_APPROVER, "who gives out roles approves nothing"),
    (Role.WAREHOUSE, Role.FINANCE_APPROVER, "who has the goods in hand does not credit them"),
    (Role.BUYER, Role.FINANCE_APPROVER, "who deals with the vendors does not approve the money"),
    *(
        (Role.AUDITOR, role, "who looks over the others' work does none of it")
        for role in Role
        if role is not Role.AUDITOR
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who signs in. ``id`` is the email address, lower case. ``ended_at`` once they left."""

    id: str
    name: str
    roles: frozenset[Role]
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who does something, for the audit log: a person by id, or one of our programs by name."""

    kind: Literal["person", "program"]
    id: str


def program(name: str) -> Actor:
    return Actor(kind="program", id=name)


def acting(person: Person) -> Actor:
    return Actor(kind="person", id=person.id)


def require_duties_go_together(roles: Iterable[Role]) -> None:
    """Raises NotAllowedToYou naming the first two roles that exclude each other."""
    held = frozenset(roles)
    for one, other, why in EXCLUDING_DUTIES:
        if one in held and other in held:
            names = f"{one.value} and {other.value}".replace("_", " ")
            raise NotAllowedToYou(f"Nobody is {names} at once: {why}. Nothing was changed.")


def require_works_here(person: Person) -> None:
    """Raises NotAllowedToYou for whoever only looks: an auditor, or somebody without a role."""
    if not person.roles - {Role.AUDITOR}:
        raise NotAllowedToYou("Auditors look and change nothing. Nothing was changed.")
