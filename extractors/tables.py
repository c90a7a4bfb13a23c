"""Which row of a table names its columns."""

import re
from collections.abc import Sequence

_DIGITS = re.compile(r"\d")
# Words that head a column in the papers of this trade, in the languages customers write.
_HEADING = re.compile(
    r"\b(item|items|part|parts|sku|article|product|material|description|desc|qty|quantity|count|came|good|bad|ordered|shipped"
    r"|received|returned?|reason|lot|batch|serials?|sn|s/n|uom|unit|price|amount|total|order|so|po|line|pos|no|disposition"
    r"|notes?|remarks?|comments?|date|status|bin|variance|location|accepted|rejected|defect|finding"
    r"|artikel|artikelnr|bezeichnung|menge|stück|stückzahl|charge|chargennummer|grund|einheit|preis|bemerkung|auftrag"
    r"|bestellung|seriennummer|teil|référence|désignation|quantité|lot|motif|prix|numéro|referencia|cantidad|descripción"
    r"|lote|motivo|precio|articolo|quantità|prezzo|aantal|omschrijving)\b",
    re.IGNORECASE,
)


def header_rows(rows: Sequence[Sequence[str]], *, most: int = 3) -> int:
    """How many leading rows are headings: 0 where the first row already holds data.

    A heading row has words without figures in most of its columns, and below it some column that it names holds
    figures. In tables of two columns a label and a value look the same, so there the words themselves decide.
    """
    if len(rows) < 2:
        return 0
    first = [cell for cell in rows[0] if cell]
    if len(first) < 2 or not _names(first):
        return 0
    if max(len(row) for row in rows) == 2 or len(first) == 2:
        known = sum(bool(_HEADING.search(cell)) for cell in first)
        if known < 2 or any(cell.endswith(":") for cell in first):
            return 0
        return 1
    if not any(_figures_below(rows, column) for column, cell in enumerate(rows[0]) if cell) and not all(
        _HEADING.search(cell) for cell in first
    ):
        return 0
    return 1 + _more_headings(rows, most - 1)


def _more_headings(rows: Sequence[Sequence[str]], most: int) -> int:
    """Second and third heading rows come with merged cells: they fill columns the row above leaves open."""
    found = 0
    for number in range(1, min(most + 1, len(rows) - 1)):
        cells = [cell for cell in rows[number] if cell]
        above = rows[number - 1]
        opened = any(cell and (column >= len(above) or not above[column] or above[column] in above[:column])
                     for column, cell in enumerate(rows[number]))
        if len(cells) < 2 or any(_DIGITS.search(cell) for cell in cells) or not opened:
            break
        if not any(_HEADING.search(cell) for cell in cells):
            break
        found += 1
    return found


def _names(cells: Sequence[str]) -> bool:
    """Whether cells read like column headings: short words; a figure now and then (``count 1``) is no objection."""
    bare = [cell for cell in cells if not _DIGITS.search(cell) or _HEADING.search(cell.replace("_", " "))]
    return len(bare) * 4 >= len(cells) * 3 and all(len(cell) <= 60 for cell in cells)


def _figures_below(rows: Sequence[Sequence[str]], column: int) -> bool:
    if _DIGITS.search(rows[0][column]):
        return False
    return any(column < len(row) and _DIGITS.search(row[column]) for row in rows[1:])


def headings(rows: Sequence[Sequence[str]], count: int) -> list[str]:
    """The heading of each column out of ``count`` heading rows; stacked ones are joined, repeats left out."""
    width = max((len(row) for row in rows[:count]), default=0)
    named: list[str] = []
    for column in range(width):
        stack: list[str] = []
        for row in rows[:count]:
            text = row[column] if column < len(row) else ""
            if text and text not in stack:
                stack.append(text)
        named.append(" ".join(stack))
    return named
