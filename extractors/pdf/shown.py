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

    def block(self, document: str, page: int, start: int) -> Block:
        """The block in its place: its text begins at the document's character ``start``."""
        cells: list[Cell] = []
        text = self.text
        if self.cells:
            text = ""
            for told, header, box in self.cells:
                if text and told:
                    text += CELL_GAP
                begin = start + len(text)
                text += told
                cells.append(Cell(text=told, header=header, start=begin, end=start + len(text), box=box))
        at = Locator(document=document, start=start, end=start + len(text), page=page, box=self.box, source=self.source)
        return Block(
            kind=self.kind, text=text, at=at, cells=tuple(cells), table=self.table, label=self.label, hidden=self.hidden
        )
