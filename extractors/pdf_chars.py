"""The characters a PDF page prints, each with its place on the page as shown."""

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from extractors.document import Box

if TYPE_CHECKING:
    from pypdfium2 import PdfPage  # type: ignore[import-untyped] # the package ships no types

# How a check box of a form stands among the printed words.
TICKED, EMPTY = "☒", "☐"
_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}


@dataclass(frozen=True, slots=True)
class Glyph:
    """A character (or what a ligature stands for) and its box."""

    text: str
    box: Box


@dataclass(frozen=True, slots=True)
class Frame:
    """The visible part of a page in PDF units, and its rotation in degrees clockwise."""

    left: float
    bottom: float
    right: float
    top: float
    rotation: int

    def box(self, left: float, bottom: float, right: float, top: float) -> Box:
        """A rectangle of the page in points from the top left of the page as shown."""
        if self.rotation == 90:
            found = (bottom - self.bottom, left - self.left, top - self.bottom, right - self.left)
        elif self.rotation == 180:
            found = (self.right - right, bottom - self.bottom, self.right - left, top - self.bottom)
        elif self.rotation == 270:
            found = (self.top - top, self.right - right, self.top - bottom, self.right - left)
        else:
            found = (left - self.left, self.top - top, right - self.left, self.top - bottom)
        return (round(found[0], 2), round(found[1], 2), round(found[2], 2), round(found[3], 2))


def frame_of(page: "PdfPage") -> Frame:
    """The page's frame (the crop box as far as the media box reaches)."""
    left, bottom, right, top = page.get_bbox()
    return Frame(left, bottom, right, top, page.get_rotation() % 360)


def glyphs_of(page: "PdfPage", frame: Frame, most: int) -> Iterator[Glyph]:
    """At most ``most`` characters, without blanks and without a letter printed twice for bold."""
    import pypdfium2.raw as pdfium  # type: ignore[import-untyped] # the package ships no types

    text = page.get_textpage()
    seen: set[tuple[str, int, int]] = set()
    rect = pdfium.FS_RECTF()
    for index in range(min(text.count_chars(), most)):
        code = pdfium.FPDFText_GetUnicode(text, index)
        if code <= 32 or code in (0xA0, 0xAD, 0xFFFE, 0xFFFF) or 0xD800 <= code <= 0xDFFF or code > 0x10FFFF:
            continue
        if not pdfium.FPDFText_GetLooseCharBox(text, index, ctypes.byref(rect)):
            continue
        letter = chr(code)
        box = frame.box(rect.left, rect.bottom, rect.right, rect.top)
        if not _sound(box):
            continue
        near = (letter, round(box[0] / 1.5), round(box[1] / 1.5))
        if near in seen:
            continue
        seen.add(near)
        yield Glyph(_LIGATURES.get(letter, letter), box)
    text.close()


def _sound(box: Box) -> bool:
    return all(abs(side) < 100_000 for side in box) and box[2] > box[0] - 0.01 and box[3] > box[1]


def picture_share(page: "PdfPage", frame: Frame) -> float:
    """Which part of the page pictures cover, from 0 to 1."""
    import pypdfium2.raw as pdfium

    area = abs((frame.right - frame.left) * (frame.top - frame.bottom)) or 1.0
    covered = 0.0
    for number, shown in enumerate(page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3)):
        left, bottom, right, top = shown.get_bounds()
        covered += max(0.0, right - left) * max(0.0, top - bottom)
        if number > 500:
            break
    return min(1.0, covered / area)
