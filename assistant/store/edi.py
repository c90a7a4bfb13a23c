"""EDI in the store: which interchanges and transactions came, and what went out, numbered without gaps."""

from typing import Any

from sqlalchemy import Connection, Row, String, cast, func, insert, select, update

from assistant.domain.edi import Outgoing, OutKind, Received, Unanswered
from assistant.domain.errors import NotFound
from assistant.domain.lifecycle import CaseState
from assistant.domain.ports import Clock
from assistant.store.audit import SqlAudit
from assistant.store.connection import Turn, wait_turn
from assistant.store.tables import cases, storable
from assistant.store.tables_outside import edi_interchanges, edi_outgoing, edi_transactions
from assistant.store.times import from_text, to_text

# Where a case has come to what its partner is told.
_TOLD = (CaseState.REJECTED, CaseState.AUTHORISED, CaseState.SETTLED, CaseState.CANCELLED, CaseState.EXPIRED)
_REFERENCE_CHARACTERS = 200


class SqlEdi:
    """Implements assistant.domain.outside_ports.Edi."""

    def __init__(self, connection: Connection, audit: SqlAudit, clock: Clock) -> None:
        self._c = connection
        self._audit = audit
        self._clock = clock

    def interchange_known(self, partner_id: str, control: str) -> str | None:
        wait_turn(self._c, Turn.INTERCHANGE, partner_id)
        known = edi_interchanges.c
        found: str | None = self._c.execute(
            select(known.message_id).where(known.partner_id == partner_id, known.control == control[:20])
        ).scalar()
        return found

    def message_known(self, message_id: str) -> bool:
        known = select(edi_interchanges).where(edi_interchanges.c.message_id == message_id)
        return self._c.execute(known).first() is not None

    def took(self, partner_id: str, control: str, message_id: str) -> None:
        told = {"message_id": message_id, "partner_id": partner_id, "control": control[:20]}
        self._c.execute(insert(edi_interchanges).values(**told))
        self._audit.append(message_id, "edi.taken", {"partner": partner_id, "interchange": told["control"]})

    def keep(self, received: Received) -> bool:
        names = {"interchange": received.interchange, "group_control": received.group, "control": received.control}
        key = {"partner_id": received.partner_id, **{name: value[:20] for name, value in names.items()}}
        wait_turn(self._c, Turn.INTERCHANGE, received.partner_id)
        if self._c.execute(select(edi_transactions).filter_by(**key)).first() is not None:
            return False
        reference = storable(received.reference)[:_REFERENCE_CHARACTERS]
        more = {"kind": received.kind[:10], "reference": reference, "message_id": received.message_id, "answered": ""}
        self._c.execute(insert(edi_transactions).values(**key, **more))
        return True

    def partner_of(self, message_id: str) -> str | None:
        t = edi_transactions.c
        found: str | None = self._c.execute(select(t.partner_id).where(t.message_id == message_id)).scalar()
        return found

    def cases_called(self, partner_id: str, reference: str) -> tuple[str, ...]:
        t, c = edi_transactions.c, cases.c
        found = select(c.id).join(edi_transactions, c.message_id == t.message_id).order_by(c.number)
        named = storable(reference)[:_REFERENCE_CHARACTERS]
        return tuple(self._c.execute(found.where(t.partner_id == partner_id, t.reference == named)).scalars())

    def next_control(self, partner_id: str) -> int:
        wait_turn(self._c, Turn.INTERCHANGE, partner_id)
        mine = select(func.max(edi_outgoing.c.control)).where(edi_outgoing.c.partner_id == partner_id)
        return int(self._c.execute(mine).scalar() or 0) + 1

    def send(
        self, partner_id: str, kind: OutKind, control: int, body: str, key: str, message_id: str = "", case_id: str = ""
    ) -> Outgoing:
        told: dict[str, Any] = {"partner_id": partner_id, "kind": kind, "control": control, "body": body, "key": key}
        told |= {"message_id": message_id, "case_id": case_id, "made_at": to_text(self._clock.now()), "fetched_at": ""}
        row = self._c.execute(insert(edi_outgoing).values(**told).returning(edi_outgoing)).one()
        change = {"partner": partner_id, "kind": kind, "control": control, "out": row.id}
        self._audit.append(case_id or message_id, "edi.queued", change)
        return _outgoing(row)

    def sent(self, key: str) -> Outgoing | None:
        row = self._c.execute(select(edi_outgoing).where(edi_outgoing.c.key == key)).first()
        return None if row is None else _outgoing(row)

    def answers_to(self, message_id: str) -> tuple[Outgoing, ...]:
        found = select(edi_outgoing).where(edi_outgoing.c.message_id == message_id).order_by(edi_outgoing.c.id)
        return tuple(_outgoing(row) for row in self._c.execute(found))

    def get(self, outgoing_id: int) -> Outgoing:
        row = self._c.execute(select(edi_outgoing).where(edi_outgoing.c.id == outgoing_id)).first()
        if row is None:
            raise NotFound(f"There is no interchange {outgoing_id} among those that go out.")
        return _outgoing(row)

    def outgoing(self, *, unfetched: bool = False, limit: int = 100, after: int = 0) -> tuple[Outgoing, ...]:
        found = select(edi_outgoing).where(edi_outgoing.c.id > after).order_by(edi_outgoing.c.id).limit(limit)
        if unfetched:
            found = found.where(edi_outgoing.c.fetched_at == "")
        return tuple(_outgoing(row) for row in self._c.execute(found))

    def fetched(self, outgoing_id: int) -> None:
        row = self.get(outgoing_id)
        if row.fetched_at is None:
            now = to_text(self._clock.now())
            self._c.execute(update(edi_outgoing).where(edi_outgoing.c.id == outgoing_id).values(fetched_at=now))
            change = {"partner": row.partner_id, "control": row.control, "out": row.id}
            self._audit.append(row.case_id or f"edi {row.partner_id}", "edi.fetched", change)

    def unanswered(self, limit: int = 100) -> tuple[Unanswered, ...]:
        t, c = edi_transactions.c, cases.c
        told = select(edi_transactions, c.id, c.state, c.revision).join(cases, c.message_id == t.message_id)
        told = told.where(c.state.in_([state.value for state in _TOLD]))
        new = told.where(t.answered != c.state + "-" + cast(c.revision, String))
        return tuple(
            Unanswered(
                received=Received(
                    partner_id=row.partner_id,
                    interchange=row.interchange,
                    group=row.group_control,
                    control=row.control,
                    kind=row.kind,
                    reference=row.reference,
                    message_id=row.message_id,
                ),
                case_id=row.id,
                key=f"{row.state}-{row.revision}",
            )
            for row in self._c.execute(new.order_by(c.number).limit(limit))
        )

    def answered(self, unanswered: Unanswered) -> None:
        mine = update(edi_transactions).where(edi_transactions.c.message_id == unanswered.received.message_id)
        self._c.execute(mine.values(answered=unanswered.key))


def _outgoing(row: Row[Any]) -> Outgoing:
    return Outgoing(
        id=row.id,
        partner_id=row.partner_id,
        kind=row.kind,
        control=row.control,
        body=row.body,
        case_id=row.case_id,
        made_at=from_text(row.made_at),
        fetched_at=from_text(row.fetched_at) if row.fetched_at else None,
    )
