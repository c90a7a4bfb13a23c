"""The sandbox ERP: one SQLite file (or memory) behind the same port as a real one.

Orders are kept whole, as JSON, beside index rows for every reference that leads to them; so a look-up costs the same
with a thousand order lines or a million. Postings are checked and written in one transaction each.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter
from sqlalchemy import Connection, Engine, create_engine, event, func, insert, select

from tools.adapters import sandbox_tables as t
from tools.adapters.import_file import addresses_of, codes_of, master_data, references_of, words_of
from tools.adapters.names import named
from tools.erp import (
    AdjustmentLine,
    Company,
    CreditLine,
    Customer,
    ErpRefused,
    Found,
    Item,
    Order,
    Posted,
    ReferenceKind,
    ReturnLine,
    spelled,
)

_CUSTOMER, _ITEM, _ORDER = TypeAdapter(Customer), TypeAdapter(Item), TypeAdapter(Order)
_COMPANY = TypeAdapter(Company)
_FIRST_NUMBER = {"rma": ("RMA", 1001), "credit_memo": ("CM", 5001), "adjustment": ("ADJ", 7001)}


class SandboxErp:
    """Implements tools.erp.Erp."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writer = engine.execution_options(backhaul_writes=True)
        event.listen(engine, "connect", _begin_ourselves)
        event.listen(engine, "begin", _begin)
        t.metadata.create_all(engine)

    @classmethod
    def at(cls, path: Path) -> "SandboxErp":
        engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 30})
        event.listen(engine, "connect", _write_ahead)
        return cls(engine)

    def close(self) -> None:
        self._engine.dispose()

    def is_empty(self) -> bool:
        with self._engine.connect() as c:
            return c.execute(select(t.company.c.body)).first() is None

    def load(self, data: Mapping[str, Any]) -> Mapping[str, int]:
        """Replace the master data by that of an import file; postings stay. Answers how many records of each kind.

        Keys that are not known are ignored. Raises ValueError naming the field where a record does not fit.
        """
        known = master_data(data)
        with self._writing() as c:
            for table in t.MASTER:
                c.execute(table.delete())
            _put(c, t.company, [{"body": _json(_COMPANY, known.company)}])
            _put(c, t.customers, [{"id": x.id, "body": _json(_CUSTOMER, x)} for x in known.customers])
            addresses = [{"address": a, "customer_id": x.id} for x in known.customers for a in sorted(addresses_of(x))]
            _put(c, t.addresses, addresses)
            _put(c, t.items, [{"sku": x.sku, "body": _json(_ITEM, x)} for x in known.items])
            codes = [(x.sku, code, only) for x in known.items for code, only in codes_of(x)]
            _put(
                c, t.item_codes, [{"key": spelled(code), "sku": sku, "customer_id": only} for sku, code, only in codes]
            )
            words = [(word, x.sku) for x in known.items for word in sorted(words_of(x.description))]
            _put(c, t.item_words, [{"word": word, "sku": sku} for word, sku in words])
            _put(c, t.orders, [_order_row(order) for order in known.orders])
            _put(c, t.references, [row for order in known.orders for row in _reference_rows(order)])
        return known.counts()

    # -- reading

    def company(self) -> Company:
        with self._engine.connect() as c:
            return _COMPANY.validate_json(c.execute(select(t.company.c.body)).scalar_one())

    def customer(self, customer_id: str) -> Customer | None:
        with self._engine.connect() as c:
            body = c.execute(select(t.customers.c.body).where(t.customers.c.id == customer_id)).scalar()
        return _CUSTOMER.validate_json(body) if body is not None else None

    def customers_by_email(self, address: str) -> tuple[Customer, ...]:
        address = address.strip().lower()
        for key in (address, "@" + address.rpartition("@")[2]):
            found = (
                select(t.customers.c.body)
                .join(t.addresses, t.addresses.c.customer_id == t.customers.c.id)
                .where(t.addresses.c.address == key)
                .order_by(t.customers.c.id)
            )
            with self._engine.connect() as c:
                bodies = c.execute(found).scalars().all()
            if bodies:
                return tuple(_CUSTOMER.validate_json(body) for body in bodies)
        return ()

    def customers_named(self, words: str) -> tuple[Customer, ...]:
        with self._engine.connect() as c:
            bodies = c.execute(select(t.customers.c.body).order_by(t.customers.c.id)).scalars().all()
        return named(words, (_CUSTOMER.validate_json(body) for body in bodies))

    def mail_domains(self) -> frozenset[str]:
        owned = select(t.addresses.c.address).where(t.addresses.c.address.startswith("@"))
        with self._engine.connect() as c:
            return frozenset((*(row.address[1:] for row in c.execute(owned)), self.company().domain))

    def order(self, order_no: str) -> Order | None:
        with self._engine.connect() as c:
            body = c.execute(select(t.orders.c.body).where(t.orders.c.key == spelled(order_no))).scalar()
        return _ORDER.validate_json(body) if body is not None else None

    def find(self, reference: str, kinds: Sequence[ReferenceKind] = ()) -> tuple[Found, ...]:
        r = t.references.c
        wanted = select(r.kind, r.order_no, r.customer_id, r.sku).where(r.key == spelled(reference))
        if kinds:
            wanted = wanted.where(r.kind.in_(kinds))
        with self._engine.connect() as c:
            rows = c.execute(wanted.order_by(r.ordered_on, r.order_no)).all()
        return tuple(Found(kind=k, order_no=o, customer_id=cu, sku=s) for k, o, cu, s in rows)

    def orders_of(self, customer_id: str, limit: int = 50) -> tuple[Order, ...]:
        o = t.orders.c
        newest = select(o.body).where(o.customer_id == customer_id).order_by(o.ordered_on.desc(), o.key.desc())
        with self._engine.connect() as c:
            return tuple(_ORDER.validate_json(body) for body in c.execute(newest.limit(limit)).scalars())

    def item(self, sku: str) -> Item | None:
        with self._engine.connect() as c:
            body = c.execute(select(t.items.c.body).where(t.items.c.sku == sku)).scalar()
        return _ITEM.validate_json(body) if body is not None else None

    def items_by_code(self, code: str, customer_id: str | None = None) -> tuple[Item, ...]:
        k = t.item_codes.c
        found = (
            select(t.items.c.body)
            .join(t.item_codes, k.sku == t.items.c.sku)
            .where(k.key == spelled(code), k.customer_id.is_(None) | (k.customer_id == (customer_id or "")))
            .distinct()
            .order_by(t.items.c.sku)
        )
        with self._engine.connect() as c:
            return tuple(_ITEM.validate_json(body) for body in c.execute(found).scalars())

    def items_like(self, words: str, limit: int = 10) -> tuple[Item, ...]:
        w = t.item_words.c
        shared = (
            select(t.items.c.body)
            .join(t.item_words, w.sku == t.items.c.sku)
            .where(w.word.in_(words_of(words)))
            .group_by(t.items.c.sku)
            .order_by(func.count().desc(), t.items.c.sku)
            .limit(limit)
        )
        with self._engine.connect() as c:
            return tuple(_ITEM.validate_json(body) for body in c.execute(shared).scalars())

    def returned(self, order_no: str, sku: str) -> Decimal:
        with self._engine.connect() as c:
            return _returned(c, order_no, sku)

    def credited(self, order_no: str, sku: str) -> Decimal:
        with self._engine.connect() as c:
            return _credited(c, order_no, sku)

    # -- writing

    def posting(self, key: str) -> Posted | None:
        with self._engine.connect() as c:
            return _posted(c, key)

    def authorise_return(self, key: str, customer_id: str, lines: Sequence[ReturnLine]) -> Posted:
        with self._writing() as c:
            if (already := _posted(c, key)) is not None:
                return already
            wanted: dict[tuple[str, str], Decimal] = {}
            for line in lines:
                wanted[line.order_no, line.sku] = wanted.get((line.order_no, line.sku), Decimal(0)) + line.quantity
            for (order_no, sku), quantity in wanted.items():
                _require_left(c, customer_id, order_no, sku, quantity)
            rows = [
                {"key": key, "order_no": line.order_no, "sku": line.sku, "quantity": str(line.quantity)}
                for line in lines
            ]
            _put(c, t.returns, rows)
            return _post(c, key, "rma", {"customer_id": customer_id, "lines": [_plain(line) for line in lines]})

    def post_credit_memo(self, key: str, customer_id: str, currency: str, lines: Sequence[CreditLine]) -> Posted:
        with self._writing() as c:
            if (already := _posted(c, key)) is not None:
                return already
            wanted: dict[tuple[str, str], Decimal] = {}
            for line in lines:
                order = _order_for(c, customer_id, line.order_no)
                if order.currency != currency:
                    raise ErpRefused(f"order {line.order_no} is in {order.currency}, the credit in {currency}")
                place = (line.order_no, line.sku)
                wanted[place] = wanted.get(place, Decimal(0)) + line.amount
                left = order.billed(line.sku) - _credited(c, *place)
                if line.amount <= 0 or wanted[place] > left:
                    raise ErpRefused(
                        f"{wanted[place]} {currency} is not within what was billed for {line.sku} "
                        f"and not credited yet: {left}"
                    )
            rows = [{"key": key, "order_no": x.order_no, "sku": x.sku, "amount": str(x.amount)} for x in lines]
            _put(c, t.credits, rows)
            body = {"customer_id": customer_id, "currency": currency, "lines": [_plain(line) for line in lines]}
            return _post(c, key, "credit_memo", body)

    def post_adjustment(self, key: str, lines: Sequence[AdjustmentLine]) -> Posted:
        with self._writing() as c:
            if (already := _posted(c, key)) is not None:
                return already
            for line in lines:
                if c.execute(select(t.items.c.sku).where(t.items.c.sku == line.sku)).first() is None:
                    raise ErpRefused(f"there is no item {line.sku}")
            return _post(c, key, "adjustment", {"lines": [_plain(line) for line in lines]})

    def _writing(self) -> AbstractContextManager[Connection]:
        """A transaction that is a writer from its start, so that what it reads stays true until it ends."""
        return self._writer.begin()


def _begin_ourselves(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # else sqlite3 would begin late, as a reader


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("backhaul_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _write_ahead(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA journal_mode=WAL")


def _json(adapter: TypeAdapter[Any], value: object) -> str:
    return adapter.dump_json(value).decode()


def _put(c: Connection, table: Any, rows: list[dict[str, Any]]) -> None:
    if rows:
        c.execute(insert(table), rows)


def _order_row(order: Order) -> dict[str, Any]:
    return {
        "key": spelled(order.order_no),
        "order_no": order.order_no,
        "customer_id": order.customer_id,
        "ordered_on": order.ordered_on.isoformat(),
        "body": _json(_ORDER, order),
    }


def _reference_rows(order: Order) -> Iterator[dict[str, Any]]:
    for reference, found in references_of(order):
        yield {**asdict(found), "key": spelled(reference), "ordered_on": order.ordered_on.isoformat()}


def _returned(c: Connection, order_no: str, sku: str) -> Decimal:
    r = t.returns.c
    rows = c.execute(select(r.quantity).where(r.order_no == order_no, r.sku == sku)).scalars()
    return sum((Decimal(quantity) for quantity in rows), Decimal(0))


def _credited(c: Connection, order_no: str, sku: str) -> Decimal:
    r = t.credits.c
    rows = c.execute(select(r.amount).where(r.order_no == order_no, r.sku == sku)).scalars()
    return sum((Decimal(amount) for amount in rows), Decimal(0))


def _order_for(c: Connection, customer_id: str, order_no: str) -> Order:
    body = c.execute(select(t.orders.c.body).where(t.orders.c.order_no == order_no)).scalar()
    if body is None:
        raise ErpRefused(f"there is no order {order_no}")
    order = _ORDER.validate_json(body)
    if order.customer_id != customer_id:
        raise ErpRefused(f"order {order_no} is not an order of customer {customer_id}")
    return order


def _require_left(c: Connection, customer_id: str, order_no: str, sku: str, quantity: Decimal) -> None:
    left = _order_for(c, customer_id, order_no).shipped(sku) - _returned(c, order_no, sku)
    if not 0 < quantity <= left:
        raise ErpRefused(f"{quantity} of {sku} can't come back on {order_no}: {left} are left to return")


def _posted(c: Connection, key: str) -> Posted | None:
    row = c.execute(select(t.documents.c.number, t.documents.c.kind).where(t.documents.c.key == key)).first()
    return None if row is None else Posted(document_no=row.number, kind=row.kind, key=key, new=False)


def _post(
    c: Connection, key: str, kind: Literal["rma", "credit_memo", "adjustment"], body: Mapping[str, Any]
) -> Posted:
    prefix, first = _FIRST_NUMBER[kind]
    made = c.execute(select(func.count()).select_from(t.documents).where(t.documents.c.kind == kind)).scalar_one()
    number = f"{prefix}-{first + made}"
    _put(c, t.documents, [{"key": key, "kind": kind, "number": number, "body": json.dumps(body)}])
    return Posted(document_no=number, kind=kind, key=key, new=True)


def _plain(line: ReturnLine | CreditLine | AdjustmentLine) -> Any:
    return TypeAdapter(type(line)).dump_python(line, mode="json")
