"""Tables typed into plain text: columns kept apart by runs of blanks, tabs, pipes, or the delimiters of a CSV file."""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extractors.tables import header_rows, headings, is_heading_row

_RULE = re.compile(r"^[\s|+:=_-]*[-=_]{2}[\s|+:=_-]*$")
_QUOTE_MARKS = re.compile(r"^(?:\s{0,3}>)+ ?")
_GAP = re.compile(r" {2,}|\t+")
# Old typists put two blanks behind a sentence; no column begins there.
_SENTENCE_GAP = re.compile(r"[.!?:,]['\")]?$")
_DIGIT = re.compile(r"\d")
_LONGEST_LINE = 300
_LONGEST_CELL = 60
_LONGEST_LAST_CELL = 120
_MOST_COLUMNS = 30
_MOST_WORDS = 7


@dataclass(frozen=True, slots=True)
class TypedTable:
    """Lines ``start`` to ``end`` (excluded) are one table: (line, its cells) of each row, and the columns' names."""

    start: int
    end: int
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    names: tuple[str, ...]
    heading_rows: int


def typed_tables(lines: Sequence[str]) -> Iterator[TypedTable]:
    """The tables among ``lines``, in order and apart; a table goes on behind one blank line."""
    plain = [_QUOTE_MARKS.sub("", line).replace("\xa0", " ") if len(line) <= _LONGEST_LINE else "" for line in lines]
    kinds = [_separator(line) for line in plain]
    place = 0
    while place < len(lines):
        if not kinds[place] or kinds[place] == "rule":
            place += 1
            continue
        end = _run_end(plain, kinds, place)
        found = _table(plain, kinds, place, end)
        if found is None:
            # What stands apart by a blank line, or by a drawn one, may be several things, of which one is a table.
            gap = next((n for n in range(place, end) if not plain[n].strip()), end)
            for end in (gap, *(n for n in reversed(range(place, gap)) if kinds[n] == "rule")):
                if (found := _table(plain, kinds, place, end)) is not None:
                    break
        if found is not None:
            yield found
        place = max(end, place + 1)


def _separator(line: str) -> str:
    """What keeps a line's cells apart: ``|``, tab, ``gap``, ``;``, ``,``; ``rule`` for a drawn line; '' for prose."""
    bare = line.strip()
    if not bare:
        return ""
    if _RULE.match(line):
        return "rule"
    if "|" in bare.strip("|") or (bare.startswith("|") and bare.endswith("|") and len(bare) > 2):
        return "|"
    if "\t" in bare:
        return "\t"
    if len(_by_gaps(line)) > 1:
        return "gap"
    for delimiter in ";,":
        if bare.count(delimiter) >= 2:
            return delimiter
    return ""


def _by_gaps(line: str) -> list[str]:
    cells: list[str] = []
    for piece in _GAP.split(line.strip()):
        if cells and _SENTENCE_GAP.search(cells[-1]) and not _DIGIT.match(piece):
            cells[-1] += "  " + piece
        else:
            cells.append(piece)
    return cells


def _run_end(plain: Sequence[str], kinds: Sequence[str], place: int) -> int:
    """Where lines of the same separator end; rules, and single blank lines, stand between them."""
    end = number = place + 1
    while number < len(plain):
        if kinds[number] == kinds[place]:
            end = number + 1
        elif kinds[number] != "rule" and (plain[number].strip() or not plain[number - 1].strip()):
            break
        number += 1
    return end


def _table(plain: Sequence[str], kinds: Sequence[str], start: int, end: int) -> TypedTable | None:
    numbers = [number for number in range(start, end) if kinds[number] == kinds[start]]
    if len(numbers) < 2:
        return None
    grid = _grid([plain[number] for number in numbers], kinds[start])
    if grid is None:
        return None
    ruled = kinds[start] == "|" and start + 1 < end and kinds[start + 1] == "rule"
    heads = header_rows(grid) or int(is_heading_row(grid[0])) or int(ruled)
    if not _holds_data(grid, heads, kinds[start]):
        return None
    rows = tuple((number, tuple(cells)) for number, cells in zip(numbers, grid, strict=True))
    return TypedTable(start, end, rows, tuple(headings(grid, heads)), heads)


def _grid(lines: Sequence[str], kind: str) -> list[list[str]] | None:
    """Cells of each line, the same count for all; None where the lines do not share their columns."""
    if kind == "|":
        cut = [[cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|")] for line in lines]
    elif kind == "\t":
        cut = [[" ".join(cell.split()) for cell in line.strip("\n").split("\t")] for line in lines]
        if not any(cells[0] for cells in cut):
            cut = [cells[1:] for cells in cut]
    elif kind == "gap":
        return _by_columns(lines)
    else:
        cut = _delimited(lines, kind)
    widths = {len(cells) for cells in cut}
    width = max(widths)
    if width < 2 or width > _MOST_COLUMNS or (kind in ";," and len(widths) > 1):
        return None
    return [cells + [""] * (width - len(cells)) for cells in cut]


def _delimited(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    cut: list[list[str]] = []
    for line in lines:
        try:
            held = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
        except csv.Error:
            held = line.split(delimiter)
        cut.append([cell.strip() for cell in held])
    return cut


def _by_columns(lines: Sequence[str]) -> list[list[str]] | None:
    """Columns by the places that are blank in every line; else by the gaps, where all lines have as many."""
    own = [_by_gaps(line) for line in lines]
    counts = {len(cells) for cells in own}
    width = max(len(line) for line in lines)
    blank = [all(column >= len(line) or line[column] == " " for line in lines) for column in range(width)]
    begin = [at for at in range(2, width) if blank[at - 1] and blank[at - 2] and not blank[at]]
    starts = [0, *(at for at in begin if any(line[:at].strip() for line in lines))]
    if len(counts) == 1 and (len(own[0]) >= len(starts) or len(lines) > 2):
        return own if len(own[0]) <= _MOST_COLUMNS else None
    if len(starts) < 2 or len(starts) > _MOST_COLUMNS:
        return None
    ends = [*starts[1:], width]
    return [[line[start:end].strip() for start, end in zip(starts, ends, strict=True)] for line in lines]


def _holds_data(grid: Sequence[Sequence[str]], heads: int, kind: str) -> bool:
    """Whether cells read like data and not like pieces of sentences."""
    cells = [cell for cells in grid for cell in cells[:-1] if cell]
    last = [cells[-1] for cells in grid]
    if not cells or max(map(len, cells)) > _LONGEST_CELL or max(map(len, last)) > _LONGEST_LAST_CELL:
        return False
    if sum(len(cell.split()) for cell in cells) > _MOST_WORDS * len(cells):
        return False
    if heads:
        return len(grid) > heads
    if kind == ",":
        return False
    # Without headings each row has to bring a figure of its own, as rows of goods do.
    figures = sum(any(_DIGIT.search(cell) for cell in cells) for cells in grid)
    return figures * 3 >= len(grid) * 2
