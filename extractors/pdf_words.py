"""The words a PDF page prints, each with its place, in the order they were printed."""

import math
import re
from collections import deque
from collections.abc import Sequence
from itertools import repeat
from typing import TYPE_CHECKING, Any, overload

from extractors.pdf_frame import Frame
from extractors.pdf_lines import COLUMN_GAP, TOUCH, Piece, Word
from extractors.pdfium import calls
from extractors.pieces import clean

if TYPE_CHECKING:
    from pypdfium2 import PdfTextPage  # type: ignore[import-untyped] # the package ships no types

# PDFium closes a word that is broken at a line's end with this instead of its hyphen.
_BROKEN = "\ufffe"
_WORD = re.compile(f"[^\\s{_BROKEN}\uffff]+{_BROKEN}?")
_ODD = re.compile(f"[\x00-\x1f\x7f\xad{_BROKEN}\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ud800-\udfff\ufb00-\ufb06]")
_LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st", _BROKEN: "-"}
)
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_SLANT_DEGREES = 8
_FARTHEST = 1e5
_WIDEST = 0.8
SLANTED = -1
SMALLEST_POINTS = 2.0


class Printed:
    """The words of a page; made one by one only where more than ``pieces`` is wanted of them.

    ``pieces`` are words that follow one another closely, as they were printed. ``turned``: some letters are not
    upright; ``odd``: some are off the page or too small to read. ``characters`` counts blanks too.
    """

    def __init__(self, page: "PdfTextPage", frame: Frame, most: int) -> None:
        self.page, self.frame = page, frame
        self.text, self.numbers, self.characters = _text(page, most)
        self.spans = [found.span() for found in _WORD.finditer(self.text)]
        self.sides = self._sides()
        self.turned = self.odd = False
        self._words: list[Word] | None = None
        self.pieces = self._pieces()

    def _sides(self) -> list[float]:
        """Left, top, right and bottom, in the PDF's units, of each word's first and last letter."""
        pdfium = calls()
        ends = [place for start, end in self.spans for place in (start, end - 1)]
        if self.numbers is not None:
            ends = [self.numbers[place] for place in ends]
        room, places = pdfium.boxes(len(ends))
        # ``map`` calls without the interpreter's loop; a page has hundreds of words.
        deque(map(pdfium.GetLooseCharBox, repeat(pdfium.handle(self.page)), ends, places), 0)
        sides: list[float] = pdfium.ffi.unpack(room, 4 * len(ends)) if ends else []
        return sides

    def number(self, start: int) -> int:
        """PDFium's number of the letter at that place of the text."""
        return start if self.numbers is None else self.numbers[start]

    def word(self, place: int) -> Word:
        """A word by its number, as shown."""
        start, end = self.spans[place]
        left, top, right, bottom, left2, top2, right2, bottom2 = self.sides[8 * place : 8 * place + 8]
        if right2 > left2:
            left, top, right, bottom = min(left, left2), max(top, top2), max(right, right2), min(bottom, bottom2)
        return (*self.frame.box(left, bottom, right, top), plain(self.text[start:end]), self.number(start))

    @property
    def words(self) -> list[Word]:
        """All words that have letters and a place, as shown."""
        if self._words is None:
            made = [self.word(place) for place in range(len(self.spans))]
            self._words = [word for word in made if word[4] and _is_placed(word)]
        return self._words

    def _pieces(self) -> list[Piece]:
        """The loop that every word of every page goes through: comparisons in place of calls."""
        pieces: list[Piece] = []
        sides, text, frame = self.sides, self.text, self.frame
        ascii_only, straight = text.isascii(), frame.rotation == 0
        across, down, floor, wall = frame.left, frame.top, frame.bottom - 1, frame.right + 1
        first = -1
        x0 = y0 = x1 = y1 = height = 0.0
        told = ""
        for place, (start, end), left, top, right, bottom, left2, top2, right2, bottom2 in zip(
            range(len(self.spans)), self.spans, *(sides[side::8] for side in range(8)), strict=True
        ):
            if end - start > 1 and right2 > left2:
                if left2 < left or (bottom2 != bottom and abs(bottom2 - bottom) > 0.2 * (top - bottom)):
                    self.turned = self.turned or self._is_turned(start, end)
                    left, right2 = min(left, left2), max(right, right2)
                right = right2
                if top2 > top:
                    top = top2
                if bottom2 < bottom:
                    bottom = bottom2
            tall = top - bottom
            if not (tall > 0 and right > left - 0.01 and -_FARTHEST < left < _FARTHEST and -_FARTHEST < top < _FARTHEST):
                continue
            if tall < SMALLEST_POINTS or bottom < floor or right > wall or left < across - 1 or top > down + 1:
                self.odd = True
            said = text[start:end] if ascii_only else plain(text[start:end])
            if not said:
                continue
            if straight:
                left, top, right, bottom = left - across, down - top, right - across, down - bottom
            else:
                left, top, right, bottom = frame.box(left, bottom, right, top)
                tall = bottom - top
            gap = left - x1
            if first >= 0 and -0.3 * height < gap < COLUMN_GAP * height:
                low = tall if tall < height else height
                away = top + bottom - y0 - y1
                if -0.4 * low < away < 0.4 * low and gap < COLUMN_GAP * low:
                    told += said if gap < TOUCH * low else " " + said
                    if right > x1:
                        x1 = right
                    continue
            if first >= 0:
                pieces.append(Piece(x0, y0, x1, y1, told, Words(self, first, place)))
            x0, y0, x1, y1, told, first, height = left, top, right, bottom, said, place, tall
        if first >= 0:
            pieces.append(Piece(x0, y0, x1, y1, told, Words(self, first, len(self.spans))))
        return pieces

    def _is_turned(self, start: int, end: int) -> bool:
        if _RIGHT_TO_LEFT.search(self.text[start:end]):
            return False
        pdfium = calls()
        return abs(float(pdfium.GetCharAngle(pdfium.handle(self.page), self.number(start)))) > 0.02

    def by_turn(self) -> dict[int, list[Word]]:
        """Words by how far their letters are turned clockwise: 0, 90, 180, 270, or ``SLANTED``.

        Boxes of turned words are those of the page turned back upright (see ``Frame.turned``); slanted ones stand as
        shown.
        """
        pdfium = calls()
        handle = pdfium.handle(self.page)
        found: dict[int, list[Word]] = {}
        for word in self.words:
            degrees = (self.frame.rotation + math.degrees(pdfium.GetCharAngle(handle, word[5]))) % 360
            turn = round(degrees / 90) * 90
            if abs(degrees - turn) > _SLANT_DEGREES:
                found.setdefault(SLANTED, []).append(word)
                continue
            box = self.frame.turned(word[:4], -turn % 360)
            found.setdefault(turn % 360, []).append((*box, word[4], word[5]))
        return found


class Words(Sequence[Word]):
    """The words of one piece, made when they are asked for."""

    __slots__ = ("first", "last", "page")

    def __init__(self, page: Printed, first: int, last: int) -> None:
        self.page, self.first, self.last = page, first, last

    def __len__(self) -> int:
        return self.last - self.first

    @overload
    def __getitem__(self, place: int) -> Word: ...
    @overload
    def __getitem__(self, place: slice) -> list[Word]: ...
    def __getitem__(self, place: int | slice) -> Any:
        numbers = range(self.first, self.last)[place]
        return self.page.word(numbers) if isinstance(numbers, int) else [self.page.word(one) for one in numbers]


def plain(text: str) -> str:
    """A word without ligatures and what nobody sees."""
    return text if text.isascii() or not _ODD.search(text) else clean(text.translate(_LIGATURES))


def _is_placed(word: Word) -> bool:
    return word[2] > word[0] - 0.01 and word[3] > word[1] and abs(word[0]) < _FARTHEST and abs(word[1]) < _FARTHEST


def _text(page: "PdfTextPage", most: int) -> tuple[str, list[int] | None, int]:
    """(characters, for each PDFium's number of it; None where both count alike, how many)"""
    pdfium = calls()
    handle = pdfium.handle(page)
    count = min(int(pdfium.CountChars(handle)), most)
    if count <= 0:
        return "", None, 0
    held = pdfium.ffi.new("unsigned short[]", 2 * count + 2)
    got = pdfium.GetText(handle, 0, count, held)
    text = pdfium.ffi.buffer(held, 2 * max(got - 1, 0))[:].decode("utf-16-le", "surrogatepass")
    if len(text) == count:
        return text, None, count
    return text, [max(0, pdfium.GetCharIndexFromTextIndex(handle, place)) for place in range(len(text))], count
