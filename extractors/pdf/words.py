"""The words a PDF page prints, each with its place, in the order they were printed."""

import math
import re
from collections.abc import Iterable, Sequence
from itertools import repeat
from operator import lt, sub
from typing import TYPE_CHECKING, Any, overload

from extractors.document import Box
from extractors.pdf.frame import Frame
from extractors.pdf.lines import COLUMN_GAP, TOUCH, Piece, Word
from extractors.pdf.pdfium import calls
from extractors.pieces import clean

if TYPE_CHECKING:
    from pypdfium2 import PdfTextPage  # type: ignore[import-untyped] # the package ships no types

# PDFium closes a word that is broken at a line's end with this instead of its hyphen.
_BROKEN = "\ufffe"
_WORD = re.compile(f"[^\\s{_BROKEN}\uffff]+{_BROKEN}?")
_ODD = re.compile(
    f"[\x00-\x1f\x7f\xad{_BROKEN}\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ud800-\udfff\ufb00-\ufb06]"
)
_LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st", _BROKEN: "-"}
)
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_SLANT_DEGREES = 8
_FARTHEST = 1e5
_WIDEST = 0.9
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
        self.turned = self.odd = self._wide = False
        self._words: list[Word] | None = None
        self.pieces = self._pieces()
        if self._wide and self._part():
            self.sides = self._sides()
            self.pieces = self._pieces()

    def _part(self) -> bool:
        """Part words whose letters stand as far apart as columns do; whether there were any."""
        pdfium = calls()
        handle, room = pdfium.handle(self.page), pdfium.ffi.new("float[8]")
        spans: list[tuple[int, int]] = []
        for start, end in self.spans:
            for place in range(start + 1, end):
                pdfium.GetLooseCharBox(handle, self.number(place - 1), room)
                pdfium.GetLooseCharBox(handle, self.number(place), room + 4)
                if room[4] - room[2] > COLUMN_GAP * (room[1] - room[3]):
                    spans.append((start, place))
                    start = place
            spans.append((start, end))
        parted = len(spans) > len(self.spans)
        self.spans = spans
        return parted

    def _sides(self) -> list[float]:
        """Left, top, right and bottom, in the PDF's units, of each word's first and last letter."""
        pdfium = calls()
        ends = [place for start, end in self.spans for place in (start, end - 1)]
        if self.numbers is not None:
            ends = [self.numbers[place] for place in ends]
        room, places = pdfium.boxes(len(ends))
        # ``map`` calls without the interpreter's loop; a page has hundreds of words.
        held = list(map(pdfium.GetLooseCharBox, repeat(pdfium.handle(self.page)), ends, places))
        sides: list[float] = pdfium.ffi.unpack(room, 4 * len(ends)) if ends else []
        if 0 in held or (sides and not -_FARTHEST < min(sides) <= max(sides) < _FARTHEST):
            for place, got in enumerate(held):
                if not got or not all(-_FARTHEST < side < _FARTHEST for side in sides[4 * place : 4 * place + 4]):
                    sides[4 * place : 4 * place + 4] = (0.0, 0.0, 0.0, 0.0)
        return sides

    def number(self, start: int) -> int:
        """PDFium's number of the letter at that place of the text."""
        return start if self.numbers is None else self.numbers[start]

    def word(self, place: int) -> Word:
        """A word by its number, as shown."""
        start, end = self.spans[place]
        left, top, right, bottom, left2, top2, right2, bottom2 = self.sides[8 * place : 8 * place + 8]
        if right2 > left2 and top2 > bottom2:
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
        text = self.text
        texts = [text[start:end] for start, end in self.spans]
        if not text.isascii():
            texts = list(map(plain, texts))
        first = -1
        x0 = y0 = x1 = y1 = height = 0.0
        told = ""
        for place, said, (left, top, right, bottom) in zip(range(len(texts)), texts, self._boxes(), strict=True):
            gap = left - x1
            if -0.3 * height < gap < COLUMN_GAP * height:
                if top == y0 and bottom == y1 and said:
                    told += said if gap < TOUCH * height else " " + said
                    if right > x1:
                        x1 = right
                    continue
                tall = bottom - top
                low = tall if tall < height else height
                away = top + bottom - y0 - y1
                if -0.4 * low < away < 0.4 * low and gap < COLUMN_GAP * low and said:
                    told += said if gap < TOUCH * low else " " + said
                    if right > x1:
                        x1 = right
                    continue
            if not (said and bottom > top and right > left - 0.01):
                continue
            if first >= 0:
                pieces.append(Piece(x0, y0, x1, y1, told, Words(self, first, place)))
            x0, y0, x1, y1, told, first = left, top, right, bottom, said, place
            height = bottom - top
        if first >= 0:
            pieces.append(Piece(x0, y0, x1, y1, told, Words(self, first, len(texts))))
        return pieces

    def _boxes(self) -> Iterable[Box]:
        """A box a word, as shown; finds out on the way whether words are turned or odd.

        Whole columns of numbers are compared at once: on most pages first and last letters stand alike.
        """
        frame = self.frame
        lefts, tops, rights, bottoms, lefts2, tops2, rights2, bottoms2 = (self.sides[side::8] for side in range(8))
        if not lefts:
            return []
        if tops != tops2 or bottoms != bottoms2 or any(map(lt, lefts2, lefts)):
            for place, (start, end) in enumerate(self.spans):
                unlike = abs(bottoms2[place] - bottoms[place]) > 0.2 * (tops[place] - bottoms[place])
                if (unlike or lefts2[place] < lefts[place]) and not self.turned:
                    self.turned = self._is_turned(start, end)
            lefts, bottoms = list(map(min, lefts, lefts2)), list(map(min, bottoms, bottoms2))
            tops, rights2 = list(map(max, tops, tops2)), list(map(max, rights, rights2))
        across, down = frame.left, frame.top
        self._wide = any(
            right - left > _WIDEST * (top - bottom) * (end - start) and end - start > 1
            for left, top, right, bottom, (start, end) in zip(lefts, tops, rights2, bottoms, self.spans, strict=True)
        )
        self.odd = (
            min(lefts) < across - 1
            or max(rights2) > frame.right + 1
            or min(bottoms) < frame.bottom - 1
            or max(tops) > down + 1
            or min(map(sub, tops, bottoms)) < SMALLEST_POINTS
        )
        if frame.rotation:
            return map(frame.box, lefts, bottoms, rights2, tops)
        if across:
            lefts, rights2 = [x - across for x in lefts], [x - across for x in rights2]
        return zip(lefts, [down - y for y in tops], rights2, [down - y for y in bottoms], strict=True)

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
    return word[2] > word[0] - 0.01 and word[3] > word[1]


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
