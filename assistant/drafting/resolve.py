"""Resolve: who asks, and which orders it is about, each proved by an ERP record."""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.domain.evidence import Evidence, Proven
from assistant.domain.request import Request
from assistant.drafting.candidates import Code
from tools.erp import Customer, ErpReader, Found, Order

_STRONG = {"order_no", "customer_po", "invoice_no", "shipment_no", "tracking_no"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """``customer`` is whose contact or domain wrote; ``ours``: our own people; ``trusted``: its mail server vouches."""

    customer: Customer | None
    ours: bool
    trusted: bool

    @property
    def known(self) -> bool:
        return self.ours or (self.customer is not None and self.trusted)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundOrder:
    """An order the request is about, the words that led there and the record that proves it."""

    order: Order
    evidence: tuple[Evidence, ...]


def sender_of(request: Request, erp: ErpReader) -> Sender:
    ours = request.sender_address.rpartition("@")[2] == erp.company().domain
    customers = () if ours else erp.customers_by_email(request.sender_address)
    customer = customers[0] if len(customers) == 1 else None
    return Sender(customer=customer, ours=ours, trusted=request.authentication != "fail")


def orders_of(codes: Sequence[Code], customer_id: str | None, erp: ErpReader) -> tuple[FoundOrder, ...]:
    """The orders that references lead to: those said before those quoted, plain references before lots and serials.

    A lot that only other customers' orders have is the last resort: it may as well be misread.
    """
    for said, strong, own in (
        (True, True, False),
        (True, False, True),
        (False, True, False),
        (True, False, False),
        (False, False, False),
    ):
        found = _led_to([code for code in codes if code.said is said], strong, customer_id, erp, own=own)
        if found:
            return found
    return ()


def _led_to(
    codes: Sequence[Code], strong: bool, customer_id: str | None, erp: ErpReader, *, own: bool
) -> tuple[FoundOrder, ...]:
    result: dict[str, FoundOrder] = {}
    for code in codes:
        hits = [hit for hit in code.found if (hit.kind in _STRONG) is strong]
        theirs = [hit for hit in hits if customer_id is not None and hit.customer_id == customer_id]
        hits = theirs if own else theirs or hits
        if len({hit.order_no for hit in hits}) != 1:  # several orders have it: no way to tell from this alone
            continue
        order = erp.order(hits[0].order_no)
        if order is not None and order.order_no not in result:
            result[order.order_no] = FoundOrder(order=order, evidence=(code.quoted, proof(hits[0])))
    return tuple(result.values())


def only_order_with(skus: Sequence[str], words: Sequence[Evidence], history: Sequence[Order]) -> tuple[FoundOrder, ...]:
    """The customer's one order that has all these items, where no reference is given at all."""
    having = [order for order in history if all(order.line_of(sku) is not None for sku in skus)]
    if not skus or len(having) != 1:
        return ()
    record = Proven(record=f"orders/{having[0].order_no}", quote=having[0].order_no)
    return (FoundOrder(order=having[0], evidence=(*words[:1], record)),)


def proof(hit: Found) -> Proven:
    return Proven(record=f"orders/{hit.order_no}", quote=hit.order_no)
