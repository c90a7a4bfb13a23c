"""The words a PDF page prints, each with its place, in the order they were printed."""

import math
import re
from typing import TYPE_CHECKING, NamedTuple

from extractors.document import Box
from extractors.pdf_frame import Frame
from extractors.pdfium import Calls, calls
from extractors.pieces import clean

if TYPE_CHECKING:
    from pypdfium2 import PdfTextPage  # type: ignore[import-untyped] # the package ships no types

# (left, top, right, bottom, text, number of its first character on the page): a plain tuple, since a page has hundreds.
Word = tuple[float, float, float, float, str, int]

# PDFium closes a word that is broken at a line's end with this instead of its hyphen.
_BROKEN = "\ufffe"
_WORD = re.compile(f"[^\\s{_BROKEN}\uffff]+{_BROKEN}?")
_ODD = re.compile(f"[\x00-\x1f\x7f\xad{_BROKEN}\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ud800-\udfff\ufb00-\ufb06]")
_LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st", _BROKEN: "-"}
)
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
SLANTED = -1
_SLANT_DEGREES = 8
SMALLEST_POINTS = 2.0


class Printed(NamedTuple):
    """Words by how far their letters are turned clockwise (0, 90, 180, 270; -1 for slanted), as shown.

    ``odd``: some are off the page or too small to read. Boxes of turned words are those of the page turned back upright (see ``Frame.turned``); slanted ones stand as shown.
    """

    by_turn: dict[int, list[Word]]
    characters: int
    odd: bool


def printed(page: "PdfTextPage", frame: Frame, most: int) -> Printed:
    """At most ``most`` characters of a page, as words."""
    pdfium = calls()
    handle = pdfium.handle(page)
    count = min(int(pdfium.CountChars(handle)), most)
    if count <= 0:
        return Printed({}, 0, False)
    text, numbers = _text(pdfium, handle, count)
    spans = [found.span() for found in _WORD.finditer(text)]
    room = pdfium.ffi.new("float[]", 8 * len(spans) + 8)
    box_of, place = pdfium.GetLooseCharBox, 0
    for start, end in spans:
        first, last = (start, end - 1) if numbers is None else (numbers[start], numbers[end - 1])
        box_of(handle, first, room + place)
        if last > first:
            box_of(handle, last, room + place + 4)
        place += 8
    sides = pdfium.ffi.unpack(room, place) if place else []
    words: list[Word] = []
    turned = odd = False
    straight = frame.rotation == 0
    across, down, floor, wall = frame.left, frame.top, frame.bottom - 1, frame.right + 1
    # Strides of the sides of first and last letters; the loop that every word of every page goes through.
    for (start, end), left, top, right, bottom, left2, top2, right2, bottom2 in zip(
        spans, *(sides[side::8] for side in range(8)), strict=True
    ):
        if end - start > 1 and right2 > left2:
            if left2 < left or (bottom2 != bottom and abs(bottom2 - bottom) > 0.2 * (top - bottom)):
                turned = turned or _is_turned(pdfium, handle, start, text[start:end])
                left, bottom, top = min(left, left2), min(bottom, bottom2), max(top, top2)
                right2 = max(right, right2)
            right = right2
            if top2 > top:
                top = top2
            if bottom2 < bottom:
                bottom = bottom2
        if not (top > bottom and right > left - 0.01 and -1e5 < left < 1e5 and -1e5 < top < 1e5):
            continue
        if top - bottom < SMALLEST_POINTS or bottom < floor or right > wall or left < across - 1 or top > down + 1:
            odd = True
        said = text[start:end]
        if not said.isascii() and _ODD.search(said):
            said = clean(said.translate(_LIGATURES))
            if not said:
                continue
        if straight:
            words.append((left - across, down - top, right - across, down - bottom, said, start))
        else:
            words.append((*frame.box(left, bottom, right, top), said, start))
    if not turned and straight:
        return Printed({0: words}, count, odd)
    return Printed(_by_turn(pdfium, handle, words, numbers, frame), count, odd)


def _text(pdfium: Calls, handle: object, count: int) -> tuple[str, list[int] | None]:
    """The characters, and for each the page's number of it; None where both count alike."""
    held = pdfium.ffi.new("unsigned short[]", 2 * count + 2)
    got = pdfium.GetText(handle, 0, count, held)
    text = pdfium.ffi.buffer(held, 2 * max(got - 1, 0))[:].decode("utf-16-le", "surrogatepass")
    if len(text) == count:
        return text, None
    numbers = [max(0, pdfium.GetCharIndexFromTextIndex(handle, place)) for place in range(len(text))]
    return text, numbers


def _is_turned(pdfium: Calls, handle: object, number: int, text: str) -> bool:
    return not _RIGHT_TO_LEFT.search(text) and abs(pdfium.GetCharAngle(handle, number)) > 0.02


def _by_turn(
    pdfium: Calls, handle: object, words: list[Word], numbers: list[int] | None, frame: Frame
) -> dict[int, list[Word]]:
    found: dict[int, list[Word]] = {}
    for word in words:
        angle = pdfium.GetCharAngle(handle, word[5] if numbers is None else numbers[word[5]])
        degrees = (frame.rotation + math.degrees(angle)) % 360
        turn = round(degrees / 90) * 90
        if abs(degrees - turn) > _SLANT_DEGREES:
            found.setdefault(SLANTED, []).append(word)
            continue
        box: Box = frame.turned(word[:4], -turn % 360)
        found.setdefault(turn % 360, []).append((*box, word[4], word[5]))
    return found
