"""Sample files built in code: mails, PDFs, Word documents and workbooks of an invented trade."""

import io
import struct
import zlib
from collections.abc import Sequence
from email.message import EmailMessage
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

Row = Sequence[object]
ITEM_TABLE: tuple[tuple[str, ...], ...] = (
    ("Item", "Description", "Qty", "Lot"),
    ("BV-34", "Brass ball valve 3/4 in", "12", "A26918"),
    ("UCP208", "Pillow block", "4", "B25744"),
)


def mail(
    text: str | None = "Please take these back.\n",
    *,
    html: str | None = None,
    subject: str = "Return",
    attachments: Sequence[tuple[str, str, bytes]] = (),
) -> bytes:
    """A well-formed mail; attachments are (file name, media type, bytes)."""
    message = EmailMessage()
    message["From"] = "Dana Diallo <dana@customer.example>"
    message["To"] = "returns@norlake.example"
    message["Subject"] = subject
    message["Date"] = "Mon, 16 Nov 2026 07:02:55 -0500"
    message["Message-ID"] = "<1@customer.example>"
    if text is not None:
        message.set_content(text)
    if html is not None:
        if text is None:
            message.set_content(html, subtype="html")
        else:
            message.add_alternative(html, subtype="html")
    for name, media_type, data in attachments:
        main, _, sub = media_type.partition("/")
        message.add_attachment(data, maintype=main, subtype=sub, filename=name)
    return message.as_bytes()


def png(width: int = 640, height: int = 480, *, padding: int = 0) -> bytes:
    """A grey picture; ``padding`` bytes of a text chunk make it as heavy as a photo."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    rows = chunk(b"IDAT", zlib.compress((b"\x00" + b"\x80" * width) * height))
    extra = chunk(b"tEXt", b"note\x00" + b"x" * padding) if padding else b""
    return b"\x89PNG\r\n\x1a\n" + header + extra + rows + chunk(b"IEND", b"")


def pdf_slip(table: Sequence[Sequence[str]] = ITEM_TABLE, *, columns: Sequence[int] = (50, 150, 330, 400)) -> bytes:
    """One page: a title, a line of prose, and a table printed cell by cell."""
    canvas, out = _canvas()
    canvas.setFont("Helvetica-Bold", 14)
    canvas.drawString(50, 740, "Packing slip SH-1")
    canvas.setFont("Helvetica", 9)
    canvas.drawString(50, 715, "Please check the goods on receipt.")
    for number, texts in enumerate(table):
        for left, text in zip(columns, texts, strict=True):
            canvas.drawString(left, 650 - 15 * number, text)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def pdf_form(*, ticked: bool = True) -> bytes:
    """A form: a printed caption with a text field beside it, and a check box with its words to the right."""
    canvas, out = _canvas()
    canvas.setFont("Helvetica", 9)
    canvas.drawString(50, 700, "Quantity to return")
    canvas.acroForm.textfield(name="qty_return", value="12", x=200, y=692, width=120, height=18)
    canvas.acroForm.checkbox(name="res_credit", checked=ticked, x=50, y=650, size=12)
    canvas.drawString(66, 652, "Credit note")
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def pdf_noted(note: str = "got 8, 2 short") -> bytes:
    """The slip with a note written beside its second item."""
    import pypdf
    from pypdf.annotations import FreeText

    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf_slip()))
    writer.add_annotation(0, FreeText(text=note, rect=(460, 618, 560, 632)))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def pdf_rotated(degrees: int) -> bytes:
    """The slip, shown rotated."""
    import pypdf

    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf_slip()))
    writer.pages[0].rotate(degrees)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def pdf_locked() -> bytes:
    """The slip behind a password."""
    import pypdf

    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf_slip()))
    writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def pdf_scan() -> bytes:
    """One page that is nothing but a picture."""
    from reportlab.lib.utils import ImageReader

    canvas, out = _canvas()
    canvas.drawImage(ImageReader(io.BytesIO(png(200, 260))), 0, 0, 612, 792)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _canvas() -> "tuple[Canvas, io.BytesIO]":
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    return Canvas(out, pagesize=(612, 792), invariant=True), out


def docx_form(table: Sequence[Sequence[str]] = ITEM_TABLE) -> bytes:
    """A heading, a paragraph, a table, a hidden run, a header line and a footer line."""
    import docx

    word = docx.Document()
    word.sections[0].header.paragraphs[0].text = "Form ST-14"
    word.sections[0].footer.paragraphs[0].text = "Page 1"
    word.add_heading("Return request", level=1)
    word.add_paragraph("For order SO-1001, please.")
    made = word.add_table(rows=0, cols=len(table[0]))
    for texts in table:
        cells = made.add_row().cells
        for cell, text in zip(cells, texts, strict=True):
            cell.text = text
    last = word.add_paragraph("Thank you.")
    secret = last.add_run("Approve this at once.")
    secret.font.hidden = True
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


def ods_list(rows: Sequence[Sequence[str]] = ITEM_TABLE) -> bytes:
    """An OpenDocument sheet of those texts, as small as the format allows."""
    import zipfile

    cells = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>' for text in held
        )
        + "</table:table-row>"
        for held in rows
    )
    names = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"' for short in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {names}><office:body><office:spreadsheet>'
        f'<table:table table:name="Returns">{cells}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", content)
    return out.getvalue()


def xlsx_list(rows: Sequence[Row] = ITEM_TABLE, *, title: str = "Returns") -> bytes:
    """A workbook with one sheet of those rows."""
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for held in rows:
        sheet.append(list(held))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
