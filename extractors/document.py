"""The one result of reading anything: a Document, whose every block knows its place.

A span counts characters of ``Document.text``; a box is ``(x0, y0, x1, y1)`` in points from the page's top left;
pages and sheets count from 1. Pure values: importing this module loads no reading library.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

Source = Literal["text", "ocr", "form_field", "annotation", "cell", "barcode"]
BlockKind = Literal["paragraph", "heading", "row", "form_field", "annotation", "barcode"]
Role = Literal["body", "quoted", "forwarded_header", "signature"]
FailureKind = Literal["encrypted", "corrupt", "too_large", "unsupported"]
Box = tuple[float, float, float, float]

SEPARATOR = "\n"
Spanned = TypeVar("Spanned", "Cell", "Word")


@dataclass(frozen=True, slots=True, kw_only=True)
class Locator:
    """Where words stand: ``Document.text[start:end]`` of the document of that path."""

    document: str
    start: int
    end: int
    page: int | None = None
    box: Box | None = None
    source: Source = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell of a table row; ``header`` is the column's heading where the table has one, else ''."""

    text: str
    header: str
    start: int
    end: int
    box: Box | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word of a block with a box of its own; ``confidence`` (0..1) is the reader's, 1 for printed text."""

    start: int
    end: int
    box: Box
    confidence: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
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


def moved(spans: tuple[Spanned, ...], by: int) -> tuple[Spanned, ...]:
    """The same cells or words, ``by`` characters further on."""
    # Built by hand: a sheet has a hundred thousand of them, and ``replace`` takes four times as long.
    made: list[Cell | Word] = []
    for span in spans:
        start, end = span.start + by, span.end + by
        if isinstance(span, Cell):
            made.append(Cell(text=span.text, header=span.header, start=start, end=end, box=span.box))
        else:
            made.append(Word(start=start, end=end, box=span.box, confidence=span.confidence))
    return tuple(made)  # type: ignore[arg-type] # of each the same kind


def placed(block: Block, path: str, start: int) -> Block:
    """The block, whose spans count from its own text's start, at the document's character ``start``."""
    at = replace(block.at, document=path, start=start, end=start + len(block.text))
    return replace(block, at=at, cells=moved(block.cells, start), words=moved(block.words, start))


def assemble(path: str, media_type: str, blocks: Iterable[Block], **rest: object) -> Document:
    """Join blocks whose spans count from their own text's start into one Document with document-wide spans.

    Each block comes with ``at.start == 0``, ``at.end == len(text)`` and spans of cells and words relative to the block.
    """
    held: list[Block] = []
    offset = 0
    for block in blocks:
        held.append(placed(block, path, offset))
        offset += len(block.text) + len(SEPARATOR)
    text = SEPARATOR.join(block.text for block in held)
    return Document(path=path, media_type=media_type, text=text, blocks=tuple(held), **rest)  # type: ignore[arg-type] # the rest are Document's own optional fields
