"""What a credit is worked out from: the invoice that billed the item, its price and its currency."""

from dataclasses import dataclass
from decimal import Decimal

from assistant.domain.draft import CaseLine
from tools.erp import ErpReader, Order

_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Basis:
    """``unit_price`` without tax, in ``currency``. ``invoice_no`` '' where the order's own price stands in.

    ``tax_share`` is the tax for each unit of money billed, None where the invoice carries none.
    """

    unit_price: Decimal
    currency: str
    invoice_no: str
    tax_share: Decimal | None = None

    def tax_on(self, amount: Decimal) -> Decimal | None:
        """What of the invoice's tax goes back with an amount."""
        return None if self.tax_share is None else (amount * self.tax_share).quantize(_CENT)


def basis(order: Order, sku: str) -> Basis | None:
    """The lowest price the order's invoices billed: where prices differ, nobody is credited more than they paid."""
    billed = [(x.unit_price, i.invoice_no, i.currency, x) for i in order.invoices for x in i.lines if x.sku == sku]
    if not billed:
        return None
    price, invoice_no, currency, line = min(billed, key=lambda each: each[:3])
    whole = line.quantity * line.unit_price
    return Basis(price, currency, invoice_no, line.tax / whole if line.tax is not None and whole else None)


def worth(line: CaseLine, erp: ErpReader, *, kind: str) -> tuple[Decimal, str] | None:
    """(what a line moves, its currency): a claim as claimed, goods at the invoice's price, stock at cost."""
    if line.sku is None or line.quantity is None:
        return None
    if kind == "adjustment":
        item = erp.item(line.sku)
        return None if item is None else (abs(line.quantity) * item.unit_cost, erp.company().currency)
    order = erp.order(line.order_no) if line.order_no else None
    ordered = order.line_of(line.sku) if order is not None else None
    if order is None or ordered is None:
        return None
    if line.amount is not None and (kind == "credit" or line.reason_code.keeps_goods):
        return line.amount.money.amount, line.amount.money.currency
    billed = basis(order, line.sku)
    price = ordered.unit_price if billed is None else billed.unit_price
    return (line.quantity * price).quantize(_CENT), order.currency
