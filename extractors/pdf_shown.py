"""A block as it stands on a page, before it has a place in a document."""

from collections.abc import Sequence
from typing import NamedTuple

from extractors.document import Block, BlockKind, Box, Cell, Locator, Source
from extractors.pieces import CELL_GAP

# (text, heading of the column, box)
ShownCell = tuple[str, str, Box | None]


class Shown(NamedTuple):
    """What becomes a ``Block``; a row's text is that of its cells."""

    kind: BlockKind
    text: str
    box: Box
    cells: Sequence[ShownCell] = ()
    table: int | None = None
    label: str = ""
    source: Source = "text"
    hidden: bool = False

    def block(self, page: int) -> Block:
        """The block, with spans from its own start; boxes to a hundredth of a point."""
        cells: list[Cell] = []
        joined = self.text
        if self.cells:
            joined = ""
            for text, header, box in self.cells:
                if joined and text:
                    joined += CELL_GAP
                start = len(joined)
                joined += text
                placed = None if box is None else _rounded(box)
                cells.append(Cell(text=text, header=header, start=start, end=len(joined), box=placed))
        at = Locator(document="", start=0, end=len(joined), page=page, box=_rounded(self.box), source=self.source)
        return Block(
            kind=self.kind,
            text=joined,
            at=at,
            cells=tuple(cells),
            table=self.table,
            label=self.label,
            hidden=self.hidden,
        )


def _rounded(box: Box) -> Box:
    return (round(box[0], 2), round(box[1], 2), round(box[2], 2), round(box[3], 2))
