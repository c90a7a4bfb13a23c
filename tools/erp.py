"""The ERP as Backhaul sees it: record types and the port that every adapter implements.

Quantities are in the order line's unit; money in the order's currency. Look-ups are by index: an adapter answers in
time that does not grow with the number of orders. Identifiers are compared without case and punctuation.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, Protocol

Tracking = Literal["none", "lot", "serial"]


def spelled(reference: str) -> str:
    """A reference without case and punctuation: how references are compared."""
    return re.sub(r"[\W_]+", "", reference).upper()


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    name: str
    currency: str
    intake_address: str

    @property
    def domain(self) -> str:
        return self.intake_address.rpartition("@")[2].lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    name: str
    email: str
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    id: str
    name: str
    email_domains: tuple[str, ...]
    contacts: tuple[Contact, ...]
    tier: str
    return_window_days: int
    restocking_fee_pct: Decimal
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """Another code for an item; ``customer_id`` where only that customer uses it."""

    code: str
    kind: str
    customer_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """``pack_size``: pieces in one unit of measure, None where the master data does not say."""

    sku: str
    description: str
    category: str
    uom: str
    tracking: Tracking
    unit_cost: Decimal
    warranty_months: int
    returnable: bool
    hazmat: bool
    vendor_id: str
    mfr_part_no: str
    upc: str
    pack_size: int | None = None
    aliases: tuple[Alias, ...] = ()
    special_order: bool = False
    core_charge: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """``tax``: on an invoice, what it asked in tax for the whole line; None where the ERP does not say."""

    line: int
    sku: str
    quantity: Decimal
    uom: str
    unit_price: Decimal
    tax: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentLine:
    line: int
    sku: str
    quantity: Decimal
    lots: tuple[str, ...]
    serials: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    shipment_no: str
    order_no: str
    shipped_on: date
    delivered_on: date | None
    carrier: str
    tracking_no: str
    warehouse: str
    lines: tuple[ShipmentLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    invoice_no: str
    order_no: str
    invoiced_on: date
    currency: str
    lines: tuple[OrderLine, ...]
    total: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order with all that left the house for it."""

    order_no: str
    customer_id: str
    customer_po: str
    ordered_on: date
    currency: str
    lines: tuple[OrderLine, ...]
    shipments: tuple[Shipment, ...] = ()
    invoices: tuple[Invoice, ...] = ()
    branch: str = ""

    def shipped(self, sku: str) -> Decimal:
        """How much of an item this order's shipments carried."""
        return sum((line.quantity for s in self.shipments for line in s.lines if line.sku == sku), Decimal(0))

    def lots(self, sku: str) -> tuple[str, ...]:
        return tuple(lot for s in self.shipments for line in s.lines if line.sku == sku for lot in line.lots)

    def serials(self, sku: str) -> tuple[str, ...]:
        return tuple(serial for s in self.shipments for line in s.lines if line.sku == sku for serial in line.serials)

    def line_of(self, sku: str) -> OrderLine | None:
        return next((line for line in self.lines if line.sku == sku), None)

    def billed(self, sku: str) -> Decimal:
        """What this order's invoices asked for an item, without tax."""
        return sum((x.quantity * x.unit_price for i in self.invoices for x in i.lines if x.sku == sku), Decimal(0))


ReferenceKind = Literal["order_no", "customer_po", "invoice_no", "shipment_no", "tracking_no", "lot", "serial"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An order found by a reference, and which kind of reference led there. ``sku`` for lots and serials."""

    kind: ReferenceKind
    order_no: str
    customer_id: str
    sku: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnLine:
    order_no: str
    sku: str
    quantity: Decimal
    uom: str
    reason_code: str
    lot: str | None = None
    serials: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditLine:
    """``amount`` is the line's whole credit in the memo's currency, without tax; ``tax`` its share of the tax billed.

    ``invoice_no`` is the invoice whose price and tax the credit takes back; '' where none was found. ``tax`` None: the
    invoice carries none, and the ERP works it out.
    """

    order_no: str
    sku: str
    quantity: Decimal
    uom: str
    reason_code: str
    amount: Decimal
    invoice_no: str = ""
    tax: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustmentLine:
    """``quantity`` is signed: below the book is negative."""

    sku: str
    quantity: Decimal
    uom: str
    reason_code: str
    location: str = ""
    lot: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A document in the ERP: its number, the key it was posted under, and whether this call made it."""

    document_no: str
    kind: Literal["rma", "credit_memo", "adjustment"]
    key: str
    new: bool


class ErpRefused(Exception):
    """The ERP understood and said no; nothing was written there. The text is for people."""


class ErpSilent(Exception):
    """No answer, or none that can be trusted: what was asked may or may not have happened."""


class ErpReader(Protocol):
    """Look-ups. None or empty where nothing is found; ErpSilent where the ERP does not answer."""

    def company(self) -> Company: ...
    def customer(self, customer_id: str) -> Customer | None: ...
    def customers_by_email(self, address: str) -> tuple[Customer, ...]:
        """Customers with a contact of that address, else those that own its domain."""
        ...

    def customers_named(self, words: str) -> tuple[Customer, ...]:
        """Customers that a sentence calls by name: several where it fits them equally well."""
        ...

    def mail_domains(self) -> frozenset[str]:
        """The domains that customers own, and ours, in lower case."""
        ...

    def order(self, order_no: str) -> Order | None: ...
    def find(self, reference: str, kinds: Sequence[ReferenceKind] = ()) -> tuple[Found, ...]:
        """Orders that a reference leads to (of those kinds, or of any), oldest order first."""
        ...

    def orders_of(self, customer_id: str, limit: int = 50) -> tuple[Order, ...]:
        """A customer's orders, newest first."""
        ...

    def item(self, sku: str) -> Item | None: ...
    def items_by_code(self, code: str, customer_id: str | None = None) -> tuple[Item, ...]:
        """Items whose SKU, manufacturer part number, UPC or alias is that code in any spelling."""
        ...

    def items_like(self, words: str, limit: int = 10) -> tuple[Item, ...]:
        """Items whose description shares words with these, best first."""
        ...

    def returned(self, order_no: str, sku: str) -> Decimal:
        """How much of an item on an order returns already authorised may bring back."""
        ...

    def credited(self, order_no: str, sku: str) -> Decimal:
        """How much money credit memos already gave for an item on an order, in the order's currency."""
        ...


class ErpWriter(Protocol):
    """Postings, each under a key of ours: the same key never posts twice, and answers with the first document.

    Raises ErpRefused where the ERP says no, ErpSilent where the answer was lost.
    """

    def posting(self, key: str) -> Posted | None: ...
    def authorise_return(self, key: str, customer_id: str, lines: Sequence[ReturnLine]) -> Posted: ...
    def post_credit_memo(self, key: str, customer_id: str, currency: str, lines: Sequence[CreditLine]) -> Posted: ...
    def post_adjustment(self, key: str, lines: Sequence[AdjustmentLine]) -> Posted: ...


class Erp(ErpReader, ErpWriter, Protocol):
    """An adapter: both sides of one ERP."""
