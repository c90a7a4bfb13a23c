"""What approved cases hold and write."""

import hashlib
import json
import re
from collections.abc import Sequence, Set
from decimal import Decimal

from sqlalchemy import Connection, Table, delete, insert, select, update

from assistant.domain.errors import ChangedMeanwhile, NotFound, NothingLeft
from assistant.domain.event import posted_event
from assistant.domain.posting import CreditHold, Hold, PlannedCall, Posting, PostingState
from assistant.store.audit import SqlAudit
from assistant.store.connection import Turn, wait_turn
from assistant.store.events import SqlEvents
from assistant.store.tables import cases, credit_holds, holds, postings, serial_holds

_EVENTS = {
    PostingState.STARTED: "posting.started",
    PostingState.DONE: "posting.finished",
    PostingState.REFUSED: "posting.refused",
}
_UNBEGUN = (PostingState.PLANNED.value, PostingState.REFUSED.value)  # nothing of it is in the ERP


class SqlPostings:
    """Implements assistant.domain.ports.Postings."""

    def __init__(self, connection: Connection, audit: SqlAudit, events: SqlEvents) -> None:
        self._c = connection
        self._audit = audit
        self._events = events

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

    def hold_credit(self, wanted: Sequence[CreditHold]) -> None:
        sums: dict[tuple[str, str, str], Decimal] = {}
        for hold in wanted:
            place = (hold.order_no, hold.sku, hold.case_id)
            sums[place] = sums.get(place, Decimal(0)) + hold.amount
        for order_no in sorted({order_no for order_no, _, _ in sums}):
            self.lock_order(order_no)
        for (order_no, sku, case_id), amount in sums.items():
            place_of = {"case_id": case_id, "order_no": order_no, "sku": sku}
            self._require_case(case_id)
            self._c.execute(delete(credit_holds).filter_by(**place_of))
            self._c.execute(insert(credit_holds).values(amount=f"{amount:f}", **place_of))
            self._audit.append(case_id, "posting.credit_held", {**place_of, "amount": f"{amount:f}"})

    def credit_held(self, order_no: str, sku: str, other_than: str = "") -> Decimal:
        h = credit_holds.c
        found = select(h.amount).where(h.order_no == order_no, h.sku == sku, h.case_id != other_than)
        return sum((Decimal(amount) for amount in self._c.execute(found).scalars()), Decimal(0))

    def hold_serials(self, case_id: str, order_no: str, sku: str, serials: Sequence[str]) -> None:
        self.lock_order(order_no)
        new = []
        for serial in dict.fromkeys(serials):
            holder = self.serial_holder(order_no, sku, serial)
            if holder is None:
                new.append(serial)
            elif holder != case_id:
                raise NothingLeft(f"Serial {serial} of {sku} comes back in {holder} already. Nothing was changed.")
        for serial in new:
            self._c.execute(insert(serial_holds).values(order_no=order_no, sku=sku, serial=serial, case_id=case_id))
        if new:
            self._audit.append(case_id, "posting.serials_held", {"order_no": order_no, "sku": sku, "serials": new})

    def serial_holder(self, order_no: str, sku: str, serial: str) -> str | None:
        s = serial_holds.c
        found = select(s.case_id).where(s.order_no == order_no, s.sku == sku, s.serial == serial)
        holder: str | None = self._c.execute(found).scalar()
        return holder

    def release(self, case_id: str) -> None:
        self._release(case_id, (holds, credit_holds))

    def give_up(self, case_id: str) -> None:
        self._release(case_id, (holds, credit_holds, serial_holds))

    def _release(self, case_id: str, tables: Sequence[Table]) -> None:
        orders = {
            order_no
            for table in tables
            for order_no in self._c.execute(select(table.c.order_no).where(table.c.case_id == case_id)).scalars()
        }
        for order_no in sorted(orders):
            self.lock_order(order_no)
        before = []
        for table in tables:
            gone = self._c.execute(delete(table).where(table.c.case_id == case_id).returning(table)).mappings()
            before += [{name: row[name] for name in row if name != "case_id"} for row in gone]
        if before:
            self._audit.append(case_id, "posting.released", {"before": before})

    def plan(self, case_id: str, revision: int, calls: Sequence[PlannedCall]) -> None:
        self._require_case(case_id)
        self._drop_what_is_planned_no_more(case_id, revision, {call.key for call in calls})
        for place, call in enumerate(calls):
            arguments = json.dumps(call.arguments, sort_keys=True)
            planned = {"case_id": case_id, "revision": revision, "tool": call.tool, "arguments": arguments}
            wait_turn(self._c, Turn.POSTING, call.key)
            known = self._c.execute(select(postings).where(postings.c.key == call.key)).first()
            if known is not None:
                if planned == {name: known._mapping[name] for name in planned}:
                    continue
                if known.case_id != case_id or known.state not in _UNBEGUN:
                    raise ChangedMeanwhile(f"The posting {call.key} stands already, and is another one.")
                self._c.execute(delete(postings).where(postings.c.key == call.key))
            values = {**planned, "key": call.key, "place": place, "document_no": "", "note": ""}
            self._c.execute(insert(postings).values(state=PostingState.PLANNED.value, **values))
            digest = hashlib.sha256(arguments.encode()).hexdigest()
            change = {"key": call.key, "tool": call.tool, "revision": revision, "arguments_sha256": digest}
            self._audit.append(case_id, "posting.planned", change)

    def _drop_what_is_planned_no_more(self, case_id: str, revision: int, keys: Set[str]) -> None:
        """Planned under an approval that was dropped, and not begun."""
        p = postings.c
        unbegun = delete(postings).where(p.case_id == case_id, p.revision == revision, p.state.in_(_UNBEGUN))
        for key in self._c.execute(unbegun.where(p.key.not_in(keys)).returning(p.key)).scalars().all():
            self._audit.append(case_id, "posting.dropped", {"key": key})

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

    def with_document(self, number: str) -> str | None:
        digits = number.lstrip("0")
        ending = postings.c.document_no.like(f"%{digits}", escape="\\")
        if not digits.isdecimal():
            return None
        for row in self._c.execute(select(postings.c.case_id, postings.c.document_no).where(ending)).all():
            if re.sub(r"\D", "", row.document_no).lstrip("0") == digits:
                return str(row.case_id)
        return None

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
        if state is PostingState.DONE:
            told = posted_event(next(p for p in self.of_case(row.case_id) if p.key == key))
            if told is not None:
                self._events.add(told[0], row.case_id, told[1])
