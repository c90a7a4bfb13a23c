"""People who sign in. What their rows hold is hashed into the audit log, so that one changed behind its back shows."""

from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from assistant.domain.errors import NotFound
from assistant.domain.person import Person, Role, require_duties_go_together
from assistant.domain.ports import Clock
from assistant.store.audit import SqlAudit
from assistant.store.audit_rows import person_digest
from assistant.store.connection import Turn, wait_turn
from assistant.store.links import SqlLinks
from assistant.store.sessions import SqlSessions
from assistant.store.tables import api_keys, people
from assistant.store.times import from_text, to_text

STREAM = "people"


class SqlPeople:
    """Implements assistant.domain.identity_ports.People."""

    def __init__(
        self, connection: Connection, audit: SqlAudit, clock: Clock, sessions: SqlSessions, links: SqlLinks
    ) -> None:
        self._c = connection
        self._audit = audit
        self._clock = clock
        self._sessions = sessions
        self._links = links

    def add(self, person: Person, password_hash: str) -> None:
        require_duties_go_together(person.roles)
        values = {"name": person.name, "roles": _roles(person.roles), "password_hash": password_hash, "ended_at": ""}
        wait_turn(self._c, Turn.PERSON, person.id)
        known = self._c.execute(select(people).where(people.c.id == person.id)).first()
        if known is None:
            self._c.execute(insert(people).values(id=person.id, **values))
            self._note("person.added", person.id, "", values)
        else:
            self._change(known, values)

    def give_roles(self, person_id: str, roles: frozenset[Role]) -> Person:
        require_duties_go_together(roles)
        known = self._standing(person_id)
        if known.roles != _roles(roles):
            self._change(known, {"roles": _roles(roles)})
        return _person(self._standing(person_id))

    def set_password(self, person_id: str, password_hash: str) -> None:
        self._change(self._standing(person_id), {"password_hash": password_hash})
        self._sessions.end_all(person_id, "a new password")

    def rehash(self, person_id: str, password_hash: str) -> None:
        self._change(self._standing(person_id), {"password_hash": password_hash})

    def end(self, person_id: str, why: str) -> None:
        known = self._standing(person_id)
        now = to_text(self._clock.now())
        self._c.execute(update(people).where(people.c.id == person_id).values(ended_at=now))
        keys = update(api_keys).where(api_keys.c.person_id == person_id, api_keys.c.ended_at == "")
        ended = {
            "person": person_id,
            "before": known.roles,
            "why": why,
            "sessions": self._sessions.end_all(person_id, "the person left"),
            "keys": sorted(self._c.execute(keys.values(ended_at=now).returning(api_keys.c.id)).scalars()),
            "links": self._links.end_all(person_id),
        }
        self._audit.append(STREAM, "person.ended", ended)

    def get(self, person_id: str) -> Person | None:
        row = self._c.execute(select(people).where(people.c.id == person_id, people.c.ended_at == "")).first()
        return None if row is None else _person(row)

    def password_hash(self, person_id: str) -> str | None:
        wanted = select(people.c.password_hash).where(people.c.id == person_id, people.c.ended_at == "")
        return self._c.execute(wanted).scalar()

    def list(self, *, with_ended: bool = False) -> tuple[Person, ...]:
        wanted = select(people).order_by(people.c.id)
        if not with_ended:
            wanted = wanted.where(people.c.ended_at == "")
        return tuple(_person(row) for row in self._c.execute(wanted))

    def _standing(self, person_id: str) -> Row[Any]:
        wait_turn(self._c, Turn.PERSON, person_id)
        row = self._c.execute(select(people).where(people.c.id == person_id, people.c.ended_at == "")).first()
        if row is None:
            raise NotFound(f"There is nobody {person_id} who signs in. Nothing was changed.")
        return row

    def _change(self, known: Row[Any], values: dict[str, str]) -> None:
        after = {**known._mapping, **values}
        self._c.execute(update(people).where(people.c.id == known.id).values(**values))
        self._note(
            "person.changed", known.id, known.roles, after, password=known.password_hash != after["password_hash"]
        )

    def _note(self, event: str, person_id: str, before: str, after: dict[str, Any], **more: Any) -> None:
        told = {"person": person_id, "before": before, "after": after["roles"], "sha256": person_digest(after)}
        self._audit.append(STREAM, event, told | more)


def _roles(roles: frozenset[Role]) -> str:
    return " ".join(sorted(role.value for role in roles))


def _person(row: Row[Any]) -> Person:
    ended_at = from_text(row.ended_at) if row.ended_at else None
    roles = frozenset(Role(role) for role in row.roles.split())
    return Person(id=row.id, name=row.name, roles=roles, ended_at=ended_at)
