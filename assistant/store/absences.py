"""Who is away, and who stands in."""

from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from assistant.domain.absence import Absence
from assistant.domain.errors import NotFound
from assistant.domain.person import Actor
from assistant.store.audit import SqlAudit
from assistant.store.tables import absences


class SqlAbsences:
    """Implements assistant.domain.ports.Absences."""

    def __init__(self, connection: Connection, audit: SqlAudit, actor: Actor) -> None:
        self._c = connection
        self._audit = audit
        self._actor = actor

    def add(self, absence: Absence) -> Absence:
        values = {
            "person": absence.person,
            "first": absence.first.isoformat(),
            "last": absence.last.isoformat(),
            "stand_in": absence.stand_in,
            "limit_minor": absence.limit_minor,
            "note": absence.note,
            "made_by": self._actor.id,
        }
        made = self._c.execute(insert(absences).values(**values).returning(absences.c.id)).scalar_one()
        self._audit.append("people", "absence.added", {"id": made, **values})
        return replace(absence, id=made, made_by=self._actor.id)

    def remove(self, absence_id: int) -> None:
        gone = self._c.execute(delete(absences).where(absences.c.id == absence_id).returning(absences)).first()
        if gone is None:
            raise NotFound(f"There is no absence {absence_id}.")
        before = {"person": gone.person, "first": gone.first, "last": gone.last, "stand_in": gone.stand_in}
        self._audit.append("people", "absence.removed", {"id": absence_id, "before": before})

    def on(self, day: date) -> tuple[Absence, ...]:
        at, a = day.isoformat(), absences.c
        rows = self._c.execute(select(absences).where(a.first <= at, a.last >= at).order_by(a.id))
        return tuple(_absence(row) for row in rows)

    def ahead(self, day: date) -> tuple[Absence, ...]:
        a = absences.c
        rows = self._c.execute(select(absences).where(a.last >= day.isoformat()).order_by(a.first, a.id))
        return tuple(_absence(row) for row in rows)


def _absence(row: Row[Any]) -> Absence:
    return Absence(
        id=row.id,
        person=row.person,
        first=date.fromisoformat(row.first),
        last=date.fromisoformat(row.last),
        stand_in=row.stand_in,
        limit_minor=row.limit_minor,
        note=row.note,
        made_by=row.made_by,
    )
