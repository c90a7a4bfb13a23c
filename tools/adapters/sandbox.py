"""The sandbox ERP: one SQLite file (or memory) behind the same port as a real one.

Orders are kept whole, as JSON, beside index rows for every reference that leads to them; so a look-up costs the same
with a thousand order lines or a million. Postings are checked and written in one transaction each.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter
from sqlalchemy import Connection, Engine, create_engine, event, func, insert, select
from sqlalchemy.pool import StaticPool

from tools.adapters import sandbox_tables as t
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
)

_CUSTOMER, _ITEM, _ORDER = TypeAdapter(Customer), TypeAdapter(Item), TypeAdapter(Order)
_COMPANY = TypeAdapter(Company)
_FIRST_NUMBER = {"rma": ("RMA", 1001), "credit_memo": ("CM", 5001), "adjustment": ("ADJ", 7001)}


def spelled(reference: str) -> str:
    """A reference without case and punctuation: how references are compared."""
    return re.sub(r"[\W_]+", "", reference).upper()


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"[a-z0-9]+", text.lower()) if len(word) > 1}


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

    @classmethod
    def in_memory(cls, data: Mapping[str, Any]) -> "SandboxErp":
        """An ERP that is gone with the process, holding what a file in the import format holds."""
        erp = cls(create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False}))
        erp.load(data)
        return erp

    def close(self) -> None:
        self._engine.dispose()

    def is_empty(self) -> bool:
        with self._engine.connect() as c:
            return c.execute(select(t.company.c.body)).first() is None

    def load(self, data: Mapping[str, Any]) -> Mapping[str, int]:
        """Replace the master data by that of an import file; postings stay. Answers how many records of each kind.

        Keys that are not known are ignored. Raises ValueError naming the field where a record does not fit.
        """
        orders = _orders(data)
        items = [_ITEM.validate_python(record) for record in data.get("items", ())]
        customers = [_CUSTOMER.validate_python(record) for record in data.get("customers", ())]
        with self._writing() as c:
            for table in t.MASTER:
                c.execute(table.delete())
            c.execute(insert(t.company), [{"body": _json(_COMPANY, _COMPANY.validate_python(data["company"]))}])
            _put(c, t.customers, [{"id": x.id, "body": _json(_CUSTOMER, x)} for x in customers])
            _put(c, t.addresses, _address_rows(customers))
            _put(c, t.items, [{"sku": x.sku, "body": _json(_ITEM, x)} for x in items])
            _put(c, t.item_codes, _code_rows(items))
            _put(c, t.item_words, [{"word": w, "sku": x.sku} for x in items for w in sorted(_words(x.description))])
            _put(c, t.orders, [_order_row(x) for x in orders])
            _put(c, t.references, [row for order in orders for row in _reference_rows(order)])
        return {"customers": len(customers), "items": len(items), "orders": len(orders)}

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
            .where(w.word.in_(_words(words)))
            .group_by(t.items.c.sku)
            .order_by(func.count().desc(), t.items.c.sku)
            .limit(limit)
        )
        with self._engine.connect() as c:
            return tuple(_ITEM.validate_json(body) for body in c.execute(shared).scalars())

    def returned(self, order_no: str, sku: str) -> Decimal:
        with self._engine.connect() as c:
            return _returned(c, order_no, sku)

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
            for line in lines:
                order = _order_for(c, customer_id, line.order_no)
                if order.currency != currency:
                    raise ErpRefused(f"order {line.order_no} is in {order.currency}, the credit in {currency}")
                billed = sum(
                    (x.quantity * x.unit_price for i in order.invoices for x in i.lines if x.sku == line.sku),
                    Decimal(0),
                )
                if not 0 < line.amount <= billed:
                    raise ErpRefused(f"{line.amount} {currency} is not within what was billed for {line.sku}: {billed}")
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


def _orders(data: Mapping[str, Any]) -> list[Order]:
    """The file's orders with their shipments and invoices hung on them."""
    hung: dict[str, dict[str, Any]] = {o["order_no"]: {**o, "shipments": [], "invoices": []} for o in data["orders"]}
    for kind in ("shipments", "invoices"):
        for record in data.get(kind, ()):
            if record["order_no"] in hung:
                hung[record["order_no"]][kind].append(record)
    return [_ORDER.validate_python(order) for order in hung.values()]


def _order_row(order: Order) -> dict[str, Any]:
    return {
        "key": spelled(order.order_no),
        "order_no": order.order_no,
        "customer_id": order.customer_id,
        "ordered_on": order.ordered_on.isoformat(),
        "body": _json(_ORDER, order),
    }


def _reference_rows(order: Order) -> Iterator[dict[str, Any]]:
    def row(kind: str, reference: str, sku: str | None = None) -> dict[str, Any]:
        return {
            "kind": kind,
            "key": spelled(reference),
            "order_no": order.order_no,
            "customer_id": order.customer_id,
            "sku": sku,
            "ordered_on": order.ordered_on.isoformat(),
        }

    yield row("order_no", order.order_no)
    if order.customer_po:
        yield row("customer_po", order.customer_po)
    for invoice in order.invoices:
        yield row("invoice_no", invoice.invoice_no)
    for shipment in order.shipments:
        yield row("shipment_no", shipment.shipment_no)
        if shipment.tracking_no:
            yield row("tracking_no", shipment.tracking_no)
        for line in shipment.lines:
            yield from (row("lot", lot, line.sku) for lot in line.lots)
            yield from (row("serial", serial, line.sku) for serial in line.serials)


def _address_rows(customers: Iterable[Customer]) -> list[dict[str, Any]]:
    rows = {(contact.email.lower(), x.id) for x in customers for contact in x.contacts}
    rows |= {("@" + domain.lower(), x.id) for x in customers for domain in x.email_domains}
    return [{"address": address, "customer_id": customer_id} for address, customer_id in sorted(rows)]


def _code_rows(items: Iterable[Item]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for item in items:
        own = [("sku", item.sku), ("mfr_part_no", item.mfr_part_no), ("upc", item.upc)]
        rows += [{"key": spelled(code), "sku": item.sku, "customer_id": None} for _, code in own if code]
        rows += [{"key": spelled(a.code), "sku": item.sku, "customer_id": a.customer_id} for a in item.aliases]
    return rows


def _returned(c: Connection, order_no: str, sku: str) -> Decimal:
    r = t.returns.c
    rows = c.execute(select(r.quantity).where(r.order_no == order_no, r.sku == sku)).scalars()
    return sum((Decimal(quantity) for quantity in rows), Decimal(0))


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
