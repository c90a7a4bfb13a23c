"""Characters into lines, and lines into pieces that stand apart from one another."""

from collections.abc import Sequence
from dataclasses import dataclass

from extractors.document import Box
from extractors.pdf_chars import EMPTY, TICKED, Glyph

# Gaps in units of the letters' height: a blank between words, and the white between columns.
_WORD_GAP = 0.17
_COLUMN_GAP = 0.95
_CAPTION_GAP = 2.0


@dataclass(frozen=True, slots=True)
class Word:
    """Letters that touch."""

    text: str
    box: Box


@dataclass(frozen=True, slots=True)
class Piece:
    """Words with no more than blanks between them: a cell of a table, or a whole line of prose."""

    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def box(self) -> Box:
        return around([word.box for word in self.words])


@dataclass(frozen=True, slots=True)
class Line:
    """Pieces on one baseline, left to right."""

    pieces: tuple[Piece, ...]

    @property
    def box(self) -> Box:
        return around([piece.box for piece in self.pieces])


def around(boxes: Sequence[Box]) -> Box:
    """The smallest box that holds them all."""
    return (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))


def lines_of(glyphs: Sequence[Glyph]) -> list[Line]:
    """Lines from top to bottom."""
    rows: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda g: (_middle(g.box), g.box[0])):
        home = next((row for row in reversed(rows[-3:]) if _level(row, glyph)), None)
        if home is None:
            rows.append([glyph])
        else:
            home.append(glyph)
    return [Line(tuple(_pieces(_words(sorted(row, key=lambda g: g.box[0]))))) for row in rows]


def _middle(box: Box) -> float:
    return (box[1] + box[3]) / 2


def _level(row: Sequence[Glyph], glyph: Glyph) -> bool:
    """Whether the letter stands on the row: its middle within half the smaller height of the row's middle."""
    last = row[-1]
    height = min(last.box[3] - last.box[1], glyph.box[3] - glyph.box[1])
    return (
        abs(_middle(last.box) - _middle(glyph.box)) <= 0.35 * height
        and abs(_middle(row[0].box) - _middle(glyph.box)) <= 0.6 * height
    )


def _height(box: Box) -> float:
    return max(box[3] - box[1], 1.0)


def _words(row: Sequence[Glyph]) -> list[Word]:
    words: list[Word] = []
    held: list[Glyph] = []
    for glyph in row:
        if held and glyph.box[0] - held[-1].box[2] > _WORD_GAP * min(_height(held[-1].box), _height(glyph.box)):
            words.append(_word(held))
            held = []
        held.append(glyph)
    if held:
        words.append(_word(held))
    return words


def _word(held: Sequence[Glyph]) -> Word:
    return Word("".join(glyph.text for glyph in held), around([glyph.box for glyph in held]))


def _pieces(words: Sequence[Word]) -> list[Piece]:
    pieces: list[Piece] = []
    held: list[Word] = []
    for word in words:
        reach = _CAPTION_GAP if held and held[-1].text in (TICKED, EMPTY) else _COLUMN_GAP
        if held and word.box[0] - held[-1].box[2] > reach * min(_height(held[-1].box), _height(word.box)):
            pieces.append(Piece(tuple(held)))
            held = []
        held.append(word)
    if held:
        pieces.append(Piece(tuple(held)))
    return pieces
