"""Barcodes and QR codes on a picture, by zxing-cpp."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from extractors.pieces import one_line

if TYPE_CHECKING:
    from PIL.Image import Image

    from extractors.scan.ocr import Points

# What labels of this trade bear; codes that rules and letters are mistaken for are not looked for.
_FORMATS = (
    "Code128", "Code39", "Code93", "Codabar", "ITF", "EANUPC", "DataBar",
    "QRCode", "MicroQRCode", "DataMatrix", "PDF417", "Aztec", "MaxiCode",
)  # fmt: skip
_SHORTEST = 3
_LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class Barcode:
    """A code's value as people read it (GS1 codes with their bracketed prefixes), its format and corners in pixels."""

    text: str
    format: str
    corners: "Points"


def barcodes_on(picture: "Image") -> list[Barcode]:
    """The codes on a picture, from top to bottom; none twice."""
    import numpy as np
    import zxingcpp

    formats = zxingcpp.barcode_formats_from_str(",".join(_FORMATS))
    found: dict[tuple[str, str], Barcode] = {}
    for code in zxingcpp.read_barcodes(np.asarray(picture.convert("L")), formats=formats):
        text = one_line(code.text.replace("\x1d", " "))[:_LONGEST]
        if len(text) < _SHORTEST:
            continue
        at = code.position
        corners = [(p.x, p.y) for p in (at.top_left, at.top_right, at.bottom_right, at.bottom_left)]
        name = str(code.format)
        found.setdefault((name, text), Barcode(text, name, np.array(corners, dtype=np.float64)))
    return sorted(found.values(), key=lambda code: (code.corners[:, 1].min(), code.corners[:, 0].min()))
