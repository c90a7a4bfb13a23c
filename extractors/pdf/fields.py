"""Fields, notes and marks among the printed words: what they say, and which row they stand at."""

import re
from collections.abc import Sequence
from dataclasses import replace

from extractors.document import Box
from extractors.pdf.lines import EMPTY, TICKED, Line, Word, line_box, lines_of
from extractors.pdf.marks import Mark
from extractors.pdf.shown import Shown, ShownCell
from extractors.pieces import one_line

_ALIGNED_POINTS = 4.0
_MARGIN_POINTS = 60.0
_Line = list[Mark]


def box_words(marks: Sequence[Mark]) -> list[Word]:
    """Check boxes as words, to stand in the lines they are printed in; their numbers are negative."""
    return [
        (*mark.box, TICKED if mark.ticked else EMPTY, -2 * number - 2)
        for number, mark in enumerate(marks)
        if mark.ticked is not None
    ]


def told(marks: Sequence[Mark], lines: Sequence[Line]) -> list[Mark]:
    """The marks with the words they stand for: a ticked box says its caption, a mark the words it covers."""
    words = [word for line in lines for piece in line for word in piece.words if word[5] >= 0]
    found = [_covering(mark, words, lines) if mark.covers else _captioned(mark, lines) for mark in marks]
    notes = {one_line(mark.text) for mark in found if mark.covers}
    # Some programs copy the words of a highlight into its note: said once.
    return [mark for mark in found if mark.covers or mark.kind == "form_field" or one_line(mark.text) not in notes]


def _captioned(mark: Mark, lines: Sequence[Line]) -> Mark:
    if not mark.ticked:
        return mark
    for line in lines:
        for piece in line:
            words = list(piece.words)
            for number, word in enumerate(words):
                if word[4] == TICKED and abs(word[0] - mark.box[0]) < 1 and abs(word[1] - mark.box[1]) < 1:
                    said = " ".join(later[4] for later in words[number + 1 :])
                    caption = one_line(re.split(f"[{TICKED}{EMPTY}]", said)[0])
                    return replace(mark, text=caption or mark.text)
    return mark


def _covering(mark: Mark, words: Sequence[Word], lines: Sequence[Line]) -> Mark:
    """The mark with the printed words it lies on; a tick in the margin stands for the line beside it."""
    covered = [word for word in words if any(_lies_on(mark.how, area, word) for area in mark.covers)]
    if covered:
        return replace(mark, text=_text(covered))
    if mark.how == "Ink":
        middle = (mark.box[1] + mark.box[3]) / 2
        for line in lines:
            x0, y0, x1, y1 = line_box(line)
            if y0 - 2 <= middle <= y1 + 2 and max(x0 - mark.box[2], mark.box[0] - x1) < _MARGIN_POINTS:
                return replace(mark, text=_text([word for piece in line for word in piece.words]), label="Ink beside")
    return mark


def _lies_on(how: str, area: Box, word: Word) -> bool:
    x0, y0, x1, y1 = area
    middle = (word[0] + word[2]) / 2
    overlap = min(x1, word[2]) - max(x0, word[0])
    across = x0 <= middle <= x1 or overlap > 0.6 * (x1 - x0) > 0
    height = word[3] - word[1]
    if how in ("Line", "Ink", "PolyLine") and y1 - y0 < 1.2 * height:
        # A stroke through a word, or just under it.
        return across and word[1] < (y0 + y1) / 2 <= word[3] + 0.3 * height
    return across and y0 <= (word[1] + word[3]) / 2 <= y1


def _text(words: Sequence[Word]) -> str:
    return " ".join(piece.text for line in lines_of(words) for piece in line)


def shown_marks(marks: Sequence[Mark], first_table: int) -> list[Shown]:
    """A block for each field that holds something, each note and mark; fields in grids as rows."""
    grids = _grids([mark for mark in marks if mark.in_grid])
    gridded = {id(mark) for grid in grids for line in grid for mark in line}
    found = [
        _row(line, first_table + number)
        for number, grid in enumerate(grids)
        for line in grid
        if any(mark.text for mark in line)
    ]
    return found + [mark.shown() for mark in marks if id(mark) not in gridded and mark.text]


def _row(line: _Line, table: int) -> Shown:
    cells: list[ShownCell] = [(" ".join(mark.text.split()), mark.heading, mark.box) for mark in line]
    boxes = [mark.box for mark in line]
    box = (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))
    return Shown("row", "", box, cells, table, source="form_field")


def _grids(marks: Sequence[Mark]) -> list[list[_Line]]:
    """Two or more lines of two or more fields on the same columns."""
    lines: list[_Line] = []
    for mark in sorted(marks, key=lambda m: m.box[1]):
        if lines and abs(lines[-1][0].box[1] - mark.box[1]) < _ALIGNED_POINTS:
            lines[-1].append(mark)
        else:
            lines.append([mark])
    grids: list[list[_Line]] = []
    for line in lines:
        line.sort(key=lambda m: m.box[0])
        if grids and _same_columns(grids[-1][-1], line):
            grids[-1].append(line)
        else:
            grids.append([line])
    return [grid for grid in grids if len(grid) >= 2 and len(grid[0]) >= 2]


def _same_columns(one: _Line, other: _Line) -> bool:
    return len(one) == len(other) and all(
        abs(a.box[0] - b.box[0]) < _ALIGNED_POINTS for a, b in zip(one, other, strict=True)
    )


def placed(printed: Sequence[Shown], added: Sequence[Shown]) -> list[Shown]:
    """The printed blocks, each followed by what was filled in or noted beside or under it."""
    after: dict[int, list[Shown]] = {}
    for mark in sorted(added, key=lambda shown: (_middle(shown.box), shown.box[0])):
        after.setdefault(_home(mark.box, printed), []).append(mark)
    found = after.get(-1, [])
    for number, shown in enumerate(printed):
        found.append(shown)
        found += after.get(number, [])
    return found


def _home(box: Box, printed: Sequence[Shown]) -> int:
    """The block that a mark stands at: level with its middle and nearest, else the lowest one above it."""
    middle = _middle(box)
    best, least = -1, (3, 0.0)
    for number, shown in enumerate(printed):
        x0, y0, x1, y1 = shown.box
        aside = max(x0 - box[2], box[0] - x1, 0.0)
        if y0 <= middle <= y1:
            rank = (0, aside)
        elif y1 < middle:
            rank = (1, middle - y1 + aside / 10)
        else:
            continue
        if rank < least or (rank[0] == least[0] and rank[1] <= least[1]):
            best, least = number, rank
    return best


def _middle(box: Box) -> float:
    return (box[1] + box[3]) / 2
