"""Ruled grids and lines of a page as what a reader sees: rows under their headings, paragraphs, headings."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from extractors.document import Box
from extractors.pdf.columns import body_end, cuts_of, head_end, heads_of, is_caption, is_heading
from extractors.pdf.columns import rows_of as rows_under
from extractors.pdf.grid import Grid, rows_of
from extractors.pdf.lines import Line, Piece, joined, line_box
from extractors.pdf.prose import beside, paragraphs
from extractors.pdf.shown import Shown, ShownCell
from extractors.tables import header_rows, headings, is_heading_row

_ROW_DISTANCE = 3.5
_ALIGNED_POINTS = 3.0


class Open(NamedTuple):
    """The table a page ends with, which the next page may go on with."""

    table: int
    names: Sequence[str]
    edges: Sequence[float]  # where its columns end


class Page(NamedTuple):
    shown: list[Shown]
    next_table: int
    open_table: Open | None


def shown_of(
    lines: Sequence[Line],
    grids: Sequence[Grid],
    first_table: int,
    open_table: Open | None,
    is_bold: Callable[[Piece], bool],
) -> Page:
    """The blocks of a page; ``lines`` are those outside the grids. Tables are numbered from ``first_table``."""
    heights = sorted(line[0].y1 - line[0].y0 for line in lines)
    usual = heights[len(heights) // 2] if heights else 1.0
    reader = _Reader(first_table, open_table, is_bold, usual)
    bounds = [(grid.ys[0], grid) for grid in grids if grid.lines]
    waiting: list[Line] = []
    for line in lines:
        top = line[0].y0
        while bounds and bounds[0][0] < top:
            reader.flow(waiting)
            waiting = []
            reader.grid(bounds.pop(0)[1])
        waiting.append(line)
    reader.flow(waiting)
    for _, grid in bounds:
        reader.grid(grid)
    return Page(reader.shown, reader.table, reader.last_table)


class _Reader:
    def __init__(
        self, first_table: int, open_table: Open | None, is_bold: Callable[[Piece], bool], usual: float
    ) -> None:
        self.shown: list[Shown] = []
        self.table = first_table
        self.above = open_table
        self.last_table: Open | None = None
        self.is_bold = is_bold
        self.usual = usual

    def flow(self, lines: Sequence[Line]) -> None:
        """Lines without rules around them."""
        place = 0
        prose: list[Line] = []
        while place < len(lines):
            sides = beside(lines, place)
            if sides is not None:
                self.prose(prose)
                prose = []
                left, right, place = sides
                self.flow(left)
                self.flow(right)
                continue
            head = head_end(lines, place)
            if head > place and head < len(lines):
                end = body_end(lines, head, [piece for line in lines[place:head] for piece in line])
                if end > head:
                    self.prose(prose)
                    prose = []
                    self.headed(lines[place:head], lines[head:end])
                    place = end
                    continue
            if len(lines[place]) == 1:
                prose.append(lines[place])
                place += 1
                continue
            self.prose(prose)
            prose = []
            end = _pairs_end(lines, place)
            self.unheaded(lines[place:end])
            place = end
        self.prose(prose)

    def prose(self, lines: Sequence[Line]) -> None:
        if lines:
            self.shown += paragraphs(lines, self.is_bold, self.usual)
            self.last_table = self.last_table if len(lines) <= 2 and self.last_table else None
            if len(lines) > 4:
                self.above = None

    def headed(self, heads: Sequence[Line], body: Sequence[Line]) -> None:
        """Rows under headings, without rules."""
        names = heads_of(heads, body)
        cuts = cuts_of(names, body)
        rows = rows_under(body, cuts)
        told = [joined([head.text]) for head in names]
        cells: list[ShownCell] = [(text, "", head.box) for text, head in zip(told, names, strict=True)]
        self.shown.append(Shown("row", "", _around(heads), cells, self.table))
        for row in rows:
            self.row(row, told)
        self.close(told, [cut for cut, _ in cuts])

    def unheaded(self, lines: Sequence[Line]) -> None:
        """Lines of several pieces: the rest of the page before's table, a table known by its figures, or pairs."""
        above = self.above
        if above is not None and len(lines[0]) >= max(2, len(above.names) / 2):
            cuts = [(edge, False) for edge in above.edges]
            if len(cuts) == len(above.names) - 1 and not _crossed(lines, above.edges):
                for row in rows_under(lines, cuts):
                    self.row(row, above.names, above.table)
                self.above, self.last_table = None, above
                return
        self.above = None
        texts = [[piece.text for piece in line] for line in lines]
        if len(lines) > 1 and not is_caption(lines[0]) and not is_heading(lines[1]) and header_rows(texts):
            self.headed(lines[:1], lines[1:])
            return
        for line in lines:
            if len(line) == 1:
                line_cells: list[ShownCell] = [(line[0].text, "", line[0].box)]
            else:
                line_cells = [(piece.text, "", piece.box) for piece in line]
            self.shown.append(Shown("row", "", line_box(line), line_cells, self.table))
        self.last_table = None
        self.table += 1

    def grid(self, grid: Grid) -> None:
        """The rows of a ruled table, section by section: a heading row begins a new one."""
        rows, spans = rows_of(grid)
        if not rows:
            return
        texts = [[_told(cell) for cell in row] for row in rows]
        starts = [0, *(n for n in range(1, len(rows)) if _begins(texts, n))]
        for start, end in zip(starts, [*starts[1:], len(rows)], strict=True):
            self.section(grid, rows[start:end], texts[start:end], spans[start:end])

    def section(
        self,
        grid: Grid,
        rows: Sequence[list[list[Piece]]],
        texts: Sequence[list[str]],
        spans: Sequence[list[tuple[int, int]]],
    ) -> None:
        firsts = sorted({first for row in spans for first, _ in row})
        spread = [_spread(row, held) for row, held in zip(texts, spans, strict=True)]
        titles = 0
        while titles < len(rows) - 1 and sum(bool(text) for text in texts[titles]) <= 1 < len(firsts):
            if not any(last > first for first, last in spans[titles]):
                break
            titles += 1
        count = header_rows(spread[titles:]) if len(rows) > titles + 1 else 0
        names = headings(spread[titles:], count) if count else []
        edges = [grid.xs[first] for first in firsts[1:]]
        table = self.table
        above = self.above
        if not count and above is not None and len(above.edges) == len(edges):
            near = all(abs(one - other) < _ALIGNED_POINTS for one, other in zip(above.edges, edges, strict=True))
            if near:
                names, table = _by_first(above.names, firsts, len(grid.xs) - 1), above.table
        for number, row in enumerate(rows):
            own = names if number >= titles + count else []
            kept = [row[first] for first in firsts]
            self.row(kept, [own[first] for first in firsts] if own else [], table)
        self.above = None
        self.last_table = Open(table, [names[first] for first in firsts], edges) if names else None
        self.table = max(self.table, table + 1)

    def row(self, row: Sequence[Sequence[Piece]], names: Sequence[str], table: int | None = None) -> None:
        cells: list[ShownCell] = []
        held: list[Piece] = []
        for pieces, name in zip(row, names or [""] * len(row), strict=True):
            if not pieces:
                cells.append(("", name, None))
            elif len(pieces) == 1:
                x0, y0, x1, y1, text, _ = pieces[0]
                cells.append((text, name, (x0, y0, x1, y1)))
            else:
                cells.append((joined([piece[4] for piece in pieces]), name, line_box(pieces)))
            held += pieces
        if held:
            self.shown.append(Shown("row", "", line_box(held), cells, self.table if table is None else table))

    def close(self, names: Sequence[str], edges: Sequence[float]) -> None:
        self.last_table = Open(self.table, names, edges)
        self.above = None
        self.table += 1


def _told(pieces: Sequence[Piece]) -> str:
    return pieces[0].text if len(pieces) == 1 else joined(piece.text for piece in pieces)


def _by_first(names: Sequence[str], firsts: Sequence[int], width: int) -> list[str]:
    """Names of columns of the page before, at this grid's own column numbers."""
    found = [""] * width
    for first, name in zip(firsts, names, strict=False):
        found[first] = name
    return found


def _begins(texts: Sequence[Sequence[str]], number: int) -> bool:
    """Whether a row inside a grid is the heading of rows below it."""
    if not is_heading_row(texts[number]) or is_heading_row(texts[number - 1]):
        return False
    return sum(bool(text) for text in texts[number]) >= 3 and not _is_group(texts[number - 1])


def _is_group(row: Sequence[str]) -> bool:
    """Whether the row may be a heading over headings."""
    return header_rows([row, ["1"] * len(row)]) > 0


def _spread(row: Sequence[str], spans: Sequence[tuple[int, int]]) -> list[str]:
    """The row with the text of a cell in each column that it spans."""
    found = list(row)
    for first, last in spans:
        for column in range(first + 1, last + 1):
            found[column] = found[column] or row[first]
    return found


def _crossed(lines: Sequence[Line], edges: Sequence[float]) -> bool:
    across = sum(any(piece.x0 < edge < piece.x1 for edge in edges) for line in lines for piece in line)
    return across * 5 > sum(map(len, lines))


def _around(lines: Sequence[Line]) -> Box:
    return line_box([piece for line in lines for piece in line])


def _pairs_end(lines: Sequence[Line], start: int) -> int:
    """The line after the last of lines that stand close and have several pieces each."""
    end = start + 1
    columns = [piece.box for piece in lines[start]]
    last = end
    heading = is_heading(lines[start])
    while end < len(lines):
        above, line = line_box(lines[end - 1]), lines[end]
        if heading and is_caption(line):
            break
        height = above[3] - above[1]
        if line[0].y0 - above[3] > _ROW_DISTANCE * height or head_end(lines, end) > end:
            break
        if len(line) >= 2:
            columns += [piece.box for piece in line]
            last = end + 1
        elif not _continues(line[0], line[0].y0 - above[3], columns):
            break
        end += 1
    return last


def _continues(piece: Piece, white: float, columns: Sequence[Box]) -> bool:
    """A lone piece that stands in a column and close under a row."""
    aligned = any(abs(piece.x0 - other[0]) < 4.0 for other in columns)
    widest = max(other[2] - other[0] for other in columns)
    return white < 0.8 * (piece.y1 - piece.y0) and aligned and piece.x1 - piece.x0 <= widest * 1.5
