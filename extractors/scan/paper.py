"""Whether a picture is the page of a document or shows something else that happens to bear words."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from extractors.scan.ocr import Pixels, Strip

_WORDS = 15
_SHARE = 0.25
_PALE = 60
_NEAR = 45
_PAPER = 0.75


def is_paper(pixels: "Pixels", strips: "Sequence[Strip]") -> bool:
    """Whether words cover much of the picture, and what lies between them is plain, colourless and bright as paper is.

    A label on a carton, a nameplate or printed packaging is no page: what counts as one is taken for no photo of goods.
    """
    import cv2
    import numpy as np

    if sum(len(strip.words) for strip in strips) < _WORDS:
        return False
    hull = cv2.convexHull(np.concatenate([strip.corners for strip in strips]).astype(np.float32))
    if cv2.contourArea(hull) < _SHARE * pixels.shape[0] * pixels.shape[1]:
        return False
    inside = np.zeros(pixels.shape[:2], dtype=np.uint8)
    cv2.fillConvexPoly(inside, hull.astype(np.int32), 1)
    for strip in strips:
        cv2.fillConvexPoly(inside, strip.corners.astype(np.int32), 0)
    between = inside[::4, ::4].astype(bool)
    if not between.any():
        return True
    colours = pixels[::4, ::4][between].astype(np.int16)
    bright = colours.max(axis=1)
    pale = colours.max(axis=1) - colours.min(axis=1) < _PALE
    near = np.abs(bright - np.median(bright)) < _NEAR
    return bool(np.mean(pale & near) >= _PAPER and np.median(bright) > _PALE * 1.5)
