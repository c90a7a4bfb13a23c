"""Small makers of blocks and documents that every reader uses, so that spans are right by construction."""

import re
from collections.abc import Sequence
from dataclasses import replace

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
    moved,
)
from extractors.limits import Limits

CELL_GAP = "  "

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
    """A table row: one cell for each text, empty ones too, so that cell and column keep the same number."""
    cells: list[Cell] = []
    joined = ""
    for number, text in enumerate(texts):
        if joined and text:
            joined += CELL_GAP
        start = len(joined)
        joined += text
        cells.append(
            Cell(
                text=text,
                header=headers[number] if number < len(headers) else "",
                start=start,
                end=start + len(text),
                box=boxes[number] if number < len(boxes) else None,
            )
        )
    bare = block(joined, kind="row", source=source, page=page, box=box, role=role, hidden=hidden, table=table)
    return replace(bare, cells=tuple(cells))


def refusal(path: str, media_type: str, kind: FailureKind, message: str, *, has_picture: bool = False) -> Document:
    """A document of which nothing was read, and why."""
    failure = Failure(document=path, kind=kind, message=message)
    return Document(path=path, media_type=media_type, text="", failures=(failure,), has_picture=has_picture)


def bounded(document: Document, limits: Limits) -> Document:
    """The document, cut after the last whole block within ``limits.characters``; a long paragraph is cut inside."""
    if len(document.text) <= limits.characters:
        return document
    kept: list[Block] = []
    for placed in document.blocks:
        if placed.at.end > limits.characters:
            room = limits.characters - placed.at.start
            if not placed.cells and room > 0:
                kept.append(_cut(placed, room))
            break
        kept.append(placed)
    failure = Failure(
        document=document.path,
        kind="too_large",
        message=f"Only the first {limits.characters:,} characters of {document.path} were read.",
    )
    loose = [_loosened(placed) for placed in kept]
    return assemble(
        document.path,
        document.media_type,
        loose,
        failures=(*document.failures, failure),
        warnings=document.warnings,
        has_picture=document.has_picture,
        language=document.language,
    )


def _cut(placed: Block, room: int) -> Block:
    end = placed.at.start + room
    words = tuple(word for word in placed.words if word.end <= end)
    return replace(placed, text=placed.text[:room], at=replace(placed.at, end=end), words=words)


def _loosened(placed: Block) -> Block:
    back = -placed.at.start
    at = replace(placed.at, start=0, end=len(placed.text))
    return replace(placed, at=at, cells=moved(placed.cells, back), words=moved(placed.words, back))
