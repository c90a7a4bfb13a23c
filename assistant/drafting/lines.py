"""Lines: the items of the request with their quantities, orders, lots and serials, each read where it is said best."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from assistant.domain.evidence import Quoted
from assistant.drafting.candidates import Code
from assistant.drafting.found import LineFound
from assistant.drafting.mentions import Scope, scope_of
from assistant.drafting.merge import merged
from assistant.drafting.prose import Loose, told
from assistant.drafting.quantities import settled
from assistant.drafting.records import lines_of_records
from assistant.drafting.resolve import FoundOrder
from assistant.drafting.rows import lines_of_rows
from assistant.drafting.tracked import with_marks
from assistant.drafting.vocabulary_lines import ASKED, CLAIMED, CONTAINERS, PIECES, REFERS_BACK, WHOLE
from assistant.drafting.words import Passage
from tools.erp import ErpReader, Order

_LESS = re.compile(
    r"\b(?:minus|less|took out|write off|scrap|missing|lost|broken|broke|damaged|destroyed|soaked|stolen"
    r"|short|hin\b|bruch"
    r"|zerbrochen|ausgebucht|ausbuchen|fehl|verschrott|beschädigt|cassé|perdu|manque|roto|faltan|kapot|through)",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"\b(?:found|extra|over\b|more than|surplus|turned up|gefunden|zu viel|mehr|trouvé|sobran|encontr)", re.IGNORECASE
)


def lines_of(
    places: Sequence[Passage],
    codes: Sequence[Code],
    orders: Sequence[FoundOrder],
    erp: ErpReader,
    *,
    ours: bool = False,
    history: Sequence[Order] = (),
) -> tuple[LineFound, ...]:
    """Lines in reading order, the body's first. ``history``: the customer's orders, used where none was found."""
    scope = scope_of([found.order for found in orders], history, erp, ours=ours)
    said, loose = _read([place for place in places if place.standing == "said"], codes, scope, erp, ours=ours)
    live = [line for line in said if not line.kept]
    stayed = {line.item.sku for line in said}
    if not live and len(stayed) == 1 and any(each.quantity.role == "claimed" for each in loose):
        live = [
            replace(said[0], kept=False, quantity=None, rank=9, evidence=_less(said[0]))
        ]  # `60 we used, the rest ...`
    dropped = {line.item.sku for line in said if line.kept} - {line.item.sku for line in live}
    spoken = " ".join(place.text for place in places if place.standing == "said" and place.document.path == "body")
    if not live or REFERS_BACK.search(spoken) or all(line.quantity is None for line in live):
        earlier = [place for place in places if place.standing == "context"]
        before, more = _read(earlier, codes, scope, erp, ours=ours)
        known = {line.item.sku for line in live}
        back = bool(REFERS_BACK.search(spoken)) and not _superseded(earlier, codes, orders)
        add = [
            line
            for line in before
            if not line.kept and line.item.sku not in dropped and (back or not live or line.item.sku in known)
        ]
        newly = {(line.item.sku) for line in live if line.quantity is not None}
        live += [
            replace(line, quantity=None, rank=9, evidence=_less(line)) if line.item.sku in newly else line
            for line in add
        ]
        loose = loose or (more if not live else [])
    live = [line for line in live if line.quantity != 0]
    if any(line.quantity is not None for line in live):
        live = [line for line in live if line.asked or line.quantity is not None]
    if any(line.firm or line.structured for line in live):
        live = [line for line in live if line.firm or line.quantity is not None or line.structured]
    if not ours and any(not line.by_mark for line in live):
        named_too = {line.item.sku for line in live if not line.by_mark}
        live = [line for line in live if not line.by_mark or line.item.sku in named_too]
    placed = [_with_order(line, orders, codes) for line in live]
    placed = _with_loose(placed, loose)
    if len(placed) > 1 and all(line.quantity is None for line in placed):
        placed = _with_all(placed, places, codes)
    marked = with_marks(placed, places, codes)
    found = merged(marked)
    return tuple(_signed(line) for line in found) if ours else found


def _superseded(places: Sequence[Passage], codes: Sequence[Code], orders: Sequence[FoundOrder]) -> bool:
    """Whether the quoted words are about another order than the newest ones name."""
    found = {each.order.order_no for each in orders}
    own = {id(place) for place in places}
    named = {
        hit.order_no
        for code in codes
        if id(code.passage) in own
        for hit in code.found
        if hit.kind in ("order_no", "customer_po", "invoice_no")
    }
    return bool(found) and bool(named) and not named & found


def _less(line: LineFound) -> dict:  # type: ignore[type-arg] # evidence by field
    return {name: proofs for name, proofs in line.evidence.items() if name != "quantity"}


def _read(
    places: Sequence[Passage], codes: Sequence[Code], scope: Scope, erp: ErpReader, *, ours: bool
) -> tuple[list[LineFound], list[Loose]]:
    """Document by document: tables and forms, then prose, which in a paper with a table adds no lines of its own."""
    lines: list[LineFound] = []
    loose: list[Loose] = []
    for path in dict.fromkeys(place.document.path for place in places):
        here = [place for place in places if place.document.path == path]
        rows = lines_of_rows(here, codes, scope, erp, ours=ours)
        firm = [*rows, *(lines_of_records(here, codes, scope) if not rows else ())]
        body = path == "body" or path.endswith("/body")
        has_table = any(place.block.kind == "row" and any(c.header for c in place.block.cells) for place in here)
        prose: list[LineFound] = []
        for place in here:
            bare = place.block.kind == "row" and not any(cell.header for cell in place.block.cells)
            if place.block.kind not in ("paragraph", "heading", "form_field", "annotation") and not (bare and body):
                continue
            if (place.block.kind == "annotation" or bare) and rows:
                continue
            result = told(place, codes, scope, erp)
            if place.block.kind == "heading":
                prose += [replace(line, asked=False) for line in result.lines if not line.kept]
                continue
            prose += result.lines
            loose += result.loose if body else ()
        if firm:
            tabled = {line.item.sku for line in firm}
            prose = [
                line
                for line in prose
                if line.item.sku in tabled or (body and line.quantity is not None and (ours or line.rank < 2))
            ]
        elif has_table and not body:
            prose = [line for line in prose if line.rank == 0]
        lines += [*firm, *prose]
    firm_skus = {line.item.sku for line in lines if line.structured}
    if firm_skus:  # a kept mention in prose does not undo a row of a form
        lines = [line for line in lines if not (line.kept and line.item.sku in firm_skus)]
    lines.sort(key=lambda line: (line.place.document.path != "body", line.place.block.at.start, line.position))
    return lines, loose


def _with_loose(lines: list[LineFound], loose: Sequence[Loose]) -> list[LineFound]:
    """`The boards were on SO-1. Three came broken.`: a quantity that names no item, where only one item is open."""
    skus = {line.item.sku for line in lines}
    if len(skus) != 1:
        return lines
    line = min(lines, key=lambda each: (not each.structured, each.rank))
    if line.structured and line.quantity is not None:
        return lines
    told = line.place.text[line.near.start : line.near.stop]
    settled_there = line.rank == 0 or (line.rank == 1 and bool(ASKED.search(told) or CLAIMED.search(told)))
    if line.quantity is not None and settled_there and not any(each.quantity.corrects for each in loose):
        return lines
    usable = [
        each
        for each in loose
        if each.quantity.role == "claimed"
        or (each.quantity.role == "plain" and _counted(each.place.text, each.quantity.start, each.quantity.end))
        or each.quantity.corrects
        or (each.quantity.role == "plain" and each.quantity.kind != "exact")
    ]
    chosen = min(usable, key=lambda each: (not each.quantity.corrects, each.quantity.rank), default=None)
    if chosen is None:
        return lines
    value = settled(chosen.quantity, chosen.place.text, line.item, line.order)
    if value is None or (
        line.quantity is not None and chosen.quantity.rank >= line.rank and not chosen.quantity.corrects
    ):
        return lines
    words = chosen.place.quote(chosen.quantity.start, chosen.quantity.end)
    filled = replace(line, quantity=value, rank=chosen.quantity.rank, evidence={**line.evidence, "quantity": (words,)})
    return [filled if each is line else each for each in lines]


def _with_all(lines: Sequence[LineFound], places: Sequence[Passage], codes: Sequence[Code]) -> list[LineFound]:
    """`The complete delivery came again`: of several goods without a number, all that the shipment named brought of
    each, or all that was ordered."""
    named = [_spelled(code.text) for code in codes if any(hit.kind == "shipment_no" for hit in code.found)]
    words = next((quoted for place in places if (quoted := place.first(WHOLE)) is not None), None)
    if words is None:
        return list(lines)
    result: list[LineFound] = []
    for line in lines:
        ordered = line.order.line_of(line.item.sku) if line.order is not None else None
        if ordered is None:
            result.append(line)
            continue
        evidence = {**line.evidence, "quantity": (words,)}
        shipments = line.order.shipments if line.order is not None else ()
        brought = [
            x.quantity
            for s in shipments
            if _spelled(s.shipment_no) in named[:1]
            for x in s.lines
            if x.sku == line.item.sku
        ]
        quantity = sum(brought, Decimal(0)) or ordered.quantity
        result.append(replace(line, quantity=quantity, rank=1, evidence=evidence))
    return result


def _spelled(reference: str) -> str:
    return re.sub(r"[\W_]", "", reference).upper()


def _counted(text: str, start: int, end: int) -> bool:
    after = text[end:]
    if re.search(
        r"(?:qty|quantity|anzahl|menge|stückzahl|cantidad|qté|quantité|aantal|total of)\W*$",
        text[:start],
        re.IGNORECASE,
    ):
        return True
    return bool(PIECES.match(after) or CONTAINERS.match(after) or re.match(r"\s*[x×@]\s*[$€£]?\s*\d", after))


def _with_order(line: LineFound, orders: Sequence[FoundOrder], codes: Sequence[Code]) -> LineFound:
    """The order that has the item: the one named in its row, before it, or by its lot; else the first."""
    having = [found for found in orders if found.order.line_of(line.item.sku) is not None]
    if not having:
        return replace(line, order=None)
    here = [code for code in codes if code.passage.block is line.place.block]
    named = {hit.order_no for code in here for hit in code.found if hit.sku in (None, line.item.sku)}
    inside = [found for found in having if found.order.order_no in named]

    def named_before(found: FoundOrder) -> bool:
        words = found.evidence[0]
        same = isinstance(words, Quoted) and words.at.document == line.place.document.path
        return same and isinstance(words, Quoted) and words.at.start <= line.place.block.at.start + line.position

    before = [found for found in having if named_before(found)]
    found = inside[0] if len(inside) == 1 else before[-1] if before else having[0]
    return replace(line, order=found.order, evidence={**line.evidence, "order_no": found.evidence})


def _signed(line: LineFound) -> LineFound:
    """Our own people's words: less on the shelf is negative. Rows are signed by their headings."""
    if line.structured or line.quantity is None:
        return line
    text = line.place.text
    more = bool(_MORE.search(text[line.near.start : line.near.stop]))
    less = bool(_LESS.search(text))
    return replace(line, quantity=abs(line.quantity) * (Decimal(1) if more and not less else Decimal(-1)))


def skus_of(lines: Iterable[LineFound]) -> frozenset[str]:
    return frozenset(line.item.sku for line in lines)
