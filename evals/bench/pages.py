"""Printed and filled pages of the trade, drawn from a seed, with the fields that stand on them.

Fonts come with Pillow (Aileron) and reportlab (Vera, Courier); nothing else is needed.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import reportlab
from PIL import Image, ImageDraw, ImageFont

_FONTS = Path(reportlab.__file__).parent / "fonts"
_FILES = {"vera": "Vera.ttf", "bold": "VeraBd.ttf", "hand": "VeraIt.ttf", "typed": "com_____.pfb"}
_GOODS = ("Ball valve 3/4 brass", "Half mask respirator", "Hex cap screw zinc", "Drive 5 HP 480 V", "Roller chain 40-1",
          "Hydraulic hose 36 in", "Cable gland nickel", "Proximity sensor M12", "Sealed bearing")  # fmt: skip
_ACCENTED = {
    "de": (("Kunde", "Müller & Söhne Großhandel"), ("Grund", "Gehäuse beschädigt, Öl läuft aus"),
           ("Wunsch", "Gutschrift für zurückgeschickte Stücke"), ("Prüfer", "Jörg Weiß, Köln")),
    "fr": (("Société", "Établissements Lefèvre & Frères"), ("Motif", "pièces reçues abîmées, boîte écrasée"),
           ("Souhait", "avoir à créditer dès réception"), ("Nom", "Hélène Garçon, Nîmes")),
    "es": (("Compañía", "Suministros Núñez de Málaga"), ("Motivo", "artículo dañado, devolución según garantía"),
           ("Petición", "crédito o reposición rápida"), ("Nombre", "José Ibáñez, Logroño")),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Field:
    """A value that has to be read exactly, on one line with one of the words ``beside`` it (where any are named)."""

    kind: str
    value: str
    beside: tuple[str, ...] = ()


@dataclass
class Sheet:
    """A page under the pen. Lengths in points; ``scale`` is pixels a point."""

    width: float
    height: float
    scale: float
    fields: list[Field] = field(default_factory=list)
    accented: list[str] = field(default_factory=list)
    barcodes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.image = Image.new("L", (round(self.width * self.scale), round(self.height * self.scale)), 255)
        self._pen = ImageDraw.Draw(self.image)

    def write(self, x: float, y: float, text: str, size: float = 10, font: str = "plain", ink: int = 20) -> float:
        """The text with its top at y; the x where it ends."""
        loaded = _font(font, size * self.scale)
        self._pen.text((x * self.scale, y * self.scale), text, fill=ink, font=loaded)
        return x + loaded.getlength(text) / self.scale

    def rule(self, x0: float, y0: float, x1: float, y1: float, ink: int = 60) -> None:
        """A straight line."""
        s = self.scale
        self._pen.line((x0 * s, y0 * s, x1 * s, y1 * s), fill=ink, width=max(1, round(0.7 * s)))

    def paste(self, picture: Image.Image, x: float, y: float) -> None:
        """A picture in its own pixels."""
        self.image.paste(picture, (round(x * self.scale), round(y * self.scale)))

    def says(self, kind: str, value: str, *beside: str) -> str:
        """Note a field that has to be read, and give it back to be written."""
        self.fields.append(Field(kind, value, beside))
        return value


def _font(name: str, pixels: float) -> "ImageFont.FreeTypeFont | ImageFont.ImageFont":
    if name == "plain":
        return ImageFont.load_default(size=pixels)
    return ImageFont.truetype(str(_FONTS / _FILES[name]), round(pixels))


class Numbers:
    """Identifiers as distributors and makers write them."""

    def __init__(self, seed: int) -> None:
        self.pick = random.Random(seed)  # noqa: S311 - sample pages, no secrets

    def digits(self, count: int) -> str:
        """That many digits, the first no zero."""
        return str(self.pick.randint(10 ** (count - 1), 10**count - 1))

    def letters(self, count: int) -> str:
        """Capitals; makers leave out those that look like figures."""
        return "".join(self.pick.choice("ABCDEFGHJKLMNPRSTUVWXYZ") for _ in range(count))

    def sku(self) -> str:
        """An item number of one of the usual shapes."""
        return self.pick.choice((
            f"{self.letters(2)}-{self.digits(2)}",
            f"{self.letters(3)}{self.digits(1)}-{self.digits(4)}-{self.letters(1)}",
            f"{self.letters(3)}{self.digits(3)}-{self.digits(1)}HP", f"{self.letters(3)}/{self.letters(1)}",
            self.digits(7), f"{self.digits(3)}-{self.digits(4)}", f"{self.letters(2)}{self.digits(5)}",
        ))  # fmt: skip

    def order(self) -> str:
        """Our order number."""
        return f"SO-{self.digits(6)}"

    def purchase_order(self) -> str:
        """A customer's order number."""
        return self.pick.choice((f"45{self.digits(8)}", f"{self.letters(1)}{self.digits(4)}-{self.digits(1)}",
                                 f"{self.digits(5)}"))  # fmt: skip

    def lot(self) -> str:
        """A lot number."""
        return self.pick.choice((f"{self.letters(1)}{self.digits(5)}", f"L{self.digits(4)}-{self.digits(2)}"))

    def serial(self) -> str:
        """A serial number."""
        return self.pick.choice(
            (
                f"{self.letters(1)}{self.digits(6)}",
                f"{self.letters(2)}{self.digits(2)}{self.letters(1)}{self.digits(4)}",
            )
        )

    def quantity(self) -> str:
        """How many, mostly few."""
        return str(self.pick.choice((1, 2, 3, 4, 5, 6, 8, 10, 12, 20, 24, 36, 50, 100, 144, 250)))


def packing_slip(scale: float, seed: int) -> Sheet:
    """A printed slip without rules: heading, references, five lines with ordered, shipped and lot."""
    told, page = Numbers(seed), Sheet(612, 500, scale)
    face = told.pick.choice(("plain", "vera", "typed"))
    page.write(50, 40, "NORLAKE INDUSTRIAL SUPPLY", 15, "bold")
    page.write(400, 44, "PACKING SLIP", 13, "bold")
    page.write(50, 80, f"Order {page.says('order', told.order(), 'Order')}", 10, face)
    page.write(230, 80, f"Your PO {page.says('order', told.purchase_order(), 'PO')}", 10, face)
    page.write(430, 80, "Ship date 11/13/2026", 10, face)
    columns = (50, 150, 330, 400, 470)
    for x, heading in zip(columns, ("Item", "Description", "Ordered", "Shipped", "Lot"), strict=True):
        page.write(x, 130, heading, 10, "bold")
    page.rule(50, 146, 560, 146)
    for line in range(5):
        _goods_row(page, told, 154 + line * 24, columns, face)
    page.write(50, 300, "Shortages and damage must be reported within 10 days of receipt.", 8, face)
    return page


def _goods_row(page: Sheet, told: Numbers, y: float, columns: Sequence[float], face: str) -> None:
    sku, ordered, shipped, lot = told.sku(), told.quantity(), told.quantity(), told.lot()
    texts = (
        page.says("sku", sku), told.pick.choice(_GOODS), page.says("quantity", ordered, sku, lot),
        page.says("quantity", shipped, sku, lot), page.says("lot", lot),
    )  # fmt: skip
    for x, text in zip(columns, texts, strict=True):
        page.write(x, y, text, 10, face)


def filled_form(scale: float, seed: int) -> Sheet:
    """A form of captions and lines, filled in by hand."""
    told, page = Numbers(seed), Sheet(612, 480, scale)
    page.write(50, 36, "RETURN GOODS REQUEST", 17, "bold")
    page.write(50, 62, "Norlake Industrial Supply - returns@norlake.example", 9, "vera")
    entries = (
        ("Company", "Eastgate Mechanical", ""), ("Your PO number", told.purchase_order(), "order"),
        ("Our order", told.order(), "order"), ("Item", told.sku(), "sku"), ("Quantity", told.quantity(), "quantity"),
        ("Lot (if marked)", told.lot(), "lot"), ("Serial number", told.serial(), "serial"),
        ("Reason", "ordered wrong size, need Small", ""), ("We would like", "credit", ""),
    )  # fmt: skip
    for number, (caption, value, kind) in enumerate(entries):
        y = 95 + number * 36
        page.write(50, y, caption, 10, "vera")
        page.write(210 + told.pick.uniform(-3, 3), y - 1 + told.pick.uniform(-2, 2), value, 13, "hand", ink=70)
        page.rule(205, y + 17, 560, y + 17)
        if kind:
            page.says(kind, value, caption.split()[0])
    return page


def ruled_tag(scale: float, seed: int) -> Sheet:
    """A tag with a ruled table, filled in by hand."""
    told, page = Numbers(seed), Sheet(612, 560, scale)
    page.write(50, 36, "RETURN TO SUPPLIER TAG", 15, "bold")
    for number, (caption, value) in enumerate((("PO number", told.purchase_order()), ("Order", told.order()))):
        page.write(50, 80 + number * 26, caption, 9, "plain")
        page.write(180, 77 + number * 26, page.says("order", value, caption.split()[0]), 13, "hand", ink=60)
    edges = (50, 85, 230, 310, 390, 560)
    for x, heading in zip(edges, ("#", "Part", "Received", "Return", "Serial / lot"), strict=False):
        page.write(x + 5, 152, heading, 9, "bold")
    rows = 5
    for number in range(rows):
        sku, got, back, serial = told.sku(), told.quantity(), told.quantity(), told.serial()
        texts = (str(number + 1), page.says("sku", sku), page.says("quantity", got, sku, serial),
                 page.says("quantity", back, sku, serial), page.says("serial", serial))  # fmt: skip
        for x, text in zip(edges, texts, strict=False):
            page.write(x + 7, 175 + number * 30, text, 13, "hand", ink=60)
    for x in edges:
        page.rule(x, 145, x, 169 + rows * 30)
    for number in range(rows + 2):
        y = 145 if number == 0 else 139 + number * 30
        page.rule(50, y, 560, y)
    return page


def label(scale: float, seed: int) -> Sheet:
    """A carton's label: few words, a barcode of the serial number."""
    import zxingcpp

    told, page = Numbers(seed), Sheet(300, 210, scale)
    serial = page.says("serial", told.serial())
    page.write(15, 12, "GREENVALE DRIVES", 14, "bold")
    for number, (caption, kind, value) in enumerate(
        (("P/N", "sku", told.sku()), ("QTY", "quantity", told.quantity()), ("LOT", "lot", told.lot()))
    ):
        page.write(15, 42 + number * 20, f"{caption}: {page.says(kind, value, caption)}", 11, "vera")
    page.write(15, 102, f"S/N {serial}", 11, "vera")
    page.write(150, 102, f"SO {page.says('order', told.digits(6), 'SO')}", 11, "vera")
    code = zxingcpp.create_barcode(serial, zxingcpp.BarcodeFormat.Code128)
    bars = Image.fromarray(np.array(zxingcpp.write_barcode_to_image(code, scale=max(1, round(scale)))))
    page.paste(bars.resize((bars.width, round(45 * scale)), Image.Resampling.NEAREST), 15, 130)
    page.barcodes.append(serial)
    return page


def accented(scale: float, seed: int) -> Sheet:
    """A form in German, French or Spanish, printed and filled in."""
    told = Numbers(seed)
    page = Sheet(612, 440, scale)
    language = tuple(_ACCENTED)[seed % 3]
    page.write(50, 40, {"de": "Rücksendung", "fr": "Bon de retour", "es": "Devolución"}[language], 16, "bold")
    order = page.says("order", told.order(), "SO")
    page.write(50, 80, f"SO: {order}", 11, "vera")
    page.write(250, 80, f"Lot: {page.says('lot', told.lot(), 'Lot')}", 11, "vera")
    page.write(50, 106, f"SKU: {page.says('sku', told.sku(), 'SKU')}", 11, "vera")
    page.write(250, 106, f"Nr.: {page.says('quantity', told.quantity(), 'Nr')}", 11, "vera")
    for number, (caption, value) in enumerate(_ACCENTED[language]):
        page.write(50, 150 + number * 32, caption, 11, "vera")
        page.write(170, 149 + number * 32, value, 12, told.pick.choice(("vera", "hand")))
        page.accented += [word.strip(",") for word in f"{caption} {value}".split()]
    return page


KINDS: tuple[Callable[[float, int], Sheet], ...] = (packing_slip, filled_form, ruled_tag, label, accented)
