"""PDF: printed lines and tables with their places, filled fields, notes people wrote on it, and enclosed files.

PDFium reads what is printed, pypdf what is filled in, noted and enclosed. Boxes are points from the top left of the
page as it is shown, rotation applied.
"""

import io
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from extractors.document import SEPARATOR, Block, Box, Document, Failure, FailureKind
from extractors.limits import Limits
from extractors.pdf.enclosed import enclosed
from extractors.pdf.frame import frame_of
from extractors.pdf.marks import marks_of
from extractors.pdf.page import Read, read_page
from extractors.pdf.pdfium import LINK, LOCK, POPUP, calls, uncollected
from extractors.pdf.pictures import picture_of
from extractors.pdf.tables import Open
from extractors.pieces import refusal

if TYPE_CHECKING:
    from PIL.Image import Image
    from pypdf import PdfReader
    from pypdfium2 import PdfDocument, PdfPage  # type: ignore[import-untyped] # the package ships no types

MEDIA_TYPE = "application/pdf"
_SCAN_DPI = 200
_PICTURE_SHARE = 0.15
# A page with no more printed letters than these is read off its picture; the second figure holds where pictures cover
# most of it (a scan that a fax machine or archive printed a line on).
_FEW_LETTERS = 12
_LINE_OF_LETTERS = 200
_COVERED = 0.6


@dataclass(slots=True)
class _Reading:
    """What was read so far of one file."""

    path: str
    limits: Limits
    blocks: list[Block] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    beyond: list[int] = field(default_factory=list)
    searchable: list[int] = field(default_factory=list)
    scanned: int = 0
    pictured: bool = False
    table: int = 0
    open_table: Open | None = None

    @property
    def end(self) -> int:
        """Where the next block's text begins."""
        return self.blocks[-1].at.end + len(SEPARATOR) if self.blocks else 0

    def add(self, block: Block) -> None:
        """A block that is placed at ``end``."""
        self.blocks.append(block)

    def fail(self, kind: FailureKind, message: str) -> None:
        self.failures.append(Failure(document=self.path, kind=kind, message=message))


def read_pdf(data: bytes, path: str, limits: Limits) -> tuple[Document, ...]:
    """The PDF itself, then the files it encloses."""
    import pypdfium2

    reading = _Reading(path, limits)
    with LOCK:
        try:
            pdf = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as problem:
            if "password" in str(problem).lower():
                return (refusal(path, MEDIA_TYPE, "encrypted", f"{path} is locked with a password."),)
            return (refusal(path, MEDIA_TYPE, "corrupt", f"{path} is damaged and could not be opened."),)
    held = _Held(data)
    try:
        _read_pages(pdf, held, reading)
        with LOCK:
            encloses = held.noted or pdf.count_attachments() > 0
    finally:
        with LOCK:
            pdf.close()
    _tell(reading)
    document = Document(
        path=path,
        media_type=MEDIA_TYPE,
        text=SEPARATOR.join(block.text for block in reading.blocks),
        blocks=tuple(reading.blocks),
        failures=tuple(reading.failures),
        warnings=tuple(reading.warnings),
        has_picture=reading.pictured,
    )
    if not encloses or held.reader is None:
        return (document,)
    return (document, *enclosed(held.reader, path, limits))


class _Held:
    """pypdf's view of the file, opened when a page has fields or notes, or files are enclosed."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.layered = b"/OCProperties" in data
        self.noted = False
        self._reader: PdfReader | None = None
        self._tried = False

    @property
    def reader(self) -> "PdfReader | None":
        if not self._tried:
            self._tried = True
            self._reader = _reader(self.data)
        return self._reader


def _read_pages(pdf: "PdfDocument", held: _Held, reading: _Reading) -> None:
    limits, path = reading.limits, reading.path
    room = limits.characters
    count = len(pdf)
    for number in range(1, min(count, limits.pages) + 1):
        try:
            with LOCK, uncollected():
                found, picture = _page(pdf, number, held, reading, room)
        except Exception:  # noqa: BLE001 - what strangers send fails in many ways, and costs this page only
            reading.fail("corrupt", f"Page {number} of {path} is damaged and was not read.")
            continue
        reading.table, reading.open_table = found.next_table, found.open_table
        if found.searchable:
            reading.searchable.append(number)
        elif picture is None:
            reading.pictured |= found.picture_share >= _PICTURE_SHARE
        if picture is not None:
            _scanned(*picture, number, found.seen, reading)
        with uncollected():
            end = reading.end
            for shown in found.shown:
                block = shown.block(path, number, end)
                reading.add(block)
                end = block.at.end + len(SEPARATOR)
        room -= found.characters
        if room <= 0:
            reading.fail("too_large", f"Only the first {number} pages of {path} were read.")
            break
    if count > limits.pages:
        reading.fail("too_large", f"Only the first {limits.pages} of {count} pages of {path} were read.")


def _page(
    pdf: "PdfDocument", number: int, held: _Held, reading: _Reading, room: int
) -> "tuple[Read, tuple[Image, float] | None]":
    """What the page says in words, and its picture where that is to be read as well."""
    page = pdf[number - 1]
    try:
        text = page.get_textpage()
        frame = frame_of(page)
        noted = _is_noted(page)
        held.noted |= noted
        marks = marks_of(held.reader, number, frame) if noted and held.reader is not None else []
        found = read_page(
            page,
            text,
            frame,
            marks,
            most=room,
            layered=held.layered,
            first_table=reading.table,
            open_table=reading.open_table,
        )
        text.close()
        few = found.letters < _FEW_LETTERS and found.picture_share > 0
        stamped = found.letters < _LINE_OF_LETTERS and found.picture_share >= _COVERED
        if not (few or stamped) or found.searchable:
            return found, None
        if reading.scanned >= reading.limits.pages_pictured:
            reading.beyond.append(number)
            return found, None
        reading.scanned += 1
        return found, picture_of(page, _SCAN_DPI)
    finally:
        page.close()


def _is_noted(page: "PdfPage") -> bool:
    """Whether a page has fields, notes or enclosed files: annotations other than links."""
    pdfium = calls()
    handle = pdfium.handle(page)
    for number in range(pdfium.GetAnnotCount(handle)):
        annotation = pdfium.GetAnnot(handle, number)
        kind = pdfium.GetSubtype(annotation)
        if annotation:
            pdfium.CloseAnnot(annotation)
        if kind not in (LINK, POPUP):
            return True
    return False


def _scanned(picture: "Image", points: float, number: int, seen: tuple[Box, ...], reading: _Reading) -> None:
    """The words on the picture of a page, but for those that are printed over it and read already."""
    from extractors.scan.page import read_scan

    scan = read_scan(picture, page=number, points=points, first_table=reading.table)
    reading.warnings += scan.warnings
    reading.pictured = reading.pictured or not scan.is_document
    for block in scan.blocks:
        if block.at.box is not None and any(_within(box, block.at.box) for box in seen):
            continue
        reading.add(block.placed(reading.path, reading.end))
        if block.table is not None:
            reading.table = max(reading.table, block.table + 1)


def _within(word: Box, block: Box) -> bool:
    """Whether a printed word's middle lies in a block that was read off the picture."""
    x, y = (word[0] + word[2]) / 2, (word[1] + word[3]) / 2
    return block[0] <= x <= block[2] and block[1] <= y <= block[3]


def _tell(reading: _Reading) -> None:
    path = reading.path
    if reading.beyond:
        are = _pages(reading.beyond, "is a picture", "are pictures")
        most = reading.limits.pages_pictured
        reading.fail("too_large", f"{path}: only {most} pages are read off pictures; {are} and was left unread.")
    if reading.searchable:
        are = _pages(reading.searchable, "is a scan", "are scans")
        reading.warnings.append(f"{path}: {are}; its words were taken from the text laid under the picture.")


def _pages(numbers: list[int], one: str, several: str) -> str:
    if len(numbers) == 1:
        return f"page {numbers[0]} {one}"
    return f"pages {', '.join(map(str, numbers))} {several}"


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
