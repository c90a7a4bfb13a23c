"""Findings: what a reviewer must know, each by a rule over the draft's lines and the ERP's records."""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from assistant.domain.draft import CaseLine, Finding, FindingCode, Intent, Reason, Severity
from assistant.domain.money import plain
from assistant.domain.request import Request
from assistant.drafting.candidates import Unknown
from assistant.drafting.resolve import Sender
from assistant.drafting.senders import sender_findings
from assistant.drafting.vocabulary_intent import CHARGES, HIDDEN_ORDER
from tools.erp import ErpReader, Item, Order

_C = FindingCode
_DAMAGE = {Reason.DAMAGED_IN_TRANSIT, Reason.CONCEALED_DAMAGE}
_MORE_THAN_SHIPPED = {Reason.OVER_SHIPMENT, Reason.DUPLICATE_SHIPMENT}
_DAYS_A_MONTH = 30.44


def findings_of(
    request: Request,
    intent: Intent,
    sender: Sender,
    lines: Sequence[CaseLine],
    orders: Sequence[Order],
    unknown: Sequence[Unknown],
    erp: ErpReader,
    *,
    weak: bool = False,
) -> tuple[Finding, ...]:
    """In the order reviewers want them: the request's first, then line by line.

    ``weak``: only lots, serials or the goods themselves led to the orders.
    """
    if intent is Intent.NOT_A_REQUEST:
        return ()
    found = [*_of_request(request, intent, sender, lines, orders, unknown, erp, weak=weak)]
    for index, line in enumerate(lines):
        item = erp.item(line.sku) if line.sku is not None else None
        order = next((o for o in orders if o.order_no == line.order_no), None)
        found += _of_line(index, line, item, order, intent, request, erp)
    return tuple(found)


def _of_request(
    request: Request,
    intent: Intent,
    sender: Sender,
    lines: Sequence[CaseLine],
    orders: Sequence[Order],
    unknown: Sequence[Unknown],
    erp: ErpReader,
    *,
    weak: bool,
) -> Iterator[Finding]:
    yield from sender_findings(request, sender, erp)
    if sender.customer is not None and any(order.customer_id != sender.customer.id for order in orders):
        yield _finding(_C.CUSTOMER_MISMATCH, "blocking", f"The order is not one of {sender.customer.name}.")
    about_goods = intent in {Intent.RETURN_REQUEST, Intent.CREDIT_REQUEST}
    for reference in unknown if about_goods and (weak or not orders) else ():
        near = f" The customer's {reference.near} is one character off." if reference.near is not None else ""
        yield _finding(_C.UNKNOWN_ORDER, "blocking", f"No order has the reference {reference.text}.{near}")
    if about_goods and not orders and not unknown:
        yield _finding(_C.MISSING_ORDER_REFERENCE, "blocking", "No order could be found by anything in the request.")
    if (
        about_goods
        and not any(line.sku is not None for line in lines)
        and not (orders and _of_charges(request, intent))
    ):
        yield _finding(_C.MISSING_ITEM, "blocking", "No item could be made out.")
    shown = any(document.has_picture for document in request.documents)
    if not shown and any(line.reason_code in _DAMAGE for line in lines):
        yield _finding(_C.MISSING_PHOTOS, "warning", "Damage is claimed and no picture is attached.")
    unreadable = {"encrypted", "corrupt", "unsupported", "too_large"}
    for failure in request.failures:
        if failure.kind in unreadable:
            yield _finding(_C.UNREADABLE_ATTACHMENT, "warning", failure.message)
    if request.directed or _hides(request):
        yield _finding(_C.INJECTION_ATTEMPT, "warning", "The text tries to direct a program; it changed nothing.")


def _of_line(
    index: int,
    line: CaseLine,
    item: Item | None,
    order: Order | None,
    intent: Intent,
    request: Request,
    erp: ErpReader,
) -> Iterator[Finding]:
    def on_line(code: FindingCode, severity: Severity, message: str) -> Finding:
        return Finding(code=code, severity=severity, message=message, line=index)

    back = intent is Intent.RETURN_REQUEST and not line.reason_code.keeps_goods
    if line.quantity is None:
        yield on_line(_C.MISSING_QUANTITY, "blocking", f"How many of {line.sku} is not said.")
    if item is None:
        return
    if item.hazmat:
        yield on_line(_C.HAZMAT, "warning", f"{item.sku} is a hazardous good.")
    if back and not item.returnable:
        yield on_line(_C.NON_RETURNABLE, "blocking", f"{item.sku} can't be returned.")
    if back and item.tracking == "lot" and line.lot is None:
        yield on_line(_C.MISSING_LOT, "blocking", f"{item.sku} is tracked by lot and none is given.")
    if back and item.tracking == "serial" and not line.serials:
        yield on_line(_C.MISSING_SERIAL, "blocking", f"{item.sku} is tracked by serial number and none is given.")
    if order is None:
        return
    shipped = order.shipped(item.sku)
    if line.quantity is not None and line.quantity > shipped and line.reason_code not in _MORE_THAN_SHIPPED:
        said = f"{plain(line.quantity)} of {item.sku} asked for, {plain(shipped)} shipped on {order.order_no}."
        yield on_line(_C.QTY_EXCEEDS_SHIPPED, "blocking", said)
    lots, serials = order.lots(item.sku), order.serials(item.sku)
    if line.lot is not None and not _among(line.lot, lots):
        known = f"has {', '.join(lots)}" if lots else "has no lots"
        yield on_line(_C.LOT_NOT_ON_SHIPMENT, "blocking", f"Lot {line.lot} is not on {order.order_no}, which {known}.")
    strange = [serial for serial in line.serials if not _among(serial, serials)]
    if strange:
        said = f"{', '.join(strange)} is not among the serials of {item.sku} shipped on {order.order_no}."
        yield on_line(_C.SERIAL_NOT_ON_SHIPMENT, "blocking", said)
    if back and (late := _days_late(line, item, order, request.asked_on, erp)) > 0:
        yield on_line(_C.OUTSIDE_RETURN_WINDOW, "warning", f"{late} days past the return window of {order.order_no}.")


def _among(mark: str, known: Sequence[str]) -> bool:
    return re.sub(r"[\W_]", "", mark).upper() in {re.sub(r"[\W_]", "", each).upper() for each in known}


def _of_charges(request: Request, intent: Intent) -> bool:
    """Whether money is asked back for freight and the like: no item is concerned."""
    return intent is Intent.CREDIT_REQUEST and any(
        CHARGES.search(block.text)
        for document in request.documents
        for block in document.blocks
        if block.role == "body" and not block.hidden
    )


def _hides(request: Request) -> bool:
    """Hidden words that tell a reader what to do: nobody hides them from a program by chance."""
    return any(
        block.hidden and block.kind != "row" and HIDDEN_ORDER.search(block.text)
        for document in request.documents
        for block in document.blocks
    )


def _days_late(line: CaseLine, item: Item, order: Order, asked_on: date, erp: ErpReader) -> int:
    customer = erp.customer(order.customer_id)
    delivered = [
        s.delivered_on
        for s in order.shipments
        if s.delivered_on is not None and any(x.sku == item.sku for x in s.lines)
    ]
    if customer is None or not delivered:
        return 0
    age = (asked_on - max(delivered)).days
    if line.reason_code is Reason.WARRANTY_FAILURE and age <= item.warranty_months * _DAYS_A_MONTH:
        return 0
    return age - customer.return_window_days


def _finding(code: FindingCode, severity: Severity, message: str) -> Finding:
    return Finding(code=code, severity=severity, message=message)
