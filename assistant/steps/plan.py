"""Plan: what approving a case would write to the ERP. The reviewer sees exactly this, and approves exactly this."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from assistant.domain.case import Case
from assistant.domain.draft import CaseLine
from assistant.domain.errors import ReviewerMustAct
from assistant.domain.money import from_minor, plain
from assistant.domain.policy import Judgement
from assistant.domain.posting import PlannedCall
from assistant.steps.price import basis
from tools.erp import ErpReader

Value = TypeVar("Value")


def plan(
    case: Case, erp: ErpReader, without: Mapping[int, str] | None = None, judgement: Judgement | None = None
) -> tuple[PlannedCall, ...]:
    """The writes of the case's current revision, without the lines (from 1) that were rejected.

    Goods are credited now only where the judgement has it ``before receipt``: somebody asked, and the policy allows.

    Raises ReviewerMustAct naming what a line still lacks.
    """
    left_out = without or {}
    numbered = [(n, line) for n, line in enumerate(case.draft.lines, start=1) if n not in left_out]
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
    early = {n: fee for n, _ in back if (fee := _fee_of_early_credit(n, judgement)) is not None}
    money += [(n, line) for n, line in back if n in early]
    if money:
        credited = [_credited(n, line, erp, early.get(n)) for n, line in money]
        currency = _currency(money, erp)
        calls.append(
            _call(case, "post_credit_memo", {"customer_id": customer_id, "currency": currency, "lines": credited})
        )
    return tuple(calls)


def _comes_back(case: Case, line: CaseLine) -> bool:
    return case.kind == "return" and not line.reason_code.keeps_goods


def _fee_of_early_credit(number: int, judgement: Judgement | None) -> Decimal | None:
    """The restocking fee of goods that are credited before they are back; None for goods that are not."""
    said = judgement.lines.get(number) if judgement is not None else None
    if said is None or said.credit_timing != "before receipt" or not said.facts.credit_override:
        return None
    return Decimal(said.fee_minor)


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


def _credited(number: int, line: CaseLine, erp: ErpReader, fee_minor: Decimal | None = None) -> dict[str, Any]:
    """``fee_minor``: of goods credited early, at their price less this; a claim is credited as claimed."""
    order_no, sku = _need(line.order_no, "order", number), _need(line.sku, "item", number)
    quantity = _need(line.quantity, "quantity", number)
    order = erp.order(order_no)
    billed = basis(order, sku) if order is not None else None
    if billed is None:
        raise ReviewerMustAct(f"Line {number}: no invoice of {order_no} bills {sku}; edit it first.")
    claimed = line.amount.money.amount if line.amount is not None and fee_minor is None else None
    amount = claimed if claimed is not None else (quantity * billed.unit_price).quantize(Decimal("0.01"))
    if fee_minor:
        amount -= from_minor(int(fee_minor), billed.currency)
    tax = billed.tax_on(amount)
    return {
        "order_no": order_no,
        "sku": sku,
        "quantity": plain(quantity),
        "uom": _need(line.uom, "unit", number),
        "reason_code": line.reason_code.value,
        "amount": f"{amount:f}",
        "invoice_no": billed.invoice_no,
        **({"tax": f"{tax:f}"} if tax is not None else {}),
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


def _currency(lines: Sequence[tuple[int, CaseLine]], erp: ErpReader) -> str:
    order = next((erp.order(line.order_no) for _, line in lines if line.order_no), None)
    return order.currency if order is not None else erp.company().currency
