"""What scanners and phones do to a page, from a seed."""

import io
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

Grey = NDArray[np.float32]
Chance = np.random.Generator


def scanned(page: Image.Image, chance: Chance) -> Image.Image:
    """Fed crooked through a scanner: tilt, specks, noise, soft edges."""
    grey = _tilted(_grey(page), float(chance.uniform(-4, 4)), 244)
    grey = _soft(grey, float(chance.uniform(0.4, 1.0)))
    grey = 238 - (255 - grey) * float(chance.uniform(0.75, 0.95))
    return _jpeg(_noisy(_specked(grey, chance), chance, 7), chance)


def copied(page: Image.Image, chance: Chance) -> Image.Image:
    """A pale photocopy of a copy, with a dark edge."""
    grey = _tilted(_grey(page), float(chance.uniform(-2, 2)), 250)
    grey = 225 - (255 - grey) * float(chance.uniform(0.32, 0.45))
    grey = _soft(grey, 0.8)
    grey[:, : max(2, grey.shape[1] // 60)] = 60
    return _jpeg(_noisy(_specked(grey, chance), chance, 6), chance)


def faxed(page: Image.Image, chance: Chance) -> Image.Image:
    """Black and white only."""
    grey = _soft(_tilted(_grey(page), float(chance.uniform(-2, 2)), 255), 0.7)
    return Image.fromarray(np.where(_noisy(grey, chance, 22) > 150, 255, 0).astype(np.uint8))


def photographed(page: Image.Image, chance: Chance) -> Image.Image:
    """Laid on a table and photographed at an angle, with a shadow across it."""
    grey = _grey(page)
    height, width = grey.shape
    edge = 0.09 * min(width, height)
    lean = 0.13 * min(width, height)
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    seen = corners + edge + lean + chance.uniform(-lean, lean, (4, 2))
    out = (round(width + 2 * (edge + lean)), round(height + 2 * (edge + lean)))
    move = cv2.getPerspectiveTransform(corners, seen.astype(np.float32))
    table = _noisy(np.full((out[1], out[0]), float(chance.uniform(60, 120)), dtype=np.float32), chance, 14)
    table = np.asarray(cv2.blur(table, (61, 1)), dtype=np.float32)
    shown = cv2.warpPerspective(grey * 0.9, move, out, dst=table.copy(), borderMode=cv2.BORDER_TRANSPARENT)
    shown = _shadowed(np.asarray(shown, dtype=np.float32), chance)
    return _jpeg(_noisy(_soft(shown, float(chance.uniform(0.5, 1.0))), chance, 5), chance)


def close_up(page: Image.Image, chance: Chance) -> Image.Image:
    """Photographed from near, the page's edges outside the picture, in a slant and half in shade."""
    grey = _grey(page)
    height, width = grey.shape
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    narrow = float(chance.uniform(0.02, 0.07))
    seen = corners.copy()
    seen[:2, 1] += height * 0.03
    seen[0, 0] += width * narrow
    seen[1, 0] -= width * narrow
    move = cv2.getPerspectiveTransform(corners, seen)
    shown = cv2.warpPerspective(grey, move, (width, height), borderMode=cv2.BORDER_CONSTANT, borderValue=235)
    shown = _tilted(np.asarray(shown, dtype=np.float32), float(chance.uniform(-3, 3)), 235)
    return _jpeg(_noisy(_soft(_shadowed(shown, chance), 0.7), chance, 6), chance)


def turned(page: Image.Image, chance: Chance) -> Image.Image:
    """A scan lying on its side or head, and nothing in the file that says so."""
    way = (Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_270)[int(chance.integers(3))]
    return scanned(page, chance).transpose(way)


def held_sideways(page: Image.Image, chance: Chance) -> Image.Image:
    """A photo whose EXIF says how the phone was held."""
    shown = photographed(page, chance).transpose(Image.Transpose.ROTATE_90)
    kept = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    shown.save(kept, "JPEG", quality=60, exif=exif)
    return Image.open(io.BytesIO(kept.getvalue()))


WAYS: tuple[Callable[[Image.Image, Chance], Image.Image], ...] = (
    scanned, photographed, copied, close_up, turned, faxed, held_sideways,
)  # fmt: skip


def _grey(page: Image.Image) -> Grey:
    return np.asarray(page.convert("L"), dtype=np.float32)


def _tilted(grey: Grey, degrees: float, paper: float) -> Grey:
    height, width = grey.shape
    move = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    moved: Any = cv2.warpAffine(grey, move, (width, height), flags=cv2.INTER_LINEAR, borderValue=paper)
    return np.asarray(moved, dtype=np.float32)


def _soft(grey: Grey, deviation: float) -> Grey:
    return np.asarray(cv2.GaussianBlur(grey, (0, 0), deviation), dtype=np.float32)


def _noisy(grey: Grey, chance: Chance, deviation: float) -> Grey:
    return np.asarray(grey + chance.normal(0, deviation, grey.shape), dtype=np.float32)


def _specked(grey: Grey, chance: Chance) -> Grey:
    specked = np.array(grey, dtype=np.float32)
    for _ in range(specked.size // 12_000):
        y, x = int(chance.integers(specked.shape[0])), int(chance.integers(specked.shape[1]))
        specked[y : y + int(chance.integers(1, 3)), x : x + int(chance.integers(1, 3))] = 50
    return specked


def _shadowed(grey: Grey, chance: Chance) -> Grey:
    """A soft edge across the picture, up to 45 % darker on one side."""
    height, width = grey.shape
    angle = float(chance.uniform(0, 2 * np.pi))
    across = np.cos(angle) * np.linspace(-1, 1, width)[None, :] + np.sin(angle) * np.linspace(-1, 1, height)[:, None]
    shade = 1 - float(chance.uniform(0.2, 0.45)) / (1 + np.exp(-across * 8))
    return np.asarray(grey * shade, dtype=np.float32)


def _jpeg(grey: Grey, chance: Chance) -> Image.Image:
    kept = io.BytesIO()
    Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8)).save(kept, "JPEG", quality=int(chance.integers(45, 61)))
    return Image.open(io.BytesIO(kept.getvalue()))
