"""What approved cases hold and write."""

import hashlib
import json
from collections.abc import Sequence, Set
from decimal import Decimal

from sqlalchemy import Connection, delete, insert, select, update

from assistant.domain.errors import ChangedMeanwhile, NotFound
from assistant.domain.posting import Hold, PlannedCall, Posting, PostingState
from assistant.store.audit import SqlAudit
from assistant.store.connection import Turn, wait_turn
from assistant.store.tables import cases, holds, postings

_EVENTS = {
    PostingState.STARTED: "posting.started",
    PostingState.DONE: "posting.finished",
    PostingState.REFUSED: "posting.refused",
}


class SqlPostings:
    """Implements assistant.domain.ports.Postings."""

    def __init__(self, connection: Connection, audit: SqlAudit) -> None:
        self._c = connection
        self._audit = audit

    def lock_order(self, order_no: str) -> None:
        wait_turn(self._c, Turn.ORDER, order_no)

    def hold(self, wanted: Sequence[Hold]) -> None:
        sums: dict[tuple[str, str, str], Decimal] = {}
        for hold in wanted:
            place = (hold.order_no, hold.sku, hold.case_id)
            sums[place] = sums.get(place, Decimal(0)) + hold.quantity
        for order_no in sorted({order_no for order_no, _, _ in sums}):  # sorted: two cases never wait crosswise
            self.lock_order(order_no)
        for (order_no, sku, case_id), quantity in sums.items():
            self._hold({"case_id": case_id, "order_no": order_no, "sku": sku}, f"{quantity:f}")

    def _hold(self, place: dict[str, str], quantity: str) -> None:
        self._require_case(place["case_id"])
        known = self._c.execute(select(holds).filter_by(**place)).first()
        if known is None:
            self._c.execute(insert(holds).values(quantity=quantity, **place))
        elif known.quantity != quantity:
            self._c.execute(update(holds).filter_by(**place).values(quantity=quantity))
        else:
            return
        before = None if known is None else known.quantity
        self._audit.append(place["case_id"], "posting.held", {**place, "before": before, "after": quantity})

    def held(self, order_no: str, sku: str, other_than: str = "") -> Decimal:
        h = holds.c
        found = select(h.quantity).where(h.order_no == order_no, h.sku == sku, h.case_id != other_than)
        return sum((Decimal(quantity) for quantity in self._c.execute(found).scalars()), Decimal(0))

    def release(self, case_id: str) -> None:
        orders = select(holds.c.order_no).where(holds.c.case_id == case_id).distinct().order_by(holds.c.order_no)
        for order_no in sorted(self._c.execute(orders).scalars()):
            self.lock_order(order_no)
        gone = self._c.execute(delete(holds).where(holds.c.case_id == case_id).returning(holds)).all()
        if gone:
            before = [{"order_no": row.order_no, "sku": row.sku, "quantity": row.quantity} for row in gone]
            self._audit.append(case_id, "posting.released", {"before": before})

    def plan(self, case_id: str, revision: int, calls: Sequence[PlannedCall]) -> None:
        self._require_case(case_id)
        for place, call in enumerate(calls):
            arguments = json.dumps(call.arguments, sort_keys=True)
            planned = {"case_id": case_id, "revision": revision, "tool": call.tool, "arguments": arguments}
            wait_turn(self._c, Turn.POSTING, call.key)
            known = self._c.execute(select(postings).where(postings.c.key == call.key)).first()
            if known is None:
                state = PostingState.PLANNED.value
                values = {**planned, "key": call.key, "place": place, "state": state, "document_no": "", "note": ""}
                self._c.execute(insert(postings).values(**values))
                digest = hashlib.sha256(arguments.encode()).hexdigest()
                change = {"key": call.key, "tool": call.tool, "revision": revision, "arguments_sha256": digest}
                self._audit.append(case_id, "posting.planned", change)
            elif planned != {name: known._mapping[name] for name in planned}:
                raise ChangedMeanwhile(f"The posting {call.key} stands already, and is another one.")

    def start(self, key: str) -> None:
        self._to(key, PostingState.STARTED, {PostingState.PLANNED, PostingState.REFUSED})

    def finish(self, key: str, document_no: str) -> None:
        self._to(key, PostingState.DONE, {PostingState.STARTED, PostingState.REFUSED}, document_no=document_no)

    def refuse(self, key: str, note: str) -> None:
        self._to(key, PostingState.REFUSED, set(PostingState) - {PostingState.DONE}, note=note)

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

    def _require_case(self, case_id: str) -> None:
        if self._c.execute(select(cases.c.id).where(cases.c.id == case_id)).first() is None:
            raise NotFound(f"There is no case {case_id}.")

    def _to(self, key: str, state: PostingState, since: Set[PostingState], **values: str) -> None:
        row = self._c.execute(select(postings).where(postings.c.key == key).with_for_update()).first()
        if row is None:
            raise NotFound(f"There is no posting {key}.")
        before = PostingState(row.state)
        if before is state and all(row._mapping[name] == value for name, value in values.items()):
            return
        if before not in since:
            raise ChangedMeanwhile(f"The posting {key} is {before.value} already; it can't become {state.value}.")
        self._c.execute(update(postings).where(postings.c.key == key).values(state=state.value, **values))
        change = {"key": key, "before": before.value, "after": state.value, **values}
        self._audit.append(row.case_id, _EVENTS[state], change)
