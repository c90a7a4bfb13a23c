"""Lines in forms: labels with their values, in form fields, in rows of two cells and in lines of `Label: value`."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from assistant.domain.evidence import Evidence, Quoted
from assistant.drafting.candidates import Code
from assistant.drafting.described import ranked, tokens
from assistant.drafting.found import LineFound, item_proof
from assistant.drafting.mentions import Scope
from assistant.drafting.numbers import cell_number
from assistant.drafting.packs import in_order_unit
from assistant.drafting.vocabulary_lines import any_of, column_of
from assistant.drafting.words import Passage
from tools.erp import Item

_LABEL = re.compile(
    r"(?:^|(?<=   ))[ \t]*(?P<label>[^\W\d_][^\n:=]{1,38}?)[ \t]*[:=][ \t]*(?P<value>[^\n]+?)(?=\s{3,}\S|\s*$)",
    re.MULTILINE,
)
_ITEM = any_of(
    (
        r"\bitem",
        r"\bpart\b",
        r"part[_ ]?no",
        r"\bsku\b",
        r"product",
        r"material",
        r"article",
        r"artikel",
        r"artículo",
        r"articulo",
        r"référence",
        r"\bteil\b",
        r"description",
        r"\bdesc\b",
        r"bezeichnung",
        r"goods",
        r"ware\b",
        r"model",
        r"désignation",
        r"producto",
    )
)
_RETURNED = any_of(
    (
        r"return",
        r"back",
        r"zurück",
        r"retour",
        r"beanstand",
        r"reject",
        r"claim",
        r"short",
        r"missing",
        r"damag",
        r"defect",
        r"affected",
        r"devol",
        r"betroffen",
        r"fehl",
        r"nonconf",
        r"concern",
    )
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One label and its value, and where the value stands."""

    label: str
    role: str
    place: Passage
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.place.text[self.start : self.end]

    @property
    def quoted(self) -> Quoted:
        return self.place.quote(self.start, self.end)


def entries(places: Sequence[Passage]) -> tuple[Entry, ...]:
    """A document's labelled values, in reading order. Printed choices are none, only what was chosen."""
    return tuple(entry for place in places for entry in _entries(place))


def _entries(place: Passage) -> Iterator[Entry]:
    block = place.block
    base = block.at.start
    if block.kind == "form_field":
        yield Entry(block.label, _role(block.label), place, 0, len(place.text))
    elif block.kind == "row" and len(block.cells) in (2, 4) and not any(cell.header for cell in block.cells):
        for label, value in zip(block.cells[::2], block.cells[1::2], strict=True):
            if not re.search(r"[☐☒☑]|\[[ xX]\]", label.text + value.text):
                yield Entry(label.text, _role(label.text), place, value.start - base, value.end - base)
    elif block.kind == "paragraph":
        for match in _LABEL.finditer(place.text):
            yield Entry(match["label"], _role(match["label"]), place, *match.span("value"))


def _role(label: str) -> str:
    role = column_of(label)
    if role in ("returned", "quantity", "lot", "serial", "ordered", "received", "kept"):
        return role
    spaced = label.replace("_", " ")
    return "item" if _ITEM.search(spaced) else role


def lines_of_records(places: Sequence[Passage], codes: Sequence[Code], scope: Scope) -> tuple[LineFound, ...]:
    """One line a record; a record begins with each new item."""
    lines: list[LineFound] = []
    current: tuple[Item, Entry, Quoted] | None = None
    counts: list[tuple[bool, Decimal, Entry]] = []
    early: list[tuple[bool, Decimal, Entry]] = []
    for entry in entries(places):
        found = _item(entry, codes, scope)
        if found is not None and (current is None or current[0].sku != found[0].sku):
            if current is not None:
                lines += _closed(current, counts, scope)
                counts = []
            current = (found[0], entry, found[1])
            continue
        if entry.role in ("returned", "quantity") and (number := cell_number(entry.text)) is not None:
            (counts if current is not None else early).append((_is_returned(entry), number, entry))
    if current is not None:
        alone = not lines
        lines += _closed(current, counts or (early if alone else []), scope)
    return tuple(lines)


def _is_returned(entry: Entry) -> bool:
    return entry.role == "returned" or bool(_RETURNED.search(entry.label))


def _item(entry: Entry, codes: Sequence[Code], scope: Scope) -> tuple[Item, Quoted] | None:
    for code in codes:
        inside = code.passage is entry.place and entry.start <= code.start < entry.end
        known = [item for item in code.items if scope.has(item)]
        if inside and len(known) == 1 and entry.role not in ("lot", "serial", "reason"):
            return known[0], code.quoted
    if entry.role != "item":
        return None
    best = ranked(tokens(entry.text), scope.items)
    lead = best[0].score - best[1].score if len(best) > 1 else 1.0
    return (best[0].item, entry.quoted) if best and best[0].noun and lead >= 0.3 else None


def _closed(
    current: tuple[Item, Entry, Quoted], counts: Sequence[tuple[bool, Decimal, Entry]], scope: Scope
) -> list[LineFound]:
    item, entry, words = current
    chosen = next((each for each in counts if each[0]), counts[0] if counts else None)
    if chosen is not None and chosen[1] == 0:
        return []
    if chosen is None and entry.place.block.kind == "paragraph":
        return []  # prose with a colon, no form
    evidence: dict[str, tuple[Evidence, ...]] = {"sku": (words, item_proof(item))}
    quantity = None
    if chosen is not None:
        order = next((o for o in scope.orders if o.line_of(item.sku) is not None), None)
        after = re.sub(r"^\D*[\d.,]+", "", chosen[2].text)
        quantity = in_order_unit(abs(chosen[1]), after, item, order.shipped(item.sku) if order else Decimal(0))
        evidence["quantity"] = (chosen[2].quoted,)
    return [
        LineFound(
            item=item,
            place=entry.place,
            position=entry.start,
            kind="record",
            near=range(len(entry.place.text)),
            quantity=quantity,
            rank=0 if chosen is not None else 9,
            evidence=evidence,
        )
    ]
