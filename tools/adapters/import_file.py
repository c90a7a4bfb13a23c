"""The import format of ERP data, as records and as the references that lead to them. Reads no file itself.

Keys that are not known are ignored.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from tools.erp import Company, Customer, Found, Item, Order, ReferenceKind

_CUSTOMERS, _ITEMS = TypeAdapter(tuple[Customer, ...]), TypeAdapter(tuple[Item, ...])
_COMPANY, _ORDERS = TypeAdapter(Company), TypeAdapter(tuple[Order, ...])


@dataclass(frozen=True, slots=True)
class MasterData:
    """What a file in the import format holds."""

    company: Company
    customers: tuple[Customer, ...]
    items: tuple[Item, ...]
    orders: tuple[Order, ...]

    def counts(self) -> Mapping[str, int]:
        return {"customers": len(self.customers), "items": len(self.items), "orders": len(self.orders)}


def master_data(data: Mapping[str, Any]) -> MasterData:
    """Raises ValueError naming the field where a record does not fit, KeyError where a kind of record is missing."""
    return MasterData(
        company=_COMPANY.validate_python(data["company"]),
        customers=_CUSTOMERS.validate_python(data.get("customers", ())),
        items=_ITEMS.validate_python(data.get("items", ())),
        orders=_ORDERS.validate_python(_whole_orders(data)),
    )


def _whole_orders(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The file's orders with their shipments and invoices hung on them."""
    hung: dict[str, dict[str, Any]] = {o["order_no"]: {**o, "shipments": [], "invoices": []} for o in data["orders"]}
    for kind in ("shipments", "invoices"):
        for record in data.get(kind, ()):
            if record["order_no"] in hung:
                hung[record["order_no"]][kind].append(record)
    return list(hung.values())


def words_of(text: str) -> set[str]:
    """The words by which a description is found."""
    text = _APART.sub("x", text.lower())  # `12 x 12 x 8` as `12x12x8`
    return {word for word in re.findall(r"[a-z0-9]+", text) if len(word) > 1}


_APART = re.compile(r"(?<=\d)\s*[x×]\s*(?=\d)")


def references_of(order: Order) -> Iterator[tuple[str, Found]]:
    """Every reference that leads to an order, as written."""

    def found(kind: ReferenceKind, sku: str | None = None) -> Found:
        return Found(kind=kind, order_no=order.order_no, customer_id=order.customer_id, sku=sku)

    yield order.order_no, found("order_no")
    if order.customer_po:
        yield order.customer_po, found("customer_po")
    for invoice in order.invoices:
        yield invoice.invoice_no, found("invoice_no")
    for shipment in order.shipments:
        yield shipment.shipment_no, found("shipment_no")
        if shipment.tracking_no:
            yield shipment.tracking_no, found("tracking_no")
        for line in shipment.lines:
            yield from ((lot, found("lot", line.sku)) for lot in line.lots)
            yield from ((serial, found("serial", line.sku)) for serial in line.serials)


def addresses_of(customer: Customer) -> set[str]:
    """The addresses of its contacts, and its domains as ``@domain``, in lower case."""
    contacts = {contact.email.lower() for contact in customer.contacts}
    return contacts | {"@" + domain.lower() for domain in customer.email_domains}


def codes_of(item: Item) -> Iterator[tuple[str, str | None]]:
    """(code, the one customer who uses it or None) of every code an item goes by."""
    yield from ((code, None) for code in (item.sku, item.mfr_part_no, item.upc) if code)
    yield from ((alias.code, alias.customer_id) for alias in item.aliases)
