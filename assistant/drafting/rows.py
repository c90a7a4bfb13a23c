"""Lines in rows of tables, read by their headings, and by what was written, struck or ticked beside them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from assistant.domain.draft import Reason
from assistant.domain.evidence import Evidence, Quoted
from assistant.drafting.candidates import Code
from assistant.drafting.claimed import claim_of, prices_apart, worded
from assistant.drafting.columns import with_roles
from assistant.drafting.counts import counted_in, pairs_told
from assistant.drafting.described import ranked, tokens
from assistant.drafting.found import LineFound, item_proof
from assistant.drafting.goods import goods_of, order_of
from assistant.drafting.legends import left_out, legend_of, meanings_in, stays
from assistant.drafting.mentions import Scope
from assistant.drafting.numbers import cell_number, number_of
from assistant.drafting.packs import in_order_unit
from assistant.drafting.quantities import Quantity, best, quantities, settled
from assistant.drafting.signs import LESS, MORE
from assistant.drafting.tables import Column, Row, is_labelled, rows_of
from assistant.drafting.vocabulary_lines import (
    CLAIMED,
    KEPT,
    LEFT_ROW,
    OWN_PAPER,
    RETURN_PAPER,
    TOTAL_ROW,
    WHOLE,
)
from assistant.drafting.words import Passage
from tools.erp import ErpReader, Item, Order

_BY_HAND = re.compile(r"(?P<n>\d+)\s+(?:(?:pcs?|ea|bx|cs|box(?:es)?|cases?)\s+)?(?P<word>[^\W\d_]{3,}(?:\s[^\W\d_]+)?)")
_NONE_CAME = re.compile(
    r"\b(?:none|nothing|not (?:on|in|there|received|delivered|here)|never|missing|didn'?t come|no(?:t)? show"
    r"|whole line|fehlt|nicht (?:da|geliefert)|manque|absent|rien|falta|nada)\b",
    re.IGNORECASE,
)
# Marks that repeat the words they lie on.
_MARKUP = re.compile(
    r"^(?:highlight|underline|squiggly|circle|ink|square|strike-?out|line|polygon|polyline)$", re.IGNORECASE
)
_LEAST_LEAD = 0.3
# A difference that was withdrawn.
_AS_BOOKED = re.compile(
    r"\bno (?:change|adjustment|correction|variance)\b|\bkeine (?:änderung|korrektur|differenz)\b"
    r"|\bsin (?:cambio|ajuste)s?\b|\bsans changement\b",
    re.IGNORECASE,
)
_INSTEAD = re.compile(
    r"\binstead\b|\b(?:but|yet)\b.{0,40}\bsays?\b|\bstattdessen\b|\ben (?:su lugar|vez)\b|\bà la place\b", re.IGNORECASE
)
_KEEP = re.compile(
    r"\W*(?:we |please |to )?(?:keep(?:ing|s)?|kept|stay(?:s|ing)?|retain(?:ed)?|bleibt|behalten|verbleibt"
    r"|garder|gardée?s?|on garde|reste|se quedan?|conservar|houden|blijft|tenere|resta)"
    r"(?: it| them| here| all| hier| ici| aquí)?\W*",
    re.IGNORECASE,
)
_YES = re.compile(r"\W*(?:yes|y|ja|j|oui|sí|si|x|✓|✔|☒|☑)\W*", re.IGNORECASE)
_HIGHLIGHT = re.compile(r"highlight|underline|circle|square", re.IGNORECASE)


def lines_of_rows(
    places: Sequence[Passage],
    codes: Sequence[Code],
    scope: Scope,
    erp: ErpReader,
    *,
    ours: bool,
    pointed: frozenset[str] = frozenset(),
) -> tuple[LineFound, ...]:
    """Lines of one document's tables. On our own paper only marked rows are lines.

    ``pointed``: codes of the rows that the sender points out.
    """
    rows = with_roles([row for row in rows_of(places) if not is_labelled(row)], ours=ours)
    if not rows:
        return ()
    text = " ".join(place.text for place in places if place.block.kind in ("heading", "paragraph", "row"))[:3000]
    marked = any(row.marks for row in rows)
    lit = not any(not _MARKUP.search(mark.block.label) for row in rows for mark in row.marks)
    paper = places[0].document.path != "body" and bool(OWN_PAPER.search(text)) and not RETURN_PAPER.search(text[:600])
    returning = {row.place.block.table for row in rows if any(c.role in ("returned", "variance") for c in row.columns)}
    legend = legend_of(places)
    without = left_out(rows, pointed)
    book_first = pairs_told(text) if ours else None
    faults = _with_faults(rows)
    lines: list[LineFound] = []
    for at, (row, item) in enumerate(zip(rows, goods_of(rows, codes, scope, erp), strict=True)):
        if item is None or TOTAL_ROW.search(row.place.text) or at in without or _found_well(row, faults):
            continue
        meanings = meanings_in(row, legend)
        if stays(meanings):
            continue
        order = order_of(item[0], row, codes, scope)
        if marked and not (row.place.block.table in returning and not row.marks):
            line = _marked(_without_others_marks(row, item[0], scope), item, order, lit=lit)
        else:
            line = _plain(row, item, order, ours=ours, paper=paper, book_first=book_first)
        if line is not None:
            lines.append(replace(line, words=(*line.words, *meanings)))
    return tuple(lines)


_WORDED = ("reason", "status", "", "counted", "received")  # `What we found`


def _with_faults(rows: Sequence[Row]) -> frozenset[tuple[int | None, str]]:
    """Columns, each by its table and heading, in which some row says what is the matter."""
    return frozenset(
        (row.place.block.table, column.header)
        for row in rows
        for column in row.columns
        if column.header and column.role in _WORDED and CLAIMED.search(column.cell.text)
    )


def _found_well(row: Row, faults: frozenset[tuple[int | None, str]]) -> bool:
    """`fine` in a column that tells of others what is the matter with them."""
    return any(
        (row.place.block.table, column.header) in faults and LEFT_ROW.search(column.cell.text)
        for column in row.columns
        if column.role in _WORDED
    )


def _without_others_marks(row: Row, item: Item, scope: Scope) -> Row:
    """A row without the marks beside it whose words name other goods."""

    def others(mark: Passage) -> bool:
        best = ranked(tokens(mark.text), scope.items)
        first = {each.item.sku for each in best if best[0].score - each.score < _LEAST_LEAD}
        return bool(best) and best[0].score >= 1 and item.sku not in first

    return replace(row, marks=tuple(m for m in row.marks if _MARKUP.search(m.block.label) or not others(m)))


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
        if LEFT_ROW.search(re.sub(r"^\W*\d+\s*", "", text)):
            continue  # `6 OK`
        said = [each for each in quantities(text) if each.role != "kept"]
        claims = bool(CLAIMED.search(text) or _INSTEAD.search(text)) or any(each.kind != "exact" for each in said)
        chosen = best(said)
        if chosen is None and claims and not LEFT_ROW.search(text):
            whole = WHOLE.search(text) or re.search(r"\ball\b|\balle\b|\btout", text, re.IGNORECASE)
            value = order.shipped(item[0].sku) if whole and order is not None else None
            value = Decimal(1) if value is None and _printed(row) == 1 else value  # of one there is but one
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


def _plain(
    row: Row,
    item: tuple[Item, Quoted],
    order: Order | None,
    *,
    ours: bool,
    paper: bool,
    book_first: bool | None = None,
) -> LineFound | None:
    """None for what is kept, zero, blank, a background row or a row of our own paper."""
    if any(LEFT_ROW.search(cell.text) for cell in row.of("status")) or _said_to_stay(row):
        return None
    if any(LEFT_ROW.search(note.text) or KEPT.search(note.text) for note in row.beside):
        return None
    if any(_AS_BOOKED.search(cell.text) for cell in row.of("reason", "status")):
        return None
    if paper and (written := _written(row)) is not None:
        number, words = written
        return _line(row, item, number, (words,))
    shipped = order.shipped(item[0].sku) if order is not None else Decimal(0)
    counted = ours and (book_first is not None or counted_in(row.place.text) is not None)
    plainly = not counted and not any(column.role for column in row.columns)
    if plainly and (said := _stated(row, item, order, ours=ours)) is not None:
        return said.line
    claimed = claim_of(row, shipped, ours=ours, item=item[0], book_first=book_first)
    if claimed is None:
        return None
    quantity, cells = claimed.quantity, claimed.cells
    if quantity is None:
        left = any(LEFT_ROW.search(cell.text) for cell in row.of("reason", "returned", ""))
        one = next((cell for cell in row.of("serial") if re.search(r"\d", cell.text)), None)
        if (
            one is not None
            and item[0].tracking == "serial"
            and not left
            and not paper
            and any(re.search(r"[^\W\d_]{2}", cell.text) for cell in row.of("reason", "status"))
        ):
            return _line(row, item, Decimal(1), (row.quote(one),))  # a serial a row
        return None if left or paper or not worded(row) else replace(_line(row, item, None, ()), rank=9)
    if quantity == 0 or (paper and not any(c in row.of("returned", "variance") for c in cells)):
        return None
    quantity = quantity if ours else abs(quantity)
    after = cells[-1].text if cells else ""
    unit = re.sub(r"^[\s+\-−]*[\d.,]+\s*", "", after) or " ".join(cell.text for cell in row.of("uom"))
    if not ours:
        quantity = in_order_unit(quantity, " " + unit, item[0], shipped)
    line = _line(row, item, quantity, tuple(row.quote(cell) for cell in cells))
    if not ours and not row.of("returned") and (apart := prices_apart(row)) is not None:
        prices = tuple(row.quote(cell) for cell in apart)
        return replace(line, reason=Reason.PRICING_ERROR, evidence={**line.evidence, "reason_code": prices})
    return _short(line, not ours and claimed.rest is not None and claimed.quantity == claimed.rest > 0)


def _said_to_stay(row: Row) -> bool:
    """A remark `keep`, or `yes` under `Keep?`."""
    remarks = row.of("reason", "")
    ticks = row.of("kept")
    return any(_KEEP.fullmatch(cell.text) for cell in remarks) or any(_YES.fullmatch(cell.text) for cell in ticks)


@dataclass(frozen=True, slots=True)
class _Stated:
    line: LineFound | None


def _stated(row: Row, item: tuple[Item, Quoted], order: Order | None, *, ours: bool) -> _Stated | None:
    """`2 oz lids | keeping`, `clamshells | all 25`: goods, and what is said of them. None where nothing is."""
    base = row.place.block.at.start
    at = item[1].at.start
    found: list[tuple[Quantity, Decimal | None, Column]] = []
    for column in row.columns:
        text = column.cell.text
        if column.cell.start <= at < column.cell.end or not re.search(r"[^\W\d_]{2}", text):
            continue
        if LEFT_ROW.search(text) or (KEPT.search(text) and not CLAIMED.search(text)):
            return _Stated(None)
        chosen = best(list(quantities(text)))
        value = settled(chosen, text, item[0], order) if chosen is not None else None
        if ours and value:
            value = abs(value) if MORE.search(text) and not LESS.search(text) else -abs(value)
        if chosen is not None:
            found.append((chosen, value, column))
    found.sort(key=lambda each: each[0].rank)  # `40 bought | 6 back`
    for chosen, value, column in found:
        start = column.cell.start - base
        if value:
            return _Stated(_line(row, item, value, (row.place.quote(start + chosen.start, start + chosen.end),)))
        if value == 0 and chosen.rank == 0:
            return _Stated(None)
    return None


def _written(row: Row) -> tuple[Decimal, Quoted] | None:
    """What somebody wrote into a printed row, as a scan reads it: `8 4 back` in the column of the eight."""
    for column in reversed(row.columns):
        for match in _BY_HAND.finditer(column.cell.text):
            number = number_of(match["n"])
            if number and CLAIMED.search(match["word"]):
                start = column.cell.start - row.place.block.at.start + match.start()
                return number, row.place.quote(start, start + len(match[0]))
    return None
