"""People who sign in."""

from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from assistant.domain.person import Person, Role
from assistant.store.audit import SqlAudit
from assistant.store.connection import Turn, wait_turn
from assistant.store.tables import people


class SqlPeople:
    """Implements assistant.domain.ports.People."""

    def __init__(self, connection: Connection, audit: SqlAudit) -> None:
        self._c = connection
        self._audit = audit

    def add(self, person: Person, password_hash: str) -> None:
        roles = " ".join(sorted(role.value for role in person.roles))
        values = {"name": person.name, "roles": roles, "password_hash": password_hash}
        wait_turn(self._c, Turn.PERSON, person.id)
        known = self._c.execute(select(people).where(people.c.id == person.id)).first()
        if known is None:
            self._c.execute(insert(people).values(id=person.id, **values))
            self._audit.append("people", "person.added", {"person": person.id, "after": roles})
            return
        self._c.execute(update(people).where(people.c.id == person.id).values(**values))
        change = {"person": person.id, "before": known.roles, "after": roles}
        self._audit.append("people", "person.changed", change | {"password": known.password_hash != password_hash})

    def get(self, person_id: str) -> Person | None:
        row = self._c.execute(select(people).where(people.c.id == person_id)).first()
        return None if row is None else _person(row)

    def password_hash(self, person_id: str) -> str | None:
        return self._c.execute(select(people.c.password_hash).where(people.c.id == person_id)).scalar()

    def list(self) -> tuple[Person, ...]:
        return tuple(_person(row) for row in self._c.execute(select(people).order_by(people.c.id)))


def _person(row: Row[Any]) -> Person:
    return Person(id=row.id, name=row.name, roles=frozenset(Role(role) for role in row.roles.split()))
