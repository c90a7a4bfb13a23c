"""Tables drawn with rules: which rules belong together, and which words stand in which cell."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from extractors.document import Box
from extractors.pdf_lines import Line, Piece, line_box, piece_of

_NEAR = 2.5
_MOST_RULES = 3_000
Rows = list[list[list[Piece]]]  # rows of cells of pieces


@dataclass(slots=True)
class Grid:
    """Columns and bands between rules. ``upright`` and ``level`` are the rules themselves: (place, from, to)."""

    xs: list[float]
    ys: list[float]
    upright: list[tuple[float, float, float]]
    level: list[tuple[float, float, float]]
    lines: list[Line] = field(default_factory=list)

    @property
    def box(self) -> Box:
        return (self.xs[0], self.ys[0], self.xs[-1], self.ys[-1])

    def holds(self, piece: Piece) -> bool:
        x, y = (piece.x0 + piece.x1) / 2, (piece.y0 + piece.y1) / 2
        return self.xs[0] - _NEAR <= x <= self.xs[-1] + _NEAR and self.ys[0] - _NEAR <= y <= self.ys[-1] + _NEAR


def grids_of(rules: Sequence[Box]) -> list[Grid]:
    """Grids of at least two columns and one band, top to bottom."""
    if len(rules) < 5 or len(rules) > _MOST_RULES:
        return []
    level: list[tuple[float, float, float]] = []
    upright: list[tuple[float, float, float]] = []
    for x0, y0, x1, y1 in rules:
        if x1 - x0 >= y1 - y0:
            level.append(((y0 + y1) / 2, x0, x1))
        else:
            upright.append(((x0 + x1) / 2, y0, y1))
    found = []
    for group_level, group_upright in _connected(level, upright):
        xs = _places([place for place, _, _ in group_upright] + _ends(group_level))
        ys = _places([place for place, _, _ in group_level] + _ends(group_upright))
        if len(xs) >= 3 and len(ys) >= 2 and group_level:
            found.append(Grid(xs, ys, group_upright, group_level))
    return sorted(found, key=lambda grid: grid.ys[0])


def _ends(segments: Sequence[tuple[float, float, float]]) -> list[float]:
    """Where the rules of one direction begin and end: the table's sides, drawn or not."""
    return [min(s[1] for s in segments), max(s[2] for s in segments)] if segments else []


def _places(values: Sequence[float]) -> list[float]:
    kept: list[float] = []
    for value in sorted(values):
        if not kept or value - kept[-1] > _NEAR:
            kept.append(value)
    return kept


def _connected(
    level: list[tuple[float, float, float]], upright: list[tuple[float, float, float]]
) -> list[tuple[list[tuple[float, float, float]], list[tuple[float, float, float]]]]:
    """Level and upright rules that cross or touch, group by group."""
    level.sort()
    heights = [place for place, _, _ in level]
    owner = list(range(len(level) + len(upright)))

    def root(number: int) -> int:
        while owner[number] != number:
            owner[number] = owner[owner[number]]
            number = owner[number]
        return number

    for number, (x, top, bottom) in enumerate(upright):
        mine = root(len(level) + number)
        for other in range(bisect_right(heights, top - _NEAR), bisect_right(heights, bottom + _NEAR)):
            _, left, right = level[other]
            if left - _NEAR <= x <= right + _NEAR:
                owner[root(other)] = mine
    groups: dict[int, tuple[list[tuple[float, float, float]], list[tuple[float, float, float]]]] = {}
    for number, segment in enumerate([*level, *upright]):
        held = groups.setdefault(root(number), ([], []))
        held[number >= len(level)].append(segment)
    return [held for held in groups.values() if held[0] and held[1]]


def into_grids(lines: Sequence[Line], grids: Sequence[Grid]) -> list[Line]:
    """The lines outside grids; those inside go to ``Grid.lines``."""
    if not grids:
        return list(lines)
    loose: list[Line] = []
    for line in lines:
        top, bottom = line_box(line)[1::2]
        near = [grid for grid in grids if grid.ys[0] - _NEAR <= (top + bottom) / 2 <= grid.ys[-1] + _NEAR]
        rest = line
        for grid in near:
            inside = [piece for piece in rest if grid.holds(piece)]
            if inside:
                grid.lines.append(_parted(inside, grid))
                rest = [piece for piece in rest if not grid.holds(piece)]
        if rest:
            loose.append(rest)
    return loose


def _parted(line: Line, grid: Grid) -> Line:
    """The pieces, divided where a rule stands between two words."""
    found: Line = []
    for piece in line:
        cuts = [x for x in grid.xs[1:-1] if piece.x0 + 1 < x < piece.x1 - 1]
        middle = (piece.y0 + piece.y1) / 2
        cuts = [x for x in cuts if any(abs(p - x) <= _NEAR and a <= middle <= b for p, a, b in grid.upright)]
        held = []
        for word in piece.words if cuts else ():
            if held and any((held[-1][0] + held[-1][2]) / 2 < cut < (word[0] + word[2]) / 2 for cut in cuts):
                found.append(piece_of(held))
                held = []
            held.append(word)
        found.append(piece_of(held) if held else piece)
    return found


def rows_of(grid: Grid) -> tuple[Rows, list[list[tuple[int, int]]], list[int]]:
    """(rows of cells, for each row the columns (first, last) each drawn cell spans, the band of each row)

    A band between two level rules is one row, unless it holds several lines that fill most columns: a box around
    unruled rows. Words of a cell that spans columns stand in its first; of one that spans rows, in its first row.
    """
    columns, bands = len(grid.xs) - 1, len(grid.ys) - 1
    spans = [_spans(grid, (grid.ys[band] + grid.ys[band + 1]) / 2) for band in range(bands)]
    held: list[list[Line]] = [[] for _ in range(bands)]
    for line in grid.lines:
        for piece in line:
            column = _place(grid.xs, (piece.x0 + piece.x1) / 2)
            band = _place(grid.ys, (piece.y0 + piece.y1) / 2)
            while band > 0 and not _ruled(grid, column, band):
                band -= 1
            if held[band] and held[band][-1][0] in line:
                held[band][-1].append(piece)
            else:
                held[band].append([piece])
    filled_bands = sum(bool(lines) for lines in held)
    rows: Rows = []
    row_spans: list[list[tuple[int, int]]] = []
    row_bands: list[int] = []
    for band, lines in enumerate(held):
        cells = [[_at(spans[band], grid, piece) for piece in line] for line in lines]
        full = [number for number, line in enumerate(cells) if len(set(line)) >= max(2, 0.6 * len(spans[band]))]
        several = len(full) >= 3 or (len(full) == 2 and filled_bands <= 3)
        current: list[list[Piece]] | None = None
        for number, line in enumerate(lines):
            starts = several and (number in full or _starts(cells[number], spans[band], line, current))
            if current is None or starts:
                current = [[] for _ in range(columns)]
                rows.append(current)
                row_spans.append(spans[band])
                row_bands.append(band)
            for column, piece in zip(cells[number], line, strict=True):
                current[column].append(piece)
    return rows, row_spans, row_bands


def _starts(
    cells: Sequence[int], spans: Sequence[tuple[int, int]], line: Line, above: list[list[Piece]] | None
) -> bool:
    """Whether a line of an unruled band begins a row: it has words in the first column, or under an empty cell."""
    return spans[0][0] in cells or above is None or any(not above[column] for column in cells)


def _at(spans: Sequence[tuple[int, int]], grid: Grid, piece: Piece) -> int:
    """The first column of the drawn cell that a piece stands in."""
    column = _place(grid.xs, (piece.x0 + piece.x1) / 2)
    return next(first for first, last in spans if first <= column <= last)


def _place(places: Sequence[float], value: float) -> int:
    return min(max(bisect_right(places, value) - 1, 0), len(places) - 2)


def _spans(grid: Grid, y: float) -> list[tuple[int, int]]:
    """The cells of a band: runs of columns without an upright rule between them."""
    walls = {
        _nearest(grid.xs, place) for place, top, bottom in grid.upright if top - _NEAR <= y <= bottom + _NEAR
    }
    found: list[tuple[int, int]] = []
    first = 0
    for column in range(len(grid.xs) - 1):
        if column + 1 in walls or column == len(grid.xs) - 2:
            found.append((first, column))
            first = column + 1
    return found


def _nearest(places: Sequence[float], value: float) -> int:
    return min(range(len(places)), key=lambda number: abs(places[number] - value))


def _ruled(grid: Grid, column: int, band: int) -> bool:
    """Whether a level rule stands above that cell."""
    x, y = (grid.xs[column] + grid.xs[column + 1]) / 2, grid.ys[band]
    return any(abs(place - y) <= _NEAR and left - _NEAR <= x <= right + _NEAR for place, left, right in grid.level)
