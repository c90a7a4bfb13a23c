"""Words into pieces with no more than blanks in them, and pieces into lines."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from extractors.document import Box

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

# (left, top, right, bottom, text, number of its first character on the page): a plain tuple, since a page has hundreds.
Word = tuple[float, float, float, float, str, int]
# How a check box of a form stands among the printed words.
TICKED, EMPTY = "☒", "☐"
BOXES = (TICKED, EMPTY)
# Gaps in units of the letters' height: touching letters, the white between columns, a box and its caption.
TOUCH = 0.08
COLUMN_GAP = 0.95
_CAPTION_GAP = 2.0
# Pieces whose tops and bottoms together differ by less stand on one line.
_LEVEL = 0.7


class Held(Protocol):
    """The words of a piece: a list, or what makes them when they are asked for."""

    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[Word]: ...
    def __getitem__(self, place: int, /) -> Word: ...


class Piece(NamedTuple):
    """Words with no more than blanks between them: a cell of a table, or a whole line of prose."""

    x0: float
    y0: float
    x1: float
    y1: float
    text: str
    words: Held

    @property
    def box(self) -> Box:
        return self[:4]


# Pieces on one baseline, left to right.
Line = list[Piece]


def line_box(line: Sequence[Piece]) -> Box:
    """The smallest box that holds the pieces."""
    x0, y0, x1, y1, _, _ = line[0]
    for left, top, right, bottom, _, _ in line[1:]:
        if left < x0:
            x0 = left
        if top < y0:
            y0 = top
        if right > x1:
            x1 = right
        if bottom > y1:
            y1 = bottom
    return (x0, y0, x1, y1)


def lines_of(words: Sequence[Word]) -> list[Line]:
    """Lines of words, from top to bottom."""
    return lines_of_pieces(pieces_of(words))


def lines_of_pieces(pieces: Sequence[Piece], sides: "Numbers | None" = None) -> list[Line]:
    """Lines from top to bottom; a word printed twice for bold counts once.

    With their ``sides`` (lefts, tops, rights and bottoms of all; no check boxes among them), lines that stand clear of
    one another, and pieces a column apart, are told for the whole page at once.
    """
    if sides is not None and len(pieces) > 1:
        lines = _clear_lines(pieces, sides)
        if lines is not None:
            return lines
    rows: list[tuple[Line, float, float]] = []  # (pieces, top plus bottom and height of the first)
    for level, _, piece in sorted([(piece[1] + piece[3], number, piece) for number, piece in enumerate(pieces)]):
        height = piece[3] - piece[1]
        # Levels rise: mostly a piece stands on the line of the one before.
        for row, other, tall in reversed(rows[-3:]):
            if level - other <= _LEVEL * (tall if tall < height else height):
                row.append(piece)
                break
        else:
            rows.append(([piece], level, height))
    return [_line(row) if len(row) > 1 else row for row, _, _ in rows]


def _clear_lines(pieces: Sequence[Piece], sides: "Numbers") -> list[Line] | None:
    """The lines, where each piece stands on one line alone; None where one may stand on two."""
    lefts, tops, rights, bottoms = sides
    levels, heights = tops + bottoms, bottoms - tops
    order = levels.argsort(kind="stable")
    levels, heights = levels[order], heights[order]
    begins = np.concatenate(((True,), levels[1:] - levels[:-1] > _LEVEL * heights[1:]))
    starts = begins.nonzero()[0]
    rows = begins.cumsum() - 1
    firsts = starts[rows]
    if not (levels - levels[firsts] <= _LEVEL * np.minimum(heights, heights[firsts])).all():
        return None
    along = np.lexsort((lefts[order], rows))
    order, heights = order[along], heights[along]
    gaps = lefts[order[1:]] - rights[order[:-1]]
    near = ~(begins[1:] | (gaps > COLUMN_GAP * np.minimum(heights[1:], heights[:-1])))
    ordered = [pieces[place] for place in order.tolist()]
    ends = [*starts[1:].tolist(), len(ordered)]
    lines = [ordered[start:end] for start, end in zip(starts.tolist(), ends, strict=True)]
    for row in set(rows[1:][near].tolist()):
        lines[row] = _line(lines[row])
    return lines


def pieces_of(words: Sequence[Word]) -> list[Piece]:
    """Words that follow one another closely on one line, as they were printed."""
    pieces: list[Piece] = []
    held: list[Word] = []
    x0 = y0 = x1 = y1 = height = 0.0
    told = ""
    for word in words:
        left, top, right, bottom, text, _ = word
        gap = left - x1
        if held and -0.3 * height < gap < COLUMN_GAP * height:
            tall = bottom - top
            low = tall if tall < height else height
            away = top + bottom - y0 - y1
            if -0.4 * low < away < 0.4 * low and gap < COLUMN_GAP * low and text not in BOXES:
                told += text if gap < TOUCH * low else " " + text
                held.append(word)
                if right > x1:
                    x1 = right
                continue
        if held:
            pieces.append(Piece(x0, y0, x1, y1, told, held))
        x0, y0, x1, y1, told, _ = word
        height = y1 - y0
        held = [word]
    if held:
        pieces.append(Piece(x0, y0, x1, y1, told, held))
    return pieces


def _left(piece: Piece) -> float:
    return piece[0]


def _line(pieces: Line) -> Line:
    """The pieces of a line from left to right; those no more than a blank apart are one."""
    pieces.sort(key=_left)
    line: Line = [pieces[0]]
    for piece in pieces[1:]:
        last = line[-1]
        gap = piece[0] - last[2]
        tall, low = piece[3] - piece[1], last[3] - last[1]
        if tall < low:
            low = tall
        if gap > COLUMN_GAP * low and (gap > _CAPTION_GAP * low or last[4] not in BOXES):
            line.append(piece)
        elif gap < -0.5 * low and piece[0] - last[0] < 0.3 * low and piece[4] == last[4]:
            continue  # printed twice, for bold
        elif gap < -low and len(last.words) + len(piece.words) > 2:
            line[-1] = piece_of(sorted([*last.words, *piece.words]))  # printed among one another
        else:
            line[-1] = _together(last, piece, touch=gap < TOUCH * low and gap > -0.3 * low)
    return line


def _together(last: Piece, piece: Piece, *, touch: bool) -> Piece:
    """Two pieces as one; letters that touch are one word, however they were printed."""
    box = last[4] in BOXES or piece[4] in BOXES
    return Piece(
        last[0],
        min(last[1], piece[1]),
        max(last[2], piece[2]),
        max(last[3], piece[3]),
        last[4] + ("" if touch and not box else " ") + piece[4],
        [*last.words, *piece.words],
    )


def piece_of(words: Sequence[Word]) -> Piece:
    """The piece of those words."""
    return Piece(
        min(w[0] for w in words),
        min(w[1] for w in words),
        max(w[2] for w in words),
        max(w[3] for w in words),
        " ".join(w[4] for w in words),
        list(words),
    )


def joined(texts: Iterable[str]) -> str:
    """Lines of one cell as one text; a code broken at its hyphen is whole again."""
    told = ""
    for text in texts:
        if told and text:
            broken = told[-1] == "-" and len(told) > 1 and told[-2].isalnum() and text[0].isalnum()
            told += text if broken else " " + text
        else:
            told += text
    return told
