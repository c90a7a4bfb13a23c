"""Lines of a page into blocks: prose, and rows of tables under their headings."""

from collections.abc import Sequence
from itertools import pairwise

from extractors.document import Block, Box
from extractors.pdf_chars import EMPTY, TICKED
from extractors.pdf_lines import Line, Piece, Word, around
from extractors.pieces import block, clean, row
from extractors.tables import header_rows, is_heading_row

# Rows of a table may stand this many line heights apart; more ends the table.
_ROW_DISTANCE = 3.5
_ALIGNED_POINTS = 4.0
_RIVER_POINTS = 1.5
_WIDE_GAP = 0.6


def blocks_of(lines: Sequence[Line], page: int, first_table: int) -> list[Block]:
    """A block for each line; lines with columns become rows, numbered from ``first_table``."""
    blocks: list[Block] = []
    table = first_table
    place = 0
    while place < len(lines):
        end = _table_end(lines, place)
        if end > place:
            blocks += _table(lines[place:end], page, table)
            table += 1
            place = end
            continue
        line = lines[place]
        blocks.append(block(clean(" ".join(piece.text for piece in line.pieces)), page=page, box=line.box))
        place += 1
    return blocks


def _table_end(lines: Sequence[Line], start: int) -> int:
    """The line after the table that starts here, ``start`` for none; a heading row begins another table.

    A line with one piece belongs to a table if it continues one of its columns.
    """
    if len(lines[start].pieces) < 2:
        return start
    columns = [piece.box for piece in lines[start].pieces]
    headed = _is_heading(lines[start])
    end = last = start + 1
    while end < len(lines):
        above, line = lines[end - 1].box, lines[end]
        if line.box[1] - above[3] > _ROW_DISTANCE * (above[3] - above[1]) or _is_heading(line):
            break
        if headed and _is_caption(line):
            break
        if len(line.pieces) >= 2:
            columns += [piece.box for piece in line.pieces]
            last = end + 1
        elif not _continues(line, lines[end - 1], columns):
            break
        end += 1
    return last


def _is_heading(line: Line) -> bool:
    return len(line.pieces) >= 2 and not _is_caption(line) and is_heading_row([piece.text for piece in line.pieces])


def _is_caption(line: Line) -> bool:
    """A line of a form: check boxes, or nothing but captions."""
    texts = [piece.text for piece in line.pieces]
    return any(TICKED in text or EMPTY in text for text in texts) or all(text.endswith(":") for text in texts)


def _continues(line: Line, above: Line, columns: Sequence[Box]) -> bool:
    """A lone piece that stands in a column and close under a row: the rest of a cell, or a row with one value."""
    box = line.pieces[0].box
    close = box[1] - above.box[3] < 0.8 * (box[3] - box[1])
    aligned = any(abs(box[0] - other[0]) < _ALIGNED_POINTS for other in columns)
    widest = max(other[2] - other[0] for other in columns)
    return close and aligned and box[2] - box[0] <= widest * 1.5


def _table(lines: Sequence[Line], page: int, table: int) -> list[Block]:
    texts = [[piece.text for piece in line.pieces] for line in lines]
    if _is_caption(lines[0]) or not (_is_heading(lines[0]) or header_rows(texts)):
        return [_row(line.pieces, page, table) for line in lines]
    cuts = _rivers(lines)
    parted = [_parted(line.pieces, cuts) for line in lines]
    heads = parted[0]
    return [_row(heads, page, table), *(_headed(pieces, heads, page, table) for pieces in parted[1:])]


def _rivers(lines: Sequence[Line]) -> list[float]:
    """Where white runs down the whole table between two words of its headings: columns a blank apart.

    Between words a mere blank apart ("Unit price") that takes figures on both sides.
    """
    words = [[word for piece in line.pieces for word in piece.words] for line in lines]
    heads, below = words[0], words[1:]
    cuts: list[float] = []
    for left, right in pairwise(heads):
        gap = _widest_white(left.box[2], right.box[0], below)
        if gap is None:
            continue
        wide = right.box[0] - left.box[2] > _WIDE_GAP * (right.box[3] - right.box[1])
        cut = (gap[0] + gap[1]) / 2
        nearest = cuts[-1] if cuts else float("-inf")
        if wide or (len(below) > 1 and _both_sides(below, nearest, cut, right.box[2])):
            cuts.append(cut)
    return cuts


def _widest_white(start: float, end: float, below: Sequence[Sequence[Word]]) -> tuple[float, float] | None:
    """The widest stretch between ``start`` and ``end`` that no word of the rows touches."""
    taken = sorted((w.box[0], w.box[2]) for row in below for w in row if w.box[2] > start and w.box[0] < end)
    best: tuple[float, float] | None = None
    place = start
    for left, right in [*taken, (end, end)]:
        if left - place >= _RIVER_POINTS and (best is None or left - place > best[1] - best[0]):
            best = (place, left)
        place = max(place, right)
    return best


def _both_sides(below: Sequence[Sequence[Word]], nearest: float, cut: float, end: float) -> bool:
    """Whether most rows hold something on both sides of a cut, near the headings it parts."""
    held = sum(
        any(nearest < _middle(w.box) < cut for w in row) and any(cut < _middle(w.box) and w.box[0] < end for w in row)
        for row in below
    )
    return held * 2 > len(below)


def _middle(box: Box) -> float:
    return (box[0] + box[2]) / 2


def _parted(pieces: Sequence[Piece], cuts: Sequence[float]) -> list[Piece]:
    found: list[Piece] = []
    for piece in pieces:
        held: list[Word] = []
        for word in piece.words:
            if held and any(_middle(held[-1].box) < cut < _middle(word.box) for cut in cuts):
                found.append(Piece(tuple(held)))
                held = []
            held.append(word)
        found.append(Piece(tuple(held)))
    return found


def _headed(pieces: Sequence[Piece], heads: Sequence[Piece], page: int, table: int) -> Block:
    """The row with one cell a column; pieces that stand under the same heading are one cell."""
    held: list[list[Piece]] = [[] for _ in heads]
    for piece in pieces:
        held[_column(piece.box, heads)].append(piece)
    texts = [clean(" ".join(piece.text for piece in under)) for under in held]
    boxes = [around([piece.box for piece in under]) if under else None for under in held]
    whole = around([piece.box for piece in pieces])
    return row(texts, [head.text for head in heads], table=table, boxes=boxes, page=page, box=whole)


def _column(box: Box, heads: Sequence[Piece]) -> int:
    """The heading that a box stands under: the same left edge, most overlap, else the least distance."""
    overlaps = [min(box[2], head.box[2]) - max(box[0], head.box[0]) for head in heads]
    best = max(range(len(heads)), key=lambda n: overlaps[n])
    if overlaps[best] > 0:
        started = [n for n, head in enumerate(heads) if abs(box[0] - head.box[0]) < 2.0 and overlaps[n] > 0]
        return started[0] if started else best

    def distance(number: int) -> float:
        head = heads[number].box
        return min(abs(box[0] - head[0]), abs(box[2] - head[2]), abs(_middle(box) - _middle(head)))

    return min(range(len(heads)), key=distance)


def _row(pieces: Sequence[Piece], page: int, table: int) -> Block:
    texts = [clean(piece.text) for piece in pieces]
    boxes = [piece.box for piece in pieces]
    return row(texts, table=table, boxes=boxes, page=page, box=around(boxes))
