"""What each tool takes and gives. Quantities are in the order's unit; money in the order's currency."""

from datetime import date
from decimal import Decimal
from typing import Any, Literal

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
    customer_id: str
    shipped: Decimal
    returned: Decimal
    left: Decimal
    unit_price: Decimal
    currency: str


CaseStates = Literal[
    "open", "any", "draft", "needs_info", "in_review", "approved", "authorised", "received", "inspected", "settled",
    "closed", "rejected", "cancelled", "expired",
]  # fmt: skip


class CaseReference(Arguments):
    """``reference``: a case (BH-1001), or the RMA, credit memo or adjustment that one led to."""

    reference: str = Field(min_length=1, max_length=80)


class CasesWanted(Arguments):
    """All that is given has to fit. ``customer``: number or name; ``reference``: an order, a PO, an item or a case."""

    customer: str = Field("", max_length=120)
    state: CaseStates = "open"
    above: Decimal | None = None
    below: Decimal | None = None
    reference: str = Field("", max_length=80)


class DecisionOut(Result):
    verdict: str
    by: str
    on: date
    reason: str


class CaseOut(Result):
    """``amount`` is what its lines move. ``decisions`` are of its current revision."""

    case_id: str
    kind: str
    state: str
    customer_id: str
    customer: str
    summary: str
    amount: Decimal
    currency: str
    opened_on: date
    revision: int
    order_nos: tuple[str, ...]
    documents: tuple[str, ...]
    decisions: tuple[DecisionOut, ...]


class CasesOut(Result):
    """``total`` were found, of which the ones that move most are given."""

    total: int
    cases: tuple[CaseOut, ...]


class RowOut(Result):
    """A row of a decision table that matched a line (from 1); ``asks`` names the approver it wants, '' for none."""

    line: int
    table: str
    row: str
    says: str
    asks: str
    refuses: bool


class CasePolicy(Result):
    """``rows`` is empty, and ``policy_version`` '', where the policy has not been asked about the case yet."""

    case_id: str
    policy_version: str
    rows: tuple[RowOut, ...]


class Topic(Arguments):
    about: str = Field(min_length=1, max_length=500)


class PassageOut(Result):
    heading: str
    text: str


class PassagesOut(Result):
    """Of the returns policy in words, the nearest first."""

    passages: tuple[PassageOut, ...]


class DraftIn(Arguments):
    message_id: str = Field(min_length=1, max_length=80)
    draft: dict[str, Any]


class DraftUpdate(Arguments):
    message_id: str = Field(min_length=1, max_length=80)
    case_id: str = Field(min_length=1, max_length=80)
    revision: int = Field(ge=1)
    draft: dict[str, Any]
    why: str = Field(min_length=1, max_length=2_000)


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
    invoice_no: str = ""
    tax: Decimal | None = Field(default=None, ge=0)


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
