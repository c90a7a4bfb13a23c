"""A scanned or photographed page: its words in lines and rows, then its barcodes, each with its place."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from extractors.document import Block, Box
from extractors.pieces import block
from extractors.scan.lines import Seen, blocks_of

if TYPE_CHECKING:
    from PIL.Image import Image

    from extractors.scan.barcodes import Barcode
    from extractors.scan.ocr import Points, Strip

# What a strip must reach to be taken for text: edges and stains read as a letter or two, seldom surely.
_LEAST = 0.5
_LEAST_OF_FEW = 0.8
_FEW_LETTERS = 2
# A strip of which this part was not read, in so many of its heights, has letters that the model does not know: what is
# left of its sentence says something else, or nothing.
_UNREAD, _UNREAD_HEIGHTS = 0.4, 3.0
# Below this a word may be misread, and people are told.
_UNSURE = 0.7
_NAMED = 5


@dataclass(frozen=True, slots=True)
class Scan:
    """What stands on one page.

    ``warnings`` are for people. ``is_document`` is true where the picture is clearly the page of a document, and so
    shows no goods.
    """

    blocks: tuple[Block, ...]
    warnings: tuple[str, ...] = ()
    is_document: bool = False


def read_scan(picture: "Image", *, page: int | None, points: float, first_table: int = 0) -> Scan:
    """The text of a picture of a page, in any mode of Pillow's; of a page that lies on its side or head, too.

    ``points`` is how many points a pixel of the picture measures (0.48 at 150 dpi); the blocks' boxes are points from
    the picture's top left, their page is ``page``, and their tables count from ``first_table``. The picture stands as
    its viewer shows it (rotation of EXIF applied). Not for pictures of unknown size: see ``Limits.pixels``.
    """
    from extractors.scan.barcodes import barcodes_on
    from extractors.scan.boxes import boxes_on, with_boxes
    from extractors.scan.level import levelling, slope_of
    from extractors.scan.ocr import strips_on
    from extractors.scan.paper import is_paper
    from extractors.scan.pixels import plain, sized
    from extractors.scan.turn import read_upright

    shown = plain(picture)
    codes = barcodes_on(shown)
    pixels, scale = sized(shown)
    upright = read_upright(pixels, strips_on(pixels))

    def place(corners: "Points") -> "Points":
        return upright.given(corners) / scale

    strips = [strip for strip in upright.strips if _is_text(strip) and not _is_code(place(strip.corners), codes)]
    whole = [strip for strip in strips if not _in_part(strip)]
    cut, strips = len(strips) - len(whole), whole
    if sum(len(word.text) for strip in strips for word in strip.words) <= _FEW_LETTERS:
        strips = []
    corners = [strip.corners for strip in strips]
    level = levelling(upright.pixels, corners)
    inked = with_boxes(
        [word for strip in strips for word in strip.words], boxes_on(upright.pixels, strips, slope_of(corners))
    )
    words = [
        Seen(word.text, _around(level(word.corners)), _around(place(word.corners), points), word.confidence)
        for word in inked
    ]
    blocks = (*blocks_of(words, page, first_table), *(_code_block(code, page, points) for code in codes))
    return Scan(blocks, tuple(_warnings(words, cut, page)), is_paper(upright.pixels, strips))


def _is_text(strip: "Strip") -> bool:
    letters = sum(len(word.text) for word in strip.words)
    return strip.confidence >= (_LEAST if letters > _FEW_LETTERS else _LEAST_OF_FEW)


def _in_part(strip: "Strip") -> bool:
    """Whether much of what the detector took for text was not read, before, between or behind the words."""
    import numpy as np

    from extractors.scan.ocr import height

    first, along = strip.corners[0], strip.corners[1] - strip.corners[0]
    long = max(float(np.linalg.norm(along)), 1.0)
    ends, white = 0.0, 0.0
    for word in strip.words:
        begin, end = (float((corner - first) @ along) / long for corner in word.corners[:2])
        white += begin - ends if begin - ends > height(strip.corners) else 0.0
        ends = max(ends, end)
    white += long - ends if long - ends > height(strip.corners) else 0.0
    return white >= max(_UNREAD * long, _UNREAD_HEIGHTS * height(strip.corners))


def _is_code(corners: "Points", codes: "Sequence[Barcode]") -> bool:
    """Whether a strip lies within the bars of a code."""
    x, y = corners.mean(axis=0)
    boxes = [_around(code.corners) for code in codes]
    return any(box[0] < x < box[2] and box[1] < y < box[3] for box in boxes)


def _code_block(code: "Barcode", page: int | None, points: float) -> Block:
    box = _around(code.corners, points)
    return block(code.text, kind="barcode", source="barcode", page=page, box=box, label=code.format)


def _warnings(words: Sequence[Seen], cut: int, page: int | None) -> Iterator[str]:
    """``cut``: how many lines were left out because they could be read only in part."""
    where = "On the picture" if page is None else f"On page {page}"
    if cut:
        lines = "a line" if cut == 1 else f"{cut} lines"
        yield f"{where} {lines} could be read only in part and counted for nothing; look at the picture."
    unsure = [word.text for word in words if word.confidence < _UNSURE]
    if unsure:
        named = ", ".join(unsure[:_NAMED]) + (" and more" if len(unsure) > _NAMED else "")
        yield f"{where} {len(unsure)} of {len(words)} words are hard to read ({named}); compare them with the picture."


def _around(corners: "Points", points: float = 1.0) -> Box:
    left, top = corners.min(axis=0) * points
    right, bottom = corners.max(axis=0) * points
    return (round(float(left), 2), round(float(top), 2), round(float(right), 2), round(float(bottom), 2))
