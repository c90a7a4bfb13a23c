"""What a page draws besides words: rules, filled areas, pictures; and which words these may hide."""

import ctypes
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import compress, repeat
from typing import TYPE_CHECKING, Any

import numpy as np

from extractors.document import Box
from extractors.pdf.frame import Frame
from extractors.pdf.pdfium import FORM, IMAGE, PATH, Calls, addresses, calls, pointers

if TYPE_CHECKING:
    from pypdfium2 import PdfPage  # type: ignore[import-untyped] # the package ships no types

_THIN_POINTS = 2.2
_SHORTEST_RULE = 6.0
_MOST_OBJECTS = 50_000
_MOST_SEGMENTS = 600
_DEEPEST = 4
_OPAQUE = 200
# Sum of red, green and blue from which letters are too pale for a white page.
_PALE = 600
_PALE_EACH = 90
_CONTRAST = 200
# Red, green, blue and opacity of what PDFium can't tell the colour of.
_BLACK = (0, 0, 0, 255)
Matrix = tuple[float, float, float, float, float, float]


@dataclass(slots=True)
class Drawn:
    """Rules as boxes thinner than 2.2 points; areas and pictures with the number of the object that drew them."""

    rules: list[Box] = field(default_factory=list)
    areas: list[tuple[float, Box, int]] = field(default_factory=list)  # (object, box, sum of red, green and blue)
    pictures: list[tuple[float, Box]] = field(default_factory=list)
    printed: list[Any] = field(default_factory=list)  # text objects, and the number of each
    numbers: list[float] = field(default_factory=list)
    doubtful: set[int] = field(default_factory=set)  # addresses of text objects that may not be seen
    pale: list[tuple[Any, Box, float, int]] = field(default_factory=list)  # (text object, box, number, shade)
    count: int = 0

    def texts(self) -> dict[int, float]:
        """The number of each text object by its address."""
        return dict(zip(addresses(self.printed), self.numbers, strict=True))

    def picture_share(self, frame: Frame) -> float:
        """Which part of the page pictures cover, from 0 to 1."""
        covered = 0.0
        for _, (x0, y0, x1, y1) in self.pictures:
            across = min(x1, frame.width) - max(x0, 0.0)
            down = min(y1, frame.height) - max(y0, 0.0)
            covered += max(across, 0.0) * max(down, 0.0)
        return min(1.0, covered / ((frame.width * frame.height) or 1.0))


class _Walk:
    def __init__(self, pdfium: Calls, frame: Frame) -> None:
        self.pdfium = pdfium
        self.frame = frame
        self.found = Drawn()
        self.numbers = (ctypes.c_float * 6)()
        self.places = pointers(self.numbers, 4)[:4]
        self.shade = (ctypes.c_uint * 4)()
        self.shade_places = pointers(self.shade, 4)
        self.modes = (ctypes.c_int * 2)()
        self.mode_places = pointers(self.modes, 4)

    def objects(
        self, count: int, get: Any, holder: Any, matrix: Matrix | None, depth: int, start: float, room: float
    ) -> None:
        pdfium, found = self.pdfium, self.found
        count = max(0, min(count, _MOST_OBJECTS - found.count))
        found.count += count
        handles = list(map(get, repeat(holder, count), range(count)))
        # What is no text has no mode.
        modes = list(map(pdfium.GetTextRenderMode, handles))
        are_texts = [mode >= 0 for mode in modes]
        # What a form holds is drawn after what stands before the form, and before what follows it.
        step = room / (count + 1)
        numbers = [start + step * place for place in range(1, count + 1)]
        if any(are_texts):
            texts, seen, places = (list(compress(all_of, are_texts)) for all_of in (handles, modes, numbers))
            self.texts(texts, seen, places, matrix)
        others = [place for place, is_text in enumerate(are_texts) if not is_text]
        kinds = [pdfium.GetType(handles[place]) for place in others]
        boxes = self.bounds([handles[place] for place, kind in zip(others, kinds, strict=True) if kind == PATH], matrix)
        for place, kind in zip(others, kinds, strict=True):
            number, handle = numbers[place], handles[place]
            if kind == PATH:
                self.path(handle, number, matrix, next(boxes))
            elif kind == IMAGE:
                found.pictures.append((number, self.box(handle, matrix)))
            elif kind == FORM and depth < _DEEPEST:
                inner = self.matrix(handle, matrix)
                held = pdfium.FormObj_CountObjects(handle)
                self.objects(held, pdfium.FormObj_GetObject, handle, inner, depth + 1, number, step)

    def texts(
        self, handles: Sequence[Any], modes: Sequence[int], numbers: Sequence[float], matrix: Matrix | None
    ) -> None:
        """Doubt text objects that are invisible by their mode, all but transparent, or pale."""
        pdfium, found = self.pdfium, self.found
        found.printed += handles
        found.numbers += numbers
        if 3 in modes or 7 in modes:
            found.doubtful.update(addresses(compress(handles, [mode in (3, 7) for mode in modes])))
        shades, places = pdfium.shades(len(handles))
        known = list(map(pdfium.GetFillColor, handles, *places))
        if 0 in known:
            shades[[not one for one in known]] = _BLACK
        if shades[:, :3].max() <= _PALE_EACH and shades[:, 3].min() >= _OPAQUE:
            return
        for handle, number, (red, green, blue, opaque) in zip(handles, numbers, shades.tolist(), strict=True):
            if opaque < _OPAQUE // 4:
                found.doubtful.update(addresses([handle]))
            elif red + green + blue > _PALE:
                found.pale.append((handle, self.box(handle, matrix), number, red + green + blue))

    def bounds(self, handles: list[Any], matrix: Matrix | None) -> Iterator[Box]:
        """The box of each object."""
        if matrix is not None or not handles:
            return iter([self.box(handle, matrix) for handle in handles])
        room, places = self.pdfium.bounds(len(handles))
        known = np.array(list(map(self.pdfium.GetBounds, handles, *places)), bool)
        left, bottom, right, top = room.astype(np.float64).T
        framed = np.array(self.frame.box(left, bottom, right, top)).T
        framed[~known] = 0.0
        return map(tuple, framed.tolist())

    def path(self, handle: Any, number: float, matrix: Matrix | None, box: Box) -> None:
        across, down = box[2] - box[0], box[3] - box[1]
        if across < _THIN_POINTS or down < _THIN_POINTS:
            if across >= _SHORTEST_RULE or down >= _SHORTEST_RULE:
                self.found.rules.append(box)
            return
        self.pdfium.GetDrawMode(handle, *self.mode_places)
        filled, stroked = self.modes
        if filled:
            known = self.pdfium.GetFillColor(handle, *self.shade_places)
            red, green, blue, opaque = self.shade if known else _BLACK
            if opaque >= _OPAQUE:
                self.found.areas.append((number, box, red + green + blue))
        if stroked and across >= _SHORTEST_RULE:
            self.outline(handle, self.matrix(handle, matrix))

    def outline(self, handle: Any, matrix: Matrix) -> None:
        """The upright and level lines of a path drawn in one go."""
        count = self.pdfium.CountSegments(handle)
        if count > _MOST_SEGMENTS:
            return
        last: tuple[float, float] | None = None
        start: tuple[float, float] | None = None
        held = self.numbers
        for number in range(count):
            segment = self.pdfium.GetPathSegment(handle, number)
            kind = self.pdfium.PathSegment_GetType(segment)
            if kind == 1:
                return  # a curve: no table's rule
            self.pdfium.PathSegment_GetPoint(segment, *self.places[:2])
            x, y = held[:2]
            point = (matrix[0] * x + matrix[2] * y + matrix[4], matrix[1] * x + matrix[3] * y + matrix[5])
            if kind == 2:
                if count == 4 and start is not None and last is not None:
                    self.rule(last, start)
                start = point
            elif last is not None:
                self.rule(last, point)
            last = point
        if start is not None and last is not None and count >= 4:
            self.rule(last, start)

    def rule(self, one: tuple[float, float], other: tuple[float, float]) -> None:
        left, right = sorted((one[0], other[0]))
        bottom, top = sorted((one[1], other[1]))
        if (right - left < 1.0) != (top - bottom < 1.0) and max(right - left, top - bottom) >= _SHORTEST_RULE:
            self.found.rules.append(self.frame.box(left, bottom, right, top))

    def box(self, handle: Any, matrix: Matrix | None) -> Box:
        if not self.pdfium.GetBounds(handle, *self.places):
            return (0.0, 0.0, 0.0, 0.0)
        left, bottom, right, top = self.numbers[:4]
        if matrix is not None:
            a, b, c, d, e, f = matrix
            corners = [(a * x + c * y + e, b * x + d * y + f) for x in (left, right) for y in (bottom, top)]
            left, right = min(x for x, _ in corners), max(x for x, _ in corners)
            bottom, top = min(y for _, y in corners), max(y for _, y in corners)
        return self.frame.box(left, bottom, right, top)

    def matrix(self, handle: Any, outer: Matrix | None) -> Matrix:
        a, b, c, d, e, f = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
        if self.pdfium.GetMatrix(handle, self.numbers):
            a, b, c, d, e, f = self.numbers
        if outer is None:
            return (a, b, c, d, e, f)
        p, q, r, s, t, u = outer
        return (a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u)


def drawn(page: "PdfPage", frame: Frame) -> Drawn:
    """The page's rules, areas and pictures, and its text objects that may not be seen for their colour or mode."""
    pdfium = calls()
    walk = _Walk(pdfium, frame)
    handle = pdfium.handle(page)
    walk.objects(pdfium.CountObjects(handle), pdfium.GetObject, handle, None, 0, 0.0, 1.0)
    found = walk.found
    for text, (left, top, right, bottom), number, shade in found.pale:
        middle = ((left + right) / 2, (top + bottom) / 2)
        under = [
            ground
            for order, box, ground in found.areas
            if order < number and box[0] <= middle[0] <= box[2] and box[1] <= middle[1] <= box[3]
        ]
        if not under or shade - under[-1] < _CONTRAST:
            found.doubtful.update(addresses([text]))
    return found
