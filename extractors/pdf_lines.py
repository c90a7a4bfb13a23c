"""Words into pieces with no more than blanks in them, and pieces into lines."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from extractors.document import Box
from extractors.pdf_words import Word

# How a check box of a form stands among the printed words.
TICKED, EMPTY = "☒", "☐"
_BOXES = (TICKED, EMPTY)
# Gaps in units of the letters' height: touching letters, the white between columns, a box and its caption.
_TOUCH = 0.08
_COLUMN_GAP = 0.95
_CAPTION_GAP = 2.0


class Piece(NamedTuple):
    """Words with no more than blanks between them: a cell of a table, or a whole line of prose."""

    x0: float
    y0: float
    x1: float
    y1: float
    text: str
    words: list[Word]

    @property
    def box(self) -> Box:
        return self[:4]


# Pieces on one baseline, left to right.
Line = list[Piece]


def line_box(line: Sequence[Piece]) -> Box:
    """The smallest box that holds the pieces."""
    if len(line) == 1:
        return line[0][:4]
    return (min(p[0] for p in line), min(p[1] for p in line), max(p[2] for p in line), max(p[3] for p in line))


def lines_of(words: Sequence[Word]) -> list[Line]:
    """Lines from top to bottom; a word printed twice for bold counts once."""
    rows: list[list[list[Word]]] = []
    levels: list[tuple[float, float]] = []
    for middle, height, run in sorted(_runs(words), key=lambda held: (held[0], held[2][0][0])):
        for place in range(len(rows) - 1, max(-1, len(rows) - 4), -1):
            level, tall = levels[place]
            if abs(level - middle) <= 0.35 * min(tall, height):
                rows[place].append(run)
                break
        else:
            rows.append([run])
            levels.append((middle, height))
    return [_line(row) for row in rows]


def _runs(words: Sequence[Word]) -> Iterable[tuple[float, float, list[Word]]]:
    """Words that follow one another closely on one line, as they were printed: (middle, height, words)."""
    run: list[Word] = []
    right = middle = height = 0.0
    for word in words:
        if run and abs((word[1] + word[3]) / 2 - middle) < 0.2 * height and -0.3 * height < word[0] - right < height:
            run.append(word)
            right = word[2]
            continue
        if run:
            yield middle, height, run
        run = [word]
        right = word[2]
        middle = (word[1] + word[3]) / 2
        height = max(word[3] - word[1], 1.0)
    if run:
        yield middle, height, run


def _line(runs: list[list[Word]]) -> Line:
    words = runs[0] if len(runs) == 1 else sorted([word for run in runs for word in run])
    pieces: Line = []
    held = [words[0]]
    x0, y0, x1, y1 = words[0][:4]
    texts = [words[0][4]]
    for word in words[1:]:
        left, top, right, bottom, text, _ = word
        gap = left - x1
        low = min(bottom - top, y1 - y0)
        if gap < -0.5 * low and text == texts[-1] and left - held[-1][0] < 0.3 * low:
            continue
        if gap > (_CAPTION_GAP if texts[-1] in _BOXES else _COLUMN_GAP) * max(low, 1.0):
            pieces.append(Piece(x0, y0, x1, y1, " ".join(texts), held))
            held, texts = [word], [text]
            x0, y0, x1, y1 = left, top, right, bottom
            continue
        if -0.3 * low < gap < _TOUCH * low and text not in _BOXES and texts[-1] not in _BOXES:
            texts[-1] += text  # letters that touch are one word, however they were printed
        else:
            texts.append(text)
        held.append(word)
        x1 = max(x1, right)
        y0, y1 = min(y0, top), max(y1, bottom)
    pieces.append(Piece(x0, y0, x1, y1, " ".join(texts), held))
    return pieces


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
