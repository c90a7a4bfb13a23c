"""A block as it stands on a page, before it has a place in a document."""

from collections.abc import Sequence
from typing import NamedTuple

from extractors.document import Block, BlockKind, Box, Cell, Locator, Source
from extractors.pieces import CELL_GAP

_GAP = len(CELL_GAP)
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

    def block(self, document: str, page: int, start: int) -> Block:
        """The block in its place: its text begins at the document's character ``start``."""
        kind, text, around, held, table, label, source, hidden = self
        cells: list[Cell] = []
        if held:
            text = CELL_GAP.join([told for told, _, _ in held if told])
            begin = end = start
            for told, header, box in held:
                if told:
                    begin = end + _GAP if end > start else end
                    end = begin + len(told)
                    cells.append(Cell(told, header, begin, end, box))
                else:
                    cells.append(Cell(told, header, end, end, box))
        at = Locator(document, start, start + len(text), page, around, source)
        return Block(kind, text, at, tuple(cells), (), table, label, "body", hidden)
