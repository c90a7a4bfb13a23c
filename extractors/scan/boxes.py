"""Check boxes drawn on a scanned form, which readers of letters pass over."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from extractors.scan.ocr import Inked, height, width

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from extractors.scan.ocr import Pixels, Points, Strip

    Ink = NDArray[np.bool_]

# A box's side in heights of the text beside it (of the detector's strips, which are a little higher than letters).
_LEAST, _MOST = 0.3, 1.3
_SMALLEST = 9
_SQUARE = 1.3
# Of each side this part must be drawn, and this part in one row or column of pixels; ticks may make the whole longer.
# Of what lies within, this part is a tick, and this part a solid mark.
_DRAWN = 0.8
_LINE = 0.6
_TAIL = 1.4
_TICKED = 0.07
_SOLID = 0.9


# How a box stands among the words, as on any form.
TICKED, EMPTY = "☒", "☐"
# What is read where a box or its tick stands against a word.
_MARKS = "XxVv✓✔√☑☒☐□口回☓×/"


@dataclass(frozen=True, slots=True)
class CheckBox:
    """A box and its corners from the top left, clockwise, in pixels."""

    ticked: bool
    corners: "Points"


def boxes_on(pixels: "Pixels", strips: "Sequence[Strip]", slope: float) -> list[CheckBox]:
    """The check boxes of an upright RGB page whose lines fall by ``slope`` (pixels down for one to the right)."""
    import numpy as np

    if not strips:
        return []
    usual = float(np.median([height(strip.corners) for strip in strips]))
    ink, back = _straight(pixels, slope)
    found: list[tuple[CheckBox, float]] = []
    least, most = max(_LEAST * usual, _SMALLEST), _MOST * usual
    for x, y, wide, high in _outlines(ink, least, most * _TAIL):
        square = _square(ink[y : y + high, x : x + wide], least, most)
        if square is None:
            continue
        left, top, right, bottom = square[0] + x, square[1] + y, square[2] + x, square[3] + y
        edge = round(0.22 * min(right - left, bottom - top))
        filled = float(ink[top + edge : bottom - edge, left + edge : right - edge].mean())
        corners = np.array([[left, top, 1], [right, top, 1], [right, bottom, 1], [left, bottom, 1]], dtype=np.float64)
        found.append((CheckBox(filled >= _TICKED, corners @ back.T), filled))
    # Squares that are all solid are bullets of a list.
    hollow = any(filled < _SOLID for _, filled in found)
    return [box for box, filled in found if filled < _SOLID or hollow]


def _straight(pixels: "Pixels", slope: float) -> "tuple[Ink, NDArray[np.float64]]":
    """What is inked on the page with its tilt taken out, and the 2x3 matrix that leads back."""
    import cv2
    import numpy as np

    high, wide = pixels.shape[:2]
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    turn = cv2.getRotationMatrix2D((wide / 2, high / 2), float(np.degrees(np.arctan(slope))), 1.0)
    flat = cv2.warpAffine(grey, turn, (wide, high), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    flat = cv2.GaussianBlur(flat, (3, 3), 0)
    dark = cv2.adaptiveThreshold(flat, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 41, 12)
    return dark > 0, np.asarray(cv2.invertAffineTransform(turn), dtype=np.float64)


def _outlines(ink: "Ink", least: float, most: float) -> list[tuple[int, int, int, int]]:
    """Boxes (x, y, width, height) around upright and level strokes that touch one another, of about that size."""
    import cv2
    import numpy as np

    dark = ink.astype(np.uint8)
    stroke = max(5, round(0.85 * least))
    level = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((1, stroke), np.uint8))
    upright = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((stroke, 1), np.uint8))
    _, _, told, _ = cv2.connectedComponentsWithStats(cv2.bitwise_or(level, upright), connectivity=8)
    return [
        (int(x), int(y), int(wide), int(high))
        for x, y, wide, high, _ in told[1:]
        if least <= min(wide, high) and max(wide, high) <= most
    ]


def _square(ink: "Ink", least: float, most: float) -> tuple[int, int, int, int] | None:
    """The square (left, top, right, bottom) whose sides are drawn and meet in corners, as those of letters do not.

    The tail of a tick may reach beyond it.
    """
    import numpy as np

    rows, columns = np.flatnonzero(ink.mean(axis=1) >= _LINE), np.flatnonzero(ink.mean(axis=0) >= _LINE)
    if not len(rows) or not len(columns):
        return None
    top, bottom, left, right = int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1
    wide, high = right - left, bottom - top
    if min(wide, high) < least or max(wide, high) > min(most, _SQUARE * min(wide, high)):
        return None
    inner = ink[top:bottom, left:right]
    band = max(2, round(0.14 * min(high, wide)))
    sides = (
        inner[:band].any(axis=0), inner[-band:].any(axis=0), inner[:, :band].any(axis=1), inner[:, -band:].any(axis=1),
    )  # fmt: skip
    corners = (inner[:band, :band], inner[:band, -band:], inner[-band:, :band], inner[-band:, -band:])
    drawn = all(float(np.mean(side)) >= _DRAWN for side in sides) and all(bool(corner.any()) for corner in corners)
    return (left, top, right, bottom) if drawn else None


def with_boxes(words: Sequence[Inked], boxes: Sequence[CheckBox]) -> list[Inked]:
    """The words and, as words of their own, the boxes; a letter read from a box is taken from the word it begins."""
    kept = [word for word in (_unmarked(word, boxes) for word in words) if word.text]
    sound = [box for box in boxes if not any(_within(box.corners, word.corners) for word in kept)]
    return [*kept, *(Inked(TICKED if box.ticked else EMPTY, box.corners, 1.0) for box in sound)]


def _unmarked(word: Inked, boxes: Sequence[CheckBox]) -> Inked:
    """The word without a first letter that is a box or its tick."""
    if word.text[0] not in _MARKS:
        return word
    share = 1 / len(word.text)
    along, below = word.corners[1] - word.corners[0], word.corners[2] - word.corners[3]
    first = (word.corners[0] + word.corners[3] + share / 2 * (along + below)) / 2
    for box in boxes:
        low, high = box.corners.min(axis=0), box.corners.max(axis=0)
        if bool(((first > low - 0.3 * (high - low)) & (first < high + 0.3 * (high - low))).all()):
            import numpy as np

            rest = np.array(
                [word.corners[0] + share * along, word.corners[1], word.corners[2], word.corners[3] + share * below]
            )
            return Inked(word.text[1:], rest, word.confidence)
    return word


def _within(box: "Points", word: "Points") -> bool:
    """Whether a square is a part of a word, no box before it."""
    x, y = box.mean(axis=0)
    low, high = word.min(axis=0), word.max(axis=0)
    return bool(low[0] < x < high[0] and low[1] < y < high[1] and width(word) > 1.5 * width(box))
