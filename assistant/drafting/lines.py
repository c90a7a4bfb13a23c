"""Lines: the items of the request with their quantities, orders, lots and serials, each read where it is said best.

One walk from what is read to what is claimed, which every step after sees whole: hence its length.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from assistant.domain.evidence import Quoted
from assistant.drafting.alike import told_apart
from assistant.drafting.candidates import Code
from assistant.drafting.differences import Told, difference
from assistant.drafting.found import LineFound
from assistant.drafting.legends import pointed_out
from assistant.drafting.mentions import Scope, scope_of
from assistant.drafting.merge import merged
from assistant.drafting.prose import Loose, by_difference, told
from assistant.drafting.quantities import Quantity, sentence, settled, staying
from assistant.drafting.records import lines_of_records
from assistant.drafting.resolve import FoundOrder
from assistant.drafting.rows import lines_of_rows
from assistant.drafting.signs import LESS, MORE
from assistant.drafting.tracked import with_marks
from assistant.drafting.vocabulary_lines import ASKED, CLAIMED, CONTAINERS, PIECES, REFERS_BACK, WHOLE
from assistant.drafting.what_is_left import what_is_left
from assistant.drafting.words import Passage
from tools.erp import ErpReader, Order, spelled


@dataclass(frozen=True, slots=True)
class Found:
    """``lines`` in reading order, the body's first; ``aside``: what is said of goods that are none of them."""

    lines: tuple[LineFound, ...]
    aside: tuple[LineFound, ...] = ()


def lines_of(
    places: Sequence[Passage],
    codes: Sequence[Code],
    orders: Sequence[FoundOrder],
    erp: ErpReader,
    *,
    ours: bool = False,
    history: Sequence[Order] = (),
) -> Found:
    """The lines of a request. ``history``: the customer's orders, used where none was found."""
    scope = scope_of([found.order for found in orders], history, erp, ours=ours)
    newest = [place for place in places if place.standing == "said"]
    said, loose = _read(newest, codes, scope, erp, ours=ours)
    said = told_apart(said, newest)
    live = _still_live([line for line in said if not line.kept], said, places)
    stayed = {line.item.sku for line in said}
    if not live and len(stayed) == 1 and any(each.quantity.role == "claimed" for each in loose):
        live = [replace(said[0], kept=False, quantity=None, rank=9, evidence=_less(said[0]))]  # `60 we used, the rest`
    dropped = {line.item.sku for line in said if line.kept} - {line.item.sku for line in live}
    if not live or _refers_back(places) or all(line.quantity is None for line in live):
        earlier = [place for place in places if place.standing == "context"]
        before, more = _read(earlier, codes, scope, erp, ours=ours)
        back = _refers_back(places) and not _superseded(earlier, codes, orders)
        loose = loose or (more if not live else [])
        live = _with_earlier(live, before, dropped, back=back)
    live = _meant(live, said, ours=ours)
    unclear = [line for line in live if line.among and line.quantity is not None and line.asked]
    clear = [line for line in live if not line.among]
    if not clear:  # which goods is not told: as few lines as there are words for it
        return Found(tuple(unclear[:1]) or (() if ours or said else _unnamed(loose, scope)))
    clear = [_with_order(line, orders, codes) for line in clear]
    placed = _with_loose(clear if ours else _without_listed(clear), loose)
    if len(placed) > 1 and all(line.quantity is None for line in placed):
        placed = _with_all(placed, places, codes)
    found = merged(with_marks(placed, places, codes))
    if not ours:
        found = tuple(_the_only_one(line) for line in found)
    if any(line.quantity is not None for line in found):
        found = tuple(x for x in found if x.firm or x.structured or x.vague or x.quantity is not None)
    told = {line.item.sku for line in found}
    if unclear and unclear[0].rank <= 0 and not ours and not any(item.sku in told for item in unclear[0].among):
        found = (*found, unclear[0])
    aside = tuple(
        x for x in said if x.kind == "prose" and not x.among and (x.kept or x.asked) and x.item.sku not in told
    )
    return Found(tuple(_signed(line) for line in found) if ours else found, aside)


def _unnamed(loose: Sequence[Loose], scope: Scope) -> tuple[LineFound, ...]:
    """`Three cases are not what we asked for`: so many of something, where nothing says of what."""
    for each in loose if scope.items else ():
        text, said = each.place.text, each.quantity
        if (said.role, said.kind) == ("claimed", "exact") and _SOMETHING.match(text, said.end):
            words = (each.place.quote(said.start, said.end),)
            near = range(len(text))
            line = LineFound(item=scope.items[0], place=each.place, position=said.start, kind="prose", near=near)
            return (replace(line, quantity=said.value, among=scope.items, evidence={"quantity": words}),)
    return ()


_SOMETHING = re.compile(
    rf"(?:{CONTAINERS.pattern}|{PIECES.pattern}|\s*(?:items?|parts?|units?|things?|products?|goods|artikel|teile|artículos?"
    r"|productos?|articles?|produits?)\b)",
    re.IGNORECASE,
)


def _refers_back(places: Sequence[Passage]) -> bool:
    spoken = " ".join(place.text for place in places if place.standing == "said" and place.document.path == "body")
    return bool(REFERS_BACK.search(spoken))


def _with_earlier(
    live: Sequence[LineFound], before: Sequence[LineFound], dropped: set[str], *, back: bool
) -> list[LineFound]:
    """The lines with those of earlier words: all that still stand where the newest lean on them (``back``)."""
    known = {line.item.sku for line in live}
    add = [
        line
        for line in before
        if not line.among and not line.kept and line.item.sku not in dropped
        if back or not live or line.item.sku in known
    ]
    newly = {line.item.sku for line in live if line.quantity is not None}
    return [
        *live,
        *(
            replace(line, quantity=None, rank=9, evidence=_less(line)) if line.item.sku in newly else line
            for line in add
        ),
    ]


def _meant(live: Sequence[LineFound], said: Sequence[LineFound], *, ours: bool) -> list[LineFound]:
    """Without mentions in passing: what nothing is asked of where something is, and a lone lot of nothing named."""
    live = [line for line in live if line.quantity != 0]
    if any(line.quantity is not None for line in live):
        live = [line for line in live if line.asked or line.quantity is not None]
    if not ours and any(line.quantity is not None and line.rank <= 0 for line in live):  # `the three breakers arrived`
        live = [line for line in live if line.structured or not _just_came(line) or _asks(line)]
    if not ours and any(
        line.quantity is not None and _asks(line) for line in live
    ):  # `the gloves are here, all twelve`
        live = [line for line in live if line.structured or _asks(line) or not _is_here(line)]
    if any(line.quantity is not None and line.asked for line in live):  # `the drive is in the cabinet`: in passing
        live = [line for line in live if line.asked or line.rank != 2 or line.structured or not _only_told(line)]
    if any(line.firm or line.structured or line.quantity is not None for line in live):
        live = [line for line in live if line.firm or line.quantity is not None or line.structured or line.vague]
    if not ours and any(not line.by_mark for line in live):
        named_too = {line.item.sku for line in said if not line.by_mark}
        live = [line for line in live if not line.by_mark or line.item.sku in named_too]
    return list(live)


_STATES = re.compile(r"\b(?:is|are|was|were|has|have|had|ist|sind|war|hat|est[aá]n?|est|sont|è|sono)\b", re.IGNORECASE)


_CAME = re.compile(
    r"\b(?:is|are|was|were)(?: all| also| both)? here\b"
    r"|\b(?:arrived|came|received|delivered|ordered|bought|shipped|got|geliefert|angekommen|bestellt|lleg\w+|recib\w+|arrivé\w*|reçu\w*|livré\w*)\b",
    re.IGNORECASE,
)


def _just_came(line: LineFound) -> bool:
    """Whether a line's number is only told: so many came."""
    told = any(each.role == "told" and each.value == line.quantity for each in line.told)
    return line.rank == 2 and told and _CAME.search(line.place.text, line.near.start, line.near.stop) is not None


_HERE = re.compile(
    r"\b(?:is|are|was|were)(?: all| also| both)? here\b|\b(?:ist|sind) (?:auch |alle )?da\b|\bestán aquí\b"
    r"|\bsont (?:bien )?là\b",
    re.IGNORECASE,
)


def _is_here(line: LineFound) -> bool:
    return _HERE.search(line.place.text, line.near.start, line.near.stop) is not None


def _asks(line: LineFound) -> bool:
    near = (line.near.start, line.near.stop)
    return bool(ASKED.search(line.place.text, *near) or CLAIMED.search(line.place.text, *near))


def _only_told(line: LineFound) -> bool:
    return _STATES.search(line.place.text, line.near.start, line.near.stop) is not None


def _still_live(live: list[LineFound], said: Sequence[LineFound], places: Sequence[Passage]) -> list[LineFound]:
    """Without goods of a forwarded mail that the words above it say stay."""
    header = next((p for p in places if p.document.path == "body" and _FORWARDED.search(p.text)), None)
    if header is None:
        return live
    at = header.block.at.start
    above = {x.item.sku for x in said if x.place.document.path == "body" and x.place.block.at.start < at and x.kept}
    again = {x.item.sku for x in live if x.place.document.path == "body" and x.place.block.at.start < at}
    return [x for x in live if x.item.sku not in above - again]


def _without_listed(lines: list[LineFound]) -> list[LineFound]:
    """Without what a sentence only lists of an order, `we received 40 x A, 100 x B`, where another one claims."""

    def sentence_of(line: LineFound) -> tuple[str, int]:
        return line.place.text, sentence(line.place.text, line.position)[0]

    def lists(line: LineFound) -> bool:
        begin, end = sentence(line.place.text, line.position)
        claims = CLAIMED.search(line.place.text, begin, end) or ASKED.search(line.place.text, begin, end)
        return line.kind == "prose" and _is_all(line) and not claims

    listed = [line for line in lines if lists(line)]
    by_sentence = [sentence_of(line) for line in listed]
    listed = [line for line, at in zip(listed, by_sentence, strict=True) if by_sentence.count(at) > 1]
    claimed = [line for line in lines if line not in listed and line.quantity is not None and _asks(line)]
    return [line for line in lines if line not in listed] if claimed else lines


_FORWARDED = re.compile(r"^\W*(?:from|von|de|da|van)\s*:.*@", re.IGNORECASE | re.MULTILINE)


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
    pointed = pointed_out(places)
    for path in dict.fromkeys(place.document.path for place in places):
        here = [place for place in places if place.document.path == path]
        rows = lines_of_rows(here, codes, scope, erp, ours=ours, pointed=pointed)
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
            result = told(place, codes, scope, erp, ours=ours)
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
            prose = [line for line in prose if line.rank <= 0]
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
    if (apart := _apart(line, lines, loose)) is not None:
        return [apart if each is line else each for each in lines]
    told = line.place.text[line.near.start : line.near.stop]
    if line.rank == 1 and _told_better(line, loose):
        line = replace(line, rank=2)
        lines = [line if each.item.sku == line.item.sku and each.place is line.place else each for each in lines]
    settled_there = line.rank <= 0 or (
        line.rank == 1 and (bool(ASKED.search(told) or CLAIMED.search(told)) or _beside(line))
    )
    if line.quantity is not None and settled_there and not any(each.quantity.corrects for each in loose):
        return lines
    usable = [
        each
        for each in loose
        if each.quantity.role == "claimed"
        or (each.quantity.role == "plain" and _counted(each.place.text, each.quantity.start, each.quantity.end))
        or each.quantity.corrects
        or (each.quantity.role == "plain" and (each.quantity.kind != "exact" or _all_of(line, each.quantity)))
    ]
    corrected = any(each.quantity.corrects for each in usable)
    if not corrected and (left := what_is_left(line, lines, loose)) is not None:
        return [left if each is line else each for each in lines]
    chosen = min(
        usable,
        key=lambda each: (
            not each.quantity.corrects,
            each.quantity.rank,
            each.quantity.rank > 0 and _all_of(line, each.quantity),
        ),
        default=None,
    )
    if chosen is None:
        return lines
    stays = staying([*line.told, *(each.quantity for each in loose)])
    value = settled(chosen.quantity, chosen.place.text, line.item, line.order, stays)
    if value is None or (
        line.quantity is not None and chosen.quantity.rank >= line.rank and not chosen.quantity.corrects
    ):
        return lines
    if len(lines) > 1 and sum(each.quantity or Decimal(0) for each in lines) == value:
        return lines  # `five are 26H02, two are 26H09. .. All seven`: a line a lot
    words = chosen.place.quote(chosen.quantity.start, chosen.quantity.end)
    filled = replace(line, quantity=value, rank=chosen.quantity.rank, evidence={**line.evidence, "quantity": (words,)})
    return [filled if each is line else each for each in lines]


def _the_only_one(line: LineFound) -> LineFound:
    """One, where the order brought no more of it and nobody says how many."""
    alone = line.quantity is None and not line.vague and not line.structured and not line.among
    if not alone or line.order is None or line.order.shipped(line.item.sku) != 1:
        return line
    evidence = {**line.evidence, "quantity": line.evidence["sku"]}
    return replace(line, quantity=Decimal(1), rank=3, evidence=evidence)


_SURELY = 0.7


def _told_better(line: LineFound, loose: Sequence[Loose]) -> bool:
    """`60 cases of gloves. .. I want 57 gone`: a number that is just what was shipped, and a claimed one beside it."""
    near = (line.near.start, line.near.stop)
    said = next((each for each in line.told if each.value == line.quantity), None)
    if (
        said is not None
        and said.of is not None
        and not (ASKED.search(line.place.text, *near) or CLAIMED.search(line.place.text, *near))
    ):  # `we tried three of the five. The other two trip.`
        return any(each.quantity.role == "claimed" and each.quantity.sure >= _SURELY for each in loose)
    return _is_all(line) and any(
        each.quantity.role == "claimed" and each.quantity.kind == "exact" and each.quantity.value != line.quantity
        for each in loose
    )


def _is_all(line: LineFound) -> bool:
    return line.order is not None and line.quantity == line.order.shipped(line.item.sku)


def _apart(line: LineFound, lines: Sequence[LineFound], loose: Sequence[Loose]) -> LineFound | None:
    """`The slip says thirty. I have 33 on the floor.`: of the only goods spoken of."""
    claimed = {
        each.quantity.value for each in loose if (each.quantity.role, each.quantity.kind) == ("claimed", "exact")
    }
    if any(each.rank <= 0 or each.structured for each in lines):
        return None
    said = [Told(each, every.place.text) for every in lines for each in every.told]
    said += [Told(each.quantity, each.place.text) for each in loose]
    found = difference(said, line.order.shipped(line.item.sku) if line.order is not None else Decimal(0))
    if found is None or (claimed and abs(found.value) not in claimed):
        return None
    by_text = {every.place.text: every.place for every in lines} | {each.place.text: each.place for each in loose}
    words = tuple(by_text[each.text].quote(each.quantity.start, each.quantity.end) for each in found.of)
    reason = by_difference(found)
    evidence = {**line.evidence, "quantity": words, **({"reason_code": words} if reason is not None else {})}
    return replace(line, quantity=abs(found.value), rank=0, reason=reason, evidence=evidence)


def _beside(line: LineFound) -> bool:
    """`the seven boxes of the anchors`: the number stands at the item itself."""
    said = [proof for proof in line.evidence.get("quantity", ()) if isinstance(proof, Quoted)]
    at = line.place.block.at.start + line.position
    return any(0 < at - proof.at.end < 25 for proof in said)


def _all_of(line: LineFound, quantity: Quantity) -> bool:
    """Whether it is just what the order shipped of the line's item."""
    return line.order is not None and quantity.value == line.order.shipped(line.item.sku)


def _with_all(lines: Sequence[LineFound], places: Sequence[Passage], codes: Sequence[Code]) -> list[LineFound]:
    """`The complete delivery came again`: of several goods without a number, all that the shipment named brought of
    each, or all that was ordered."""
    named = [spelled(code.text) for code in codes if any(hit.kind == "shipment_no" for hit in code.found)]
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
            if spelled(s.shipment_no) in named[:1]
            for x in s.lines
            if x.sku == line.item.sku
        ]
        quantity = sum(brought, Decimal(0)) or ordered.quantity
        result.append(replace(line, quantity=quantity, rank=1, evidence=evidence))
    return result


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
    if line.structured or line.signed or line.quantity is None:
        return line
    text, near = line.place.text, line.place.text[line.near.start : line.near.stop]
    more = bool(MORE.search(near))
    less = bool(LESS.search(near)) or (not more and bool(LESS.search(text)))
    return replace(line, quantity=abs(line.quantity) * (Decimal(1) if more and not less else Decimal(-1)))
