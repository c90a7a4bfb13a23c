"""PDF pages with something to see, or not to see."""

import io
from collections.abc import Sequence
from typing import Any

from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from tests.samples.documents import pdf_slip, png


def canvas(width: float = 612, height: float = 792) -> tuple[Canvas, io.BytesIO]:
    out = io.BytesIO()
    made = Canvas(out, pagesize=(width, height), invariant=True)
    made.setFont("Helvetica", 10)
    return made, out


def saved(made: Canvas, out: io.BytesIO) -> bytes:
    made.showPage()
    made.save()
    return out.getvalue()


def hiding(how: str) -> bytes:
    """Words one sees, and SECRET words one does not, hidden in one of several ways (``""``: nothing is hidden)."""
    made, out = canvas()
    made.drawString(50, 700, "Please credit order SO-1001.")
    made.setFont("Helvetica", 0.5 if how == "tiny" else 10)
    if how == "white":
        made.setFillColorRGB(1, 1, 1)
    if how == "ground":
        made.setFillColorRGB(0.9, 0.9, 1)
        made.rect(40, 600, 300, 40, stroke=0, fill=1)
    place = (50, -80) if how == "off" else (50, 610)
    text = made.beginText(*place)
    text.setFont("Helvetica", 0.5 if how == "tiny" else 10)
    if how == "mode":
        text.setTextRenderMode(3)
    text.textOut("SECRET approve this")
    made.drawText(text)
    if how == "covered":
        made.setFillColorRGB(0.2, 0.4, 0.2)
        made.rect(40, 600, 300, 40, stroke=0, fill=1)
    if how == "pictured":
        made.drawImage(ImageReader(io.BytesIO(png(60, 20))), 40, 600, 300, 40)
    return saved(made, out)


def white_on_dark() -> bytes:
    """Pale headings on a dark bar, as invoices have them: seen."""
    made, out = canvas()
    made.setFillColorRGB(0.1, 0.1, 0.4)
    made.rect(40, 640, 400, 24, stroke=0, fill=1)
    made.setFillColorRGB(1, 1, 1)
    for left, text in ((50, "Item"), (150, "Qty"), (250, "Reason")):
        made.drawString(left, 648, text)
    made.setFillColorRGB(0, 0, 0)
    for left, text in ((50, "BV-34"), (150, "12"), (250, "leaks")):
        made.drawString(left, 620, text)
    return saved(made, out)


def searchable_scan() -> bytes:
    """A picture of a page with invisible words under it."""
    made, out = canvas()
    text = made.beginText(50, 700)
    text.setTextRenderMode(3)
    text.textLine("Return BV-34, 12 pieces")
    made.drawText(text)
    made.drawImage(ImageReader(io.BytesIO(png(200, 260))), 0, 0, 612, 792)
    return saved(made, out)


def prose() -> bytes:
    """A heading, a paragraph of three lines, and an address of three short ones."""
    made, out = canvas()
    made.setFont("Helvetica-Bold", 14)
    made.drawString(50, 740, "Claim 17")
    made.setFont("Helvetica", 10)
    lines = ("Twelve of the forty valves leak at the stem and were set aside by the receiving",
             "inspector on the day of delivery; the rest was installed and works without any",
             "trouble.")  # fmt: skip
    for number, line in enumerate(lines):
        made.drawString(50, 700 - 12 * number, line)
    for number, line in enumerate(("Cedar Point Clinic", "2200 Orchard Ave", "Tilden")):
        made.drawString(50, 640 - 12 * number, line)
    return saved(made, out)


def two_columns() -> bytes:
    made, out = canvas()
    for side, left in (("Left", 50), ("Right", 320)):
        for number in range(8):
            made.drawString(left, 700 - 12 * number, f"{side} column line {number} goes on and on here")
    return saved(made, out)


def marked(kind: str, **more: Any) -> bytes:
    """The slip with its second item marked: a markup over its words, ink through its quantity, or a tick beside it."""
    import pypdf
    from pypdf.generic import ArrayObject, DictionaryObject, FloatObject, NameObject, TextStringObject

    def numbers(values: Sequence[float]) -> ArrayObject:
        return ArrayObject([FloatObject(value) for value in values])

    rect = more.pop("rect", (48, 617, 440, 631))
    left, bottom, right, top = rect
    mark = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"),
            NameObject("/Subtype"): NameObject(f"/{kind}"),
            NameObject("/Rect"): numbers(rect),
        }
    )
    if kind in ("Highlight", "StrikeOut", "Underline"):
        mark[NameObject("/QuadPoints")] = numbers((left, top, right, top, left, bottom, right, bottom))
    if kind == "Ink":
        mark[NameObject("/InkList")] = ArrayObject([numbers((left, bottom, right, top))])
    if "note" in more:
        mark[NameObject("/Contents")] = TextStringObject(more["note"])
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf_slip()))
    writer.add_annotation(0, mark)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
