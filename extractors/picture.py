"""Pictures in a mail: which ones show something, and which are only a letterhead."""

import struct

from extractors.document import Document
from extractors.kinds import picture_type
from extractors.limits import Limits
from extractors.pieces import refusal

LOGO_BYTES = 20_000
LOGO_WIDTH = 200
LOGO_HEIGHT = 80


def read_picture(data: bytes, path: str, limits: Limits) -> tuple[Document, ...]:
    """A photo or scan: it is there, and its words are not read."""
    del limits
    message = f"{path} is a picture; the words on it were not read."
    media_type = picture_type(data[:64]) or "application/octet-stream"
    return (refusal(path, media_type, "not_read_yet", message, has_picture=True),)


def letterhead(data: bytes, path: str) -> Document:
    """A small inline picture of a signature or letterhead: nothing to read, and no picture of goods."""
    return Document(
        path=path,
        media_type=picture_type(data[:64]) or "application/octet-stream",
        text="",
        warnings=(f"{path} is a small inline picture, taken for a logo.",),
    )


def is_logo(data: bytes) -> bool:
    """Whether a picture shown inside a mail's text is too small to show goods."""
    size = dimensions(data)
    if len(data) < LOGO_BYTES or size is None:
        return len(data) < LOGO_BYTES
    return size[0] < LOGO_WIDTH or size[1] < LOGO_HEIGHT


def dimensions(data: bytes) -> tuple[int, int] | None:
    """Width and height in pixels of a PNG, GIF or JPEG, from its header alone."""
    try:
        if data[:8] == b"\x89PNG\r\n\x1a\n":
            return struct.unpack(">II", data[16:24])
        if data[:4] == b"GIF8":
            return struct.unpack("<HH", data[6:10])
        if data[:3] == b"\xff\xd8\xff":
            return _jpeg_dimensions(data)
    except (struct.error, IndexError):
        return None
    return None


def _jpeg_dimensions(data: bytes) -> tuple[int, int] | None:
    place = 2
    while place + 9 < len(data) and data[place] == 0xFF:
        marker = data[place + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[place + 5 : place + 9])
            return width, height
        place += 2 + int.from_bytes(data[place + 2 : place + 4], "big")
    return None
