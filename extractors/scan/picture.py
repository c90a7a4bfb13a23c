"""Pictures: what is printed on photos and scans; which pictures in a mail are only a letterhead."""

import io
import struct
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING

from extractors.document import Block, Document, Failure, assemble
from extractors.kinds import picture_type
from extractors.limits import Limits
from extractors.scan.page import read_scan

if TYPE_CHECKING:
    from PIL.Image import Image

LOGO_BYTES = 20_000
LOGO_WIDTH = 200
LOGO_HEIGHT = 80
# A picture this small shows nothing: a spacer, or a mark that tells whether mail was opened.
_DOT = 32
# Pixels of a side that are plenty for reading.
_AMPLE = 3_600
_FORMATS = ("JPEG", "PNG", "TIFF", "WEBP", "GIF", "BMP", "AVIF")
_SMALLER_COPY = 254  # the TIFF tag whose lowest bit marks a preview of another page


def read_picture(data: bytes, path: str, limits: Limits) -> tuple[Document, ...]:
    """The words and barcodes on a photo or scan; one pixel is one point. A TIFF's pages are numbered, of an animation
    the first picture is read.

    What clearly is the page of a document does not count as ``has_picture``; a photo without words does.
    """
    media_type = picture_type(data[:64]) or "application/octet-stream"
    blocks: list[Block] = []
    notes: list[str] = []
    failures: list[Failure] = []
    shown = False
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of odd EXIF and palettes, and of sizes that we check ourselves
        for page, picture in _pages(data, path, limits, failures):
            upright, points = picture
            tables = 1 + max((block.table for block in blocks if block.table is not None), default=-1)
            scan = read_scan(upright, page=page, points=points, first_table=tables)
            blocks += scan.blocks
            notes += scan.warnings
            shown = shown or not scan.is_document
    # A photo too large to be read is one all the same.
    shown = shown or any(failure.kind == "too_large" for failure in failures)
    document = assemble(path, media_type, blocks, failures=tuple(failures), warnings=tuple(notes), has_picture=shown)
    return (document,)


def _pages(
    data: bytes, path: str, limits: Limits, failures: list[Failure]
) -> "Iterator[tuple[int, tuple[Image, float]]]":
    """Every page large enough to show something, with its number; what can't be unpacked is added to ``failures``."""
    from PIL import Image

    page = 0
    try:
        picture = _opened(data)
        for number in range(limits.pages + 1):
            if not _turned_to(picture, number):
                return
            page = number + 1
            if page > limits.pages:
                message = f"Only the first {limits.pages} pages of {path} were read."
                failures.append(Failure(document=path, kind="too_large", message=message))
            elif picture.width * picture.height > limits.pixels:
                failures.append(_too_large(path, limits))
            elif max(picture.size) >= _DOT and not _is_preview(picture):
                yield page, _unpacked(picture)
    except Image.DecompressionBombError:
        failures.append(_too_large(path, limits))
    except Exception as problem:  # noqa: BLE001 - decoders of strangers' files fail in every way there is
        told = f"{path}" if page < 2 else f"Page {page} of {path}"
        message = f"{told} is damaged and could not be read ({type(problem).__name__}); please ask for it again."
        failures.append(Failure(document=path, kind="corrupt", message=message))


def _too_large(path: str, limits: Limits) -> Failure:
    message = f"{path} has more than {limits.pixels / 1_000_000:,g} million pixels and was not read."
    return Failure(document=path, kind="too_large", message=message)


def _opened(data: bytes) -> "Image":
    """The picture, its header read and nothing unpacked."""
    from PIL import Image

    if picture_type(data[:64]) == "image/heic" and data[8:12] != b"avif":
        from pi_heif import HeifImageFile  # type: ignore[import-untyped] # the package ships no types

        heif: Image.Image = HeifImageFile(io.BytesIO(data))
        return heif
    return Image.open(io.BytesIO(data), formats=_FORMATS)


def _turned_to(picture: "Image", number: int) -> bool:
    """Whether there is that page, from 0; then it is the one shown."""
    if number == 0:
        return True
    if picture.format != "TIFF":
        return False
    try:
        picture.seek(number)
    except EOFError:
        return False
    return True


def _is_preview(picture: "Image") -> bool:
    return picture.format == "TIFF" and bool(int(getattr(picture, "tag_v2", {}).get(_SMALLER_COPY, 0) or 0) & 1)


def _unpacked(picture: "Image") -> "tuple[Image, float]":
    """The picture the right way up as its EXIF says, and how many of its true pixels one pixel measures."""
    from PIL import ImageOps

    width = picture.width
    if picture.format in ("JPEG", "MPO"):
        # The decoder halves and quarters large photos as it goes, which saves most of their time and memory.
        picture.draft(None, (_AMPLE, _AMPLE))
    picture.load()
    points = width / picture.width
    try:
        return ImageOps.exif_transpose(picture), points
    except Exception:  # noqa: BLE001 - EXIF is often broken; the picture is not
        return picture.copy(), points


def letterhead(data: bytes, path: str) -> Document:
    """A small inline picture of a signature or letterhead: nothing to read, and no picture of goods."""
    return Document(
        path=path,
        media_type=picture_type(data[:64]) or "application/octet-stream",
        text="",
        warnings=(f"{path} is a small inline picture, taken for a logo.",),
    )


def is_logo(data: bytes) -> bool:
    """Whether a picture shown inside a mail's text is too small to show goods."""
    size = dimensions(data)
    if len(data) < LOGO_BYTES or size is None:
        return len(data) < LOGO_BYTES
    return size[0] < LOGO_WIDTH or size[1] < LOGO_HEIGHT


def dimensions(data: bytes) -> tuple[int, int] | None:
    """Width and height in pixels of a PNG, GIF or JPEG, from its header alone."""
    try:
        if data[:8] == b"\x89PNG\r\n\x1a\n":
            return struct.unpack(">II", data[16:24])
        if data[:4] == b"GIF8":
            return struct.unpack("<HH", data[6:10])
        if data[:3] == b"\xff\xd8\xff":
            return _jpeg_dimensions(data)
    except (struct.error, IndexError):
        return None
    return None


def _jpeg_dimensions(data: bytes) -> tuple[int, int] | None:
    place = 2
    while place + 9 < len(data) and data[place] == 0xFF:
        marker = data[place + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[place + 5 : place + 9])
            return width, height
        place += 2 + int.from_bytes(data[place + 2 : place + 4], "big")
    return None
