"""Tables drawn with rules: which rules belong together, and which words stand in which cell."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from extractors.document import Box
from extractors.pdf.lines import Line, Piece, Word, piece_of

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
        mine = own = len(level) + number
        for other in range(bisect_right(heights, top - _NEAR), bisect_right(heights, bottom + _NEAR)):
            _, left, right = level[other]
            if left - _NEAR <= x <= right + _NEAR and owner[other] != mine:
                met = root(other)
                if mine == own:
                    mine = met
                    owner[own] = met
                else:
                    owner[met] = mine
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
        middle = (line[0][1] + line[0][3]) / 2
        rest = line
        for grid in grids:
            if not grid.ys[0] - _NEAR <= middle <= grid.ys[-1] + _NEAR:
                continue
            left, right = grid.xs[0] - _NEAR, grid.xs[-1] + _NEAR
            inside = [piece for piece in rest if left <= (piece[0] + piece[2]) / 2 <= right]
            if inside:
                grid.lines.append(_parted(inside, grid))
                rest = [piece for piece in rest if piece not in inside] if len(inside) < len(rest) else []
                if not rest:
                    break
        if rest:
            loose.append(rest)
    return loose


def _parted(line: Line, grid: Grid) -> Line:
    """The pieces, divided where a rule stands between two words."""
    found: Line = []
    xs = grid.xs
    for piece in line:
        first, last = bisect_right(xs, piece[0] + 1), bisect_right(xs, piece[2] - 1)
        cuts = xs[first:last]
        if cuts and len(piece.words) > 1:
            middle = (piece[1] + piece[3]) / 2
            cuts = [x for x in cuts if any(abs(p - x) <= _NEAR and a <= middle <= b for p, a, b in grid.upright)]
        if not cuts:
            found.append(piece)
            continue
        held: list[Word] = []
        for word in piece.words:
            if held and any((held[-1][0] + held[-1][2]) / 2 < cut < (word[0] + word[2]) / 2 for cut in cuts):
                found.append(piece_of(held))
                held = []
            held.append(word)
        found.append(piece_of(held) if held else piece)
    return found


def rows_of(grid: Grid) -> tuple[Rows, list[list[tuple[int, int]]]]:
    """(rows of cells, for each row the columns (first, last) that each drawn cell spans)

    A band between two level rules is one row, unless it holds several lines that fill most columns: a box around
    unruled rows. Words of a cell that spans columns stand in its first; of one that spans rows, in its first row.
    """
    columns, bands = len(grid.xs) - 1, len(grid.ys) - 1
    spans, whole = _spans(grid), _whole(grid)
    firsts = [[first for first, last in band for _ in range(first, last + 1)] for band in spans]
    held: list[list[tuple[Line, list[int]]]] = [[] for _ in range(bands)]
    xs, ys = grid.xs[1:-1], grid.ys[1:-1]
    for line in grid.lines:
        own = [bisect_right(xs, (piece[0] + piece[2]) / 2) for piece in line]
        at = [bisect_right(ys, (piece[1] + piece[3]) / 2) for piece in line]
        if whole[at[0]] and at.count(at[0]) == len(at):  # as most lines stand
            first_columns = firsts[at[0]]
            held[at[0]].append((line, [first_columns[column] for column in own]))
            continue
        open_band = -1
        for piece, column, band in zip(line, own, at, strict=True):
            if not whole[band]:
                band = _first_band(grid, column, band, whole, piece)
            if band != open_band:
                held[band].append(([], []))
                open_band = band
            held[band][-1][0].append(piece)
            held[band][-1][1].append(firsts[band][column])
    filled_bands = sum(map(bool, held))
    rows: Rows = []
    row_spans: list[list[tuple[int, int]]] = []
    for band, lines in enumerate(held):
        most = max(2, 0.6 * len(spans[band]))
        full = [len(set(columns_filled)) >= most for _, columns_filled in lines]
        several = len(lines) > 1 and (sum(full) >= 3 or (sum(full) == 2 and filled_bands <= 3))
        current: list[list[Piece]] | None = None
        for number, (line, filled) in enumerate(lines):
            if current is None or (several and (full[number] or _starts(filled, spans[band], current))):
                current = [[] for _ in range(columns)]
                rows.append(current)
                row_spans.append(spans[band])
            for column, piece in zip(filled, line, strict=True):
                current[column].append(piece)
    return rows, row_spans


def _first_band(grid: Grid, column: int, band: int, whole: Sequence[bool], piece: Piece) -> int:
    """The band that the drawn cell of a piece begins with; its own where other words stand in that cell too."""
    first = band
    while not whole[first] and not _ruled(grid, column, first):
        first -= 1
    if first == band:
        return band
    left, right = grid.xs[column], grid.xs[column + 1]
    for line in grid.lines:
        for other in line:
            y = (other[1] + other[3]) / 2
            if other is not piece and other[0] < right and other[2] > left and grid.ys[first] < y < grid.ys[band]:
                return band
    return first


def _starts(filled: Sequence[int], spans: Sequence[tuple[int, int]], above: list[list[Piece]]) -> bool:
    """Whether a line of an unruled band begins a row: it has words in the first column, or under an empty cell."""
    return spans[0][0] in filled or any(not above[column] for column in filled)


def _spans(grid: Grid) -> list[list[tuple[int, int]]]:
    """The cells of each band: runs of columns without an upright rule between them."""
    bands, last = len(grid.ys) - 1, len(grid.xs) - 2
    walls: list[set[int]] = [{last + 1} for _ in range(bands)]
    middles = [(top + bottom) / 2 for top, bottom in pairwise(grid.ys)]
    for place, top, bottom in grid.upright:
        column = bisect_right(grid.xs, place - _NEAR)
        if column <= last + 1 and abs(grid.xs[column] - place) <= _NEAR:
            for band in range(bisect_right(middles, top - _NEAR), bisect_right(middles, bottom + _NEAR)):
                walls[band].add(column)
    found: list[list[tuple[int, int]]] = []
    for wall in walls:
        if not found or wall != walls[len(found) - 1]:
            ends = sorted(wall - {0})
            cells = [(first, end - 1) for first, end in zip([0, *ends[:-1]], ends, strict=True)]
        found.append(cells)
    return found


def _whole(grid: Grid) -> list[bool]:
    """For each band, whether one level rule runs above all of it; the first band has nothing above."""
    found = [True, *(False for _ in grid.ys[2:])]
    for place, left, right in grid.level:
        if left <= grid.xs[0] + _NEAR and right >= grid.xs[-1] - _NEAR:
            band = bisect_right(grid.ys, place - _NEAR)
            if band < len(found) and abs(grid.ys[band] - place) <= _NEAR:
                found[band] = True
    return found


def _ruled(grid: Grid, column: int, band: int) -> bool:
    """Whether a level rule stands above that cell."""
    x, y = (grid.xs[column] + grid.xs[column + 1]) / 2, grid.ys[band]
    return any(abs(place - y) <= _NEAR and left - _NEAR <= x <= right + _NEAR for place, left, right in grid.level)
