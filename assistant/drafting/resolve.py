"""Resolve: who asks, and which orders it is about, each proved by an ERP record."""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.domain.evidence import Evidence, Proven
from assistant.domain.request import Request
from assistant.drafting.candidates import Code
from assistant.drafting.described import ranked, tokens
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
    """An order the request is about, the words that led there and the record that proves it.

    ``by``: the kind of reference that led there; ``items`` where only the goods did.
    """

    order: Order
    by: str
    evidence: tuple[Evidence, ...]


def sender_of(request: Request, erp: ErpReader) -> Sender:
    ours = request.sender_address.rpartition("@")[2] == erp.company().domain
    customers = () if ours else erp.customers_by_email(request.sender_address)
    customer = customers[0] if len(customers) == 1 else None
    verdict = request.authentication.verdict
    if not ours and not customers and request.customer_before is not None and verdict == "pass":
        customer = erp.customer(request.customer_before)
    return Sender(customer=customer, ours=ours, trusted=verdict != "fail")


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


def by_reference(found: Sequence[FoundOrder]) -> tuple[FoundOrder, ...]:
    """Those that a number of the order's own led to, not only the lots and serials that went with it."""
    return tuple(each for each in found if each.by in _STRONG)


def _led_to(
    codes: Sequence[Code], strong: bool, customer_id: str | None, erp: ErpReader, *, own: bool
) -> tuple[FoundOrder, ...]:
    result: dict[str, FoundOrder] = {}
    for code in codes:
        hits = [hit for hit in code.found if (hit.kind in _STRONG) is strong]
        theirs = [hit for hit in hits if customer_id is not None and hit.customer_id == customer_id]
        hits = theirs if own else theirs or hits
        hits = hits if strong else _of_named_goods(hits, code.passage.text, erp)
        if len({hit.order_no for hit in hits}) != 1:  # several orders have it: no way to tell from this alone
            continue
        order = erp.order(hits[0].order_no)
        if order is not None and order.order_no not in result:
            result[order.order_no] = FoundOrder(order=order, by=hits[0].kind, evidence=(code.quoted, proof(hits[0])))
    return tuple(result.values())


def _of_named_goods(hits: list[Found], text: str, erp: ErpReader) -> list[Found]:
    """Of the orders that a lot or serial is on, those whose goods the words beside it mean, where they mean some."""
    items = [item for sku in dict.fromkeys(hit.sku for hit in hits) if sku and (item := erp.item(sku)) is not None]
    if len(items) < 2:
        return hits
    meant = [item.sku for item in items if item.sku.casefold() in text.casefold()]
    if not meant:
        best = ranked(tokens(text), items)
        meant = [each.item.sku for each in best if each.noun and each.score == best[0].score]
    return [hit for hit in hits if hit.sku in meant] if len(meant) == 1 else hits


def only_order_with(skus: Sequence[str], words: Sequence[Evidence], history: Sequence[Order]) -> tuple[FoundOrder, ...]:
    """The customer's one order that has all these items, where no reference is given at all."""
    having = [order for order in history if all(order.line_of(sku) is not None for sku in skus)]
    if not skus or len(having) != 1:
        return ()
    record = Proven(record=f"orders/{having[0].order_no}", quote=having[0].order_no)
    return (FoundOrder(order=having[0], by="items", evidence=(*words[:1], record)),)


def proof(hit: Found) -> Proven:
    return Proven(record=f"orders/{hit.order_no}", quote=hit.order_no)
