"""Invoices as distributors' systems print them: one to three pages, each with a table; the same every time."""

import io
import random
from collections.abc import Sequence
from typing import Any

_GOODS = (
    ("BV-34", "Brass ball valve 3/4 in, full port", "EA"),
    ("HCS8-1213-Z", "Hex cap screw 1/2-13 x 2, grade 8, zinc, box of 50", "BX"),
    ("NG6-XL", "Nitrile gloves 6 mil size XL, case of 1000", "CS"),
    ("UCP208", "Pillow block bearing, 40 mm bore", "EA"),
    ("SDG-20L", "Solvent degreaser, 20 litre drum", "DR"),
    ("VFD480-25HP", "Variable frequency drive 25 HP 480 V, NEMA 1", "EA"),
    ("MCB3P-225", "Molded case breaker 225 A, 3 pole", "EA"),
    ("6203-2RS-C3", "Deep groove ball bearing, sealed", "EA"),
    ("TS-50ML", "Thread sealant with PTFE 50 ml", "TB"),
    ("GVF4", "Gate valve, flanged, 4 in, class 150", "EA"),
)
_PLACES = ("Bluewater Marine Services", "Tilden Unified Schools", "Cedar Point Clinic", "Lomax Paper Mill")
_TERMS = (
    "Claims for shortage or damage must be made in writing within five days of receipt, naming shipment and line."
    " Goods may be returned only with our authorization, in unopened packages, freight prepaid; a charge of 15%"
    " applies to goods ordered in error. Made-to-order goods, chemicals and opened electrical goods are not taken back."
)


def invoices(count: int = 60) -> list[bytes]:
    """That many invoices: drawn cell by cell and laid out in flowing tables by turns."""
    return [_drawn(number) if number % 2 else _flowing(number) for number in range(count)]


def _facts(number: int) -> tuple[random.Random, list[tuple[str, str]], list[tuple[str, ...]]]:
    """Chance, the facts of the head, and the lines of an invoice."""
    chance = random.Random(number)  # noqa: S311 - made-up invoices
    facts = [
        ("Invoice no.", f"IN-{71000 + number}"),
        ("Invoice date", f"2026-{chance.randint(1, 11):02}-{chance.randint(1, 28):02}"),
        ("Sales order", f"SO-{448000 + chance.randint(0, 1999)}"),
        ("Customer PO", f"P{chance.randint(1000, 9999)}-{chance.randint(1, 9)}"),
        ("Ship via", chance.choice(("XPO", "Estes", "UPS Ground", "Our truck"))),
        ("Terms", "Net 30"),
    ]
    lines: list[tuple[str, ...]] = []
    for place in range(chance.choice((6, 12, 22, 48, 75))):
        sku, description, unit = chance.choice(_GOODS)
        quantity, cents = chance.randint(1, 240), chance.randint(95, 90_000)
        lot = f"{chance.choice('ABCM')}{chance.randint(20000, 27000)}" if chance.random() < 0.6 else ""
        priced = (f"{cents / 100:,.2f}", f"{quantity * cents / 100:,.2f}")
        lines.append((str(place + 1), sku, description, lot, str(quantity), unit, *priced))
    return chance, facts, lines


_HEADS = ("Ln", "Item", "Description", "Lot", "Qty", "UoM", "Unit price", "Amount")


def _drawn(number: int) -> bytes:
    """Every cell at its own place, figures flush right, no rules: as an ERP's print spooler does it."""
    from reportlab.pdfgen.canvas import Canvas

    chance, facts, lines = _facts(number)
    kept = io.BytesIO()
    page = Canvas(kept, pagesize=(612, 792), invariant=True)
    lefts = (40, 62, 140, 372, 430, 440, 512, 572)
    who = chance.choice(_PLACES)
    while lines:
        top = _head(page, who, facts)
        page.setFont("Helvetica-Bold", 8)
        _cells(page, lefts, top, _HEADS)
        page.line(40, top - 4, 572, top - 4)
        page.setFont("Helvetica", 8)
        for _ in range(34):
            if not lines:
                break
            top -= 14
            _cells(page, lefts, top, lines.pop(0))
        page.setFont("Helvetica", 7)
        for place, text in enumerate(_wrapped(_TERMS, 110)):
            page.drawString(40, 70 - 9 * place, text)
        page.showPage()
    page.save()
    return kept.getvalue()


def _head(page: Any, who: str, facts: Sequence[tuple[str, str]]) -> float:
    page.setFont("Helvetica-Bold", 14)
    page.drawString(40, 740, "NORLAKE INDUSTRIAL SUPPLY")
    page.drawRightString(572, 740, "INVOICE")
    page.setFont("Helvetica", 9)
    for place, text in enumerate(("Bill to:", who, "2200 Orchard Ave", "Tilden, OH 44012")):
        page.drawString(40, 715 - 12 * place, text)
    for place, (label, value) in enumerate(facts):
        page.drawString(380, 715 - 12 * place, label)
        page.drawString(470, 715 - 12 * place, value)
    return 620.0


def _cells(page: Any, lefts: Sequence[float], top: float, texts: Sequence[str]) -> None:
    for place, (left, text) in enumerate(zip(lefts, texts, strict=True)):
        (page.drawRightString if place in (4, 6, 7) else page.drawString)(left, top, text)


def _wrapped(text: str, width: int) -> list[str]:
    import textwrap

    return textwrap.wrap(text, width)


def _flowing(number: int) -> bytes:
    """A ruled table whose descriptions wrap, running over pages with its headings repeated."""
    from reportlab.lib import colors
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table

    chance, facts, lines = _facts(number)
    styles = getSampleStyleSheet()
    normal, small = styles["Normal"], styles["BodyText"]
    small.fontSize = 8
    kept = io.BytesIO()
    paper = SimpleDocTemplate(kept, pagesize=(612, 792), leftMargin=40, rightMargin=40, invariant=1)
    head = Table([[label, value] for label, value in facts], colWidths=(90, 140), hAlign="LEFT")
    rows = [_HEADS, *((*line[:2], Paragraph(line[2], small), *line[3:]) for line in lines)]
    table = Table(rows, colWidths=(24, 80, 150, 50, 40, 34, 70, 76), repeatRows=1)
    table.setStyle(
        [
            ("FONTSIZE", (0, 0), (-1, -1), 8),
            ("GRID", (0, 0), (-1, -1), 0.5, colors.grey),
            ("BACKGROUND", (0, 0), (-1, 0), colors.lightgrey),
            ("ALIGN", (4, 1), (4, -1), "RIGHT"),
            ("ALIGN", (6, 1), (7, -1), "RIGHT"),
        ]
    )
    title = Paragraph("Norlake Industrial Supply - Invoice", styles["Heading1"])
    who = Paragraph(f"Bill to: {chance.choice(_PLACES)}, 2200 Orchard Ave, Tilden, OH 44012", normal)
    paper.build([title, who, Spacer(1, 8), head, Spacer(1, 12), table, Spacer(1, 12), Paragraph(_TERMS, normal)])
    return kept.getvalue()
