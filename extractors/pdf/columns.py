"""Unruled tables: which white runs between columns, and which lines make one row."""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise

from extractors.pdf.lines import EMPTY, TICKED, Line, Piece, Word, piece_of
from extractors.tables import is_heading_row, is_name

# Rows of a table may stand this many line heights apart; more ends the table.
_ROW_DISTANCE = 3.5
_HEAD_DISTANCE = 0.9
_RIVER_POINTS = 1.5
_MOST_HEADS = 3
_ALIGNED_POINTS = 4.0


def is_heading(line: Line) -> bool:
    if len(line) < 2 or line[0][4].isdigit() or is_caption(line):
        return False
    return is_heading_row([piece[4] for piece in line])


def is_caption(line: Line) -> bool:
    """A line of a form: check boxes, or nothing but captions."""
    captions = 0
    for piece in line:
        if piece[4][0] in (TICKED, EMPTY):
            return True
        captions += piece[4][-1] == ":"
    return captions == len(line)


def _white(above: Line, below: Line) -> tuple[float, float]:
    """(white between two lines, height of the upper one)"""
    upper, lower = above[0], below[0]
    return lower[1] - upper[3], upper[3] - upper[1]


def head_end(lines: Sequence[Line], start: int) -> int:
    """The line after the headings that start here; ``start`` where none do."""
    run = [lines[start]]
    for piece in run[0]:
        if piece[4][:1].isdecimal() or not is_name(piece[4]):  # rows mostly begin with a figure
            return start
    if is_caption(run[0]):
        return start
    for line in lines[start + 1 : start + _MOST_HEADS]:
        white, height = _white(run[-1], line)
        if white > _HEAD_DISTANCE * height or is_caption(line) or not all(is_name(piece.text) for piece in line):
            break
        run.append(line)
    known = [number for number, line in enumerate(run) if is_heading(line)]
    if not known and len(run) > 1:
        stacked = _stacked(run)
        if len(stacked) >= 3 and is_heading_row([head.text for head in stacked]):
            known = [len(run) - 1]
    if not known:
        return start
    first = run[: known[0]]
    if any(len(line) == 1 and line[0].x0 < run[known[0]][0].x1 for line in first):
        return start  # a title, or a sentence above the table
    end = known[-1] + 1
    # What hangs under a heading belongs to it, if it is no row of words.
    while end < len(run) and _hangs(run[end], run[known[-1]]):
        end += 1
    return start + end


def _hangs(line: Line, heads: Line) -> bool:
    return (
        len(line) < len(heads)
        and all(len(piece.words) <= 2 and any(_overlap(piece, head) > 0 for head in heads) for piece in line)
        and heads[0].x0 + 1 < line[0].x0
    )


def _overlap(one: Piece, other: Piece) -> float:
    return min(one.x1, other.x1) - max(one.x0, other.x0)


def _stacked(run: Sequence[Line]) -> list[Piece]:
    """Heading lines as one: what stands over or under a heading is part of it, what spans several of each."""
    base = max(run, key=len)
    heads = [[piece] for piece in base]
    for line in run:
        if line is base:
            continue
        for piece in line:
            under = [head for head in heads if _overlap(piece, head[0]) > 0]
            if not under:
                heads.append([piece])
            for head in under:
                head.append(piece)
    stacked = [sorted(head, key=lambda piece: piece.y0) for head in heads]
    found = []
    for head in stacked:
        spans = [piece for piece in head if sum(_overlap(piece, other[0]) > 0 for other in heads) > 1]
        own = [piece for piece in head if piece not in spans] or head
        x0, x1 = min(piece.x0 for piece in own), max(piece.x1 for piece in own)
        text = " ".join(piece.text for piece in head)
        words = [word for piece in own for word in piece.words]
        found.append(Piece(x0, min(p.y0 for p in head), x1, max(p.y1 for p in head), text, words))
    return sorted(found)


def heads_of(run: Sequence[Line], body: Sequence[Line]) -> list[Piece]:
    """One piece a column, headings a blank apart divided where white runs down the rows."""
    heads = list(run[0]) if len(run) == 1 else _stacked(run)
    if len(run) > 1 or len(body) < 2:
        return heads
    parted: list[Piece] = []
    last = float("-inf")
    for head in heads:
        if " " not in head.text:
            parted.append(head)
            last = head.x1
            continue
        # Only the words near the heading can tell whether white runs between its own.
        rows = [[w for p in line if p[2] > last and p[0] < head.x1 for w in p.words] for line in body]
        held: list[Word] = []
        for word in head.words:
            if held:
                free = _free(held[-1][2], word[0], rows)
                if free is not None and _both_sides(rows, last, (free[0] + free[1]) / 2, word[2]):
                    last = (free[0] + free[1]) / 2
                    parted.append(piece_of(held))
                    held = []
            held.append(word)
        parted.append(piece_of(held) if held is not head.words else head)
        last = head.x1
    return parted


def _free(start: float, end: float, rows: Sequence[Sequence[Word]]) -> tuple[float, float] | None:
    """The widest stretch between ``start`` and ``end`` that no word of the rows touches."""
    taken = sorted((w[0], w[2]) for row in rows for w in row if w[2] > start and w[0] < end)
    best: tuple[float, float] | None = None
    for left, right in [*taken, (end, end)]:
        if left - start >= _RIVER_POINTS and (best is None or left - start > best[1] - best[0]):
            best = (start, left)
        start = max(start, right)
    return best


def _both_sides(rows: Sequence[Sequence[Word]], nearest: float, cut: float, end: float) -> bool:
    """Whether most rows hold something on both sides of a cut, near the headings it parts."""
    held = sum(
        any(nearest < (w[0] + w[2]) / 2 < cut for w in row) and any(cut < (w[0] + w[2]) / 2 and w[0] < end for w in row)
        for row in rows
    )
    return held * 2 > len(rows)


def cuts_of(heads: Sequence[Piece], body: Sequence[Line]) -> list[tuple[float, bool]]:
    """Where one column ends and the next begins; true where words that stand a blank apart must be divided."""
    pieces = sorted(piece[:3:2] for line in body for piece in line)
    words: list[tuple[float, float]] | None = None
    cuts: list[tuple[float, bool]] = []
    last = float("-inf")
    for left, right in pairwise(heads):
        start, end = max(left.x0 + 1, last), right.x1 - 1
        between = (left.x1, right.x0)
        cut, away = _cut(start, end, between, pieces)
        by_words = False
        if away > 0:
            if words is None:
                words = sorted(word[:3:2] for line in body for piece in line for word in piece.words)
            nearer, distance = _cut(start, end, between, words)
            if distance == 0 or (cut is None and nearer is not None):
                cut, by_words = nearer, True
        if cut is None:
            cut = _least_crossed(start, end, between, pieces)
        last = max(last, cut)
        cuts.append((last, by_words))
    return cuts


def _cut(
    start: float, end: float, between: tuple[float, float], taken: Sequence[tuple[float, ...]]
) -> tuple[float | None, float]:
    """(the middle of the white nearest to the white between two headings, how far away it is); ``taken`` is sorted"""
    best: tuple[float, float, float] | None = None
    place = start
    met = [side for side in taken[: bisect_left(taken, (end,))] if side[1] > start]
    for left, right in [*met, (end, end)]:
        if left - place >= _RIVER_POINTS:
            low, high = max(place, between[0]), min(left, between[1])
            away = 0.0 if low <= high else low - high
            if best is None or (away, place - left) < best[:2]:
                cut = (low + high) / 2 if low <= high else (place + left) / 2
                best = (away, place - left, cut)
        place = max(place, right)
    return (None, float("inf")) if best is None else (best[2], best[0])


def _least_crossed(start: float, end: float, between: tuple[float, float], taken: Sequence[tuple[float, ...]]) -> float:
    if end <= start:
        return start
    tried = [start + (end - start) * step / 24 for step in range(25)]
    middle = sum(between) / 2
    return min(tried, key=lambda x: (sum(left < x < right for left, right in taken), abs(x - middle)))


def parted(line: Line, cuts: Sequence[tuple[float, bool]]) -> list[list[Piece]]:
    """The line's pieces by column."""
    cells: list[list[Piece]] = [[] for _ in range(len(cuts) + 1)]
    column, last = 0, len(cuts)
    dividing = [cut for cut, by_words in cuts if by_words]
    for piece in line:
        x0, x1 = piece[0], piece[2]
        middle = (x0 + x1) / 2
        while column < last and middle > cuts[column][0] and x0 > cuts[column][0] - _ALIGNED_POINTS:
            column += 1
        if column == last or x1 <= cuts[column][0] or not any(cuts[column][0] <= cut < x1 for cut in dividing):
            while column < last and x0 >= cuts[column][0]:
                column += 1
            cells[column].append(piece)
            continue
        held: list[Word] = []
        for word in piece.words:
            middle = (word[0] + word[2]) / 2
            if column < last and middle > cuts[column][0]:
                if held:
                    cells[column].append(piece_of(held))
                    held = []
                while column < last and middle > cuts[column][0]:
                    column += 1
            held.append(word)
        cells[column].append(piece_of(held))
    return cells


def body_end(lines: Sequence[Line], start: int, heads: Sequence[Piece]) -> int:
    """The line after the last row under those headings."""
    end = last = start
    edges: list[tuple[float, ...]] = [head[0:3:2] for head in heads]
    while end < len(lines):
        line = lines[end]
        white, height = _white(lines[end - 1], line)
        if white > _ROW_DISTANCE * height or is_caption(line) or is_heading(line):
            break
        if len(line) >= 2:
            if end - start < 40:
                edges += [piece[0:3:2] for piece in line]
            last = end + 1
        elif not _fits(line[0], white, height, edges):
            if end + 1 >= len(lines) or not _resumes(lines[end + 1], edges, heads):
                break
        elif any(char.isdigit() for char in line[0].text) or white < height:
            last = end + 1
        end += 1
    return last


def _fits(piece: Piece, white: float, height: float, edges: Sequence[tuple[float, ...]]) -> bool:
    """A lone piece that stands in a column, close under a row: the rest of a cell, or a row with one value."""
    widest = max(right - left for left, right in edges)
    lined = any(abs(piece.x0 - x0) < _ALIGNED_POINTS or abs(piece.x1 - x1) < _ALIGNED_POINTS for x0, x1 in edges)
    return lined and white < 0.8 * height and piece.x1 - piece.x0 <= widest * 1.3


def _resumes(line: Line, edges: Sequence[tuple[float, ...]], heads: Sequence[Piece]) -> bool:
    """Whether rows go on after a remark between them."""
    met = sum(any(abs(p.x0 - x0) < 2 or abs(p.x1 - x1) < 2 for x0, x1 in edges) for p in line)
    return len(line) >= max(3, len(heads) / 2) and met == len(line)


def rows_of(body: Sequence[Line], cuts: Sequence[tuple[float, bool]]) -> list[list[list[Piece]]]:
    """Rows of cells of pieces: lines that only go on with cells of the row they stand at are part of it."""
    held = [parted(line, cuts) for line in body]
    keys = [next(column for column, cell in enumerate(cells) if cell) for cells in held]
    # The first column that nearly every row fills tells rows from the rest of cells.
    key = min(keys)
    rows: list[list[list[Piece]]] = []
    waiting: list[list[list[Piece]]] = []
    for number, cells in enumerate(held):
        if rows and cells[key] == [] and _goes_on(cells, rows[-1]):
            if number + 1 < len(body) and _leans_down(body, number) and held[number + 1][key]:
                waiting.append(cells)
                continue
            for column, cell in enumerate(cells):
                rows[-1][column] += cell
            continue
        for lines_above in reversed(waiting):
            for column, cell in enumerate(lines_above):
                cells[column][:0] = cell
        waiting = []
        rows.append(cells)
    return rows


def _goes_on(cells: Sequence[Sequence[Piece]], above: Sequence[Sequence[Piece]]) -> bool:
    """Whether a line only adds words to cells that the row above it fills, and no figure: figures do not wrap."""
    filled = [column for column, cell in enumerate(cells) if cell]
    if len(filled) * 2 > max(2, sum(bool(cell) for cell in above)):
        return False
    if any(not above[column] or _is_figure(above[column]) for column in filled):
        return False
    return len(filled) == 1 or not any(_is_figure(cells[column]) for column in filled)


def _is_figure(cell: Sequence[Piece]) -> bool:
    text = "".join(piece.text for piece in cell).replace(",", "").replace(".", "").strip("$€£-+() %")
    return text.isdigit()


def _leans_down(body: Sequence[Line], number: int) -> bool:
    """Whether a line stands clearly nearer to the one below than to the one above."""
    above, height = _white(body[number - 1], body[number])
    below, _ = _white(body[number], body[number + 1])
    return above - below > 0.3 * height
