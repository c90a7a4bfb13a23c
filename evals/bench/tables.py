"""Twenty table pages as slips, invoices and forms look, each with the cells that were drawn on it."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from reportlab.lib import colors
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table

Cells = list[list[str]]
Found = Sequence[tuple[Sequence[str], Sequence[Sequence[str]]]]


@dataclass(frozen=True)
class Drawn:
    """A file and its tables: the names of the columns, and the rows of cells below them."""

    name: str
    data: bytes
    tables: tuple[tuple[list[str], Cells], ...]


HEADS = ["Ln", "Item", "Description", "Qty", "UoM", "Lot"]
ROWS = [
    ["1", "BV-34", "Brass ball valve 3/4 in", "12", "EA", "A26918"],
    ["2", "NG6-XL", "Nitrile gloves 6 mil size XL, case of 1000", "100", "CS", "C25459"],
    ["3", "HCS8-1213-Z", "Hex cap screw 1/2-13, grade 8, box of 50", "6", "BX", ""],
    ["4", "UCP208", "Pillow block bearing", "4", "EA", "B25744"],
    ["5", "SDG-20L", "Solvent degreaser 20 L drum", "60", "DR", "C26610"],
]
LEFTS = (50, 75, 150, 370, 420, 470)
PRICED_HEADS = ["Item", "Description", "Qty", "Unit price", "Amount"]
PRICED = [
    ["BV-34", "Brass ball valve 3/4 in", "12", "18.40", "220.80"],
    ["GVF4", "Gate valve flanged 4 in", "2", "412.00", "824.00"],
    ["TS-50ML", "Thread sealant 50 ml", "100", "6.15", "615.00"],
    ["VFD480-25HP", "VFD 25 HP 480V", "1", "1,980.00", "1,980.00"],
]


def _canvas(width: float = 612, height: float = 792) -> tuple[Canvas, io.BytesIO]:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(width, height), invariant=True)
    canvas.setFont("Helvetica", 9)
    return canvas, out


def _saved(canvas: Canvas, out: io.BytesIO) -> bytes:
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _lines(canvas: Canvas, lefts: Sequence[float], top: float, rows: Sequence[Sequence[str]], step: float = 15) -> None:
    for number, texts in enumerate(rows):
        for left, text in zip(lefts, texts, strict=True):
            canvas.drawString(left, top - step * number, text)


def _title(canvas: Canvas, text: str = "Packing slip SH-90117", y: float = 740) -> None:
    canvas.setFont("Helvetica-Bold", 14)
    canvas.drawString(50, y, text)
    canvas.setFont("Helvetica", 9)


def _ruled(canvas: Canvas, edges: Sequence[float], top: float, rows: int, step: float = 15) -> None:
    canvas.grid(list(edges), [top + 11 - step * number for number in range(rows + 1)])


def ruled() -> Drawn:
    canvas, out = _canvas()
    _title(canvas)
    _lines(canvas, LEFTS, 650, [HEADS, *ROWS])
    _ruled(canvas, (45, 70, 145, 365, 415, 465, 540), 650, 6)
    return Drawn("ruled", _saved(canvas, out), ((HEADS, ROWS),))


def unruled() -> Drawn:
    canvas, out = _canvas()
    _title(canvas)
    canvas.drawString(50, 700, "Please check the goods on receipt and report shortages within five days.")
    _lines(canvas, LEFTS, 650, [HEADS, *ROWS])
    return Drawn("unruled", _saved(canvas, out), ((HEADS, ROWS),))


def right_aligned() -> Drawn:
    """Headings flush left over figures flush right."""
    canvas, out = _canvas()
    _title(canvas, "Invoice IN-71002")
    canvas.setFont("Helvetica-Bold", 9)
    _lines(canvas, (50, 130, 330, 390, 480), 650, [PRICED_HEADS])
    canvas.setFont("Helvetica", 9)
    for number, row in enumerate(PRICED):
        y = 634 - 14 * number
        canvas.drawString(50, y, row[0])
        canvas.drawString(130, y, row[1])
        for right, text in zip((350, 440, 540), row[2:], strict=True):
            canvas.drawRightString(right, y, text)
    total = ["", "", "", "Total", "3,639.80"]
    canvas.drawString(390, 570, total[3])
    canvas.drawRightString(540, 570, total[4])
    return Drawn("right_aligned", _saved(canvas, out), ((PRICED_HEADS, [*PRICED, total]),))


def wrapped_unruled() -> Drawn:
    """Descriptions over two lines, as near to one another as the rows."""
    canvas, out = _canvas()
    _title(canvas)
    rows = [[*row] for row in ROWS]
    _lines(canvas, LEFTS, 650, [HEADS])
    y = 634.0
    for row in rows:
        second = {"2": "heavy duty, powder free", "3": "zinc plated"}.get(row[0], "")
        _lines(canvas, LEFTS, y, [row])
        if second:
            y -= 11
            canvas.drawString(LEFTS[2], y, second)
            row[2] = f"{row[2]} {second}"
        y -= 15
    return Drawn("wrapped_unruled", _saved(canvas, out), ((HEADS, rows),))


def _flowing(name: str, rows: Cells, heads: Sequence[str], widths: Sequence[float], style: Any, **more: Any) -> Drawn:
    """A platypus table whose long cells wrap."""
    small = getSampleStyleSheet()["BodyText"]
    small.fontSize, small.leading = 8, 10
    out = io.BytesIO()
    paper = SimpleDocTemplate(out, pagesize=(612, 792), leftMargin=45, rightMargin=45, invariant=1)
    told = [[Paragraph(text, small) if len(text) > 22 else text for text in row] for row in rows]
    table = Table([list(heads), *told], colWidths=list(widths), repeatRows=more.pop("repeat", 1))
    table.setStyle([("FONTSIZE", (0, 0), (-1, -1), 8), *style])
    paper.build([Paragraph("Return request RR-204", getSampleStyleSheet()["Heading1"]), Spacer(1, 8), table])
    return Drawn(name, out.getvalue(), ((list(heads), rows),))


_GRID = ("GRID", (0, 0), (-1, -1), 0.5, colors.grey)
_SHADE = ("BACKGROUND", (0, 0), (-1, 0), colors.lightgrey)
_WIDTHS = (24, 78, 130, 40, 40, 70)


def wrapped_ruled() -> Drawn:
    style = [_GRID, _SHADE, ("VALIGN", (0, 0), (-1, -1), "MIDDLE")]
    return _flowing("wrapped_ruled", ROWS, HEADS, _WIDTHS, style)


def wrapped_top() -> Drawn:
    style = [("LINEBELOW", (0, 0), (-1, 0), 1, colors.black), ("VALIGN", (0, 0), (-1, -1), "TOP")]
    return _flowing("wrapped_top", ROWS, HEADS, _WIDTHS, style)


def blank_cells() -> Drawn:
    """Half of the cells are empty, a whole column too."""
    canvas, out = _canvas()
    _title(canvas, "Count sheet 14-C")
    heads = ["Item", "Book", "Count", "Variance", "Bin", "Remarks"]
    rows = [
        ["BV-34", "24", "22", "-2", "", ""],
        ["NG6-L", "100", "", "", "", "not counted"],
        ["UCP208", "", "4", "4", "", ""],
        ["GVF4", "10", "10", "", "", "ok"],
    ]
    _lines(canvas, (50, 150, 210, 270, 340, 400), 650, [heads, *rows])
    return Drawn("blank_cells", _saved(canvas, out), ((heads, rows),))


def merged_heads_ruled() -> Drawn:
    heads = ["Item", "Lot", "Quantities Shipped", "Quantities Received", "Quantities Return"]
    rows = [["BV-34", "A26918", "12", "10", "2"], ["UCP208", "B25744", "4", "4", "0"], ["GVF4", "", "10", "8", "2"]]
    out = io.BytesIO()
    paper = SimpleDocTemplate(out, pagesize=(612, 792), invariant=1)
    head = [["Item", "Lot", "Quantities", "", ""], ["", "", "Shipped", "Received", "Return"]]
    table = Table([*head, *rows], colWidths=(90, 80, 70, 70, 70))
    spans = [("SPAN", (0, 0), (0, 1)), ("SPAN", (1, 0), (1, 1)), ("SPAN", (2, 0), (4, 0))]
    table.setStyle([_GRID, *spans, ("VALIGN", (0, 0), (-1, -1), "MIDDLE"), ("ALIGN", (2, 0), (-1, -1), "CENTER")])
    paper.build([table])
    return Drawn("merged_heads_ruled", out.getvalue(), ((heads, rows),))


def merged_heads_unruled() -> Drawn:
    canvas, out = _canvas()
    _title(canvas, "Receiving report")
    heads = ["Item", "Description", "Qty ordered", "Qty received", "Qty rejected", "Reason"]
    rows = [
        ["BV-34", "Brass ball valve", "24", "24", "3", "thread"],
        ["HMR/M", "Half mask respirator M", "12", "10", "0", ""],
        ["TS-50ML", "Thread sealant 50 ml", "100", "100", "4", "leaking tubes"],
    ]
    lefts = (50, 120, 280, 340, 400, 460)
    _lines(canvas, lefts, 650, [["", "", "Qty", "Qty", "Qty", ""]])
    _lines(canvas, lefts, 639, [["Item", "Description", "ordered", "received", "rejected", "Reason"]])
    _lines(canvas, lefts, 620, rows, 14)
    return Drawn("merged_heads_unruled", _saved(canvas, out), ((heads, rows),))


def over_two_pages() -> Drawn:
    """The second page goes on without headings."""
    canvas, out = _canvas()
    _title(canvas)
    many = [[str(n + 1), *ROWS[n % 5][1:]] for n in range(40)]
    _lines(canvas, LEFTS, 650, [HEADS, *many[:28]])
    canvas.showPage()
    canvas.setFont("Helvetica", 9)
    _lines(canvas, LEFTS, 740, many[28:])
    return Drawn("over_two_pages", _saved(canvas, out), ((HEADS, many),))


def over_pages_repeated() -> Drawn:
    many = [[str(n + 1), *ROWS[n % 5][1:]] for n in range(60)]
    return _flowing("over_pages_repeated", many, HEADS, _WIDTHS, [_GRID, _SHADE])


def two_tables() -> Drawn:
    canvas, out = _canvas()
    _title(canvas, "Return note RN-55")
    _lines(canvas, LEFTS, 680, [HEADS, *ROWS[:3]])
    canvas.drawString(50, 600, "Credits already received for this order:")
    heads = ["Credit memo", "Date", "Amount"]
    rows = [["CM-2001", "2026-10-02", "118.50"], ["CM-2044", "2026-10-29", "50.36"]]
    _lines(canvas, (50, 160, 260), 580, [heads, *rows])
    return Drawn("two_tables", _saved(canvas, out), ((HEADS, ROWS[:3]), (heads, rows)))


def beside_prose() -> Drawn:
    """A note in a frame to the right of the table."""
    canvas, out = _canvas()
    _title(canvas)
    heads, rows = ["Item", "Qty", "Reason"], [["BV-34", "12", "leaks"], ["GVF4", "2", "rust"], ["NG6-L", "1", "torn"]]
    _lines(canvas, (50, 140, 190), 650, [heads, *rows])
    _ruled(canvas, (45, 135, 185, 280), 650, 4)
    note = (
        "Goods are held at dock 3 and may be",
        "collected on weekdays from seven to",
        "two. Ask for the shift lead first.",
    )
    for number, text in enumerate(note):
        canvas.drawString(330, 648 - 12 * number, text)
    return Drawn("beside_prose", _saved(canvas, out), ((heads, rows),))


def blank_apart() -> Drawn:
    canvas, out = _canvas()
    _title(canvas)
    heads = ["Ln", "Item", "Qty", "B/O", "Reason"]
    rows = [["1", "MCB3P-225", "1", "0", "damaged"], ["2", "NG6-XL", "100", "0", "wrong size"],
            ["3", "BV-1", "12", "2", "leaks"], ["4", "UCP208", "40", "0", "surplus"]]  # fmt: skip
    _lines(canvas, (50, 63, 120, 139, 160), 650, [heads, *rows], 13)
    return Drawn("blank_apart", _saved(canvas, out), ((heads, rows),))


def rotated() -> Drawn:
    """A page kept upright and shown rotated by its own mark."""
    import pypdf

    writer = pypdf.PdfWriter(clone_from=io.BytesIO(unruled().data))
    writer.pages[0].rotate(90)
    out = io.BytesIO()
    writer.write(out)
    return Drawn("rotated", out.getvalue(), ((HEADS, ROWS),))


def drawn_turned() -> Drawn:
    """Words drawn upwards on an upright page, as a wide report printed on a narrow one."""
    canvas, out = _canvas()
    canvas.translate(612, 0)
    canvas.rotate(90)
    canvas.setFont("Helvetica", 9)
    _lines(canvas, [left + 60 for left in LEFTS], 500, [HEADS, *ROWS])
    return Drawn("drawn_turned", _saved(canvas, out), ((HEADS, ROWS),))


def odd_order() -> Drawn:
    """Column by column, word by word, the last row first: as some report writers place text."""
    canvas, out = _canvas()
    _title(canvas)
    rows = [HEADS, *ROWS]
    for column in (2, 0, 5, 3, 1, 4):
        for number in reversed(range(len(rows))):
            x = float(LEFTS[column])
            for word in rows[number][column].split():
                canvas.drawString(x, 650 - 15 * number, word)
                x += canvas.stringWidth(word + " ", "Helvetica", 9)
    return Drawn("odd_order", _saved(canvas, out), ((HEADS, ROWS),))


def positioned_text() -> Drawn:
    """One text object with moves, trailing blanks in each cell: as office programs write."""
    canvas, out = _canvas()
    _title(canvas)
    for number, row in enumerate([HEADS, *ROWS]):
        text = canvas.beginText()
        text.setFont("Times-Roman", 10)
        for left, said in zip(LEFTS, row, strict=True):
            text.setTextOrigin(left, 650 - 17 * number)
            text.textOut(said + " ")
        canvas.drawText(text)
    return Drawn("positioned_text", _saved(canvas, out), ((HEADS, ROWS),))


def boxed_columns() -> Drawn:
    """An invoice's frame: rules between columns and under the headings, none between rows."""
    canvas, out = _canvas()
    _title(canvas, "Invoice IN-71009")
    edges = (45, 125, 325, 375, 455, 545)
    for x in edges:
        canvas.line(x, 665, x, 480)
    for y in (665, 645, 480):
        canvas.line(45, y, 545, y)
    _lines(canvas, [edge + 4 for edge in edges[:-1]], 651, [PRICED_HEADS])
    for number, row in enumerate(PRICED):
        y = 632 - 14 * number
        canvas.drawString(49, y, row[0])
        canvas.drawString(129, y, row[1])
        for right, text in zip((371, 451, 541), row[2:], strict=True):
            canvas.drawRightString(right, y, text)
    return Drawn("boxed_columns", _saved(canvas, out), ((PRICED_HEADS, PRICED),))


def spaced_report() -> Drawn:
    """A line printer's report: one string a line, columns made with blanks."""
    canvas, out = _canvas()
    canvas.setFont("Courier", 9)
    heads = ["Item", "Description", "Shipped", "Returned", "Reason"]
    rows = [["BV-34", "Brass ball valve 3/4", "24", "3", "leaks"], ["NG6-L", "Nitrile gloves L", "100", "12", "short"],
            ["VFD480-5HP", "VFD 5 HP", "1", "1", "dead on arrival"]]  # fmt: skip
    for number, row in enumerate([heads, *rows]):
        line = f"{row[0]:<12}{row[1]:<24}{row[2]:>8}{row[3]:>10}   {row[4]}"
        canvas.drawString(50, 650 - 12 * number, line)
    return Drawn("spaced_report", _saved(canvas, out), ((heads, rows),))


TABLES: tuple[Callable[[], Drawn], ...] = (
    ruled, unruled, right_aligned, wrapped_unruled, wrapped_ruled, wrapped_top, blank_cells, merged_heads_ruled,
    merged_heads_unruled, over_two_pages, over_pages_repeated, two_tables, beside_prose, blank_apart, rotated,
    drawn_turned, odd_order, positioned_text, boxed_columns, spaced_report,
)  # fmt: skip


def cells_right(drawn: Drawn, found: Found) -> tuple[int, int]:
    """(cells found in their row under their heading, cells drawn); headings count as cells, empty ones do not.

    ``found`` are (names of columns, rows) as a reader gave them. A drawn row is held against the found row that has
    most of its cells, each found row once, in order of reading.
    """
    right = total = 0
    left = [dict(zip(names, row, strict=False)) for names, rows in found for row in rows]
    named = [set(names) for names, _ in found]
    for heads, rows in drawn.tables:
        total += len(heads)
        right += max((sum(head in names for head in heads) for names in named), default=0)
        for row in rows:
            wanted = {head: text for head, text in zip(heads, row, strict=True) if text}
            total += len(wanted)
            scored = [sum(got.get(head) == text for head, text in wanted.items()) for got in left]
            best = max(range(len(left)), key=lambda number: scored[number], default=None)
            if best is not None:
                # A cell that holds what should be empty is wrong as well.
                spoiled = sum(bool(left[best].get(head)) for head, text in zip(heads, row, strict=True) if not text)
                right += max(0, scored[best] - spoiled)
                del left[best]
    return right, total
