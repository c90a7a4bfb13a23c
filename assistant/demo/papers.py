"""The papers that come with the sample mails: a return slip, a form, a list, a count.

Made alike every time: no dates of making, and zip members stamped with one date. What is inside an Office file is the
same everywhere; its compressed bytes may differ where Python was built with another zlib.
"""

import io
import re
import zipfile

_STAMP = (2026, 11, 1, 0, 0, 0)


def return_slip() -> bytes:
    """PDF: the school's own slip, with a ruled table of two lines."""
    from reportlab.lib.pagesizes import letter
    from reportlab.pdfgen.canvas import Canvas

    kept = io.BytesIO()
    page = Canvas(kept, pagesize=letter, invariant=1, pageCompression=0)
    page.setTitle("Return slip RS-0417")
    page.setFont("Helvetica-Bold", 15)
    page.drawString(56, 730, "Tilden Unified Schools")
    page.setFont("Helvetica", 10)
    page.drawString(56, 715, "Central Warehouse, 2200 Orchard Ave, Tilden")
    page.setFont("Helvetica-Bold", 13)
    page.drawRightString(556, 730, "RETURN TO VENDOR")
    page.setFont("Helvetica", 10)
    facts = (
        ("Slip no.", "RS-0417"),
        ("Vendor", "Kestrel Restaurant & Facility Supply"),
        ("Our PO", "TUS-2026-114"),
        ("Vendor order", "KS-700107"),
        ("Reason", "Ordered in error, boxes unopened"),
        ("Requested", "Credit to account"),
    )
    for place, (label, value) in enumerate(facts):
        page.drawString(56, 680 - 16 * place, f"{label}:")
        page.drawString(140, 680 - 16 * place, value)
    rows = (
        ("Item", "Description", "Qty to return", "Unit", "Lot"),
        ("GLV-N-M", "Nitrile gloves medium", "12", "CS", "Q3490"),
        ("PTW-2P", "Paper towel roll 2 ply", "8", "CS", ""),
    )
    columns = (56, 146, 316, 406, 456, 556)
    for place, row in enumerate(rows):
        page.setFont("Helvetica-Bold" if place == 0 else "Helvetica", 10)
        for left, text in zip(columns, row, strict=False):
            page.drawString(left + 5, 550 - 20 * place, text)
    page.grid(columns, [564 - 20 * place for place in range(len(rows) + 1)])
    page.setFont("Helvetica", 9)
    page.drawString(56, 470, "Pallet position W3-02. Dock open Mon-Fri 7:00 to 14:30. Prepared by R. Amadi, 11/11/2026")
    page.save()
    return kept.getvalue()


def return_form() -> bytes:
    """DOCX: the clinic's form, facts in one table and the line in another."""
    from docx import Document

    form = Document()
    form.add_heading("Goods return form", 1)
    facts = form.add_table(rows=0, cols=2)
    facts.style = "Table Grid"
    for label, value in (
        ("Customer", "Cedar Point Clinic, receiving dock B"),
        ("Your order", "KS-700135"),
        ("Our purchase order", "CPC-903"),
        ("Wanted", "Replacement"),
    ):
        cells = facts.add_row().cells
        cells[0].text, cells[1].text = label, value
    form.add_paragraph("")
    table = form.add_table(rows=1, cols=5)
    table.style = "Table Grid"
    headings = ("Item", "Description", "Qty received", "Qty to return", "Lot")
    for cell, text in zip(table.rows[0].cells, headings, strict=True):
        cell.text = text
    line = ("GLV-N-L", "Nitrile gloves large", "24", "6", "P5422")
    for cell, text in zip(table.add_row().cells, line, strict=True):
        cell.text = text
    form.add_paragraph("")
    form.add_paragraph("Reason: wrong item. The cases are labelled large, the gloves inside are medium.")
    form.add_paragraph("Signed: L. Hathaway, Receiving, 12 November 2026")
    kept = io.BytesIO()
    form.save(kept)
    return _restamped(kept.getvalue())


def leftovers() -> bytes:
    """XLSX: what the electrician has left, with a line that is kept and a row of totals."""
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Annex leftovers"
    rows: tuple[tuple[str | int | None, ...], ...] = (
        ("Rook & Sons Electric - Annex job, leftovers",),
        ("PO", "RSE-3319"),
        (),
        ("SKU", "Description", "Qty ordered", "Qty used", "Qty to return"),
        ("BRK-2P40", "Circuit breaker 2 pole 40 A", 10, 10, 0),
        ("GFC-20A", "GFCI receptacle 20 A white", 100, 65, 35),
        ("LED-A19-9", "LED lamp A19 9 W, box of 24", 15, 12, 3),
        ("Total", None, 125, 87, 38),
    )
    for row in rows:
        sheet.append(row)
    for place in (1, 4, 8):
        for cell in sheet[place]:
            cell.font = Font(bold=True)
    for column, width in (("A", 13), ("B", 34), ("C", 12), ("D", 10), ("E", 14)):
        sheet.column_dimensions[column].width = width
    kept = io.BytesIO()
    book.save(kept)
    return _restamped(kept.getvalue())


def count_sheet() -> bytes:
    """CSV: last night's cycle count; only two rows differ from the book."""
    rows = (
        "SKU,Location,Book,Counted,Variance",
        "WTR-H50,A4-00,17,17,0",
        "TPV-12,A4-01,41,38,-3",
        "GFC-20A,A4-07,60,65,5",
        "PRV-34,A4-09,12,12,0",
    )
    return "\r\n".join([*rows, ""]).encode()


def _restamped(office: bytes) -> bytes:
    """The same Office file without the moment it was made."""
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(office)) as old, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name == "docProps/thumbnail.jpeg":
                data = old.read(name)
            else:
                data = re.sub(rb"(<dcterms:\w+[^>]*>)[^<]*", rb"\g<1>2026-11-01T00:00:00Z", old.read(name))
            new.writestr(zipfile.ZipInfo(name, _STAMP), data, zipfile.ZIP_DEFLATED)
    return kept.getvalue()
