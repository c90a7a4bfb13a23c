"""Tables as drafting reads them: rows with each cell's role, and the marks that stand beside them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from assistant.domain.evidence import Quoted
from assistant.drafting.numbers import cell_number, number_of, numbers
from assistant.drafting.vocabulary_lines import column_of
from assistant.drafting.vocabulary_numbers import DOZEN, WORDS
from assistant.drafting.words import Passage
from extractors.document import Cell

_DOZENS = re.compile(rf"\s*(?P<n>\d+)?\s*{DOZEN}\s*", re.IGNORECASE)
_DECIMALS = re.compile(r"[+\-−]?\d+,\d{3}")
_MONEY = re.compile(r"\d[.,]\d\d\s*$")
# Words of the cell before, which a reader of print gave to the number's: `Water pump heavy duty 3`.
SLIPPED = re.compile(r"[^\W\d_]{2,}.*\s(?P<n>\d{1,6})")
_COUNTS = ("returned", "ordered", "received", "quantity", "kept", "book", "counted")
_ROW_GAP, _FEW_WORDS = 0.6, 4
_LABEL = re.compile(r"[^:]{2,38}:\s*")


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
    beside: tuple[Passage, ...] = ()  # a word or two that somebody wrote by it, on a picture

    def of(self, *roles: str) -> list[Cell]:
        return [column.cell for role in roles for column in self.columns if column.role == role]

    def quote(self, cell: Cell, last: Cell | None = None) -> Quoted:
        base = self.place.block.at.start
        return self.place.quote(cell.start - base, (last or cell).end - base)

    def value(self, cell: Cell) -> Decimal | None:
        """The number a cell holds; None for money in a row with prices, whatever the heading says."""
        text = cell.text.strip()
        whole = re.fullmatch(r"\d+[.,]00", text) and any(c.cell is cell and c.role in _COUNTS for c in self.columns)
        if whole:
            return number_of(text[:-3])
        if _MONEY.search(text) and any(c.role == "money" or "contract" in c.header.lower() for c in self.columns):
            return None
        if _DECIMALS.fullmatch(text) and self._in_thousandths():
            return number_of(text[:-4])
        slipped = SLIPPED.fullmatch(text)
        if slipped is not None and any(c.header and not c.cell.text.strip() for c in self.columns):
            return number_of(slipped["n"])
        return number_in(cell.text)

    def _in_thousandths(self) -> bool:
        """`12,000 3,000`: a stock list that writes three decimals everywhere."""
        written = [c.cell.text.strip() for c in self.columns if _DECIMALS.fullmatch(c.cell.text.strip())]
        return len(written) > 1 and any(text.endswith(",000") for text in written)

    def values(self, *roles: str) -> list[tuple[Decimal, Cell]]:
        return [(number, cell) for cell in self.of(*roles) if (number := self.value(cell)) is not None]


def number_in(text: str) -> Decimal | None:
    """A cell's number, dozens counted out."""
    dozens = _DOZENS.fullmatch(text)
    if dozens is not None:
        return Decimal(dozens["n"] or 1) * 12
    if (said := cell_number(text)) is not None or len(text) > 40:
        return said
    if (word := WORDS.get(text.strip().casefold())) is not None:
        return Decimal(word)
    found = numbers(text)  # `half a dozen`
    return found[0].value if len(found) == 1 and (found[0].start, found[0].end) == (0, len(text.strip())) else None


def rows_of(places: Sequence[Passage]) -> list[Row]:
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
        if beside and _written_by(rows[-1], place):
            rows[-1] = replace(rows[-1], beside=(*rows[-1].beside, place))
            continue
        beside = False
        if block.kind != "row" or not block.cells:
            continue
        headers = _told_apart(tuple(cell.header for cell in block.cells))
        if not any(column_of(header) for header in headers):
            if len(block.cells) > 1 and _reads_like_headings(block.cells):
                headings = block.cells
                continue
            headers = _under(block.cells, headings) or headers
        columns = tuple(
            Column(cell, header, column_of(header)) for cell, header in zip(block.cells, headers, strict=True)
        )
        rows.append(Row(place, columns, ()))
        beside = True
    return rows


def _told_apart(headers: tuple[str, ...]) -> tuple[str, ...]:
    """Names of a form's fields that most cells of a row have in common (`r1`) head no columns."""
    return ("",) * len(headers) if len(headers) > 2 and 2 * len(set(headers)) <= len(headers) else headers


def _written_by(row: Row, place: Passage) -> bool:
    """Whether a few words on a picture stand right under or beside a row, within its width."""
    box, other = row.place.block.at.box, place.block.at.box
    if place.block.kind != "paragraph" or place.block.at.source != "ocr" or box is None or other is None:
        return False
    inside = box[0] <= other[0] and other[2] <= box[2] + (box[3] - box[1])
    return inside and other[1] - box[3] < _ROW_GAP * (box[3] - box[1]) and len(place.text.split()) <= _FEW_WORDS


def is_labelled(row: Row) -> bool:
    """`We got:  8 boxes`: a row of a form, not of a list."""
    first = row.columns[0]
    return not first.header and len(row.columns) > 1 and _LABEL.fullmatch(first.cell.text) is not None


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
    """Words alone, short ones: two of three or more tell a column, or both of two, one of them a quantity's."""
    worded = all(cell_number(cell.text) is None and len(cell.text) <= 40 for cell in cells)
    told = [role for cell in cells if (role := column_of(cell.text))]
    if len(cells) == 2:
        return worded and not any(":" in cell.text for cell in cells) and told in (["quantity"], ["returned"])
    return worded and len(told) >= 2
