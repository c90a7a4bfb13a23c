"""What each tool takes and gives. Quantities are in the order's unit; money in the order's currency."""

from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import Field

from tools.contract import Arguments, Result


class OrderReference(Arguments):
    reference: str = Field(min_length=1, max_length=80)


class OrderLineOut(Result):
    sku: str
    quantity: Decimal
    uom: str
    shipped: Decimal
    lots: tuple[str, ...]
    serials: tuple[str, ...]


class OrderOut(Result):
    order_no: str
    customer_id: str
    customer_po: str
    ordered_on: date
    delivered_on: date | None
    lines: tuple[OrderLineOut, ...]


class OrdersOut(Result):
    orders: tuple[OrderOut, ...]


class CustomerAddress(Arguments):
    email: str = Field(min_length=3, max_length=320)


class CustomerOut(Result):
    id: str
    name: str
    tier: str
    return_window_days: int


class CustomersOut(Result):
    customers: tuple[CustomerOut, ...]


class ItemCode(Arguments):
    code: str = Field(min_length=1, max_length=80)


class ItemOut(Result):
    sku: str
    description: str
    uom: str
    tracking: str
    returnable: bool
    hazmat: bool
    warranty_months: int


class ItemsOut(Result):
    items: tuple[ItemOut, ...]


class OrderItem(Arguments):
    order_no: str = Field(min_length=1, max_length=80)
    sku: str = Field(min_length=1, max_length=80)


class Eligibility(Result):
    shipped: Decimal
    returned: Decimal
    left: Decimal
    unit_price: Decimal
    currency: str


class DraftIn(Arguments):
    message_id: str = Field(min_length=1, max_length=80)
    draft: dict[str, Any]


class DraftSaved(Result):
    case_id: str
    revision: int


class CaseRevision(Arguments):
    case_id: str = Field(min_length=1, max_length=80)
    revision: int = Field(ge=1)


class CaseNow(Result):
    state: str


class ReturnLineIn(Arguments):
    order_no: str
    sku: str
    quantity: Decimal = Field(gt=0)
    uom: str
    reason_code: str
    lot: str | None = None
    serials: tuple[str, ...] = ()


class ReturnIn(Arguments):
    customer_id: str
    lines: tuple[ReturnLineIn, ...] = Field(min_length=1, max_length=500)


class CreditLineIn(Arguments):
    order_no: str
    sku: str
    quantity: Decimal = Field(gt=0)
    uom: str
    reason_code: str
    amount: Decimal = Field(gt=0)


class CreditIn(Arguments):
    customer_id: str
    currency: str = Field(pattern="^[A-Z]{3}$")
    lines: tuple[CreditLineIn, ...] = Field(min_length=1, max_length=500)


class AdjustmentLineIn(Arguments):
    sku: str
    quantity: Decimal
    uom: str
    reason_code: str
    location: str = ""
    lot: str | None = None


class AdjustmentIn(Arguments):
    lines: tuple[AdjustmentLineIn, ...] = Field(min_length=1, max_length=500)


class DocumentOut(Result):
    document_no: str
    kind: str
