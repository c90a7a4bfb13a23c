"""What a model is shown of the ERP: who asks, what the request's codes mean, and the order lines that matter."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from assistant.domain.draft import Draft
from assistant.domain.evidence import Quoted
from assistant.domain.money import plain
from assistant.drafting.candidates import Code
from assistant.drafting.described import ranked, tokens
from assistant.drafting.labelled import Labelled
from assistant.drafting.resolve import Sender
from tools.erp import ErpReader, Item, Order, OrderLine

_MOST_CODES, _MOST_ORDERS, _MOST_LINES, _MOST_LIKELY, _MOST_ITEMS = 40, 8, 12, 3, 15
_FEW_LINES = 6  # an order's, all of them shown
_MONEY = re.compile(r"[$€£]|\b(?:USD|EUR|price|priced|preis|prix|precio|prezzo|prijs)", re.IGNORECASE)
_KINDS = {
    "order_no": "our order",
    "customer_po": "PO of",
    "invoice_no": "invoice of",
    "shipment_no": "shipment of",
    "tracking_no": "tracking of",
    "lot": "lot on",
    "serial": "serial on",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """``orders`` are those that stand in the text; a model may name one of them and no other."""

    who: str
    known: str
    text: str
    orders: tuple[Order, ...]


def shown_erp(
    blocks: Sequence[Labelled],
    codes: Sequence[Code],
    found: Sequence[Order],
    sender: Sender,
    offline: Draft,
    erp: ErpReader,
    history: Sequence[Order],
) -> Shown:
    """``found``: the orders that references lead to; ``history``: the customer's, newest first."""
    text = "\n".join(each.passage.text for each in blocks if each.kind != "hidden")
    named = _named(codes, offline)
    if sender.ours and not found:
        items = _items_like(blocks, named, erp)
        stock = "\n".join(f"{item.sku} | {item.description} | {item.uom}" for item in items)
        return Shown(_who(sender), _known(blocks, codes, offline, sender), f"SKU | item | unit\n{stock}", ())
    orders = tuple(found[:_MOST_ORDERS]) or _likely(text, named, history, erp)
    priced = bool(_MONEY.search(text))
    shown = [line for order in orders for line in _order(order, text, named, erp, codes, priced=priced)]
    head = "SKU | item | ordered" + (" | price" if priced else "") if shown else "(no order found)"
    return Shown(_who(sender), _known(blocks, codes, offline, sender), "\n".join([head, *shown]), orders)


def _who(sender: Sender) -> str:
    if sender.ours:
        return "our own staff."
    if sender.customer is None:
        return "unknown to the ERP."
    return f"customer {sender.customer.id}, {sender.customer.name}."


def _known(blocks: Sequence[Labelled], codes: Sequence[Code], offline: Draft, sender: Sender) -> str:
    labels = {id(each.passage.block): each.label for each in blocks}
    own = sender.customer.id if sender.customer is not None else None
    said: dict[str, str] = {}
    for code in codes:
        label = labels.get(id(code.passage.block))
        if label is None or code.text in said or any(_inside(code, other) for other in codes):
            continue
        hits = [hit for hit in code.found if hit.customer_id == own] or list(code.found)
        means = list(dict.fromkeys(f"{_KINDS[hit.kind]} {hit.order_no}" for hit in hits))[:3]
        if not means and len(code.items) == 1 and not _alike(code.text, code.items[0].sku):
            means = [f"item {code.items[0].sku}"]
        if means:
            said[code.text] = f"{label} {code.text}: {', '.join(means)}"
    words = [
        f"{label}: perhaps {line.sku}"
        for line in offline.lines
        for proof in line.evidence.get("sku", ())
        if isinstance(proof, Quoted) and not _alike(proof.quote, line.sku or "")
        if proof.quote not in said and (label := _label_at(blocks, proof)) is not None
    ]
    return "\n".join([*list(said.values())[:_MOST_CODES], *dict.fromkeys(words)]) or "(none)"


def _inside(code: Code, other: Code) -> bool:
    """A part of a longer code that means as much (`2611-0418` of `LS-2611-0418`)."""
    wider = other.end - other.start > code.end - code.start
    return wider and other.passage is code.passage and other.start <= code.start and code.end <= other.end


def _label_at(blocks: Sequence[Labelled], proof: Quoted) -> str | None:
    for each in blocks:
        at = each.passage.block.at
        if at.document == proof.at.document and at.start <= proof.at.start < at.end:
            return each.label
    return None


def _named(codes: Iterable[Code], offline: Draft) -> set[str]:
    """SKUs that the request names by a code, or that the rules read in it."""
    by_code = {item.sku for code in codes if len(code.items) == 1 for item in code.items}
    by_mark = {hit.sku for code in codes for hit in code.found if hit.sku is not None}
    return by_code | by_mark | {line.sku for line in offline.lines if line.sku is not None}


def _likely(text: str, named: set[str], history: Sequence[Order], erp: ErpReader) -> tuple[Order, ...]:
    """The customer's orders whose items the request seems to speak of, where it gives no reference."""
    words = tokens(text)
    scored: list[tuple[float, int, Order]] = []
    for age, order in enumerate(history):
        items = _items(order, erp)
        exact = sum(10 for item in items if item.sku in named)
        best = sum(each.score for each in ranked(words, items)[:3] if each.noun and each.score > 0)
        if exact or best >= 1:
            scored.append((exact + best, -age, order))
    scored.sort(key=lambda each: each[:2], reverse=True)
    return tuple(order for _, _, order in scored[:_MOST_LIKELY])


def _items(order: Order, erp: ErpReader) -> list[Item]:
    return [item for line in order.lines if (item := erp.item(line.sku)) is not None]


def _order(
    order: Order, text: str, named: set[str], erp: ErpReader, codes: Sequence[Code], *, priced: bool
) -> Iterable[str]:
    delivered = [s.delivered_on for s in order.shipments if s.delivered_on is not None]
    when = f", delivered {max(delivered)}" if delivered else ("" if order.shipments else ", not shipped")
    yield f"Order {order.order_no}, PO {order.customer_po}, {order.customer_id}, {order.ordered_on}{when}"
    lines = _lines(order, text, named, erp)
    marks = [
        code.text for code in codes for hit in code.found if hit.sku is not None and hit.order_no == order.order_no
    ]
    for line in lines:
        yield _line(order, line, erp.item(line.sku), marks, priced=priced)
    if left := len(order.lines) - len(lines):
        yield f"(and {left} lines that the request does not seem to name)"


def _lines(order: Order, text: str, named: set[str], erp: ErpReader) -> list[OrderLine]:
    """All of a short order; of a long one those that the request's words or codes touch."""
    if len(order.lines) <= _FEW_LINES:
        return list(order.lines)
    score = {each.item.sku: each.score for each in ranked(tokens(text), _items(order, erp)) if each.noun}
    best = sorted(order.lines, key=lambda line: (line.sku not in named, -score.get(line.sku, -99.0)))
    kept = {line.line for line in best[:_MOST_LINES] if line.sku in named or line.sku in score}
    return [line for line in order.lines if line.line in kept] or list(order.lines[:_MOST_LINES])


def _line(order: Order, line: OrderLine, item: Item | None, marks: Sequence[str], *, priced: bool) -> str:
    shipped = order.shipped(line.sku)
    sent = f", shipped {plain(shipped)}" if shipped != line.quantity else ""
    known = {_letters(mark) for mark in (*order.lots(line.sku), *order.serials(line.sku))}
    theirs = [mark for mark in dict.fromkeys(marks) if _letters(mark) in known][:10]
    size = item.pack_size if item is not None else None
    pack = f" of {size}" if size and size > 1 and item is not None and str(size) not in item.description else ""
    described = item.description if item is not None else ""
    price = f" | {plain(line.unit_price)}" if priced else ""
    carried = f" | has {', '.join(theirs)}" if theirs else ""
    return f"{line.sku} | {described} | {plain(line.quantity)} {line.uom}{pack}{sent}{price}{carried}"


def _items_like(blocks: Sequence[Labelled], named: set[str], erp: ErpReader) -> list[Item]:
    """For a stock difference: the items named by code, then those that blocks with a number seem to describe."""
    found = {sku: item for sku in sorted(named) if (item := erp.item(sku)) is not None}
    told = [each.passage.text[:500] for each in blocks if each.kind == "said" and re.search(r"\d", each.passage.text)]
    parts = (part for each in told for part in _PARTS.split(each) if part.strip())
    for text in islice(chain(told, parts), _MOST_TEXTS):
        if len(found) >= _MOST_ITEMS:
            break
        scored = ranked(tokens(text), erp.items_like(text, 10))
        for each in scored[:2]:
            if each.score > 0:
                found.setdefault(each.item.sku, each.item)
    return list(found.values())[:_MOST_ITEMS]


_MOST_TEXTS = 120  # of a count sheet, that are looked up
_PARTS = re.compile(r"[.;,\n|]|\b(?:and|und|y|et)\b")


def _alike(one: str, other: str) -> bool:
    return _letters(one) == _letters(other)


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", text).upper()
