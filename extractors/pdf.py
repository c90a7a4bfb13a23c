"""PDF: printed lines and tables with their places, filled fields, notes people wrote on it, and enclosed files.

pypdfium2 reads what is printed, pypdf what is filled in and noted. Boxes are points from the top left of the page as
it is shown, rotation applied.
"""

import io
import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from extractors.document import Block, Document, Failure, assemble
from extractors.limits import Limits
from extractors.pdf_chars import Frame, Glyph, frame_of, glyphs_of, picture_share
from extractors.pdf_fields import mark_blocks
from extractors.pdf_lines import lines_of
from extractors.pdf_marks import Mark, marks_by_page, with_captions
from extractors.pdf_tables import blocks_of
from extractors.pieces import one_line, refusal
from extractors.registry import read

if TYPE_CHECKING:
    from pypdf import PdfReader
    from pypdfium2 import PdfDocument  # type: ignore[import-untyped] # the package ships no types

MEDIA_TYPE = "application/pdf"
# pdfium keeps state of its own that threads may not share.
_PDFIUM = threading.Lock()
_PICTURE_SHARE = 0.15
_FEW_GLYPHS = 12


@dataclass(frozen=True, slots=True)
class _Page:
    number: int
    frame: Frame
    glyphs: tuple[Glyph, ...]
    pictured: float


def read_pdf(data: bytes, path: str, limits: Limits) -> tuple[Document, ...]:
    """The PDF itself, then the files it encloses."""
    pages, failures, locked = _printed(data, path, limits)
    if locked:
        return (refusal(path, MEDIA_TYPE, "encrypted", f"{path} is locked with a password."),)
    reader = _reader(data)
    frames = {page.number: page.frame for page in pages}
    marks = marks_by_page(reader, frames) if reader is not None else {}
    if not pages and failures:
        return (Document(path=path, media_type=MEDIA_TYPE, text="", failures=failures),)
    blocks: list[Block] = []
    tables = 0
    unread: list[int] = []
    for page in pages:
        own = marks.get(page.number, [])
        found = list(_page_blocks(page, own, tables))
        tables = max((block.table for block in found if block.table is not None), default=tables - 1) + 1
        blocks += found
        if len(page.glyphs) < _FEW_GLYPHS and page.pictured > 0:
            unread.append(page.number)
    if unread:
        failures = (*failures, _pictures_only(path, unread))
    document = assemble(
        path,
        MEDIA_TYPE,
        blocks,
        failures=failures,
        has_picture=bool(unread) or any(page.pictured >= _PICTURE_SHARE for page in pages),
    )
    return (document, *_enclosed(reader, path, limits))


def _pictures_only(path: str, pages: list[int]) -> Failure:
    named = f"page {pages[0]} is a picture" if len(pages) == 1 else f"pages {', '.join(map(str, pages))} are pictures"
    return Failure(document=path, kind="not_read_yet", message=f"{path}: {named}; the words there were not read.")


def _page_blocks(page: _Page, marks: list[Mark], first_table: int) -> Iterator[Block]:
    """Printed lines, with what was filled in or noted after the line it stands beside or under."""
    boxes = [mark.glyph for mark in marks if mark.glyph is not None]
    lines = lines_of([*page.glyphs, *boxes])
    printed = blocks_of(lines, page.number, first_table)
    told = with_captions(marks, lines)
    table = max((block.table for block in printed if block.table is not None), default=first_table - 1) + 1
    added = mark_blocks(told, page.number, table)
    waiting = sorted(added, key=lambda block: _middle(block))
    for number, block in enumerate(printed):
        top = block.at.box[1] if block.at.box else 0.0
        while waiting and _middle(waiting[0]) < top and number:
            yield waiting.pop(0)
        yield block
        bottom = block.at.box[3] if block.at.box else 0.0
        while waiting and _middle(waiting[0]) <= bottom:
            yield waiting.pop(0)
    yield from waiting


def _middle(block: Block) -> float:
    return (block.at.box[1] + block.at.box[3]) / 2 if block.at.box else float("inf")


def _printed(data: bytes, path: str, limits: Limits) -> tuple[list[_Page], tuple[Failure, ...], bool]:
    """(pages, failures, whether a password is missing)"""
    import pypdfium2

    with _PDFIUM:
        try:
            pdf = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as problem:
            if "password" in str(problem).lower():
                return [], (), True
            failure = Failure(document=path, kind="corrupt", message=f"{path} is damaged and could not be opened.")
            return [], (failure,), False
        try:
            return *_pages(pdf, path, limits), False
        finally:
            pdf.close()


def _pages(pdf: "PdfDocument", path: str, limits: Limits) -> tuple[list[_Page], tuple[Failure, ...]]:
    import pypdfium2

    pages: list[_Page] = []
    failures: list[Failure] = []
    room = limits.characters
    for index in range(min(len(pdf), limits.pages)):
        try:
            page = pdf[index]
            frame = frame_of(page)
            glyphs = tuple(glyphs_of(page, frame, room))
            pages.append(_Page(index + 1, frame, glyphs, picture_share(page, frame)))
            page.close()
        except pypdfium2.PdfiumError:
            message = f"Page {index + 1} of {path} is damaged and was not read."
            failures.append(Failure(document=path, kind="corrupt", message=message))
            continue
        room -= len(glyphs)
        if room <= 0:
            message = f"Only the first {index + 1} pages of {path} were read."
            failures.append(Failure(document=path, kind="too_large", message=message))
            break
    if len(pdf) > limits.pages:
        message = f"Only the first {limits.pages} of {len(pdf)} pages of {path} were read."
        failures.append(Failure(document=path, kind="too_large", message=message))
    return pages, tuple(failures)


def _reader(data: bytes) -> "PdfReader | None":
    """pypdf's view of the file, or None where it can't open what pdfium could."""
    from pypdf import PdfReader

    # It tells of every repair it makes; what could not be repaired is a failure on the document.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            return None
        return reader if len(reader.pages) else None
    except Exception:  # noqa: BLE001 - a damaged file fails in many ways; what is printed was read already
        return None


def _enclosed(reader: "PdfReader | None", path: str, limits: Limits) -> Iterator[Document]:
    if reader is None or limits.mail_depth <= 0:
        return
    try:
        files = [
            (one_line(file.name)[:160] or "file", file.content) for file in islice(reader.attachment_list, limits.parts)
        ]
    except Exception:  # noqa: BLE001 - see _reader
        return
    inner = replace(limits, mail_depth=limits.mail_depth - 1)
    for name, content in files:
        yield from read(content, f"{path}/{name.replace('/', '_')}", "", inner)
