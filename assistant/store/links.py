"""Accounts elsewhere that are proven to be a person's, and the one-time codes that prove it."""

from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from assistant.domain.errors import ChangedMeanwhile, NotFound
from assistant.domain.identity import Code, Link, LinkKind
from assistant.domain.person import Person, Role
from assistant.domain.ports import Clock
from assistant.store.audit import SqlAudit
from assistant.store.connection import Turn, wait_turn
from assistant.store.tables import link_codes, links, people
from assistant.store.times import from_text, to_text

STREAM = "people"


class SqlLinks:
    """Implements assistant.domain.identity_ports.Links."""

    def __init__(self, connection: Connection, audit: SqlAudit, clock: Clock) -> None:
        self._c = connection
        self._audit = audit
        self._clock = clock

    def offer(self, code: Code) -> None:
        wait_turn(self._c, Turn.PERSON, code.person_id)
        mine = (link_codes.c.person_id == code.person_id) & (link_codes.c.kind == code.kind)
        self._c.execute(delete(link_codes).where(mine))
        self._c.execute(delete(link_codes).where(link_codes.c.ends_at < to_text(self._clock.now())))
        values = {"code_hash": code.code_hash, "kind": code.kind, "value": code.value, "person_id": code.person_id}
        self._c.execute(insert(link_codes).values(ends_at=to_text(code.ends_at), **values))
        told = {"person": code.person_id, "kind": code.kind, "account": code.value}
        self._audit.append(STREAM, "link.offered", told)

    def take(self, code_hash: str) -> Code | None:
        taken = delete(link_codes).where(link_codes.c.code_hash == code_hash).returning(link_codes)
        row = self._c.execute(taken).first()
        if row is None:
            return None
        return Code(
            code_hash=row.code_hash,
            kind=row.kind,
            value=row.value,
            person_id=row.person_id,
            ends_at=from_text(row.ends_at),
        )

    def add(self, link: Link) -> None:
        wait_turn(self._c, Turn.PERSON, f"link {link.kind} {link.value}")
        known = self._c.execute(self._wanted(link.kind, link.value)).first()
        if known is not None and known.person_id != link.person_id:
            raise ChangedMeanwhile("That account is linked to somebody else already. Nothing was changed.")
        if known is not None:
            return
        values = {"kind": link.kind, "value": link.value, "person_id": link.person_id, "proof": link.proof}
        self._c.execute(insert(links).values(proven_at=to_text(link.proven_at), **values))
        told = {"person": link.person_id, "kind": link.kind, "account": link.value, "proof": link.proof}
        self._audit.append(STREAM, "link.proven", told)

    def person_of(self, kind: LinkKind, value: str) -> Person | None:
        wanted = select(people).join(links, links.c.person_id == people.c.id)
        mine = wanted.where(links.c.kind == kind, links.c.value == value, people.c.ended_at == "")
        row = self._c.execute(mine).first()
        if row is None:
            return None
        return Person(id=row.id, name=row.name, roles=frozenset(Role(role) for role in row.roles.split()))

    def of(self, person_id: str) -> tuple[Link, ...]:
        wanted = select(links).where(links.c.person_id == person_id).order_by(links.c.kind, links.c.value)
        return tuple(_link(row) for row in self._c.execute(wanted))

    def end(self, kind: LinkKind, value: str) -> None:
        gone = delete(links).where(links.c.kind == kind, links.c.value == value).returning(links)
        row = self._c.execute(gone).first()
        if row is None:
            raise NotFound(f"No {kind} account {value} is linked. Nothing was changed.")
        self._audit.append(STREAM, "link.ended", {"person": row.person_id, "kind": kind, "account": value})

    def end_all(self, person_id: str) -> list[dict[str, str]]:
        """Answers what was linked, for the row that says why it ended."""
        self._c.execute(delete(link_codes).where(link_codes.c.person_id == person_id))
        gone = self._c.execute(delete(links).where(links.c.person_id == person_id).returning(links)).all()
        return [{"kind": row.kind, "account": row.value} for row in sorted(gone, key=lambda r: (r.kind, r.value))]

    @staticmethod
    def _wanted(kind: str, value: str) -> Any:
        return select(links).where(links.c.kind == kind, links.c.value == value)


def _link(row: Row[Any]) -> Link:
    return Link(
        kind=row.kind,
        value=row.value,
        person_id=row.person_id,
        proof=row.proof,
        proven_at=from_text(row.proven_at),
    )
