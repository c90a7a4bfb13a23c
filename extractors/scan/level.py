"""A page laid straight: tilt, slant and perspective taken out of the places of its words, not out of its pixels.

The pictures of words are cut out along their own slant, so nothing is drawn anew and no page is made worse; what has
to be straight is the order of words on lines and of cells under headings.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from extractors.scan.ocr import height, width

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from extractors.scan.ocr import Pixels, Points

    Numbers = NDArray[np.float64]

Move = Callable[["Points"], "Points"]

_SMALL = 640
_LEAST_SHARE, _MOST_SHARE = 0.2, 0.98
_LEAST_ANGLE = 50.0
_LONG = 3.0
_OFF = 0.06
_FEW = 8


def levelling(pixels: "Pixels", strips: "Sequence[Points]") -> Move:
    """The move that lays straight what the strips show on a page of those pixels."""
    move: Move = _as_it_is
    quad = edges_of(pixels)
    if quad is not None and _holds(quad, strips):
        squared = _squaring(quad)
        if _unrest([squared(s) for s in strips]) < 0.8 * _unrest(strips):
            move = squared
    turned = _turning([move(s) for s in strips])
    level = _unbending([turned(move(s)) for s in strips])
    return lambda points: level(turned(move(points)))


def _as_it_is(points: "Points") -> "Points":
    return points


def edges_of(pixels: "Pixels") -> "Points | None":
    """The four corners of a sheet of paper that lies within the picture, or None where there is no clear one."""
    import cv2
    import numpy as np

    scale = _SMALL / max(pixels.shape[:2])
    small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    grey = cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), (0, 0), 2.0)
    _, bright = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    edged = cv2.dilate(cv2.Canny(grey, 25, 75), np.ones((3, 3), np.uint8))
    area = float(grey.shape[0] * grey.shape[1])
    best: Points | None = None
    most = _LEAST_SHARE * area
    for mask in (bright, edged):
        found, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        for contour in sorted(found, key=cv2.contourArea, reverse=True)[:3]:
            hull = cv2.convexHull(contour)
            corners = cv2.approxPolyDP(hull, 0.02 * cv2.arcLength(hull, True), True).reshape(-1, 2).astype(np.float64)
            size = float(cv2.contourArea(hull))
            if len(corners) == 4 and most < size < _MOST_SHARE * area and _angled(corners):
                best, most = corners / scale, size
    return None if best is None else _ordered(best)


def _angled(corners: "Points") -> bool:
    """Whether no corner is too sharp or too blunt to be a sheet's seen at an angle."""
    import numpy as np

    for number in range(4):
        one, other = corners[number - 1] - corners[number], corners[(number + 1) % 4] - corners[number]
        cosine = float(one @ other / (np.linalg.norm(one) * np.linalg.norm(other) + 1e-9))
        if not _LEAST_ANGLE < float(np.degrees(np.arccos(np.clip(cosine, -1, 1)))) < 180 - _LEAST_ANGLE:
            return False
    return True


def _ordered(corners: "Points") -> "Points":
    """Clockwise from the top left."""
    import numpy as np

    middle = corners.mean(axis=0)
    around = corners[np.argsort(np.arctan2(corners[:, 1] - middle[1], corners[:, 0] - middle[0]))]
    return np.roll(around, -int(np.argmin(around.sum(axis=1))), axis=0)


def _holds(quad: "Points", strips: "Sequence[Points]") -> bool:
    """Whether nearly all text lies on the sheet."""
    import cv2
    import numpy as np

    shape = quad.astype(np.float32)
    inside = sum(
        cv2.pointPolygonTest(shape, (float(s[:, 0].mean()), float(s[:, 1].mean())), False) >= 0 for s in strips
    )
    return inside >= 0.95 * len(strips)


def _squaring(quad: "Points") -> Move:
    import cv2
    import numpy as np

    wide, high = width(quad), height(quad)
    target = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(quad.astype(np.float32), target)
    return lambda points: np.asarray(cv2.perspectiveTransform(points[None], matrix)[0], dtype=np.float64)


def _slopes(strips: "Sequence[Points]") -> "Numbers":
    """A row for each long strip: its slope, the x and y of its middle, and its width, as its weight."""
    import numpy as np

    told = []
    for s in strips:
        along = s[1] - s[0] + s[2] - s[3]
        if width(s) > _LONG * height(s) and along[0] > abs(along[1]):
            told.append((along[1] / along[0], s[:, 0].mean(), s[:, 1].mean(), width(s)))
    return np.array(told, dtype=np.float64).reshape(-1, 4)


def _middle_slope(slopes: "Numbers") -> float:
    """The weighted median, 0 without any."""
    import numpy as np

    if not len(slopes):
        return 0.0
    ordered = slopes[np.argsort(slopes[:, 0])]
    reached = np.cumsum(ordered[:, 3])
    return float(ordered[int(np.searchsorted(reached, reached[-1] / 2)), 0])


def slope_of(strips: "Sequence[Points]") -> float:
    """How far the usual line falls for one pixel to the right."""
    return _middle_slope(_slopes(strips))


def _unrest(strips: "Sequence[Points]") -> float:
    """How far lines are from running alike."""
    import numpy as np

    slopes = _slopes(strips)
    if not len(slopes):
        return 0.0
    return float(np.average(np.abs(slopes[:, 0] - _middle_slope(slopes)), weights=slopes[:, 3]))


def _turning(strips: "Sequence[Points]") -> Move:
    """Rotation by the usual slope."""
    import numpy as np

    angle = -float(np.arctan(slope_of(strips)))
    matrix = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return lambda points: np.asarray(points @ matrix, dtype=np.float64)


def _unbending(strips: "Sequence[Points]") -> Move:
    """What slope remains, as it changes over the page (a photo at an angle without the sheet's edges in it)."""
    import numpy as np

    slopes = _slopes(strips)
    slopes = slopes[np.abs(slopes[:, 0]) < _OFF * 3]
    if len(slopes) < _FEW:
        return _as_it_is
    middle = slopes[:, 1:3].mean(axis=0)
    spread = np.maximum(slopes[:, 1:3].std(axis=0), 1.0)
    places = np.column_stack([np.ones(len(slopes)), (slopes[:, 1:3] - middle) / spread])
    weights = np.sqrt(slopes[:, 3])
    fitted = np.zeros(3)
    for _ in range(3):
        near = np.abs(slopes[:, 0] - places @ fitted) < _OFF
        held = (places * weights[:, None])[near]
        told = (slopes[:, 0] * weights)[near]
        fitted = np.linalg.solve(held.T @ held + 0.05 * weights.sum() * np.eye(3), held.T @ told)
    whole, by_x, by_y = fitted

    def level(points: "Points") -> "Points":
        x, y = points[:, 0] - middle[0], points[:, 1] - middle[1]
        rise = (whole + by_y * y / spread[1]) * x + by_x * x * x / (2 * spread[0])
        return np.column_stack([points[:, 0], points[:, 1] - rise])

    return level
