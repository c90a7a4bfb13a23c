"""People and programs that act, and what their roles let them do."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class Role(StrEnum):
    AGENT = "agent"
    RETURNS_APPROVER = "returns_approver"
    FINANCE_APPROVER = "finance_approver"
    WAREHOUSE = "warehouse"
    AUDITOR = "auditor"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who signs in. ``id`` is the email address, lower case."""

    id: str
    name: str
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who does something, for the audit log: a person by id, or one of our programs by name."""

    kind: Literal["person", "program"]
    id: str


def program(name: str) -> Actor:
    return Actor(kind="program", id=name)


def acting(person: Person) -> Actor:
    return Actor(kind="person", id=person.id)
