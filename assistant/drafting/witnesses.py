"""What else bears a value out beside the words it was read from: the records, arithmetic, a form, a second reading."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from assistant.domain.draft import CaseLine, Draft, Intent, Reason
from assistant.domain.evidence import Proven, Quoted
from assistant.drafting.ground import AGREED
from assistant.drafting.reason_words import chances
from assistant.drafting.vocabulary_reasons import PLAIN, REASONS
from tools.erp import ErpReader, Item, Order, spelled

_A_FORM = frozenset({"form_field"})
_LIKELY = 0.5  # a second reading's chance of the same reason


def witnessed(draft: Draft, erp: ErpReader) -> Draft:
    """The draft with what bears out each value of its lines, by field; a field without such a witness is left out."""
    return replace(draft, lines=tuple(_witnessed(line, draft, erp) for line in draft.lines))


def _witnessed(line: CaseLine, draft: Draft, erp: ErpReader) -> CaseLine:
    item = erp.item(line.sku) if line.sku is not None else None
    order = erp.order(line.order_no) if line.order_no is not None else None
    found = dict(_of_goods(line, item, order, draft)) if item is not None else {}
    found |= dict(_of_reason(line, order, draft))
    return replace(line, checks=found)


def _of_goods(line: CaseLine, item: Item, order: Order | None, draft: Draft) -> Iterator[tuple[str, str]]:
    if order is None:
        if draft.intent is Intent.ADJUSTMENT:
            yield "sku", f"ERP: items/{item.sku}"
            if len([p for p in line.evidence.get("quantity", ()) if isinstance(p, Quoted)]) > 1:
                yield "quantity", "arithmetic: what was counted less what the book says"
        return
    if order.line_of(item.sku) is None:
        return
    yield "sku", f"ERP: {item.sku} is on {order.order_no}"
    if order.customer_id == draft.customer_id and any(isinstance(p, Proven) for p in line.evidence.get("order_no", ())):
        yield "order_no", f"ERP: {order.order_no} is this customer's"
    shipped = order.shipped(item.sku)
    if line.quantity is not None and line.quantity == len(line.serials):
        yield "quantity", "arithmetic: as many serials are told"
    elif line.quantity is not None and 0 < line.quantity <= shipped:
        yield "quantity", f"ERP: {shipped.normalize():f} were shipped"
    if line.lot is not None and spelled(line.lot) in {spelled(each) for each in order.lots(item.sku)}:
        yield "lot", f"ERP: shipped on {order.order_no}"
    known = {spelled(each) for each in order.serials(item.sku)}
    if line.serials and all(spelled(each) in known for each in line.serials):
        yield "serials", f"ERP: shipped on {order.order_no}"
    if line.amount is not None and line.quantity is not None and _adds_up(line, order):
        yield "amount", "arithmetic: the price billed less the price said, times the quantity"


def _adds_up(line: CaseLine, order: Order) -> bool:
    """Whether the claim is a difference to what was billed, or just what was billed for so many."""
    if line.amount is None or line.quantity is None or line.sku is None or (ordered := order.line_of(line.sku)) is None:
        return False
    prices = {ordered.unit_price, *(x.unit_price for i in order.invoices for x in i.lines if x.sku == line.sku)}
    said = {price for proof in line.evidence.get("amount", ()) if (price := _price(proof)) is not None}
    owed = {
        (line.quantity * (billed - price)).quantize(Decimal("0.01"))
        for billed in prices
        for price in {*said, Decimal(0)}
    }
    return line.amount.money.amount.quantize(Decimal("0.01")) in owed


def _price(proof: object) -> Decimal | None:
    digits = "".join(char for char in proof.quote if char.isdigit() or char == ".") if isinstance(proof, Quoted) else ""
    return Decimal(digits) if digits.count(".") <= 1 and digits.strip(".") else None


def _of_reason(line: CaseLine, order: Order | None, draft: Draft) -> Iterator[tuple[str, str]]:
    said = [proof for proof in line.evidence.get("reason_code", ()) if isinstance(proof, Quoted)]
    if line.reason_code is Reason.OTHER or not said:
        return
    if draft.drafter.name == "model" and line.confidence.get("reason_code", 0.0) >= AGREED:
        yield "reason_code", "a second reading: the rules say the same"
    elif any(proof.at.source in _A_FORM for proof in said):
        yield "reason_code", "format: a field of a form"
    elif line.reason_code is Reason.WRONG_ITEM and line.received and order is not None:
        yield "reason_code", "ERP: what came instead is not on the order"
    elif any(_heard(proof.quote, line.reason_code) for proof in said):
        yield "reason_code", "a second reading: plain words, and what people's sentences are like"


def _heard(words: str, reason: Reason) -> bool:
    plainly = any(
        weight >= PLAIN and pattern.search(words)
        for code, patterns in REASONS
        if code is reason
        for weight, pattern in patterns
    )
    return plainly and chances(words)[reason] >= _LIKELY
