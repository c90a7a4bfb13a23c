"""Lines in rows of tables, read by their headings, and by what was written, struck or ticked beside them."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from assistant.domain.draft import Reason
from assistant.domain.evidence import Evidence, Quoted
from assistant.drafting.candidates import Code
from assistant.drafting.described import ranked, tokens
from assistant.drafting.found import LineFound, item_proof
from assistant.drafting.mentions import Scope
from assistant.drafting.numbers import cell_number, number_of
from assistant.drafting.packs import in_order_unit
from assistant.drafting.quantities import best, quantities, settled
from assistant.drafting.vocabulary_lines import (
    CLAIMED,
    KEPT,
    LEFT_ROW,
    OWN_PAPER,
    RETURN_PAPER,
    TOTAL_ROW,
    WHOLE,
    column_of,
)
from assistant.drafting.words import Passage
from extractors.document import Cell
from tools.erp import ErpReader, Item, Order

_NOTHING = re.compile(r"\W*")
_LETTERED = re.compile(r"[^\W\d_]{2}")
_TICKED = re.compile(r"[xX✓✔☒☑✗]|yes|ja|oui|sí|si")
_BY_HAND = re.compile(r"(?P<n>\d+)\s+(?:(?:pcs?|ea|bx|cs|box(?:es)?|cases?)\s+)?(?P<word>[^\W\d_]{3,}(?:\s[^\W\d_]+)?)")
_DECIMALS = re.compile(r"[+\-−]?\d+,\d{3}")
_NONE_CAME = re.compile(
    r"\b(?:none|nothing|not (?:on|in|there|received|delivered|here)|never|missing|didn'?t come|no(?:t)? show"
    r"|whole line|fehlt|nicht (?:da|geliefert)|manque|absent|rien|falta|nada)\b",
    re.IGNORECASE,
)
# Marks that repeat the words they lie on.
_MARKUP = re.compile(
    r"^(?:highlight|underline|squiggly|circle|ink|square|strike-?out|line|polygon|polyline)$", re.IGNORECASE
)
_HIGHLIGHT = re.compile(r"highlight|underline|circle|square", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Column:
    cell: Cell
    header: str
    role: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row with each cell's role, the marks that stand beside it, and the roles of its table's columns."""

    place: Passage
    columns: tuple[Column, ...]
    marks: tuple[Passage, ...]
    table: frozenset[str] = frozenset()

    def of(self, *roles: str) -> list[Cell]:
        return [column.cell for role in roles for column in self.columns if column.role == role]

    def quote(self, cell: Cell) -> Quoted:
        base = self.place.block.at.start
        return self.place.quote(cell.start - base, cell.end - base)


def lines_of_rows(
    places: Sequence[Passage], codes: Sequence[Code], scope: Scope, erp: ErpReader, *, ours: bool
) -> tuple[LineFound, ...]:
    """Lines of one document's tables. On our own paper only marked rows are lines."""
    rows = _with_tables(_rows(places))
    if not rows:
        return ()
    text = " ".join(place.text for place in places if place.block.kind in ("heading", "paragraph", "row"))[:3000]
    marked = any(row.marks for row in rows)
    lit = not any(not _MARKUP.search(mark.block.label) for row in rows for mark in row.marks)
    paper = places[0].document.path != "body" and bool(OWN_PAPER.search(text)) and not RETURN_PAPER.search(text[:600])
    returning = {row.place.block.table for row in rows if any(c.role in ("returned", "variance") for c in row.columns)}
    lines: list[LineFound] = []
    for row in rows:
        item = _item(row, codes, scope, erp)
        if item is None or TOTAL_ROW.search(row.place.text):
            continue
        order = _order(item[0], row, codes, scope)
        if marked and not (row.place.block.table in returning and not row.marks):
            line = _marked(row, item, order, lit=lit)
        else:
            line = _plain(row, item, order, ours=ours, paper=paper)
        if line is not None:
            lines.append(line)
    return tuple(lines)


def _rows(places: Sequence[Passage]) -> list[Row]:
    """Rows with headings; where a table has none, a row of words alone that reads like headings gives them."""
    rows: list[Row] = []
    headings: tuple[Cell, ...] = ()
    beside = False
    for place in places:
        block = place.block
        if block.kind == "annotation":
            if beside:
                rows[-1] = replace(rows[-1], marks=(*rows[-1].marks, place))
            continue
        beside = False
        if block.kind != "row" or not block.cells:
            continue
        headers = tuple(cell.header for cell in block.cells)
        if not any(column_of(header) for header in headers):
            if len(block.cells) > 2 and _reads_like_headings(block.cells):
                headings = block.cells
                continue
            headers = _under(block.cells, headings) or headers
        columns = tuple(
            Column(cell, header, column_of(header)) for cell, header in zip(block.cells, headers, strict=True)
        )
        rows.append(Row(place, columns, ()))
        beside = True
    return rows


def _with_tables(rows: Sequence[Row]) -> list[Row]:
    roles: dict[int | None, set[str]] = {}
    for row in rows:
        roles.setdefault(row.place.block.table, set()).update(column.role for column in row.columns)
    return [replace(row, table=frozenset(roles[row.place.block.table])) for row in rows]


def _under(cells: Sequence[Cell], headings: Sequence[Cell]) -> tuple[str, ...]:
    """The heading above each cell: by its box where both have one, by number where there are as many."""
    if len(cells) == len(headings):
        return tuple(cell.text for cell in headings)
    if not headings or any(cell.box is None for cell in (*cells, *headings)):
        return ()

    def apart(cell: Cell, heading: Cell) -> float:
        (left, _, right, _), (begin, _, end, _) = cell.box or (0, 0, 0, 0), heading.box or (0, 0, 0, 0)
        return 0 if left < end and begin < right else min(abs(left - end), abs(begin - right))

    return tuple(min(headings, key=lambda heading: apart(cell, heading)).text for cell in cells)


def _reads_like_headings(cells: Sequence[Cell]) -> bool:
    worded = all(cell_number(cell.text) is None for cell in cells)
    return worded and sum(bool(column_of(cell.text)) for cell in cells) >= 2


def _item(row: Row, codes: Sequence[Code], scope: Scope, erp: ErpReader) -> tuple[Item, Quoted] | None:
    """The row's item: a code of one on the orders, else the only code, else the words of its cells."""
    here = [code for code in codes if code.passage is row.place]
    for code in here:
        known = [item for item in code.items if scope.has(item) or not scope.items]
        if len(known) == 1 and (not scope.orders or any(o.line_of(known[0].sku) for o in scope.orders)):
            return known[0], code.quoted
    if any(len(code.items) == 1 for code in here):
        return None
    base = row.place.block.at.start
    for column in row.columns:
        cell = column.cell
        if column.role not in ("", "quantity", "ordered", "order") or not _LETTERED.search(cell.text):
            continue
        candidates = scope.items or (erp.items_like(cell.text, 20) if scope.open else ())
        found = ranked(tokens(cell.text), candidates)
        lead = found[0].score - found[1].score if len(found) > 1 else 1.0
        if found and (found[0].noun or len(found[0].keys) > 1) and lead >= 0.3:
            return found[0].item, row.place.quote(cell.start - base, cell.end - base)
    if not any(column.role for column in row.columns):
        return None  # a lot in a list says nothing of how many of it are meant
    marks = [c for c in here if any(hit.sku and (scope.open or hit.order_no in scope.numbers()) for hit in c.found)]
    for code in marks:
        skus = {hit.sku for hit in code.found if scope.open or hit.order_no in scope.numbers()}
        item = erp.item(next(iter(skus)) or "") if len(skus) == 1 else None
        if item is not None:
            return item, code.quoted
    return None


def _order(item: Item, row: Row, codes: Sequence[Code], scope: Scope) -> Order | None:
    having = [order for order in scope.orders if order.line_of(item.sku) is not None]
    named = {hit.order_no for code in codes if code.passage is row.place for hit in code.found}
    return next((order for order in having if order.order_no in named), having[0] if having else None)


def _line(row: Row, item: tuple[Item, Quoted], quantity: Decimal | None, words: Sequence[Quoted]) -> LineFound:
    evidence: dict[str, tuple[Evidence, ...]] = {"sku": (item[1], item_proof(item[0]))}
    if quantity is not None:
        evidence["quantity"] = tuple(words)
    bins = [
        column.cell
        for column in row.columns
        if re.search(r"\b(?:bin|loc|location|platz|fach|ubic)", column.header, re.I)
    ]
    if bins:
        evidence["location"] = (row.quote(bins[0]),)
    return LineFound(
        item=item[0],
        place=row.place,
        position=item[1].at.start - row.place.block.at.start,
        kind="row",
        near=range(len(row.place.text)),
        quantity=quantity,
        rank=0,
        location=bins[0].text.strip() if bins else None,
        evidence=evidence,
    )


def _marked(row: Row, item: tuple[Item, Quoted], order: Order | None, *, lit: bool) -> LineFound | None:
    """A printed row of a marked paper: a line only where the mark claims something, or where ``lit`` (the paper has
    no words beside its rows) it is highlighted. A struck row alone says nothing: it may be missing or used up."""
    said_beside = [mark for mark in row.marks if not _MARKUP.search(mark.block.label)]
    if any(LEFT_ROW.search(mark.text) for mark in said_beside):
        return None
    for mark in said_beside:
        text = mark.text
        if _NONE_CAME.search(text) and not quantities(text):
            shipped = order.shipped(item[0].sku) if order is not None else _printed(row)
            return replace(_line(row, item, shipped, (_said(mark),)), kind="mark", words=(mark,))
        said = [each for each in quantities(text) if each.role != "kept"]
        claims = bool(CLAIMED.search(text)) or any(each.kind != "exact" for each in said)
        chosen = best(said)
        if chosen is None and claims and not LEFT_ROW.search(text):
            whole = WHOLE.search(text) or re.search(r"\ball\b|\balle\b|\btout", text, re.IGNORECASE)
            value = order.shipped(item[0].sku) if whole and order is not None else None
            return replace(_line(row, item, value, (_said(mark),)), kind="mark", words=(mark,))
        if chosen is not None and (claims or (chosen.rank < 2 and not KEPT.search(text))):
            value = settled(chosen, text, item[0], order)
            words = (mark.quote(chosen.start, chosen.end),)
            return _short(
                replace(_line(row, item, value, words), kind="mark", words=row.marks),
                chosen.kind in ("only", "missing"),
            )
    if lit and not said_beside and any(_HIGHLIGHT.search(mark.block.label) for mark in row.marks):
        value = order.shipped(item[0].sku) if order is not None else _printed(row)
        return replace(_line(row, item, value, (_said(row.marks[0]),)), kind="mark")
    return None


def _short(line: LineFound, short: bool) -> LineFound:
    """`only 10 came` says that the rest is short."""
    if not short or "quantity" not in line.evidence:
        return line
    words = line.evidence["quantity"]
    return replace(line, reason=Reason.SHORT_SHIPMENT, evidence={**line.evidence, "reason_code": words})


def _printed(row: Row) -> Decimal | None:
    cells = row.of("ordered", "quantity")
    return cell_number(cells[-1].text) if cells else None


def _said(mark: Passage) -> Quoted:
    return mark.quote(0, len(mark.text))


def _plain(row: Row, item: tuple[Item, Quoted], order: Order | None, *, ours: bool, paper: bool) -> LineFound | None:
    """None for what is kept, zero, blank, a background row or a row of our own paper."""
    if any(LEFT_ROW.search(cell.text) for cell in row.of("status")):
        return None
    thousandths = [c.cell for c in row.columns if _DECIMALS.fullmatch(c.cell.text.strip())]
    exact = len(thousandths) > 1 and any(c.text.strip().endswith(",000") for c in thousandths)

    prices = any(c.role in ("money", "billed") or "contract" in c.header.lower() for c in row.columns)

    def value(cell: Cell) -> Decimal | None:
        if prices and re.search(r"\d[.,]\d\d\s*$", cell.text):  # money, whatever its heading says
            return None
        if exact and _DECIMALS.fullmatch(cell.text.strip()):
            return number_of(cell.text.strip()[:-4])
        return cell_number(cell.text)

    if paper and (written := _written(row)) is not None:
        number, words = written
        return _line(row, item, number, (words,))
    claimed = _claimed(row, value, ours=ours)
    if claimed is None:
        return None
    quantity, cells = claimed
    if quantity is None:
        left = any(LEFT_ROW.search(cell.text) for cell in row.of("reason", "returned", ""))
        return None if left or paper or not _worded(row) else replace(_line(row, item, None, ()), rank=9)
    if quantity == 0 or (paper and not any(c in row.of("returned", "variance") for c in cells)):
        return None
    quantity = quantity if ours else abs(quantity)
    shipped = order.shipped(item[0].sku) if order is not None else Decimal(0)
    after = cells[-1].text if cells else ""
    unit = re.sub(r"^[\s+\-−]*[\d.,]+\s*", "", after) or " ".join(cell.text for cell in row.of("uom"))
    if not ours:
        quantity = in_order_unit(quantity, " " + unit, item[0], shipped)
    line = _line(row, item, quantity, tuple(row.quote(cell) for cell in cells))
    return _short(line, not ours and _is_rest(row, value, quantity))


def _written(row: Row) -> tuple[Decimal, Quoted] | None:
    """What somebody wrote into a printed row, as a scan reads it: `8 4 back` in the column of the eight."""
    for column in reversed(row.columns):
        for match in _BY_HAND.finditer(column.cell.text):
            number = number_of(match["n"])
            if number and CLAIMED.search(match["word"]):
                start = column.cell.start - row.place.block.at.start + match.start()
                return number, row.place.quote(start, start + len(match[0]))
    return None


def _is_rest(row: Row, value: Callable[[Cell], Decimal | None], quantity: Decimal) -> bool:
    """Whether the quantity is what was ordered and did not come."""
    ordered = [n for cell in row.of("ordered") if (n := value(cell)) is not None]
    received = [n for cell in row.of("received") if (n := value(cell)) is not None]
    return bool(ordered and received) and quantity == ordered[0] - received[0] > 0


def _worded(row: Row) -> bool:
    """Whether a row says why, or is ticked: goods named without a number."""
    return any(CLAIMED.search(cell.text) for cell in row.of("reason", "status", "")) or any(
        _TICKED.fullmatch(cell.text.strip()) for cell in row.of("tick", "returned")
    )


def _claimed(
    row: Row, value: Callable[[Cell], Decimal | None], *, ours: bool
) -> tuple[Decimal | None, list[Cell]] | None:
    """The quantity that the row claims and its cells; (None, []) where it says none; None where it is no line."""
    headed = any(column.header for column in row.columns) or any(column.role for column in row.columns)
    if ours:
        for role in ("variance", "returned"):
            cells = [cell for cell in row.of(role) if value(cell) is not None]
            if cells:
                return value(cells[0]), [cells[0]]
        books = [c for c in row.of("book") if value(c) is not None]
        counts = [c for c in row.of("counted") if value(c) is not None]
        if books and counts:
            return (value(counts[-1]) or Decimal(0)) - (value(books[0]) or Decimal(0)), [books[0], counts[-1]]
    returned = row.of("returned")
    for cell in returned:
        if (number := value(cell)) is not None:
            return number, [cell]
    if returned:
        ticked = next((cell for cell in returned if _TICKED.fullmatch(cell.text.strip())), None)
        if ticked is None:
            return None if all(_NOTHING.fullmatch(c.text) or not _whole(c.text) for c in returned) else (None, [])
    elif "returned" in row.table:
        return None
    variance = [cell for cell in row.of("variance") if value(cell) is not None]
    if variance:
        return value(variance[0]), [variance[0]]
    if "variance" in row.table and "money" not in row.table and not variance and not row.of("variance"):
        return None
    money = [
        cell
        for cell in row.of("money", "variance")
        if re.search(r"diff|over|variance|delta", cell.header, re.IGNORECASE)
    ]
    if money and all(not re.search(r"[1-9]", cell.text) for cell in money):
        return None
    for role in ("quantity", "billed"):
        cells = [cell for cell in row.of(role) if value(cell) is not None]
        if cells and not (role == "quantity" and row.of("received") and row.of("ordered")):
            return value(cells[0]), [cells[0]]
    ordered = [c for c in row.of("ordered") if value(c) is not None]
    received = [c for c in row.of("received") if value(c) is not None]
    if ordered and received:
        short = (value(ordered[0]) or Decimal(0)) - (value(received[0]) or Decimal(0))
        return abs(short), [ordered[0], received[0]]
    if not (ordered or received) or (received and not ordered):
        left = [
            column.cell
            for column in row.columns
            if column.role in ("", "received", "counted") and column.header and value(column.cell) is not None
            if not re.search(r"\b(?:pos|ln|line|no|nr|#|item|itm|size|bin)\b|#", column.header, re.IGNORECASE)
        ]
        if len(left) == 1:
            return value(left[0]), left
    if not headed:
        bare = [c.cell for c in row.columns if (n := value(c.cell)) is not None and abs(n) < 100_000]
        if bare:
            return value(bare[0]), [bare[0]]
    return (None, []) if not (ordered or received) else None


def _whole(text: str) -> bool:
    return bool(re.search(r"\ball\b|\balle\b|\btous\b|\btodos?\b|\bwhole\b", text, re.IGNORECASE))
