"""Pictures of every mode as plain colours on white paper, and how they are brought to the size that reads best."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image

    from extractors.scan.ocr import Pixels

# Pixels of the longer side: the letters of a page are then as high as the models read best.
LONGEST = 2200
# Small pictures are enlarged towards this shorter side, at most so many times; none is read with a side below
# the least.
_SHORTEST = 448
_MOST = 2.0
_LEAST = 64
_DEEP = ("I", "F", "I;16", "I;16L", "I;16B", "I;16N")


def plain(picture: "Image") -> "Image":
    """The picture in RGB: what is transparent is white, deep greys are brought to 8 bits."""
    from PIL import Image

    if picture.mode in _DEEP:
        return _shallow(picture).convert("RGB")
    if picture.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in picture.info:
        seen = picture.convert("RGBA")
        paper = Image.new("RGBA", seen.size, "white")
        return Image.alpha_composite(paper, seen).convert("RGB")
    return picture.convert("RGB")


def _shallow(picture: "Image") -> "Image":
    import numpy as np
    from PIL import Image

    deep: NDArray[np.float64] = np.nan_to_num(np.asarray(picture, dtype=np.float64))
    most = 65_535.0 if picture.mode.startswith("I;16") or deep.max(initial=0) > 255 else 255.0
    return Image.fromarray(np.clip(deep * (255.0 / most), 0, 255).astype(np.uint8))


def sized(picture: "Image") -> "tuple[Pixels, float]":
    """The pixels for reading, and how many of them one pixel of the RGB picture measures.

    Large pictures are made smaller and small ones larger; a narrow one gets white paper at its right or below.
    """
    import numpy as np
    from PIL import Image

    scale = min(LONGEST / max(picture.size), max(1.0, min(_SHORTEST / min(picture.size), _MOST)))
    if scale != 1.0:
        size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
        picture = picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    below, beside = max(0, _LEAST - picture.height), max(0, _LEAST - picture.width)
    pixels = np.pad(np.asarray(picture, dtype=np.uint8), ((0, below), (0, beside), (0, 0)), constant_values=255)
    return pixels, scale
