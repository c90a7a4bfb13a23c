"""The one result of reading anything: a Document, whose every block knows its place.

A span counts characters of ``Document.text``; a box is ``(x0, y0, x1, y1)`` in points from the page's top left;
pages and sheets count from 1. Pure values: importing this module loads no reading library. What a document holds by the
ten thousand are msgspec's structs: frozen like the rest, but made and sent in a tenth of a dataclass's time, and never
looked at by the collector of cycles (a value can be part of none).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Protocol, TypeVar

from msgspec import Struct
from msgspec.structs import replace

Source = Literal["text", "ocr", "form_field", "annotation", "cell", "barcode"]
BlockKind = Literal["paragraph", "heading", "row", "form_field", "annotation", "barcode"]
Role = Literal["body", "quoted", "forwarded_header", "signature"]
FailureKind = Literal["encrypted", "corrupt", "too_large", "unsupported"]
Box = tuple[float, float, float, float]

SEPARATOR = "\n"
Spanned = TypeVar("Spanned", "Cell", "Word")


@dataclass(frozen=True, slots=True)
class Locator:
    """Where words stand: ``Document.text[start:end]`` of the document of that path."""

    document: str
    start: int
    end: int
    page: int | None = None
    box: Box | None = None
    source: Source = "text"


class Cell(Struct, frozen=True, gc=False):
    """One cell of a table row; ``header`` is the column's heading where the table has one, else ''."""

    text: str
    header: str
    start: int
    end: int
    box: Box | None = None


class Word(Struct, frozen=True, gc=False):
    """A word of a block with a box of its own; ``confidence`` (0..1) is the reader's, 1 for printed text."""

    start: int
    end: int
    box: Box
    confidence: float = 1.0


class Block(Struct, frozen=True, gc=False):
    """A run of text that a reader sees as one thing.

    ``table`` numbers the table a row belongs to (from 0 in reading order, None outside tables); ``label`` is a form
    field's name or an annotation's author; ``hidden`` marks text a person looking at the document would not see.
    ``words`` are given where the text was read off a picture.
    """

    kind: BlockKind
    text: str
    at: Locator
    cells: tuple[Cell, ...] = ()
    words: tuple[Word, ...] = ()
    table: int | None = None
    label: str = ""
    role: Role = "body"
    hidden: bool = False

    def placed(self, path: str, start: int) -> "Block":
        """The same block where its text begins at the character ``start`` of the document of that path."""
        at, by = self.at, start - self.at.start
        at = Locator(path, start, start + len(self.text), at.page, at.box, at.source)
        return replace(self, at=at, cells=moved(self.cells, by), words=moved(self.words, by))


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a document, or a part of one, could not be read. ``message`` is for people."""

    document: str
    kind: FailureKind
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What was read from one file or message body.

    ``path`` is ``body`` for a message's own text, else the attachment's path (``slip.pdf``, ``fwd.eml/slip.pdf``).
    ``text`` is the blocks' text joined by newlines, in reading order. ``has_picture`` is true for a photo or a page
    that shows one (logos in a message's signature are none). ``language`` is ISO 639-1, '' where too little is said to
    tell.
    """

    path: str
    media_type: str
    text: str
    blocks: tuple[Block, ...] = ()
    failures: tuple[Failure, ...] = ()
    warnings: tuple[str, ...] = ()
    has_picture: bool = False
    language: str = ""


class Piece(Protocol):
    """Something read that has no place in a document yet."""

    @property
    def text(self) -> str: ...

    @property
    def table(self) -> int | None: ...

    def placed(self, path: str, start: int) -> Block:
        """As it stands at the character ``start`` of the document of that path."""


def moved(spans: tuple[Spanned, ...], by: int) -> tuple[Spanned, ...]:
    """The same cells or words, ``by`` characters further on."""
    return tuple([replace(span, start=span.start + by, end=span.end + by) for span in spans]) if by else spans


def assemble(path: str, media_type: str, pieces: Iterable[Piece], **rest: object) -> Document:
    """Join pieces in reading order into one Document with document-wide spans.

    Blocks among them may stand anywhere before.
    """
    held: list[Block] = []
    offset = 0
    for piece in pieces:
        held.append(piece.placed(path, offset))
        offset += len(piece.text) + len(SEPARATOR)
    text = SEPARATOR.join([block.text for block in held])
    return Document(path=path, media_type=media_type, text=text, blocks=tuple(held), **rest)  # type: ignore[arg-type] # the rest are Document's own optional fields
