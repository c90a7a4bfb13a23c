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
_ONE_LABEL = re.compile(r"[^:]{2,38}:\s*")  # before a value that a reader cut into several cells
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


_LONGEST_CAPTION = 60  # characters


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
    before: list[Passage | None] = [None, *places[:-1]] if places else []
    return tuple(entry for place, above in zip(places, before, strict=True) for entry in _entries(place, above))


def _entries(place: Passage, above: Passage | None) -> Iterator[Entry]:
    """``above``: the passage before, which may be a form field's printed caption."""
    block = place.block
    base = block.at.start
    if block.kind == "form_field":
        caption = above.text if above is not None and _captions(above, place) else ""
        named = caption if _role(caption) else block.label
        yield Entry(named, _role(named), place, 0, len(place.text))
    elif block.kind == "row" and len(block.cells) > 2 and _ONE_LABEL.fullmatch(block.cells[0].text):
        first, last = block.cells[1], block.cells[-1]
        yield Entry(block.cells[0].text, _role(block.cells[0].text), place, first.start - base, last.end - base)
    elif block.kind == "row" and len(block.cells) in (2, 4) and not any(cell.header for cell in block.cells):
        for label, value in zip(block.cells[::2], block.cells[1::2], strict=True):
            if not re.search(r"[☐☒☑]|\[[ xX]\]", label.text + value.text):
                yield Entry(label.text, _role(label.text), place, value.start - base, value.end - base)
    elif block.kind == "paragraph":
        for match in _LABEL.finditer(place.text):
            yield Entry(match["label"], _role(match["label"]), place, *match.span("value"))


def _captions(above: Passage, field: Passage) -> bool:
    same = above.document.path == field.document.path and above.block.kind == "paragraph"
    return same and len(above.text) <= _LONGEST_CAPTION and not re.search(r"[☐☒☑]|\[[ xX]\]", above.text)


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
    marks: list[Entry] = []
    for entry in entries(places):
        found = _item(entry, codes, scope)
        if found is not None and (current is None or current[0].sku != found[0].sku):
            if current is not None:
                lines += _closed(current, counts, marks, scope)
                counts, marks = [], []
            current = (found[0], entry, found[1])
            continue
        if entry.role in ("lot", "serial") and current is not None:
            marks.append(entry)
        if entry.role in ("returned", "quantity") and (number := cell_number(entry.text)) is not None:
            (counts if current is not None else early).append((_is_returned(entry), number, entry))
    if current is not None:
        alone = not lines
        lines += _closed(current, counts or (early if alone else []), marks, scope)
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
    current: tuple[Item, Entry, Quoted],
    counts: Sequence[tuple[bool, Decimal, Entry]],
    marks: Sequence[Entry],
    scope: Scope,
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
    said = [quoted for entry in marks for quoted in marks_in(entry.place, entry.start, entry.end)]
    if said and item.tracking == "lot":
        evidence["lot"] = (said[0],)
    if said and item.tracking == "serial":
        evidence["serials"] = tuple(said)
    return [
        LineFound(
            item=item,
            place=entry.place,
            position=entry.start,
            kind="record",
            near=range(len(entry.place.text)),
            quantity=quantity,
            rank=0 if chosen is not None else 9,
            lot=said[0].quote if "lot" in evidence else None,
            serials=tuple(each.quote for each in said) if "serials" in evidence else (),
            evidence=evidence,
        )
    ]


_MARK = re.compile(r"(?<![\w\-])(?=[\w\-/.]*\d)[A-Za-z0-9][\w\-/.]{2,}\w(?![\w\-])")


def marks_in(place: Passage, start: int, end: int) -> list[Quoted]:
    """Lots or serials in a value that holds nothing else: `7Q612559; SN764007`."""
    text = place.text[start:end]
    found = list(_MARK.finditer(text))
    rest = _MARK.sub("", text)
    return [] if re.search(r"[^\W\d_]{4}", rest) else [place.quote(start + m.start(), start + m.end()) for m in found]
