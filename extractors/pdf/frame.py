"""Places on a page: from PDF's units to points from the top left of the page as shown."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from extractors.document import Box

if TYPE_CHECKING:
    from pypdfium2 import PdfPage  # type: ignore[import-untyped] # the package ships no types


@dataclass(frozen=True, slots=True)
class Frame:
    """The visible part of a page in PDF units, and its rotation in degrees clockwise."""

    left: float
    bottom: float
    right: float
    top: float
    rotation: int

    @property
    def width(self) -> float:
        """Points across the page as shown."""
        return self.top - self.bottom if self.rotation % 180 else self.right - self.left

    @property
    def height(self) -> float:
        """Points down the page as shown."""
        return self.right - self.left if self.rotation % 180 else self.top - self.bottom

    def box(self, left: float, bottom: float, right: float, top: float) -> Box:
        """A rectangle of the page in points from the top left of the page as shown."""
        if self.rotation == 0:
            return (left - self.left, self.top - top, right - self.left, self.top - bottom)
        if self.rotation == 90:
            return (bottom - self.bottom, left - self.left, top - self.bottom, right - self.left)
        if self.rotation == 180:
            return (self.right - right, bottom - self.bottom, self.right - left, top - self.bottom)
        return (self.top - top, self.right - right, self.top - bottom, self.right - left)

    def turned(self, box: Box, degrees: int) -> Box:
        """A box as it stands once the page as shown is turned clockwise by 0, 90, 180 or 270 degrees."""
        x0, y0, x1, y1 = box
        if degrees == 90:
            return (self.height - y1, x0, self.height - y0, x1)
        if degrees == 180:
            return (self.width - x1, self.height - y1, self.width - x0, self.height - y0)
        if degrees == 270:
            return (y0, self.width - x1, y1, self.width - x0)
        return box

    def turned_back(self, box: Box, degrees: int) -> Box:
        """The box on the page as shown of one that ``turned`` gave."""
        x0, y0, x1, y1 = box
        if degrees == 90:
            return (y0, self.height - x1, y1, self.height - x0)
        if degrees == 180:
            return (self.width - x1, self.height - y1, self.width - x0, self.height - y0)
        if degrees == 270:
            return (self.width - y1, x0, self.width - y0, x1)
        return box


def frame_of(page: "PdfPage") -> Frame:
    """The page's frame (the crop box as far as the media box reaches)."""
    left, bottom, right, top = page.get_bbox()
    return Frame(left, bottom, right, top, page.get_rotation() % 360)
