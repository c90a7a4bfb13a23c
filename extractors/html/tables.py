"""The cells of an HTML table: whether it holds data, and which text stands in which column."""

from collections.abc import Sequence

from lxml.html import HtmlElement

_LONGEST_CELL = 300
_LONGEST_UNDER_HEADINGS = 2_000
_WIDEST = 50
_TALLEST = 500
# What cells over several rows repeat, in all: a page may claim any span.
_MOST_COLUMNS = 100
_MOST_REPEATED = 200_000


def cells_of(tr: HtmlElement) -> list[HtmlElement]:
    """Its ``td`` and ``th``."""
    return [cell for cell in tr if cell.tag in ("td", "th")]


def is_data(table: HtmlElement) -> bool:
    """A table that holds data, and not the layout of a page: cells side by side, short, no tables inside."""
    if any(inner is not table for inner in table.iter("table")) or (table.get("role") or "") in (
        "presentation",
        "none",
    ):
        return False
    longest = _LONGEST_UNDER_HEADINGS if next(table.iter("th"), None) is not None else _LONGEST_CELL
    beside = False
    for tr in table.iter("tr"):
        texts = [" ".join(cell.text_content().split()) for cell in cells_of(tr)]
        if any(len(text) > longest for text in texts):
            return False
        beside = beside or sum(bool(text) for text in texts) >= 2
    return beside


def spread(rows: Sequence[Sequence[tuple[HtmlElement, str]]]) -> list[list[str]]:
    """One text a column. A cell over several rows stands in each of them; a heading over several columns names each,
    other wide cells stand in their first."""
    grid: list[list[str]] = []
    below: dict[int, tuple[int, str]] = {}
    room = _MOST_REPEATED
    for cells in rows:
        texts: list[str] = []
        for cell, text in cells:
            while len(texts) in below:
                _carry(texts, below)
            wide, high = _span(cell, "colspan", _WIDEST), _span(cell, "rowspan", _TALLEST)
            for number in range(wide if len(texts) < _MOST_COLUMNS else 1):
                shown = text if number == 0 or cell.tag == "th" else ""
                room -= (len(shown) + 1) * high if high > 1 else 0
                if high > 1 and room > 0 and len(texts) < _MOST_COLUMNS:
                    below[len(texts)] = (high, shown)
                    _carry(texts, below)
                else:
                    texts.append(shown)
        while len(texts) in below:
            _carry(texts, below)
        grid.append(texts)
    return grid


def _carry(texts: list[str], below: dict[int, tuple[int, str]]) -> None:
    """Put the cell that reaches down into this column, and count the row."""
    column = len(texts)
    left, text = below.pop(column)
    texts.append(text)
    if left > 1:
        below[column] = (left - 1, text)


def _span(cell: HtmlElement, name: str, most: int) -> int:
    written = cell.get(name) or "1"
    return max(1, min(int(written), most)) if written.isascii() and written.isdigit() and len(written) < 6 else 1


def marked_headings(rows: Sequence[HtmlElement]) -> int:
    """Leading rows that are all ``th`` or stand in a ``thead``."""
    count = 0
    for tr in rows:
        cells = cells_of(tr)
        parent = tr.getparent()
        if not cells or not (all(c.tag == "th" for c in cells) or (parent is not None and parent.tag == "thead")):
            break
        count += 1
    return count if count < len(rows) else 0
