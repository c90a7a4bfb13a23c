"""Pages as pictures with a frame around every block that was read, so that a person sees what was read where."""

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

from extractors.document import Document
from extractors.kinds import picture_type

if TYPE_CHECKING:
    from PIL.Image import Image

_DPI = 150
_LONGEST_SIDE = 4_000
_HIDDEN = "#d40000"
_COLOURS = {"text": "#0060c0", "ocr": "#b05000", "form_field": "#007030", "annotation": "#8000a0", "barcode": "#606000"}


def drawn_pages(data: bytes, document: Document) -> "Iterator[tuple[int, Image]]":
    """(page, picture) of every page of a PDF or a picture that has blocks with boxes, numbered as ``show`` does.

    Files of other kinds have no pages. Raises what the drawing library raises for a file that it can't open.
    """
    pages = sorted({block.at.page or 1 for block in document.blocks if block.at.box is not None})
    if not pages:
        return
    opened = _pdf_pages(data, pages) if b"%PDF-" in data[:1024] else _picture_pages(data, pages)
    for page, picture, scale in opened:
        _draw(picture, document, page, scale)
        yield page, picture


def plain_pages(data: bytes, pages: list[int]) -> "Iterator[tuple[int, Image]]":
    """(page, picture) as they are, with no frames; raises as ``drawn_pages`` does."""
    opened = _pdf_pages(data, pages) if b"%PDF-" in data[:1024] else _picture_pages(data, pages)
    for page, picture, _ in opened:
        yield page, picture


def _pdf_pages(data: bytes, pages: list[int]) -> "Iterator[tuple[int, Image, float]]":
    import pypdfium2  # type: ignore[import-untyped] # the package ships no types

    pdf = pypdfium2.PdfDocument(data)
    try:
        pdf.init_forms()
        for number in pages:
            page = pdf[number - 1]
            scale = min(_DPI / 72, _LONGEST_SIDE / max(page.get_size()))
            yield number, page.render(scale=scale).to_pil().convert("RGB"), scale
            page.close()
    finally:
        pdf.close()


def _picture_pages(data: bytes, pages: list[int]) -> "Iterator[tuple[int, Image, float]]":
    """Pictures the right way up; one pixel of theirs is one point."""
    from PIL import Image, ImageOps

    if not picture_type(data[:64]):
        return
    with Image.open(io.BytesIO(data)) as picture:
        for number in pages:
            if number > 1:
                picture.seek(number - 1)
            shown = ImageOps.exif_transpose(picture.convert("RGB"))
            scale = min(1.0, _LONGEST_SIDE / max(shown.size))
            yield number, shown.resize((round(shown.width * scale), round(shown.height * scale))), scale


def _draw(picture: "Image", document: Document, page: int, scale: float) -> None:
    from PIL import ImageDraw

    canvas = ImageDraw.Draw(picture)
    for number, block in enumerate(document.blocks, start=1):
        if block.at.box is None or (block.at.page or 1) != page:
            continue
        colour = _HIDDEN if block.hidden else _COLOURS.get(block.at.source, _COLOURS["text"])
        boxes = [cell.box for cell in block.cells if cell.box is not None] + [word.box for word in block.words]
        for box in boxes:
            canvas.rectangle(_scaled(box, scale), outline=colour, width=1)
        around = _scaled(block.at.box, scale)
        canvas.rectangle(around, outline=colour, width=2)
        canvas.text((max(0.0, around[0] - 26), around[1]), str(number), fill=colour, font_size=16)


def _scaled(box: tuple[float, float, float, float], scale: float) -> tuple[float, float, float, float]:
    """The box in pixels; its corners in order, which broken files do not promise."""
    x0, y0, x1, y1 = (side * scale for side in box)
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)
