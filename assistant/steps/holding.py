"""What can still come back or be credited: checked under lock at approval, held, and checked again at posting."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from assistant.domain.case import Case
from assistant.domain.errors import NothingLeft
from assistant.domain.money import plain
from assistant.domain.ports import Unit
from assistant.domain.posting import CreditHold, Hold, PlannedCall
from assistant.steps.eligible import mark
from tools.erp import ErpReader


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a plan takes: quantities, money and serials, by order and item."""

    goods: tuple[Hold, ...]
    money: tuple[CreditHold, ...]
    serials: Mapping[tuple[str, str], tuple[str, ...]]

    @property
    def orders(self) -> list[str]:
        """Sorted, so that two cases never wait for each other crosswise."""
        return sorted({hold.order_no for hold in self.goods} | {hold.order_no for hold in self.money})


def wanted_by(case: Case, calls: Sequence[PlannedCall]) -> Wanted:
    """Read off the planned calls: what is held is what would be posted."""
    goods: dict[tuple[str, str], Decimal] = {}
    money: dict[tuple[str, str], Decimal] = {}
    serials: dict[tuple[str, str], tuple[str, ...]] = {}
    for call, line in _lines(calls):
        place = (line.get("order_no", ""), line["sku"])
        if call.tool == "authorise_return":
            goods[place] = goods.get(place, Decimal(0)) + Decimal(line["quantity"])
            serials[place] = (*serials.get(place, ()), *(mark(serial) for serial in line["serials"]))
        elif call.tool == "post_credit_memo":
            money[place] = money.get(place, Decimal(0)) + Decimal(line["amount"])
    return Wanted(
        tuple(Hold(case_id=case.id, order_no=o, sku=s, quantity=q) for (o, s), q in sorted(goods.items())),
        tuple(CreditHold(case_id=case.id, order_no=o, sku=s, amount=a) for (o, s), a in sorted(money.items())),
        {place: marks for place, marks in serials.items() if marks},
    )


def require_left(unit: Unit, erp: ErpReader, wanted: Wanted) -> None:
    """Lock the orders until the unit ends; raises NothingLeft naming what other cases took already."""
    for order_no in wanted.orders:
        unit.postings.lock_order(order_no)
    for hold in wanted.goods:
        order = erp.order(hold.order_no)
        shipped = order.shipped(hold.sku) if order is not None else Decimal(0)
        gone = erp.returned(hold.order_no, hold.sku)
        gone += unit.postings.held(hold.order_no, hold.sku, other_than=hold.case_id)
        left = max(shipped - gone, Decimal(0))
        if hold.quantity > left:
            raise NothingLeft(
                f"{plain(hold.quantity)} of {hold.sku} on {hold.order_no} can't come back: {plain(left)} are left "
                "after what was shipped and what other cases bring back. Nothing was changed; edit the line."
            )
    for credit in wanted.money:
        order = erp.order(credit.order_no)
        billed = order.billed(credit.sku) if order is not None else Decimal(0)
        gone = erp.credited(credit.order_no, credit.sku)
        gone += unit.postings.credit_held(credit.order_no, credit.sku, other_than=credit.case_id)
        left = max(billed - gone, Decimal(0))
        if credit.amount > left:
            raise NothingLeft(
                f"{credit.amount:,.2f} can't be credited for {credit.sku} on {credit.order_no}: {left:,.2f} are "
                "left of what was billed after what was credited already. Nothing was changed; edit the line."
            )
    for (order_no, sku), serials in wanted.serials.items():
        for serial in serials:
            holder = unit.postings.serial_holder(order_no, sku, serial)
            if holder not in {None, wanted.goods[0].case_id}:
                raise NothingLeft(f"Serial {serial} of {sku} comes back in {holder} already. Nothing was changed.")


def set_aside(unit: Unit, erp: ErpReader, wanted: Wanted) -> None:
    """Check, then hold it all for the case."""
    require_left(unit, erp, wanted)
    unit.postings.hold(wanted.goods)
    unit.postings.hold_credit(wanted.money)
    for (order_no, sku), serials in wanted.serials.items():
        unit.postings.hold_serials(wanted.goods[0].case_id, order_no, sku, serials)


def _lines(calls: Sequence[PlannedCall]) -> Iterator[tuple[PlannedCall, Mapping[str, Any]]]:
    for call in calls:
        for line in call.arguments["lines"]:
            yield call, line
