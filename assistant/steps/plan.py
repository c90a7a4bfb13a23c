"""Plan: what approving a case would write to the ERP. The reviewer sees exactly this, and approves exactly this."""

from decimal import Decimal
from typing import Any, TypeVar

from assistant.domain.case import Case
from assistant.domain.draft import CaseLine
from assistant.domain.errors import ReviewerMustAct
from assistant.domain.money import plain
from assistant.domain.posting import Hold, PlannedCall
from tools.erp import ErpReader

Value = TypeVar("Value")


def plan(case: Case, erp: ErpReader) -> tuple[PlannedCall, ...]:
    """The writes of the case's current revision. Raises ReviewerMustAct naming what a line still lacks."""
    numbered = list(enumerate(case.draft.lines, start=1))
    if not numbered:
        raise ReviewerMustAct(f"{case.id} has no lines; edit it first. Nothing was changed.")
    if case.kind == "adjustment":
        return (_call(case, "post_adjustment", {"lines": [_adjustment(n, line) for n, line in numbered]}),)
    customer_id = case.draft.customer_id
    if customer_id is None:
        raise ReviewerMustAct(f"{case.id} has no customer; edit it first. Nothing was changed.")
    back = [(n, line) for n, line in numbered if _comes_back(case, line)]
    money = [(n, line) for n, line in numbered if not _comes_back(case, line)]
    calls: list[PlannedCall] = []
    if back:
        arguments = {"customer_id": customer_id, "lines": [_returned(n, line) for n, line in back]}
        calls.append(_call(case, "authorise_return", arguments))
    if money:
        currency = _currency(case, erp)
        credited = [_credited(n, line, erp) for n, line in money]
        calls.append(
            _call(case, "post_credit_memo", {"customer_id": customer_id, "currency": currency, "lines": credited})
        )
    return tuple(calls)


def holds(case: Case) -> tuple[Hold, ...]:
    """The quantities that approving the case sets aside, one an order and item."""
    wanted: dict[tuple[str, str], Decimal] = {}
    for line in case.draft.lines:
        if _comes_back(case, line) and line.order_no and line.sku and line.quantity is not None:
            wanted[line.order_no, line.sku] = wanted.get((line.order_no, line.sku), Decimal(0)) + line.quantity
    return tuple(
        Hold(case_id=case.id, order_no=order_no, sku=sku, quantity=quantity)
        for (order_no, sku), quantity in sorted(wanted.items())
    )


def _comes_back(case: Case, line: CaseLine) -> bool:
    return case.kind == "return" and not line.reason_code.keeps_goods


def _call(case: Case, tool: str, arguments: dict[str, Any]) -> PlannedCall:
    return PlannedCall(tool, arguments, f"{case.id}-r{case.revision.number}-{tool}")


def _need(value: Value | None, what: str, number: int) -> Value:
    if value is None or value == "":
        raise ReviewerMustAct(f"Line {number} has no {what}; edit it first. Nothing was changed.")
    return value


def _returned(number: int, line: CaseLine) -> dict[str, Any]:
    return {
        "order_no": _need(line.order_no, "order", number),
        "sku": _need(line.sku, "item", number),
        "quantity": plain(_need(line.quantity, "quantity", number)),
        "uom": _need(line.uom, "unit", number),
        "reason_code": line.reason_code.value,
        "lot": line.lot,
        "serials": list(line.serials),
    }


def _credited(number: int, line: CaseLine, erp: ErpReader) -> dict[str, Any]:
    order_no, sku = _need(line.order_no, "order", number), _need(line.sku, "item", number)
    quantity = _need(line.quantity, "quantity", number)
    if line.amount is not None:
        amount = line.amount.money.amount
    else:
        order = erp.order(order_no)
        billed = [x for i in order.invoices for x in i.lines if x.sku == sku] if order is not None else []
        if not billed:
            raise ReviewerMustAct(f"Line {number}: no invoice of {order_no} bills {sku}; edit it first.")
        amount = (quantity * billed[0].unit_price).quantize(Decimal("0.01"))
    return {
        "order_no": order_no,
        "sku": sku,
        "quantity": plain(quantity),
        "uom": _need(line.uom, "unit", number),
        "reason_code": line.reason_code.value,
        "amount": f"{amount:f}",
    }


def _adjustment(number: int, line: CaseLine) -> dict[str, Any]:
    return {
        "sku": _need(line.sku, "item", number),
        "quantity": plain(_need(line.quantity, "quantity", number)),
        "uom": _need(line.uom, "unit", number),
        "reason_code": line.reason_code.value,
        "location": line.location or "",
        "lot": line.lot,
    }


def _currency(case: Case, erp: ErpReader) -> str:
    order = erp.order(case.draft.order_nos[0]) if case.draft.order_nos else None
    return order.currency if order is not None else erp.company().currency
