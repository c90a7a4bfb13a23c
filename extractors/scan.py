"""A scanned or photographed page: its words in lines and rows, and its barcodes, each with its place."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from extractors.document import Block, Box
from extractors.scan_lines import Seen, blocks_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL.Image import Image

    from extractors.ocr import Pixels, Points, Strip

# Pixels of the longer side: letters of a page are then as high as the models read best.
_LONGEST = 2200
_LEAST = 0.5
_LEAST_OF_FEW = 0.8
_UNSURE = 0.7


@dataclass(frozen=True, slots=True)
class Scan:
    """What stands on one page. ``warnings`` are for people."""

    blocks: tuple[Block, ...]
    warnings: tuple[str, ...] = ()


def read_scan(picture: "Image", *, page: int | None, points: float, first_table: int = 0) -> Scan:
    """The text of a picture of a page.

    ``points`` is how many points a pixel of the picture measures (0.48 at 150 dpi); the blocks' boxes are points from
    the picture's top left, their page is ``page``, and their tables count from ``first_table``. The picture stands as
    its viewer shows it (rotation of EXIF applied).
    """
    import numpy as np

    from extractors.ocr import strips_on
    from extractors.scan_level import levelling
    from extractors.scan_turn import read_upright, turn_corners

    scale = min(1.0, _LONGEST / max(picture.size))
    pixels = _pixels(picture, scale)
    turn, strips = read_upright(pixels, strips_on(pixels))
    strips = [strip for strip in strips if _is_text(strip)]
    wide, high = pixels.shape[1], pixels.shape[0]
    if turn % 2:
        wide, high = high, wide
    upright = np.ascontiguousarray(np.rot90(pixels, turn))
    level = levelling(upright, [strip.corners for strip in strips])
    words = [
        Seen(
            word.text,
            _around(level(word.corners), 1.0),
            _around(turn_corners(word.corners, wide, high, -turn % 4), points / scale),
            word.confidence,
        )
        for strip in strips
        for word in strip.words
    ]
    return Scan(tuple(blocks_of(words, page, first_table)), tuple(_warnings(strips, page)))


def _pixels(picture: "Image", scale: float) -> "Pixels":
    import numpy as np
    from PIL import Image

    shown = picture.convert("RGB")
    if scale < 1.0:
        size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
        shown = shown.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    return np.asarray(shown, dtype=np.uint8)


def _is_text(strip: "Strip") -> bool:
    """Edges and stains read as a letter or two, with little confidence."""
    letters = sum(len(word.text) for word in strip.words)
    return strip.confidence >= (_LEAST if letters > 2 else _LEAST_OF_FEW)


def _warnings(strips: "list[Strip]", page: int | None) -> "Iterator[str]":
    words = [word for strip in strips for word in strip.words]
    unsure = [word.text for word in words if word.confidence < _UNSURE]
    if unsure:
        where = "The picture" if page is None else f"Page {page}"
        named = ", ".join(unsure[:5]) + (" and more" if len(unsure) > 5 else "")
        yield f"{where}: {len(unsure)} of {len(words)} words could be misread ({named}); compare them with the picture."


def _around(corners: "Points", points: float) -> Box:
    left, top = corners.min(axis=0) * points
    right, bottom = corners.max(axis=0) * points
    return (round(float(left), 2), round(float(top), 2), round(float(right), 2), round(float(bottom), 2))
