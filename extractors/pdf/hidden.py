"""Which words of a page a person looking at it can't see.

Words are doubted for what is cheap to tell (colour of the ground, invisible mode, something drawn later over them) and
then proven: the page is painted with and without the doubted words; where no pixel changes, nobody sees them.
"""

import ctypes
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from extractors.document import Box
from extractors.pdf.drawn import Drawn
from extractors.pdf.frame import Frame
from extractors.pdf.lines import Word
from extractors.pdf.pdfium import calls
from extractors.pdf.words import SMALLEST_POINTS, Printed

if TYPE_CHECKING:
    from pypdfium2 import PdfPage, PdfTextPage  # type: ignore[import-untyped] # the package ships no types

_SCALE = 100 / 72
_MOST_PIXELS = 4_000_000
_SEEN_DIFFERENCE = 24


def unseen(page: "PdfPage", text: "PdfTextPage", printed: Printed, found: Drawn, *, layered: bool) -> set[int]:
    """The first letters' numbers of the words of a page that nobody sees.

    ``layered``: the document has layers that may be off, so that every word is doubted.
    """
    frame = printed.frame
    width, height = frame.width + 1, frame.height + 1
    hidden = {
        word[5]
        for word in (printed.words if printed.odd else ())
        if word[2] < -1 or word[3] < -1 or word[0] > width or word[1] > height
        or (word[3] - word[1] < SMALLEST_POINTS and any(map(str.isalnum, word[4])))
    }  # fmt: skip
    doubted = set(found.texts()) if layered else found.doubtful | set(_covered(text, printed, found))
    return hidden | _proven(page, text, frame, printed.words, doubted) if doubted else hidden


def _covered(text: "PdfTextPage", printed: Printed, found: Drawn) -> Iterable[int]:
    """Text objects with a word whose middle lies under an area or picture drawn later."""
    first = min(found.numbers, default=0)
    covers = [(order, box) for order, box, _ in found.areas if order > first]
    covers += [(order, box) for order, box in found.pictures if order > first]
    if not covers:
        return
    pdfium = calls()
    handle = pdfium.handle(text)
    texts = found.texts()
    for order, (x0, y0, x1, y1) in covers:
        for piece in printed.pieces:
            if piece[0] > x1 or piece[2] < x0 or not y0 <= (piece[1] + piece[3]) / 2 <= y1:
                continue
            for word in piece.words:
                if x0 <= (word[0] + word[2]) / 2 <= x1:
                    holder = pdfium.GetTextObject(handle, word[5])
                    if texts.get(holder, order) < order:
                        yield holder


def _proven(page: "PdfPage", text: "PdfTextPage", frame: Frame, words: Sequence[Word], doubted: set[int]) -> set[int]:
    from PIL import ImageChops

    pdfium = calls()
    handle = pdfium.handle(text)
    scale = min(_SCALE, (_MOST_PIXELS / max(frame.width * frame.height, 1.0)) ** 0.5)
    shown = page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
    for holder in doubted:
        pdfium.SetIsActive(ctypes.c_void_p(holder), 0)
    without = page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
    for holder in doubted:
        pdfium.SetIsActive(ctypes.c_void_p(holder), 1)
    changed = ImageChops.difference(shown, without)

    def is_seen(box: Box) -> bool:
        x0, y0 = max(0, int(box[0] * scale)), max(0, int(box[1] * scale))
        x1, y1 = min(changed.width, int(box[2] * scale) + 1), min(changed.height, int(box[3] * scale) + 1)
        if x1 <= x0 or y1 <= y0:
            return False
        bands = changed.crop((x0, y0, x1, y1)).getextrema()
        return max(max(band) if isinstance(band, tuple) else band for band in bands) >= _SEEN_DIFFERENCE

    return {word[5] for word in words if pdfium.GetTextObject(handle, word[5]) in doubted and not is_seen(word[:4])}
