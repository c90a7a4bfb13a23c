"""A scanned or photographed page: its words in lines and rows, and its barcodes, each with its place."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from extractors.document import Block, Box
from extractors.scan_lines import Seen, blocks_of

if TYPE_CHECKING:
    from PIL.Image import Image

    from extractors.ocr import Points


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

    from extractors.ocr import strips_on, words_of

    pixels = np.asarray(picture.convert("RGB"), dtype=np.uint8)
    words = [
        Seen(word.text, _around(word.corners, points), _around(word.corners, points), word.confidence)
        for strip in words_of(pixels, strips_on(pixels))
        for word in strip.words
    ]
    return Scan(tuple(blocks_of(words, page, first_table)))


def _around(corners: "Points", points: float) -> Box:
    left, top = corners.min(axis=0) * points
    right, bottom = corners.max(axis=0) * points
    return (round(float(left), 2), round(float(top), 2), round(float(right), 2), round(float(bottom), 2))
