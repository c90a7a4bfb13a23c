"""Which row of a table names its columns."""

import re
from collections.abc import Sequence

_DIGITS = re.compile(r"\d")
_NUMBERED = re.compile(r"^[^\d]{2,}[ _#.-]?\d$")
# Words that head a column in the papers of this trade, in the languages customers write.
_HEADING = re.compile(
    r"(?<![a-z])(items?|itm|parts?|sku|article|products?|material|desc(ription)?|qty|quantity|count|came|good|bad|ord(ered)?"
    r"|ship(ped)?|rcvd|rec'?d|received|ret(urn(ed)?)?|rej(ected)?|insp(ected)?|b/o|reason|lots?|batch|serials?|sn|s/n"
    r"|uom|unit|u/m|price|amount|ext(ended)?|total|order|so|po|ln|line|pos|disp(osition)?|notes?|remarks?|comments?|date|status"
    r"|bin|variance|location|accepted|defects?|findings?|condition|problem|wrong|credit|short|expected|invoiced?|billed|quoted"
    r"|artikel|artikelnr|bezeichnung|menge|stück|stückzahl|charge|chargennummer|grund|einheit|preis|bemerkung|auftrag"
    r"|bestellung|seriennummer|teil|référence|désignation|quantité|motif|prix|numéro|referencia|cantidad|descripción"
    r"|lote|motivo|precio|articolo|quantità|prezzo|aantal|omschrijving)(?![a-z])",
    re.IGNORECASE,
)
_LONGEST_HEADING = 60


def is_heading_row(cells: Sequence[str]) -> bool:
    """Whether a row by itself reads like headings: words, and half of them ones that head columns in this trade."""
    filled = [cell for cell in cells if cell]
    if not _are_names(filled):
        return False
    known = sum(bool(_HEADING.search(cell)) for cell in filled)
    return known >= 2 and known * 2 >= len(filled)


def header_rows(rows: Sequence[Sequence[str]], *, most: int = 3) -> int:
    """How many leading rows are headings: 0 where the first row already holds data.

    A heading row holds words without figures. In tables of two columns, or of pairs of label and value, a label looks
    like a heading; there the words themselves decide.
    """
    if len(rows) < 2:
        return 0
    first = [cell for cell in rows[0] if cell]
    if len(first) < 2 or not _are_names(first):
        return 0
    paired = max(len(row) for row in rows) in (2, 4) and not _figures_below(rows, 0)
    known = is_heading_row(first)
    if not known and (paired or len(first) == 2 or not any(_figures_below(rows, c) for c in range(len(rows[0])))):
        return 0
    return 1 + _more_headings(rows, most - 1)


def _more_headings(rows: Sequence[Sequence[str]], most: int) -> int:
    """Second and third heading rows come with merged cells: they fill or divide columns of the row above."""
    found = 0
    for number in range(1, min(most + 1, len(rows) - 1)):
        above = rows[number - 1]
        cells = [cell for cell in rows[number] if cell]
        divides = any(
            cell and (column >= len(above) or not above[column] or above[column] in above[:column])
            for column, cell in enumerate(rows[number])
        )
        if not (divides and cells and _are_names(cells) and any(_HEADING.search(cell) for cell in cells)):
            break
        found += 1
    return found


def is_name(cell: str) -> bool:
    """Whether a cell reads like a heading: short, no figures but a closing one (``count_1``), no label's colon."""
    return (
        len(cell) <= _LONGEST_HEADING
        and not cell.endswith(":")
        and (not _DIGITS.search(cell) or _NUMBERED.match(cell) is not None)
    )


def _are_names(cells: Sequence[str]) -> bool:
    return all(map(is_name, cells))


def _figures_below(rows: Sequence[Sequence[str]], column: int) -> bool:
    return any(column < len(row) and _DIGITS.search(row[column]) is not None for row in rows[1:])


def headings(rows: Sequence[Sequence[str]], count: int) -> list[str]:
    """The heading of every column of the table, out of its ``count`` heading rows; stacked ones are joined."""
    width = max((len(row) for row in rows), default=0)
    named: list[str] = []
    for column in range(width):
        stack: list[str] = []
        for row in rows[:count]:
            text = row[column] if column < len(row) else ""
            if text and text not in stack:
                stack.append(text)
        named.append(" ".join(stack))
    return named
