"""Filled fields and notes of a page as blocks; fields that stand in a grid as rows."""

from collections.abc import Sequence

from extractors.document import Block
from extractors.pdf_lines import around
from extractors.pdf_marks import Mark
from extractors.pieces import row

_ALIGNED_POINTS = 4.0
_Line = list[Mark]


def mark_blocks(marks: Sequence[Mark], page: int, first_table: int) -> list[Block]:
    """A block for each field that holds something and each note; grids are numbered from ``first_table``."""
    grids = _grids([mark for mark in marks if mark.in_grid])
    gridded = {id(mark) for grid in grids for line in grid for mark in line}
    blocks = [
        _row(line, page, first_table + number)
        for number, grid in enumerate(grids)
        for line in grid
        if any(mark.text for mark in line)
    ]
    return blocks + [mark.block(page) for mark in marks if id(mark) not in gridded and mark.text]


def _row(line: _Line, page: int, table: int) -> Block:
    boxes = [mark.box for mark in line]
    texts = [" ".join(mark.text.split()) for mark in line]
    names = [mark.heading for mark in line]
    return row(texts, names, table=table, boxes=boxes, source="form_field", page=page, box=around(boxes))


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
