"""Which way up a scanned page lies: quarter turns that nothing in the file tells of."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from extractors.ocr import Strip, height, width, words_of

if TYPE_CHECKING:
    from extractors.ocr import Pixels, Points

# Strips read for a trial, and how much surer the other way round must read to be taken.
_TRIAL = 5
_SURE = 0.85
_BETTER = 0.08
_LONG = 2.0


def read_upright(pixels: "Pixels", strips: "Sequence[Points]") -> tuple[int, list[Strip]]:
    """(quarter turns anticlockwise that set the page upright, what the strips say, their corners in the page so turned)

    Most pages are read once; a page that reads badly, or whose lines run up the page, is tried another way round.
    """
    import numpy as np

    long = [s for s in strips if max(width(s), height(s)) > _LONG * min(width(s), height(s))]
    running_up = sum(height(s) for s in long if height(s) > width(s))
    if running_up > sum(width(s) for s in long if height(s) <= width(s)):
        turn = max((1, 3), key=lambda way: _sureness(pixels, _longest(long), way))
    else:
        read = words_of(pixels, strips)
        trial = _longest(long) or list(strips)
        if _mean(read) >= _SURE or _sureness(pixels, trial, 2) < _sureness(pixels, trial, 0) + _BETTER:
            return 0, read
        turn = 2
    turned = np.ascontiguousarray(np.rot90(pixels, turn))
    return turn, words_of(turned, [turn_corners(s, pixels.shape[1], pixels.shape[0], turn) for s in strips])


def _longest(strips: "Sequence[Points]") -> "list[Points]":
    return sorted(strips, key=lambda s: max(width(s), height(s)), reverse=True)[:_TRIAL]


def _sureness(pixels: "Pixels", strips: "Sequence[Points]", turn: int) -> float:
    import numpy as np

    turned = np.ascontiguousarray(np.rot90(pixels, turn))
    return _mean(words_of(turned, [turn_corners(s, pixels.shape[1], pixels.shape[0], turn) for s in strips]))


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
