"""Pages of a PDF as pictures."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from extractors.pdf.pdfium import LOCK

if TYPE_CHECKING:
    from PIL.Image import Image
    from pypdfium2 import PdfPage  # type: ignore[import-untyped] # the package ships no types

MOST_PIXELS = 12_000_000


def picture_of(page: "PdfPage", dpi: float, *, fields: bool = False) -> "tuple[Image, float]":
    """(the page as shown with its notes, points a pixel); the caller holds the lock. Huge pages get fewer dpi.

    ``fields``: with what is filled in, of a document whose forms were initialised.
    """
    width, height = page.get_size()
    scale = min(dpi / 72, (MOST_PIXELS / max(width * height, 1.0)) ** 0.5)
    return page.render(scale=scale, may_draw_forms=fields).to_pil(), 1 / scale


def page_pictures(data: bytes, pages: Iterable[int], dpi: float) -> "Iterator[Image]":
    """Those pages (from 1) as pictures; one that is not there, or is damaged, is left out.

    A file that can't be opened (damaged, locked) gives none.
    """
    import pypdfium2

    with LOCK:
        try:
            pdf = pypdfium2.PdfDocument(data)
            pdf.init_forms()
        except pypdfium2.PdfiumError:
            return
    try:
        for number in pages:
            with LOCK:
                try:
                    page = pdf[number - 1] if 0 < number <= len(pdf) else None
                    picture = None if page is None else picture_of(page, dpi, fields=True)[0]
                    if page is not None:
                        page.close()
                except pypdfium2.PdfiumError:
                    continue
            if picture is not None:
                yield picture
    finally:
        with LOCK:
            pdf.close()
