"""Which way up a scanned page lies: quarter turns that nothing in the file tells of."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from extractors.scan.ocr import Strip, height, width, words_of

if TYPE_CHECKING:
    from extractors.scan.ocr import Pixels, Points

# Strips read for a trial, and how much surer the other way round must read to be taken.
_TRIAL = 5
_SURE = 0.85
_BETTER = 0.08
_LONG = 2.0


@dataclass(frozen=True, slots=True)
class Upright:
    """A page set upright by ``turn`` quarter turns anticlockwise, and what its strips say, in its own pixels."""

    pixels: "Pixels"
    turn: int
    strips: tuple[Strip, ...]

    def given(self, corners: "Points") -> "Points":
        """Corners on this page as they lie on the page as given."""
        high, wide = self.pixels.shape[:2]
        return turn_corners(corners, wide, high, -self.turn % 4)


def read_upright(pixels: "Pixels", strips: "Sequence[Points]") -> Upright:
    """Most pages are read once; one that reads badly, or whose lines run up the page, is tried another way round."""
    long = [s for s in strips if max(width(s), height(s)) > _LONG * min(width(s), height(s))]
    running_up = sum(height(s) for s in long if height(s) > width(s))
    if running_up > sum(width(s) for s in long if height(s) <= width(s)):
        trial = _longest(long)
        return _read(pixels, strips, max((1, 3), key=lambda turn: _mean(_read(pixels, trial, turn).strips)))
    read = _read(pixels, strips, 0)
    if _mean(read.strips) >= _SURE:
        return read
    trial = _longest(long or strips)
    other = _mean(_read(pixels, trial, 2).strips)
    return _read(pixels, strips, 2) if other > _mean(_read(pixels, trial, 0).strips) + _BETTER else read


def _read(pixels: "Pixels", strips: "Sequence[Points]", turn: int) -> Upright:
    import numpy as np

    turned = np.ascontiguousarray(np.rot90(pixels, turn))
    high, wide = pixels.shape[:2]
    return Upright(turned, turn, tuple(words_of(turned, [turn_corners(s, wide, high, turn) for s in strips])))


def _longest(strips: "Sequence[Points]") -> "list[Points]":
    return sorted(strips, key=lambda s: max(width(s), height(s)), reverse=True)[:_TRIAL]


def _mean(read: Sequence[Strip]) -> float:
    return sum(strip.confidence for strip in read) / len(read) if read else 0.0


def turn_corners(corners: "Points", wide: int, high: int, turn: int) -> "Points":
    """Corners on a page ``wide`` by ``high`` after that many quarter turns anticlockwise, from the top left again."""
    import numpy as np

    moved = corners
    for _ in range(turn % 4):
        moved = np.stack([moved[:, 1], wide - moved[:, 0]], axis=1)
        # What was the right upper corner is now the left upper one.
        moved = np.roll(moved, -1, axis=0)
        wide, high = high, wide
    return moved
