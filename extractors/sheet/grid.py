"""A sheet's cells as text, and the blocks they make: rows under their headings, hidden ones apart."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import isfinite

from extractors.document import Block, Piece
from extractors.pieces import Row, block, cells_text, one_line
from extractors.sheet.formats import shown
from extractors.tables import header_rows, headings, is_heading_row

# Headings are told from this many rows of a table; more would only take time.
_LOOKED_AT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """One sheet: rows of texts from row and column 0; numbers of hidden rows and columns; ``page`` from 1 or None.

    ``merged`` holds (row, first column, last column) of cells that span columns; ``unseen`` (row, column) of cells
    that print nothing; ``notes`` the remarks on a row's cells.
    """

    rows: Sequence[Sequence[str]]
    name: str = ""
    page: int | None = None
    hidden: bool = False
    hidden_rows: frozenset[int] = field(default_factory=frozenset)
    hidden_columns: frozenset[int] = field(default_factory=frozenset)
    merged: tuple[tuple[int, int, int], ...] = ()
    unseen: frozenset[tuple[int, int]] = frozenset()
    notes: Mapping[int, Sequence[Block]] = field(default_factory=dict)


def grid_blocks(grid: Grid, first_table: int) -> Iterator[Piece]:
    """The sheet's name, then its rows; an empty row ends a table, a lone cell above a table is a paragraph."""
    if grid.name:
        yield block(grid.name, kind="heading", source="cell", page=grid.page, hidden=grid.hidden)
    table = first_table
    spans = _spans(grid)
    named: dict[int, str] = {}
    told: set[int] = set()
    for numbers in _runs(grid.rows):
        start = next((n for n, number in enumerate(numbers) if _filled(grid.rows[number]) > 1), len(numbers))
        for number in numbers[:start]:
            yield _lone(grid, number)
            yield from grid.notes.get(number, ())
        told.update(numbers)
        numbers = numbers[start:]
        if not numbers:
            continue
        columns = _used(grid, numbers)
        beside = _side_by_side(grid, numbers, columns, spans)
        for part in beside:
            first, count, found = _headings(grid, numbers, part, spans)
            # A block without headings of its own goes on under those above, if it stands in the same columns.
            if count:
                named = found if part is beside[0] else {**named, **found}
            elif set(part) <= set(named):
                first = _titles(grid, numbers)
            else:
                named = {}
            notes = grid.notes if part is beside[-1] else {}
            yield from _table(grid, numbers, part, first + count, named, notes, table)
            table += 1
    yield from (note for number in sorted(set(grid.notes) - told) for note in grid.notes[number])


def _side_by_side(
    grid: Grid, numbers: Sequence[int], columns: list[int], spans: dict[tuple[int, int], str]
) -> list[list[int]]:
    """The columns of each table, where an empty column stands between tables that have headings of their own."""
    groups: list[list[int]] = []
    for column in columns:
        if groups and groups[-1][-1] == column - 1:
            groups[-1].append(column)
        else:
            groups.append([column])
    if len(groups) < 2 or any(len(group) < 2 or not _headings(grid, numbers, group, spans)[1] for group in groups):
        return [columns]
    return groups


def _titles(grid: Grid, numbers: Sequence[int]) -> int:
    """How many leading rows have merged cells: titles over rows whose headings stand further up."""
    merged = {number for number, _, _ in grid.merged}
    return next((place for place, number in enumerate(numbers) if number not in merged), len(numbers))


def _spans(grid: Grid) -> dict[tuple[int, int], str]:
    """The words of merged cells at every column they cover, where they read like a heading and not like a title."""
    found: dict[tuple[int, int], str] = {}
    for number, first, last in grid.merged:
        text = _at(grid, number, first)
        if text and not any(letter.isdigit() for letter in text):
            found.update({(number, column): text for column in range(first, min(last, first + 100) + 1)})
    return found


def _at(grid: Grid, number: int, column: int) -> str:
    held = grid.rows[number] if number < len(grid.rows) else ()
    return held[column] if column < len(held) else ""


def _headings(
    grid: Grid, numbers: Sequence[int], columns: Sequence[int], spans: dict[tuple[int, int], str]
) -> tuple[int, int, dict[int, str]]:
    """(place of the first heading row, how many there are, heading by column); a title row may stand above them."""
    texts = [[_at(grid, n, c) or spans.get((n, c), "") for c in columns] for n in numbers[:_LOOKED_AT]]
    first = next((n for n in range(min(4, len(texts) - 1)) if is_heading_row(texts[n])), 0)
    count = header_rows(texts[first:])
    if not count:
        return 0, 0, {}
    rows = texts[first : first + count]
    if first:
        rows = [[spans.get((numbers[first - 1], column), "") for column in columns], *rows]
    return first, count, dict(zip(columns, headings([*rows, *texts[first + count :]], len(rows)), strict=True))


def _used(grid: Grid, numbers: Sequence[int]) -> list[int]:
    """The columns in which one of those rows has words."""
    rows = [grid.rows[number] for number in numbers]
    return [c for c in range(max(map(len, rows))) if any(c < len(held) and held[c] for held in rows)]


def _table(
    grid: Grid,
    numbers: Sequence[int],
    columns: Sequence[int],
    headed_by: int,
    names: Mapping[int, str],
    notes: Mapping[int, Sequence[Block]],
    table: int,
) -> Iterator[Piece]:
    """The rows and the remarks on them; the first ``headed_by`` have no names over their columns."""
    above = [""] * len(columns)
    heads = [names.get(column, "") for column in columns]
    # Nearly all sheets are plain: every row is taken as it is, which is many times quicker.
    plain = list(columns) == list(range(len(columns))) and not (grid.hidden_columns or grid.unseen)
    for place, number in enumerate(numbers):
        held = grid.rows[number]
        over = above if place < headed_by else heads
        if plain and len(held) == len(columns):
            hidden = grid.hidden or number in grid.hidden_rows
            yield Row(held, over, cells_text(held), table, "cell", grid.page, hidden)
        else:
            yield from _parted(grid, number, columns, over, table)
        if number in notes:
            yield from notes[number]


def _parted(grid: Grid, number: int, columns: Sequence[int], heads: Sequence[str], table: int) -> Iterator[Piece]:
    """The row as seen, and after it what hidden columns and cells hold of it."""
    out_of_sight = grid.hidden or number in grid.hidden_rows
    seen, secret = columns, []
    if grid.hidden_columns or grid.unseen:
        secret = [column for column in columns if column in grid.hidden_columns or (number, column) in grid.unseen]
        seen = [column for column in columns if column not in grid.hidden_columns]
    held = grid.rows[number]
    wide = len(held)
    for taken, hidden in ((seen, out_of_sight), (secret, True)):
        texts = [held[column] if column < wide else "" for column in taken]
        if grid.unseen and not hidden:
            texts = ["" if (number, column) in grid.unseen else text for column, text in zip(taken, texts, strict=True)]
        if any(texts):
            over = [head for column, head in zip(columns, heads, strict=True) if column in taken]
            yield Row(texts, over, cells_text(texts), table, "cell", grid.page, hidden)


def _lone(grid: Grid, number: int) -> Block:
    held = grid.rows[number]
    column = next(column for column, text in enumerate(held) if text)
    hidden = grid.hidden or number in grid.hidden_rows or column in grid.hidden_columns
    hidden = hidden or (number, column) in grid.unseen
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
    return len(held) - held.count("")


def column_texts(values: Sequence[object]) -> list[str]:
    """``cell_text`` of each. Nearly all columns hold nothing to clean, which is seen for all at once, for speed."""
    told = [value for value in values if type(value) is str]
    words = f"|{'|'.join(told)}|"
    clean = words.isascii() and words.isprintable() and not any(gap in words for gap in ("  ", "| ", " |"))
    if clean and len(told) == len(values):
        return told
    return [
        value
        if clean and type(value) is str
        else str(int(value))
        if type(value) is float and value.is_integer() and -1e15 < value < 1e15
        else _number(value)
        if type(value) is float
        else value.isoformat()
        if type(value) is date
        else cell_text(value)
        for value in values
    ]


def cell_text(value: object, number_format: str = "") -> str:
    """A cell's value as the sheet shows it: 24 and not 24.0, 0042 where the format says so; dates in ISO 8601."""
    if number_format and isinstance(value, (float, int, Decimal)) and not isinstance(value, bool):
        told = shown(value, number_format)
        if told is not None:
            return told
    if isinstance(value, str):
        return one_line(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (float, int, Decimal)):
        return _number(value)
    if isinstance(value, datetime):
        midnight = (value.hour, value.minute, value.second) == (0, 0, 0)
        return value.date().isoformat() if midnight else value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return one_line(str(value))


def _number(value: float | Decimal) -> str:
    if isinstance(value, float):
        if not isfinite(value):
            return ""
        if -1e15 < value < 1e15:
            if value.is_integer():
                return str(int(value))
            text = repr(value)
            if len(text) < 12 and "e" not in text:
                return text
            # What binary fractions add after the fifteenth digit no sheet shows.
            value = round(value, 10)
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    return format(exact.normalize(), "f") if exact else "0"
