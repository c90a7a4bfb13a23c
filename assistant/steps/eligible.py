"""Whether the ERP's records bear a line out: whose order, which item, unit, lot, serials. The quantities and the money

that are left are checked under lock, in holding.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistant.domain.case import Case
from assistant.domain.draft import CaseLine
from assistant.domain.money import plain
from tools.erp import ErpReader, Item, Order


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What keeps a line (counted from 1; 0: the whole case) from being approved as it stands."""

    line: int
    message: str

    def __str__(self) -> str:
        return f"Line {self.line}: {self.message}" if self.line else self.message


def obstacles(case: Case, erp: ErpReader, without: Mapping[int, str]) -> tuple[Obstacle, ...]:
    """In the order of the lines. Raises ErpSilent where the ERP does not answer."""
    lines = [(n, line) for n, line in enumerate(case.draft.lines, start=1) if n not in without]
    if case.kind == "adjustment":
        return tuple(_of_stock(lines, erp))
    return tuple(_of_sale(case, lines, erp))


def _of_stock(lines: Sequence[tuple[int, CaseLine]], erp: ErpReader) -> Iterator[Obstacle]:
    for number, line in lines:
        if line.sku and erp.item(line.sku) is None:
            yield Obstacle(number, f"there is no item {line.sku}.")


def _of_sale(case: Case, lines: Sequence[tuple[int, CaseLine]], erp: ErpReader) -> Iterator[Obstacle]:
    customer_id = case.draft.customer_id
    if customer_id is None or erp.customer(customer_id) is None:
        yield Obstacle(0, f"There is no customer {customer_id or 'named'}.")
        return
    currencies: set[str] = set()
    serials: set[tuple[str, str]] = set()
    for number, line in lines:
        order = erp.order(line.order_no) if line.order_no else None
        item = erp.item(line.sku) if line.sku else None
        if order is None or order.customer_id != customer_id:
            yield Obstacle(number, f"{line.order_no or 'no order'} is not an order of customer {customer_id}.")
            continue
        if item is None or order.line_of(item.sku) is None:
            yield Obstacle(number, f"{line.sku or 'no item'} is not on order {order.order_no}.")
            continue
        currencies.add(order.currency)
        yield from _of_line(number, line, item, order, goods=case.kind == "return" and not line.reason_code.keeps_goods)
        for serial in line.serials:
            if (item.sku, mark(serial)) in serials:
                yield Obstacle(number, f"serial {serial} stands on two lines.")
            serials.add((item.sku, mark(serial)))
    if len(currencies) > 1:
        yield Obstacle(0, f"Its orders are in {' and '.join(sorted(currencies))}: one case moves one currency.")


def _of_line(number: int, line: CaseLine, item: Item, order: Order, *, goods: bool) -> Iterator[Obstacle]:
    ordered = order.line_of(item.sku)
    if line.quantity is not None and line.quantity <= 0:
        yield Obstacle(number, f"{plain(line.quantity)} is no quantity that comes back or is credited.")
    if ordered is not None and line.uom and line.uom != ordered.uom:
        yield Obstacle(number, f"{item.sku} was sold in {ordered.uom}, not in {line.uom}.")
    if line.amount is not None and line.amount.money.currency != order.currency:
        yield Obstacle(number, f"{order.order_no} is in {order.currency}, the claim in {line.amount.money.currency}.")
    if not goods:
        return
    lots, serials = order.lots(item.sku), order.serials(item.sku)
    if item.tracking == "lot":
        if line.lot is None:
            yield Obstacle(number, f"{item.sku} comes back by lot and none is given.")
        elif mark(line.lot) not in {mark(lot) for lot in lots}:
            yield Obstacle(number, f"lot {line.lot} of {item.sku} was not sold on {order.order_no}.")
    if item.tracking == "serial":
        strange = [s for s in line.serials if mark(s) not in {mark(known) for known in serials}]
        if strange:
            yield Obstacle(number, f"{', '.join(strange)} of {item.sku} was not sold on {order.order_no}.")
        elif line.quantity is not None and len({mark(s) for s in line.serials}) != line.quantity:
            given = len(line.serials)
            yield Obstacle(number, f"{plain(line.quantity)} of {item.sku} come back and {given} serials are given.")


def mark(text: str) -> str:
    """A lot or serial without case and punctuation."""
    return re.sub(r"[\W_]", "", text).upper()
