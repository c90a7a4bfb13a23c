"""Small makers of blocks and documents that every reader uses, so that spans are right by construction."""

import re
from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from extractors.document import (
    Block,
    BlockKind,
    Box,
    Cell,
    Document,
    Failure,
    FailureKind,
    Locator,
    Role,
    Source,
    assemble,
)
from extractors.limits import Limits

CELL_GAP = "  "
_GAP = len(CELL_GAP)

# Controls, surrogates and zero-width marks: no reader sees them, and databases and matching stumble over them.
_UNSEEN = re.compile("[\x00-\x08\x0e-\x1f\x7f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ud800-\udfff]")
_SPACES = re.compile("[ \xa0\u2000-\u200a\u202f\u205f\u3000]")
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")


def clean(text: str) -> str:
    """The same words with plain spaces and line feeds, without characters nobody sees."""
    return _SPACES.sub(" ", _UNSEEN.sub("", _LINE_ENDS.sub("\n", text)))


def one_line(text: str) -> str:
    """``clean`` text on one line, runs of blanks as one."""
    return " ".join(clean(text).split())


def block(
    text: str,
    *,
    kind: BlockKind = "paragraph",
    source: Source = "text",
    page: int | None = None,
    box: Box | None = None,
    label: str = "",
    role: Role = "body",
    hidden: bool = False,
    table: int | None = None,
) -> Block:
    """A block of already clean text, not yet placed in a document (see ``document.assemble``)."""
    at = Locator(document="", start=0, end=len(text), page=page, box=box, source=source)
    return Block(kind=kind, text=text, at=at, label=label, role=role, hidden=hidden, table=table)


class Row(Struct, frozen=True, gc=False):
    """A table row without a place: a cell for each text, empty ones too, so that cell and column keep the same number.

    ``headers`` has as many entries as ``texts``; ``text`` is the cells' text with ``CELL_GAP`` between.
    """

    texts: Sequence[str]
    headers: Sequence[str]
    text: str
    table: int | None = None
    source: Source = "text"
    page: int | None = None
    hidden: bool = False

    def placed(self, path: str, start: int) -> Block:
        """The row as it stands at the character ``start`` of the document of that path."""
        cells: list[Cell] = []
        begin = end = start
        pairs = zip(self.texts, self.headers)  # noqa: B905 - equally long; a look at that takes its time
        if "" in self.texts:
            for text, header in pairs:
                begin = end + _GAP if text and end > start else end
                end = begin + len(text)
                cells.append(Cell(text, header, begin, end))
        else:  # as most rows are, and a sheet has cells by the hundred thousand
            for text, header in pairs:
                end = begin + len(text)
                cells.append(Cell(text, header, begin, end))
                begin = end + _GAP
        at = Locator(path, start, end, self.page, None, self.source)
        return Block("row", self.text, at, tuple(cells), (), self.table, "", "body", self.hidden)


def cells_text(texts: Iterable[str]) -> str:
    """The text of a row of those cells: empty ones leave no gap."""
    return CELL_GAP.join(filter(None, texts))


def row(
    texts: Sequence[str],
    headers: Sequence[str] = (),
    *,
    table: int | None = None,
    boxes: Sequence[Box | None] = (),
    source: Source = "text",
    page: int | None = None,
    box: Box | None = None,
    role: Role = "body",
    hidden: bool = False,
) -> Block:
    """A row as a block that is not yet placed; what ``headers`` and ``boxes`` lack at their end is none."""
    heads = [*headers[: len(texts)], *[""] * (len(texts) - len(headers))]
    bare = Row(texts, heads, cells_text(texts), table, source, page, hidden).placed("", 0)
    if boxes:
        framed = zip(bare.cells, boxes, strict=False)
        cells = [replace(cell, box=around) for cell, around in framed]
        bare = replace(bare, cells=(*cells, *bare.cells[len(cells) :]))
    at = Locator("", 0, len(bare.text), page, box, source)
    return replace(bare, at=at, role=role)


def refusal(path: str, media_type: str, kind: FailureKind, message: str, *, has_picture: bool = False) -> Document:
    """A document of which nothing was read, and why."""
    failure = Failure(document=path, kind=kind, message=message)
    return Document(path=path, media_type=media_type, text="", failures=(failure,), has_picture=has_picture)


def bounded(document: Document, limits: Limits) -> Document:
    """The document, cut after the last whole block within the limits; a long paragraph is cut inside."""
    most = max(0, min(limits.characters, limits.characters_in_all))
    if len(document.text) <= most:
        return document
    kept: list[Block] = []
    for placed in document.blocks:
        if placed.at.end > most:
            room = most - placed.at.start
            if not placed.cells and room > 0:
                kept.append(_cut(placed, room))
            break
        kept.append(placed)
    failure = Failure(
        document=document.path,
        kind="too_large",
        message=f"Only the first {most:,} characters of {document.path} were read.",
    )
    return assemble(
        document.path,
        document.media_type,
        kept,
        failures=(*document.failures, failure),
        warnings=document.warnings,
        has_picture=document.has_picture,
        language=document.language,
    )


def _cut(placed: Block, room: int) -> Block:
    end = placed.at.start + room
    words = tuple(word for word in placed.words if word.end <= end)
    return replace(placed, text=placed.text[:room], words=words)
