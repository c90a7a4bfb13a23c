"""Pictures of pages as they arrive, and pictures that no one should be able to trip over."""

import io
import struct
import zlib
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from tests.samples.documents import png

HEIC = Path(__file__).with_name("lot.heic")
LINE = "Lot K24339 Qty 12"


def line(mode: str = "RGB", *, size: tuple[int, int] = (420, 80)) -> Image.Image:
    """``LINE`` in black letters on a white picture of that mode (transparent where the mode can be)."""
    if mode in ("RGBA", "P"):
        drawn = Image.new("RGBA", size, (0, 0, 0, 0))
        ImageDraw.Draw(drawn).text((20, 20), LINE, fill=(0, 0, 0, 255), font=ImageFont.load_default(size=34))
        return drawn.quantize(16) if mode == "P" else drawn
    drawn = Image.new("L", size, 255)
    ImageDraw.Draw(drawn).text((20, 20), LINE, fill=0, font=ImageFont.load_default(size=34))
    if mode == "I;16":
        import numpy as np

        return Image.fromarray(np.asarray(drawn).astype(np.uint16) * 257)
    return drawn.convert(mode)


def saved(picture: Image.Image, kind: str, **how: object) -> bytes:
    """The file."""
    kept = io.BytesIO()
    picture.save(kept, kind, **how)
    return kept.getvalue()


def tiff(pages: int) -> bytes:
    """A fax of that many pages."""
    first, *others = [line("1") for _ in range(pages)]
    return saved(first, "TIFF", save_all=True, append_images=others, compression="group4")


def claims(width: int, height: int) -> bytes:
    """A PNG whose header says that size, with next to nothing in it."""
    whole = png(8, 8)
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return whole[:8] + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header)) + whole[33:]


def sideways() -> bytes:
    """A photo held upright by its EXIF alone."""
    exif = Image.Exif()
    exif[0x0112] = 6
    return saved(line().transpose(Image.Transpose.ROTATE_90), "JPEG", exif=exif)


def odd_exif() -> bytes:
    """A photo whose EXIF points nowhere."""
    whole = saved(line(), "JPEG")
    told = b"Exif\x00\x00II*\x00\xff\xff\xff\xff" + b"\x99" * 16
    return whole[:2] + b"\xff\xe1" + struct.pack(">H", len(told) + 2) + told + whole[2:]
