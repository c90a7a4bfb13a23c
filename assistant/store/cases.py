"""Cases, their revisions and the decisions on them."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, func, insert, select, update

from assistant.domain.approval import Decision
from assistant.domain.case import Case, CaseKind, Revision
from assistant.domain.draft import Draft
from assistant.domain.errors import ChangedMeanwhile, NotFound
from assistant.domain.event import type_of
from assistant.domain.lifecycle import CASE_TRANSITIONS, CaseEvent, CaseState, after
from assistant.domain.party import Party
from assistant.domain.person import Actor
from assistant.domain.ports import Clock
from assistant.store.audit import SqlAudit
from assistant.store.connection import Turn, wait_turn
from assistant.store.events import SqlEvents
from assistant.store.tables import cases, decisions, messages, revisions
from assistant.store.times import from_text, to_text

DRAFT: TypeAdapter[Draft] = TypeAdapter(Draft)
FIRST_NUMBER = 1000


class SqlCases:
    """Implements assistant.domain.ports.Cases."""

    def __init__(self, connection: Connection, audit: SqlAudit, actor: Actor, clock: Clock, events: SqlEvents) -> None:
        self._c = connection
        self._audit = audit
        self._actor = actor
        self._clock = clock
        self._events = events

    def open(self, kind: CaseKind, party: Party, message_id: str, subject: str, draft: Draft) -> Case:
        wait_turn(self._c, Turn.MESSAGE, message_id)
        if (known := self.of_message(message_id)) is not None:
            return known
        if self._c.execute(select(messages.c.id).where(messages.c.id == message_id)).first() is None:
            raise NotFound(f"There is no message {message_id}.")
        now = to_text(self._clock.now())
        number = self._c.execute(
            insert(cases)
            .values(
                kind=kind,
                state=CaseState.DRAFT.value,
                party_name=party.name,
                party_address=party.address,
                customer_id=party.customer_id,
                message_id=message_id,
                subject=subject,
                revision=1,
                opened_at=now,
                changed_at=now,
            )
            .returning(cases.c.number)
        ).scalar_one()
        case_id = f"BH-{FIRST_NUMBER + number}"
        self._c.execute(update(cases).where(cases.c.number == number).values(id=case_id))
        digest = self._add_revision(case_id, 1, draft, "", now)
        opened = {"kind": kind, "message": message_id, "customer": party.customer_id, **digest}
        self._audit.append(case_id, "case.opened", opened)
        return self._announced(case_id, None)

    def find(self, case_id: str) -> Case | None:
        row = self._c.execute(select(cases).where(cases.c.id == case_id)).first()
        return None if row is None else self._case(row)

    def get(self, case_id: str) -> Case:
        return self._case(self._row(case_id, lock=False))

    def lock(self, case_id: str) -> Case:
        return self._case(self._row(case_id, lock=True))

    def revise(self, case_id: str, expected_revision: int, draft: Draft, why: str = "") -> Case:
        row = self._expected(case_id, expected_revision)
        state = after(CASE_TRANSITIONS, CaseState(row.state), CaseEvent.REVISE)
        now, number = to_text(self._clock.now()), expected_revision + 1
        digest = self._add_revision(case_id, number, draft, why, now)
        changed = {"state": state.value, "revision": number, "changed_at": now, "customer_id": draft.customer_id}
        self._c.execute(update(cases).where(cases.c.id == case_id).values(**changed))
        self._audit.append(
            case_id,
            "case.revised",
            {"revision": number, "why": why, "before": row.state, "after": state.value, **digest},
        )
        return self._announced(case_id, row.state)

    def move(self, case_id: str, event: CaseEvent, expected_revision: int, note: str = "") -> Case:
        row = self._expected(case_id, expected_revision)
        state = after(CASE_TRANSITIONS, CaseState(row.state), event)
        now = to_text(self._clock.now())
        self._c.execute(update(cases).where(cases.c.id == case_id).values(state=state.value, changed_at=now))
        change = {"revision": expected_revision, "before": row.state, "after": state.value, "note": note}
        self._audit.append(case_id, f"case.{event.value}", change)
        return self._announced(case_id, row.state)

    def revisions(self, case_id: str) -> tuple[Revision, ...]:
        found = select(revisions).where(revisions.c.case_id == case_id).order_by(revisions.c.number)
        return tuple(_revision(row) for row in self._c.execute(found))

    def of_message(self, message_id: str) -> Case | None:
        row = self._c.execute(select(cases).where(cases.c.message_id == message_id)).first()
        return None if row is None else self._case(row)

    def list(self, states: Iterable[CaseState] = (), limit: int = 200, after: str = "") -> tuple[Case, ...]:
        found = select(cases).order_by(cases.c.number.desc()).limit(limit)
        if after:
            found = found.where(cases.c.number < select(cases.c.number).where(cases.c.id == after).scalar_subquery())
        if wanted := [state.value for state in states]:
            found = found.where(cases.c.state.in_(wanted))
        return tuple(self._case(row) for row in self._c.execute(found).all())

    def customer_before(self, address: str) -> str | None:
        approved = select(cases.c.customer_id).distinct().join(decisions, decisions.c.case_id == cases.c.id)
        theirs = (cases.c.party_address == address) & (decisions.c.verdict == "approved")
        found = [row[0] for row in self._c.execute(approved.where(theirs, cases.c.customer_id.is_not(None)).limit(2))]
        return found[0] if len(found) == 1 and address else None

    def counts(self) -> Mapping[str, int]:
        counted = select(cases.c.state, func.count()).group_by(cases.c.state)
        return {row[0]: row[1] for row in self._c.execute(counted)}

    def decide(self, decision: Decision) -> None:
        self._expected(decision.case_id, decision.revision)
        known = self.decisions(decision.case_id)
        for other in known:
            if other.revision == decision.revision and _stands_in_the_way(other, decision):
                raise ChangedMeanwhile(f"{other.by} has {_said(other)} this revision of {decision.case_id} already.")
        self._c.execute(
            insert(decisions).values(
                case_id=decision.case_id,
                number=len(known) + 1,
                revision=decision.revision,
                verdict=decision.verdict,
                by=decision.by,
                at=to_text(decision.at),
                policy_version=decision.policy_version,
                digests=json.dumps(decision.digests),
                reason=decision.reason,
                step=decision.step,
                stands_in_for=decision.stands_in_for,
                lines=json.dumps(decision.lines),
            )
        )
        made: dict[str, object] = {"revision": decision.revision, "verdict": decision.verdict, "by": decision.by}
        made |= {"policy": decision.policy_version, "digests": list(decision.digests), "reason": decision.reason}
        made |= {"step": decision.step, "stands_in_for": decision.stands_in_for, "lines": list(decision.lines)}
        self._audit.append(decision.case_id, "decision.made", made)

    def decisions(self, case_id: str) -> tuple[Decision, ...]:
        found = select(decisions).where(decisions.c.case_id == case_id).order_by(decisions.c.number)
        return tuple(_decision(row) for row in self._c.execute(found))

    def _announced(self, case_id: str, before: str | None) -> Case:
        """The case as it is now, told to other programs."""
        case = self.get(case_id)
        data: dict[str, Any] = {"case_id": case_id, "kind": case.kind, "state": case.state.value, "before": before}
        data |= {"revision": case.revision.number, "customer_id": case.party.customer_id}
        self._events.add(type_of(case.state), case_id, {**data, "order_nos": list(case.draft.order_nos)})
        return case

    def _row(self, case_id: str, *, lock: bool) -> Row[Any]:
        wanted = select(cases).where(cases.c.id == case_id)
        row = self._c.execute(wanted.with_for_update() if lock else wanted).first()
        if row is None:
            raise NotFound(f"There is no case {case_id}.")
        return row

    def _expected(self, case_id: str, revision: int) -> Row[Any]:
        row = self._row(case_id, lock=True)
        if row.revision != revision:
            raise ChangedMeanwhile(f"{case_id} is at revision {row.revision}; you saw {revision}. Look again.")
        return row

    def _add_revision(self, case_id: str, number: int, draft: Draft, why: str, at: str) -> dict[str, str]:
        """Answers the draft's SHA-256, for the audit log."""
        body = DRAFT.dump_json(draft).decode()
        by = {"by_kind": self._actor.kind, "by_id": self._actor.id}
        self._c.execute(insert(revisions).values(case_id=case_id, number=number, draft=body, at=at, why=why, **by))
        return {"draft_sha256": hashlib.sha256(body.encode()).hexdigest()}

    def _case(self, row: Row[Any]) -> Case:
        current = select(revisions).where(revisions.c.case_id == row.id, revisions.c.number == row.revision)
        return Case(
            id=row.id,
            kind=row.kind,
            state=CaseState(row.state),
            party=Party(name=row.party_name, address=row.party_address, customer_id=row.customer_id),
            message_id=row.message_id,
            subject=row.subject,
            revision=_revision(self._c.execute(current).one()),
            opened_at=from_text(row.opened_at),
            changed_at=from_text(row.changed_at),
        )


def _revision(row: Row[Any]) -> Revision:
    return Revision(
        number=row.number,
        draft=DRAFT.validate_json(row.draft),
        by=Actor(kind=row.by_kind, id=row.by_id),
        at=from_text(row.at),
        why=row.why,
    )


def _decision(row: Row[Any]) -> Decision:
    return Decision(
        case_id=row.case_id,
        revision=row.revision,
        verdict=row.verdict,
        by=row.by,
        at=from_text(row.at),
        policy_version=row.policy_version,
        digests=tuple(json.loads(row.digests)),
        reason=row.reason,
        step=row.step,
        stands_in_for=row.stands_in_for,
        lines=tuple(json.loads(row.lines)),
    )


def _stands_in_the_way(known: Decision, new: Decision) -> bool:
    """A rejection is final for its revision; a step, and a person, approve the same planned calls once."""
    if known.verdict == "rejected":
        return True
    if known.verdict == "line_rejected":
        return new.verdict == "line_rejected" and bool(set(known.lines) & set(new.lines))
    same_plan = (known.policy_version, known.digests) == (new.policy_version, new.digests)
    return new.verdict == "approved" and same_plan and (known.step == new.step or bool(known.people & new.people))


def _said(decision: Decision) -> str:
    return "rejected a line of" if decision.verdict == "line_rejected" else decision.verdict
