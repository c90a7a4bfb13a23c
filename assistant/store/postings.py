"""What approved cases hold and write."""

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, delete, insert, select, text, update

from assistant.domain.errors import NotFound
from assistant.domain.posting import Hold, PlannedCall, Posting, PostingState
from assistant.store.audit import SqlAudit
from assistant.store.connection import is_postgres
from assistant.store.tables import holds, postings


class SqlPostings:
    """Implements assistant.domain.ports.Postings."""

    def __init__(self, connection: Connection, audit: SqlAudit) -> None:
        self._c = connection
        self._audit = audit

    def lock_order(self, order_no: str) -> None:
        if is_postgres(self._c):  # SQLite's unit is the only writer already
            self._c.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:o, 2))"), {"o": order_no})

    def hold(self, wanted: Sequence[Hold]) -> None:
        for hold in wanted:
            row = {
                "case_id": hold.case_id,
                "order_no": hold.order_no,
                "sku": hold.sku,
                "quantity": f"{hold.quantity:f}",
            }
            self._c.execute(insert(holds).values(**row))
            self._audit.append(hold.case_id, "posting.held", row)

    def held(self, order_no: str, sku: str, other_than: str = "") -> Decimal:
        h = holds.c
        found = select(h.quantity).where(h.order_no == order_no, h.sku == sku, h.case_id != other_than)
        return sum((Decimal(quantity) for quantity in self._c.execute(found).scalars()), Decimal(0))

    def release(self, case_id: str) -> None:
        if self._c.execute(delete(holds).where(holds.c.case_id == case_id)).rowcount:
            self._audit.append(case_id, "posting.released", {})

    def plan(self, case_id: str, revision: int, calls: Sequence[PlannedCall]) -> None:
        for place, call in enumerate(calls):
            row = {"key": call.key, "case_id": case_id, "revision": revision, "place": place, "tool": call.tool}
            row |= {"arguments": json.dumps(call.arguments), "state": PostingState.PLANNED.value}
            self._c.execute(insert(postings).values(**row, document_no="", note=""))
            self._audit.append(case_id, "posting.planned", {"key": call.key, "tool": call.tool})

    def start(self, key: str) -> None:
        self._to(key, PostingState.STARTED)

    def finish(self, key: str, document_no: str) -> None:
        self._to(key, PostingState.DONE, document_no=document_no)

    def refuse(self, key: str, note: str) -> None:
        self._to(key, PostingState.REFUSED, note=note)

    def of_case(self, case_id: str) -> tuple[Posting, ...]:
        p = postings.c
        rows = self._c.execute(select(postings).where(p.case_id == case_id).order_by(p.revision, p.place))
        return tuple(
            Posting(
                key=row.key,
                case_id=row.case_id,
                revision=row.revision,
                tool=row.tool,
                arguments=json.loads(row.arguments),
                state=PostingState(row.state),
                document_no=row.document_no,
                note=row.note,
            )
            for row in rows
        )

    def _to(self, key: str, state: PostingState, **values: Any) -> None:
        row = self._c.execute(
            update(postings)
            .where(postings.c.key == key)
            .values(state=state.value, **values)
            .returning(postings.c.case_id)
        ).first()
        if row is None:
            raise NotFound(f"There is no posting {key}.")
        self._audit.append(row.case_id, f"posting.{state.value}", {"key": key, **values})
