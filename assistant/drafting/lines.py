"""Lines: the items of the request, in rows of tables and in prose, with their quantities, lots and serials."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from assistant.domain.draft import Reason
from assistant.domain.evidence import Evidence, Proven, Quoted
from assistant.domain.money import plain
from assistant.drafting.candidates import Code
from assistant.drafting.classify import reason_in
from assistant.drafting.numbers import Number, cell_number, numbers
from assistant.drafting.resolve import FoundOrder
from assistant.drafting.words import Passage
from tools.erp import ErpReader, Item, Order

_NO_LINE_ROW = re.compile(
    r"\b(?:sub-?)?total\b|\bsumme\b|\bgesamt|\bkeep(?:ing)?\b|back-?order|\bcancel|\baccept|\buse as is\b|\buai\b",
    re.IGNORECASE,
)
_QUANTITY_HEADER = re.compile(
    r"qty|quant|menge|anzahl|cantidad|quantité|pieces|pcs|stück|return|variance|diff|bad|damaged|defect", re.IGNORECASE
)
_BEST_HEADER = re.compile(
    r"return|back|claim|variance|diff|bad|damaged|defect|short|beanstand|retour|\brej", re.IGNORECASE
)
_NOT_QUANTITY_HEADER = re.compile(
    r"order|ship|deliver|date|price|line|pos|unit|total|book|system|good|geliefert", re.IGNORECASE
)
_WHOLE = re.compile(
    r"\b(?:the )?whole (?:lot|order|shipment|thing)|\ball of (?:it|them)|\bthe entire|\beverything\b"
    r"|\ball \w+ of them",
    re.IGNORECASE,
)
_NEGATED = re.compile(
    r"\b(?:not(?! need)|no(?! longer)|keep|except|other than|rather than|isn'?t)\b[^.;\n]{0,30}$", re.IGNORECASE
)
_SENTENCE_END = re.compile(r"(?<=[.;!?])\s+|\n{2,}|\n(?=\s*[-*•\d])")
_PACK = re.compile(r"\b(?:box|case|pack|bag|carton|roll|set) of (\d+)", re.IGNORECASE)
_PIECES = re.compile(r"^\s*(?:pcs?\b|pieces?\b|pc\b|stk\b|stück\b|piezas\b|pièces\b|individual)", re.IGNORECASE)
_PART_OF = re.compile(r"\s+(?:\w+\s+)?of (?:the|those|these|our) (?:\w+ )?(?:\d+|\w+)", re.IGNORECASE)
_COMMON = {"with", "for", "and", "the", "box", "case", "pack", "set", "size", "full", "type", "kit", "in"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFound:
    """A line so far. ``place`` is where it was said; evidence by field name."""

    item: Item
    place: Passage
    position: int
    quantity: Decimal | None = None
    order: Order | None = None
    lot: str | None = None
    serials: tuple[str, ...] = ()
    reason: Reason | None = None
    evidence: dict[str, tuple[Evidence, ...]] = field(default_factory=dict)


def lines_of(
    places: Sequence[Passage], codes: Sequence[Code], orders: Sequence[FoundOrder], erp: ErpReader
) -> tuple[LineFound, ...]:
    """Lines in reading order, one an item and lot; the sender's own words, else what they quote."""
    for standing in ("said", "context"):
        there = [place for place in places if place.standing == standing]
        mentions = [*_by_code(there, codes), *_by_description(there, codes, orders, erp)]
        if mentions:
            break
    mentions.sort(key=lambda line: (line.place.document.path != "body", line.place.block.at.start, line.position))
    measured = _with_form_quantity([_measured(line, mentions) for line in mentions], there)
    placed = [_with_marks(_with_order(line, orders), codes) for line in measured if line.quantity != 0]
    return tuple(_merged(_whole_quantity(line) for line in placed))


def _by_code(places: Sequence[Passage], codes: Sequence[Code]) -> Iterable[LineFound]:
    for place in places:
        here = [code for code in codes if code.passage is place and len(code.items) == 1]
        if place.block.kind == "row":
            if _NO_LINE_ROW.search(place.text):
                continue
            here = here[:1]
        for code in here:
            if not _NEGATED.search(place.text[: code.start]):
                evidence: dict[str, tuple[Evidence, ...]] = {"sku": (code.quoted, _item_proof(code.items[0]))}
                yield LineFound(item=code.items[0], place=place, position=code.start, evidence=evidence)


def _by_description(
    places: Sequence[Passage], codes: Sequence[Code], orders: Sequence[FoundOrder], erp: ErpReader
) -> Iterable[LineFound]:
    """The customer's own words, matched within the lines of the orders the request is about."""
    skus = dict.fromkeys(line.sku for found in orders for line in found.order.lines)
    items = [item for sku in skus if (item := erp.item(sku)) is not None]
    named = {code.items[0].sku for code in codes if len(code.items) == 1 and code.said}
    for place in places:
        offset = 0
        for sentence in _SENTENCE_END.split(place.text):
            start = place.text.index(sentence, offset)
            offset = start + len(sentence)
            best = _best_described(sentence, items)
            if best is None or best[0].sku in named:
                continue
            item, span = best
            if _NEGATED.search(sentence[: span[0]]):
                continue
            words = place.quote(start + span[0], start + span[1])
            evidence: dict[str, tuple[Evidence, ...]] = {"sku": (words, _item_proof(item))}
            named.add(item.sku)
            yield LineFound(item=item, place=place, position=start + span[0], evidence=evidence)


def _best_described(sentence: str, items: Sequence[Item]) -> tuple[Item, tuple[int, int]] | None:
    """The one item whose description shares the most words with a sentence; None where two share as many."""
    spans = {m[0].lower().rstrip("s"): m.span() for m in re.finditer(r"[A-Za-zÀ-ÿ]{3,}|\d+(?:[/\-]\d+)*", sentence)}
    scored: list[tuple[float, Item, list[tuple[int, int]]]] = []
    for item in items:
        described = [w.lower().rstrip("s") for w in re.findall(r"[A-Za-z]{3,}|\d+(?:[/\-]\d+)*", item.description)]
        shared = [word for word in dict.fromkeys(described) if word in spans and word not in _COMMON]
        if any(word.isalpha() for word in shared):
            scored.append((len(shared), item, [spans[word] for word in shared if word.isalpha()]))
    scored.sort(key=lambda entry: -entry[0])
    if not scored or (len(scored) > 1 and scored[0][0] == scored[1][0]):
        return None
    score, item, where = scored[0]
    if score < 2 and len(items) > 3:
        return None
    return item, (min(start for start, _ in where), max(end for _, end in where))


def _measured(line: LineFound, others: Sequence[LineFound]) -> LineFound:
    found = _cell_quantity(line) if line.place.block.kind == "row" and line.place.block.cells else None
    if found is None and not line.place.block.cells:
        found = _prose_quantity(line, others)
    if found is None:
        return line
    quantity, quoted = found
    after = line.place.text[quoted.at.end - line.place.block.at.start :]
    pack = line.item.pack_size or (int(m[1]) if (m := _PACK.search(line.item.description)) else None)
    if pack and _PIECES.match(after) and quantity % pack == 0:
        quantity = quantity / pack
    return replace(line, quantity=quantity, evidence={**line.evidence, "quantity": (quoted,)})


def _cell_quantity(line: LineFound) -> tuple[Decimal, Quoted] | None:
    base = line.place.block.at.start
    cells = [(cell, value) for cell in line.place.block.cells if (value := cell_number(cell.text)) is not None]
    cells = [(cell, value) for cell, value in cells if not cell.start <= base + line.position < cell.end]
    for wanted in (_BEST_HEADER, _QUANTITY_HEADER):
        for cell, value in cells:
            if wanted.search(cell.header) and not (
                wanted is _QUANTITY_HEADER and _NOT_QUANTITY_HEADER.search(cell.header)
            ):
                return value, line.place.quote(cell.start - base, cell.end - base)
    bare = [(cell, value) for cell, value in cells if not cell.header and abs(value) < 100_000]
    if len(bare) == 1:
        cell, value = bare[0]
        return value, line.place.quote(cell.start - base, cell.end - base)
    return None


def _prose_quantity(line: LineFound, others: Sequence[LineFound]) -> tuple[Decimal, Quoted] | None:
    """The nearest number in the item's own stretch of the sentence: before it where there is one, else after."""
    text = line.place.text
    starts = [0, *(m.end() for m in _SENTENCE_END.finditer(text)), len(text) + 1]
    begin = max(start for start in starts if start <= line.position)
    end = min(start for start in starts if start > line.position)
    rivals = [o.position for o in others if o.place is line.place and o.position != line.position]
    lower = max([begin, *(r for r in rivals if r < line.position)])
    upper = min([end, *(r for r in rivals if r > line.position)])
    item_words = line.evidence["sku"][0]
    skip = (item_words.at.start, item_words.at.end) if isinstance(item_words, Quoted) else (0, 0)
    base = line.place.block.at.start
    usable = [n for n in numbers(text) if not (n.start + base < skip[1] and n.end + base > skip[0])]
    spelled = re.sub(r"\W", "", line.item.sku).upper()
    usable = [n for n in usable if len(plain(n.value)) < 3 or plain(n.value) not in spelled]
    before = [n for n in usable if lower <= n.start < line.position]
    later = [n for n in usable if line.position < n.start < upper]
    parts = [n for n in later if _PART_OF.match(text[n.end :])]
    chosen: Number | None = parts[0] if parts else before[-1] if before else (later[0] if later else None)
    return None if chosen is None else (chosen.value, line.place.quote(chosen.start, chosen.end))


def _with_form_quantity(lines: list[LineFound], places: Sequence[Passage]) -> list[LineFound]:
    """A form with one item and one quantity field: the field is the item's."""
    fields = [
        (value, place)
        for place in places
        if place.block.kind == "form_field" and _QUANTITY_HEADER.search(place.block.label)
        if (value := cell_number(place.text)) is not None
    ]
    if len(lines) != 1 or len(fields) != 1 or lines[0].quantity is not None:
        return lines
    value, place = fields[0]
    words = place.quote(0, len(place.text))
    return [replace(lines[0], quantity=value, evidence={**lines[0].evidence, "quantity": (words,)})]


def _with_order(line: LineFound, orders: Sequence[FoundOrder]) -> LineFound:
    """The order of the request that has the item; the last one named before the line where several have it."""
    having = [found for found in orders if found.order.line_of(line.item.sku) is not None]
    if not having:
        return line

    def named_before(found: FoundOrder) -> bool:
        words = found.evidence[0]
        same = isinstance(words, Quoted) and words.at.document == line.place.document.path
        return same and isinstance(words, Quoted) and words.at.start <= line.place.block.at.start + line.position

    before = [found for found in having if named_before(found)]
    found = before[-1] if before else having[0]
    return replace(line, order=found.order, evidence={**line.evidence, "order_no": found.evidence})


def _with_marks(line: LineFound, codes: Sequence[Code]) -> LineFound:
    """Lots and serials of this item on this order, from the line's own row, else from anywhere in the request."""
    in_row = line.place.block.kind == "row"
    near = [code for code in codes if code.passage is line.place]
    evidence = dict(line.evidence)
    lots: dict[str, Quoted] = {}
    serials: dict[str, Quoted] = {}
    for code in [*near, *(() if in_row and near and _marks(near, line) else codes)]:
        for hit in code.found:
            if hit.sku != line.item.sku or (line.order is not None and hit.order_no != line.order.order_no):
                continue
            if hit.kind == "lot":
                lots.setdefault(code.text.upper(), code.quoted)
            elif hit.kind == "serial":
                serials.setdefault(code.text.upper(), code.quoted)
    quantity = line.quantity
    if lots:
        evidence["lot"] = (next(iter(lots.values())),)
    if serials:
        evidence["serials"] = tuple(serials.values())
        if quantity is None:
            quantity = Decimal(len(serials))
            evidence["quantity"] = tuple(serials.values())
    return replace(line, lot=next(iter(lots), None), serials=tuple(serials), quantity=quantity, evidence=evidence)


def _marks(near: Sequence[Code], line: LineFound) -> bool:
    return any(hit.sku == line.item.sku and hit.kind in {"lot", "serial"} for code in near for hit in code.found)


def _whole_quantity(line: LineFound) -> LineFound:
    if line.quantity is not None or line.order is None:
        return line
    words = line.place.first(_WHOLE)
    if words is None:
        return line
    return replace(line, quantity=line.order.shipped(line.item.sku), evidence={**line.evidence, "quantity": (words,)})


def _merged(lines: Iterable[LineFound]) -> Iterable[LineFound]:
    """One line an item, order, lot and reason: a second mention only fills what the first left open."""
    kept: dict[tuple[str, str, str | None], LineFound] = {}
    for line in lines:
        here = reason_in(line.place)
        if here is not None:
            line = replace(line, reason=here[0], evidence={**line.evidence, "reason_code": (here[1],)})
        key = (line.item.sku, line.order.order_no if line.order else "", line.lot)
        if key not in kept:
            kept[key] = line
        elif kept[key].quantity is None and line.quantity is not None:
            first = kept[key]
            kept[key] = replace(first, quantity=line.quantity, evidence={**line.evidence, **first.evidence})
    return kept.values()


def _item_proof(item: Item) -> Proven:
    return Proven(record=f"items/{item.sku}", quote=item.sku)
