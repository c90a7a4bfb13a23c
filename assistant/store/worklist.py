"""Inquiries for agents and exceptions for whoever can mend them."""

from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from assistant.domain.errors import NotFound
from assistant.domain.person import Actor
from assistant.domain.ports import Clock
from assistant.domain.worklist import Inquiry, InquiryKind, Trouble
from assistant.store.audit import SqlAudit
from assistant.store.connection import Turn, wait_turn
from assistant.store.tables import inquiries, troubles
from assistant.store.times import from_text, to_text


class SqlWorklist:
    """Implements assistant.domain.ports.Worklist."""

    def __init__(self, connection: Connection, audit: SqlAudit, actor: Actor, clock: Clock) -> None:
        self._c = connection
        self._audit = audit
        self._actor = actor
        self._clock = clock

    def ask_agent(self, kind: InquiryKind, message_id: str, case_id: str | None, text: str, draft: str = "") -> Inquiry:
        wait_turn(self._c, Turn.INQUIRY, message_id)
        is_open = (inquiries.c.message_id == message_id) & (inquiries.c.closed_by == "")
        known = self._c.execute(select(inquiries).where(is_open)).first()
        if known is not None:
            return _inquiry(known)
        values = {
            "kind": kind,
            "message_id": message_id,
            "case_id": case_id,
            "text": text,
            "closed_by": "",
            "draft": draft,
        }
        row = self._c.execute(
            insert(inquiries).values(**values, opened_at=to_text(self._clock.now())).returning(inquiries)
        ).one()
        self._audit.append(case_id or message_id, "inquiry.opened", {"inquiry": row.id, "message": message_id})
        return _inquiry(row)

    def close_inquiry(self, inquiry_id: int) -> None:
        closing = update(inquiries).where(inquiries.c.id == inquiry_id, inquiries.c.closed_by == "")
        row = self._c.execute(closing.values(closed_by=self._actor.id).returning(inquiries)).first()
        if row is None:
            raise NotFound(f"There is no open inquiry {inquiry_id}.")
        self._audit.append(row.case_id or row.message_id, "inquiry.closed", {"inquiry": inquiry_id})

    def inquiries(self, limit: int = 200) -> tuple[Inquiry, ...]:
        found = select(inquiries).where(inquiries.c.closed_by == "").order_by(inquiries.c.id).limit(limit)
        return tuple(_inquiry(row) for row in self._c.execute(found))

    def raise_trouble(self, subject: str, cause: str, kept: str, next_step: str) -> Trouble:
        wait_turn(self._c, Turn.TROUBLE, subject)
        said = {"cause": cause, "kept": kept, "next_step": next_step, "raised_at": to_text(self._clock.now())}
        is_open = (troubles.c.subject == subject) & (troubles.c.resolved_by == "")
        row = self._c.execute(update(troubles).where(is_open).values(**said).returning(troubles)).first()
        if row is None:
            row = self._c.execute(
                insert(troubles).values(subject=subject, resolved_by="", **said).returning(troubles)
            ).one()
        self._audit.append(_stream(subject), "trouble.raised", {"subject": subject, "cause": cause})
        return _trouble(row)

    def resolve_trouble(self, subject: str) -> None:
        is_open = (troubles.c.subject == subject) & (troubles.c.resolved_by == "")
        if self._c.execute(update(troubles).where(is_open).values(resolved_by=self._actor.id)).rowcount:
            self._audit.append(_stream(subject), "trouble.resolved", {"subject": subject})

    def latest_trouble(self, subject: str) -> Trouble | None:
        found = select(troubles).where(troubles.c.subject == subject).order_by(troubles.c.id.desc()).limit(1)
        row = self._c.execute(found).first()
        return None if row is None else _trouble(row)

    def troubles(self, limit: int = 200) -> tuple[Trouble, ...]:
        found = select(troubles).where(troubles.c.resolved_by == "").order_by(troubles.c.id).limit(limit)
        return tuple(_trouble(row) for row in self._c.execute(found))


def _stream(subject: str) -> str:
    kind, _, subject_id = subject.partition(":")
    return subject_id if kind in {"case", "message", "rma"} else "outbox"


def _inquiry(row: Row[Any]) -> Inquiry:
    return Inquiry(
        id=row.id,
        kind=row.kind,
        message_id=row.message_id,
        case_id=row.case_id,
        text=row.text,
        opened_at=from_text(row.opened_at),
        closed_by=row.closed_by,
        draft=row.draft,
    )


def _trouble(row: Row[Any]) -> Trouble:
    return Trouble(
        id=row.id,
        subject=row.subject,
        cause=row.cause,
        kept=row.kept,
        next_step=row.next_step,
        raised_at=from_text(row.raised_at),
        resolved_by=row.resolved_by,
    )
