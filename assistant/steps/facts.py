"""The facts a line is judged by: from the draft and the ERP, in the units of the policy's tables."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from assistant.domain.case import Case
from assistant.domain.draft import CaseLine, FindingCode
from assistant.domain.money import minor
from assistant.domain.policy import UNKNOWN_DAYS, LineFacts
from assistant.domain.working_time import WorkingTime
from assistant.steps.price import worth
from tools.erp import Customer, ErpReader, Item, Order, Shipment

_ODD = (
    FindingCode.UNKNOWN_SENDER,
    FindingCode.SUSPECT_SENDER,
    FindingCode.CUSTOMER_MISMATCH,
    FindingCode.INJECTION_ATTEMPT,
)


def facts_of(
    case: Case, erp: ErpReader, counted_to: date, working_time: WorkingTime, without: Mapping[int, str], *, early: bool
) -> tuple[Mapping[int, LineFacts], Mapping[int, str]]:
    """(facts by line, what keeps a line from having any); lines count from 1, those in ``without`` are left out."""
    worths: dict[int, tuple[CaseLine, Item, int]] = {}
    lacking: dict[int, str] = {}
    for number, line in enumerate(case.draft.lines, start=1):
        if number in without:
            continue
        item = erp.item(line.sku) if line.sku else None
        moved = worth(line, erp, kind=case.kind)
        if item is None or moved is None:
            lacking[number] = _lacking(case, line, item)
        else:
            worths[number] = (line, item, minor(*moved))
    whole = sum(amount for _, _, amount in worths.values())
    facts = {
        number: _line_facts(case, line, item, erp, counted_to, working_time, amount, whole, early=early)
        for number, (line, item, amount) in worths.items()
    }
    return facts, lacking


def _line_facts(
    case: Case,
    line: CaseLine,
    item: Item,
    erp: ErpReader,
    counted_to: date,
    working_time: WorkingTime,
    amount_minor: int,
    case_amount_minor: int,
    *,
    early: bool,
) -> LineFacts:
    order = erp.order(line.order_no) if line.order_no else None
    customer = erp.customer(case.draft.customer_id) if case.draft.customer_id else None
    shipment = _shipment_of(line, order)
    delivered = shipment.delivered_on if shipment is not None else None
    currency = order.currency if order is not None else erp.company().currency
    return LineFacts(
        kind=case.kind,
        reason=line.reason_code.value,
        resolution=case.draft.resolution.value,
        customer_id=case.draft.customer_id or "",
        customer_tier=customer.tier if customer is not None else "",
        branch=_branch(order, shipment),
        category=item.category,
        vendor_id=item.vendor_id,
        carrier=shipment.carrier if shipment is not None else "",
        tracking=item.tracking,
        returnable=item.returnable,
        special_order=item.special_order,
        hazmat=item.hazmat,
        whole_units=line.quantity is not None and line.quantity == line.quantity.to_integral_value(),
        has_core=bool(item.core_charge),
        in_warranty=delivered is not None and counted_to <= _months_after(delivered, item.warranty_months),
        delivered=delivered is not None,
        sender_known=not case.draft.has(FindingCode.UNKNOWN_SENDER),
        photos_missing=case.draft.has(FindingCode.MISSING_PHOTOS),
        flagged=any(case.draft.has(code) for code in _ODD),
        credit_override=early,
        days_since_delivery=max((counted_to - delivered).days, 0) if delivered is not None else UNKNOWN_DAYS,
        business_days_since_delivery=(
            working_time.business_days(delivered, counted_to) if delivered is not None else UNKNOWN_DAYS
        ),
        agreed_window_days=customer.return_window_days if customer is not None else 0,
        agreed_fee_basis_points=_basis_points(customer),
        core_charge_minor=minor(item.core_charge or Decimal(0), currency),
        amount_minor=amount_minor,
        case_amount_minor=case_amount_minor,
    )


def _lacking(case: Case, line: CaseLine, item: Item | None) -> str:
    if line.sku is None:
        return "has no item"
    if line.quantity is None:
        return "has no quantity"
    if item is None:
        return f"names an item we do not have: {line.sku}"
    if case.kind != "adjustment" and not line.order_no:
        return "has no order"
    return f"{line.sku} is not on order {line.order_no}"


def _shipment_of(line: CaseLine, order: Order | None) -> Shipment | None:
    """The delivery the goods came with, by lot or serial; else the last one that carried the item."""
    carried = [s for s in order.shipments if any(x.sku == line.sku for x in s.lines)] if order is not None else []
    marks = {line.lot, *line.serials} - {None}
    marked = [s for s in carried if any(marks & {*x.lots, *x.serials} for x in s.lines if x.sku == line.sku)]
    return max(marked or carried, key=lambda s: s.delivered_on or date.min, default=None)


def _branch(order: Order | None, shipment: Shipment | None) -> str:
    return (order.branch if order is not None else "") or (shipment.warehouse if shipment is not None else "")


def _basis_points(customer: Customer | None) -> int:
    return int((customer.restocking_fee_pct * 100).to_integral_value()) if customer is not None else 0


def _months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last one of a shorter month; none at all is before any day."""
    if months <= 0:
        return date.min
    year, month = divmod(day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(day.year + year, month + 1, last)
        except ValueError:
            continue
    return date.max
