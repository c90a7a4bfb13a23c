"""A sheet's cells as text, and the blocks they make: rows under their headings, hidden ones apart."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from extractors.document import Block
from extractors.pieces import block, one_line, row
from extractors.tables import header_rows, headings


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """One sheet: rows of texts from row and column 0; numbers of hidden rows and columns; ``page`` from 1 or None."""

    rows: Sequence[Sequence[str]]
    name: str = ""
    page: int | None = None
    hidden: bool = False
    hidden_rows: frozenset[int] = field(default_factory=frozenset)
    hidden_columns: frozenset[int] = field(default_factory=frozenset)


def grid_blocks(grid: Grid, first_table: int) -> Iterator[Block]:
    """The sheet's name, then its rows; an empty row ends a table, a row with one cell is a paragraph."""
    if grid.name:
        yield block(grid.name, kind="heading", source="cell", page=grid.page, hidden=grid.hidden)
    table = first_table
    for numbers in _runs(grid.rows):
        rows = [grid.rows[number] for number in numbers]
        start = next((n for n, held in enumerate(rows) if _filled(held) > 1), len(rows))
        yield from (_lone(grid, numbers[n], rows[n]) for n in range(start))
        if start == len(rows):
            continue
        columns = [c for c in range(max(map(len, rows[start:]))) if any(c < len(r) and r[c] for r in rows[start:])]
        texts = [[held[c] if c < len(held) else "" for c in columns] for held in rows[start:]]
        count = header_rows(texts)
        named = headings(texts, count)
        secret = [place for place, column in enumerate(columns) if column in grid.hidden_columns]
        for number, held in enumerate(texts):
            names = named if number >= count else [""] * len(columns)
            hidden = grid.hidden or numbers[start + number] in grid.hidden_rows
            yield from _row_blocks(held, names, secret, table, grid.page, hidden=hidden)
        table += 1


def _row_blocks(
    texts: Sequence[str], names: Sequence[str], secret: Sequence[int], table: int, page: int | None, *, hidden: bool
) -> Iterator[Block]:
    """The row as seen, and after it what hidden columns hold of it."""
    seen = [place for place in range(len(texts)) if place not in secret]
    for places, unseen in ((seen, hidden), (secret, True)):
        taken = [texts[place] for place in places]
        if any(taken):
            yield row(
                taken, [names[place] for place in places], table=table, source="cell", page=page, hidden=unseen
            )


def _lone(grid: Grid, number: int, held: Sequence[str]) -> Block:
    column = next(column for column, text in enumerate(held) if text)
    hidden = grid.hidden or number in grid.hidden_rows or column in grid.hidden_columns
    return block(held[column], source="cell", page=grid.page, hidden=hidden)


def _runs(rows: Sequence[Sequence[str]]) -> Iterator[list[int]]:
    run: list[int] = []
    for number, held in enumerate(rows):
        if _filled(held):
            run.append(number)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _filled(held: Sequence[str]) -> int:
    return sum(bool(text) for text in held)


def cell_text(value: object, number_format: str = "") -> str:
    """A cell's value as people write it: 24 and not 24.0, dates in ISO 8601, leading zeros where the format has them."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float | Decimal):
        return _number(value, number_format)
    if isinstance(value, datetime):
        midnight = (value.hour, value.minute, value.second) == (0, 0, 0)
        return value.date().isoformat() if midnight else value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return one_line(str(value))


def _number(value: float | Decimal, number_format: str) -> str:
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return ""
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if isinstance(value, float) and abs(exact) < Decimal(10) ** 15:
        # What binary fractions add after the fifteenth digit no sheet shows.
        exact = round(exact, 10)
    text = format(exact.normalize(), "f") if exact else "0"
    if number_format and set(number_format) == {"0"} and text.isdigit():
        return text.zfill(len(number_format))
    return text
