"""The words a PDF page prints, each with its place, in the order they were printed."""

import ctypes
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat
from typing import TYPE_CHECKING

import numpy as np
from msgspec import Struct

from extractors.pdf.frame import Frame
from extractors.pdf.lines import BOXES, COLUMN_GAP, TOUCH, Piece, Word
from extractors.pdf.pdfium import calls
from extractors.pieces import clean

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pypdfium2 import PdfTextPage  # type: ignore[import-untyped] # the package ships no types

    Numbers = NDArray[np.float64]
    Places = NDArray[np.intp]
    Codes = NDArray[np.uint32]

# PDFium closes a word that is broken at a line's end with this instead of its hyphen.
_BROKEN = "\ufffe"
_BLANK = ord(" ")
# Of each character up to U+FFFF, whether it may stand in a word.
_IS_LETTER = np.array([not (one.isspace() or one in (_BROKEN, "\uffff")) for one in map(chr, range(0x10000))])
_ODD = re.compile(
    f"[\x00-\x08\x0e-\x1b\x7f\xad{_BROKEN}\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ud800-\udfff\ufb00-\ufb06]"
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
        self._codes = _codes(self.text)
        self.spans = _spans(self._codes)
        self.sides = self._sides()
        self.turned = self.odd = self._wide = False
        self._words: list[Word] | None = None
        self.piece_sides: Numbers | None = None
        self.pieces = self._pieces()
        if self._wide and self._part():
            self.sides = self._sides()
            self.pieces = self._pieces()

    def _part(self) -> bool:
        """Part words whose letters stand as far apart as columns do; whether there were any."""
        depth = np.zeros(len(self.text) + 1, np.intp)
        depth[self.spans[:, 0]] += 1
        depth[self.spans[:, 1]] -= 1
        places = np.flatnonzero(depth.cumsum())
        boxes = self._letters(places.tolist())[0]
        far = boxes[1:, 0] - boxes[:-1, 2] > COLUMN_GAP * (boxes[:-1, 1] - boxes[:-1, 3])
        cuts = places[1:][far & (places[1:] - places[:-1] == 1)]
        spans = np.column_stack([np.union1d(ends, cuts) for ends in self.spans.T])
        parted = len(spans) > len(self.spans)
        self.spans = spans
        return parted

    def _letters(self, places: Sequence[int]) -> "tuple[Numbers, list[int]]":
        """(left, top, right and bottom in the PDF's units of each letter at those places of the text; 0: not known)"""
        pdfium = calls()
        numbers = places if self.numbers is None else [self.numbers[place] for place in places]
        room, pointers = pdfium.boxes(len(numbers))
        # ``map`` calls without the interpreter's loop; a page has hundreds of words.
        known = list(map(pdfium.GetLooseCharBox, repeat(pdfium.handle(self.page)), numbers, pointers))
        return room.astype(np.float64), known

    def _sides(self) -> "Numbers":
        """Left, top, right and bottom, in the PDF's units, of each word's first and last letter."""
        boxes, known = self._letters((self.spans - (0, 1)).ravel().tolist())
        near = np.abs(boxes) < _FARTHEST
        if 0 in known or not near.all():
            boxes[~(near.all(axis=1) & np.array(known, bool))] = 0.0
        return boxes.reshape(-1, 8)

    @property
    def words(self) -> list[Word]:
        """All words that have letters and a place, as shown."""
        if self._words is None:
            self._words = [word for word in self._ends.words() if word[4] and _is_placed(word)]
        return self._words

    def _pieces(self) -> list[Piece]:
        """Runs of words with plain blanks between them are found at once; a loop goes over the runs."""
        text, spans = self.text, self.spans
        self._ends = ends = Ends(self.frame, text, self.numbers, spans, self.sides)
        self.piece_sides = None
        if not len(spans):
            return []
        boxes = self._boxes()
        firsts = self._firsts(boxes)
        lasts = np.append(firsts[1:], len(spans)) - 1
        sides = boxes[:, firsts]
        sides[2] = boxes[2, lasts]
        lefts, tops, rights, bottoms = sides.tolist()
        around = zip(spans[firsts, 0].tolist(), spans[lasts, 1].tolist(), strict=True)
        texts = [text[start:end] for start, end in around]
        if not text.isascii():
            texts = list(map(plain, texts))
        new = tuple.__new__  # what a named tuple calls itself, one call deeper
        if all(texts) and not _may_join(sides):
            self.piece_sides = None if any(box in text for box in BOXES) else sides
            words = map(Words, repeat(ends), firsts.tolist(), (lasts + 1).tolist())
            return [new(Piece, told) for told in zip(lefts, tops, rights, bottoms, texts, words, strict=True)]
        pieces: list[Piece] = []
        first = -1
        x0 = y0 = x1 = y1 = height = 0.0
        told = ""
        for place, said, left, top, right, bottom in zip(
            firsts.tolist(), texts, lefts, tops, rights, bottoms, strict=True
        ):
            gap = left - x1
            if -0.3 * height < gap < COLUMN_GAP * height:
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
                pieces.append(new(Piece, (x0, y0, x1, y1, told, Words(ends, first, place))))
            x0, y0, x1, y1, told, first = left, top, right, bottom, said, place
            height = bottom - top
        if first >= 0:
            pieces.append(Piece(x0, y0, x1, y1, told, Words(ends, first, len(spans))))
        return pieces

    def _firsts(self, boxes: "Numbers") -> "Places":
        """The first word of each run: words of one height on one line, a plain blank and no more between them."""
        if not self.text.isascii() and _ODD.search(self.text):
            return np.arange(len(self.spans))
        lefts, tops, rights, bottoms = boxes
        heights = bottoms - tops
        gaps = lefts[1:] - rights[:-1]
        level = (tops[1:] == tops[:-1]) & (bottoms[1:] == bottoms[:-1])
        apart = (gaps >= TOUCH * heights[1:]) & (gaps < COLUMN_GAP * heights[1:])
        blank = (self.spans[1:, 0] - self.spans[:-1, 1] == 1) & (self._codes[self.spans[:-1, 1]] == _BLANK)
        placed = (heights > 0) & (rights > lefts)
        on = level & apart & blank & placed[1:] & placed[:-1]
        return np.flatnonzero(np.concatenate(([True], ~on)))

    def _boxes(self) -> "Numbers":
        """Left, top, right and bottom of the words, as shown; finds out on the way whether words are turned or odd."""
        frame = self.frame
        lefts, tops, rights, bottoms, lefts2, tops2, rights2, bottoms2 = self.sides.T
        unlike = (tops != tops2) | (bottoms != bottoms2) | (lefts2 < lefts)
        if unlike.any():
            unlike = (np.abs(bottoms2 - bottoms) > 0.2 * (tops - bottoms)) | (lefts2 < lefts)
            self.turned = any(map(self._is_turned, *self.spans[unlike].T.tolist()))
            lefts, bottoms = np.minimum(lefts, lefts2), np.minimum(bottoms, bottoms2)
            tops, rights2 = np.maximum(tops, tops2), np.maximum(rights, rights2)
        letters = self.spans[:, 1] - self.spans[:, 0]
        self._wide = bool(((rights2 - lefts > _WIDEST * (tops - bottoms) * letters) & (letters > 1)).any())
        self.odd = bool(
            lefts.min() < frame.left - 1
            or rights2.max() > frame.right + 1
            or bottoms.min() < frame.bottom - 1
            or tops.max() > frame.top + 1
            or (tops - bottoms).min() < SMALLEST_POINTS
        )
        return np.array(frame.box(lefts, bottoms, rights2, tops))

    def _is_turned(self, start: int, end: int) -> bool:
        if _RIGHT_TO_LEFT.search(self.text[start:end]):
            return False
        pdfium = calls()
        return abs(float(pdfium.GetCharAngle(pdfium.handle(self.page), self._ends.number(start)))) > 0.02

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


class Ends:
    """The first and last letter of each word of a page: in its text, and on the page.

    Pieces hold this and not what holds them: they are gone as soon as the page is read.
    """

    __slots__ = ("frame", "numbers", "sides", "spans", "text")

    def __init__(self, frame: Frame, text: str, numbers: list[int] | None, spans: "Places", sides: "Numbers") -> None:
        self.frame, self.text, self.numbers, self.spans, self.sides = frame, text, numbers, spans, sides

    def number(self, start: int) -> int:
        """PDFium's number of the letter at that place of the text."""
        return start if self.numbers is None else self.numbers[start]

    def words(self) -> Iterable[Word]:
        """All words as shown."""
        return map(self._word, self.spans.tolist(), self.sides.tolist())

    def word(self, place: int) -> Word:
        """A word by its number, as shown."""
        return self._word(self.spans[place].tolist(), self.sides[place].tolist())

    def _word(self, span: Sequence[int], sides: Sequence[float]) -> Word:
        start, end = span
        left, top, right, bottom, left2, top2, right2, bottom2 = sides
        if right2 > left2 and top2 > bottom2:
            left, top, right, bottom = min(left, left2), max(top, top2), max(right, right2), min(bottom, bottom2)
        return (*self.frame.box(left, bottom, right, top), plain(self.text[start:end]), self.number(start))


class Words(Struct, frozen=True, gc=False):
    """The words of one piece, made when they are asked for."""

    ends: Ends
    first: int
    last: int

    def __len__(self) -> int:
        return self.last - self.first

    def __iter__(self) -> Iterator[Word]:
        return map(self.ends.word, range(self.first, self.last))

    def __getitem__(self, place: int) -> Word:
        return self.ends.word(range(self.first, self.last)[place])


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
    held = ctypes.create_string_buffer(4 * count + 4)
    got = pdfium.GetText(handle, 0, count, held)
    text = held.raw[: 2 * max(got - 1, 0)].decode("utf-16-le", "surrogatepass")
    if len(text) == count:
        return text, None, count
    return text, [max(0, pdfium.GetCharIndexFromTextIndex(handle, place)) for place in range(len(text))], count


def _may_join(sides: "Numbers") -> bool:
    """Whether any run may be one piece with the run before it, or has no place; false where one look proves it."""
    lefts, tops, rights, bottoms = sides
    heights = bottoms - tops
    if not (heights > 0).all() or not (rights > lefts).all():
        return True
    tall = np.maximum(heights[1:], heights[:-1])
    gaps, away = lefts[1:] - rights[:-1], np.abs(np.diff(tops + bottoms))
    return bool(((gaps > -0.3 * tall) & (gaps < COLUMN_GAP * tall) & (away < 0.4 * tall)).any())


def _codes(text: str) -> "Codes":
    """The number of each letter; those beyond two bytes count as some letter."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    return codes if len(codes) == 0 or codes.max() < len(_IS_LETTER) else np.where(codes < len(_IS_LETTER), codes, 97)


def _spans(codes: "Codes") -> "Places":
    """Where each word begins and ends."""
    letters = np.zeros(len(codes) + 2, bool)
    letters[1:-1] = _IS_LETTER[codes]
    spans = np.flatnonzero(letters[1:] != letters[:-1]).reshape(-1, 2)
    broken = np.flatnonzero(codes == ord(_BROKEN))
    if len(broken):
        spans[:, 1] += np.isin(spans[:, 1], broken)
    return spans
