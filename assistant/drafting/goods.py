"""Which goods a row is about: by a code, by its words, by a lot, or by what the order shipped of what is left."""

import re
from collections.abc import Sequence
from decimal import Decimal

from assistant.domain.evidence import Quoted
from assistant.drafting.candidates import Code
from assistant.drafting.described import Described, ranked, tokens
from assistant.drafting.mentions import Scope
from assistant.drafting.tables import Row
from assistant.drafting.vocabulary_lines import TOTAL_ROW
from extractors.document import Cell
from tools.erp import ErpReader, Item, Order

_LETTERED = re.compile(r"[^\W\d_]{2}")
_LEAST_LEAD = 0.3
_NAMES_GOODS = ("", "quantity", "ordered", "order", "received")
_BROUGHT = ("ordered", "billed", "received", "quantity")

Goods = tuple[Item, Quoted]


def goods_of(rows: Sequence[Row], codes: Sequence[Code], scope: Scope, erp: ErpReader) -> list[Goods | None]:
    """The goods of each row, None where none can be told."""
    found = [_named(row, codes, scope, erp) for row in rows]
    return _with_what_is_left(rows, found, codes, scope)


def order_of(item: Item, row: Row, codes: Sequence[Code], scope: Scope) -> Order | None:
    """The order the row names, else the first that has the item."""
    having = [order for order in scope.orders if order.line_of(item.sku) is not None]
    named = _orders_named(row, codes)
    return next((order for order in having if order.order_no in named), having[0] if having else None)


def _orders_named(row: Row, codes: Sequence[Code]) -> frozenset[str]:
    return frozenset(hit.order_no for code in codes if code.passage is row.place for hit in code.found)


def _items(row: Row, codes: Sequence[Code], scope: Scope) -> tuple[Item, ...]:
    """The items a row can mean: those of the order it names, else of all of them."""
    orders = [order for order in scope.orders if order.order_no in _orders_named(row, codes)]
    own = tuple(item for item in scope.items if any(order.line_of(item.sku) for order in orders))
    return own or scope.items


def _named(row: Row, codes: Sequence[Code], scope: Scope, erp: ErpReader) -> Goods | None:
    """A code of one on the orders, else the only code, else the words of its cells, else a lot."""
    here = [code for code in codes if code.passage is row.place]
    for code in here:
        known = [item for item in code.items if scope.has(item) or not scope.items]
        if len(known) == 1 and (not scope.orders or any(o.line_of(known[0].sku) for o in scope.orders)):
            return known[0], code.quoted
    if any(len(code.items) == 1 for code in here):
        return None
    if (described := _described(row, _items(row, codes, scope), scope, erp)) is not None:
        return described
    if not any(column.role for column in row.columns):
        return None  # a lot in a list says nothing of how many of it are meant
    for code in here:
        skus = {hit.sku for hit in code.found if scope.open or hit.order_no in scope.numbers()}
        item = erp.item(next(iter(skus)) or "") if len(skus) == 1 else None
        if item is not None:
            return item, code.quoted
    return None


def _cells(row: Row) -> list[Cell]:
    return [c.cell for c in row.columns if c.role in _NAMES_GOODS and _LETTERED.search(c.cell.text)]


def _described(row: Row, items: Sequence[Item], scope: Scope, erp: ErpReader) -> Goods | None:
    """By the words of one cell, else of all cells that name goods (`ball valve | 3/4 in | brass`)."""
    cells = _cells(row)
    for cell in cells:
        best = _clear(cell.text, items or (erp.items_like(cell.text, 20) if scope.open else ()))
        if best is not None:
            return best.item, row.quote(cell)
    spread = [c.cell for c in row.columns if c.role == "" and c.header and c.cell.text.strip()]
    if len(spread) > 1 and any(cell in spread for cell in cells):
        best = _clear(" ".join(cell.text for cell in spread), items)
        if best is not None:
            return best.item, row.quote(spread[0], spread[-1])
    return None


def _clear(words: str, items: Sequence[Item]) -> Described | None:
    found = ranked(tokens(words), items)
    lead = found[0].score - found[1].score if len(found) > 1 else 1.0
    good = bool(found) and (found[0].noun or len(found[0].keys) > 1) and found[0].score > 0
    return found[0] if good and lead >= _LEAST_LEAD else None


def _with_what_is_left(
    rows: Sequence[Row], found: Sequence[Goods | None], codes: Sequence[Code], scope: Scope
) -> list[Goods | None]:
    """Rows whose words no item fits best: the one left that was shipped in just the number the row tells."""
    result = list(found)
    for at, row in enumerate(rows):
        if result[at] is not None or TOTAL_ROW.search(row.place.text) or not (cells := _cells(row)):
            continue
        if any(code.items for code in codes if code.passage is row.place):
            continue
        taken = {goods[0].sku for goods in result if goods is not None}
        left = [item for item in _items(row, codes, scope) if item.sku not in taken]
        item = _by_number(row, cells, left, scope, beside=bool(taken))
        if item is not None:
            result[at] = (item, row.quote(cells[0], cells[-1]))
    return result


def _by_number(row: Row, cells: Sequence[Cell], left: Sequence[Item], scope: Scope, *, beside: bool) -> Item | None:
    """Words that fit several need the number to tell; words that fit none need a heading that says it was shipped,
    and a table whose other rows are the order's."""
    said = {number for number, _ in row.values(*_BROUGHT)}
    shipped = [item for item in left if any(_shipped(order, item) in said for order in scope.orders)]
    described = [each for each in ranked(tokens(" ".join(cell.text for cell in cells)), left) if each.score > 0]
    fitting = {each.item.sku for each in described}
    named = any(each.noun or len(each.keys) > 1 for each in described)
    if not named and not (beside and row.values("ordered", "billed", "received")):
        return None
    if fitting:
        shipped = [item for item in shipped if item.sku in fitting]
    return shipped[0] if len(shipped) == 1 else None


def _shipped(order: Order, item: Item) -> Decimal | None:
    return order.shipped(item.sku) or None
