"""Two pictures, made without a picture library: a photo of a dented dish (JPEG) and a letterhead's logo (PNG)."""

import struct
import zlib
from collections.abc import Iterator

_WIDTH, _HEIGHT = 800, 600  # pixels, whole blocks of eight
# how many Huffman codes of each length: for the twelve sizes a DC difference can have (ITU-T T.81, table K.3), and one
# AC code, the end of a block, as no block has more than its DC
_DC_COUNTS = (0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0)
_DC_SIZES = tuple(range(12))
_AC_COUNTS = (1, *(0,) * 15)
Colour = tuple[int, int, int]


def photo() -> bytes:
    """A baseline JPEG in which each block of eight by eight pixels has one colour (YCbCr, no subsampling)."""
    frame = struct.pack(">BHHB", 8, _HEIGHT, _WIDTH, 3) + b"".join(bytes((part, 0x11, 0)) for part in (1, 2, 3))
    scan = b"\x03" + b"".join(bytes((part, 0)) for part in (1, 2, 3)) + b"\x00\x3f\x00"
    return b"".join(
        (
            b"\xff\xd8",
            _segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"),
            _segment(0xDB, b"\0" + bytes((8,) * 64)),  # a DC step of eight is one level of the block's mean
            _segment(0xC0, frame),
            _segment(0xC4, b"\x00" + bytes(_DC_COUNTS) + bytes(_DC_SIZES)),
            _segment(0xC4, b"\x10" + bytes(_AC_COUNTS) + b"\0"),
            _segment(0xDA, scan),
            _packed("".join(_bits())),
            b"\xff\xd9",
        )
    )


def _segment(marker: int, data: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data


def _bits() -> Iterator[str]:
    codes = _codes()
    before = [0, 0, 0]
    for row in range(_HEIGHT // 8):
        for column in range(_WIDTH // 8):
            for part, level in enumerate(_ycbcr(_seen(column * 8 - 400, row * 8 - 300))):
                difference = level - before[part]
                before[part] = level
                size = abs(difference).bit_length()
                value = difference if difference >= 0 else difference + (1 << size) - 1
                yield codes[size] + (f"{value:0{size}b}" if size else "") + "0"


def _codes() -> dict[int, str]:
    """The canonical Huffman code of each DC size."""
    codes, code, sizes = {}, 0, iter(_DC_SIZES)
    for length, count in enumerate(_DC_COUNTS, 1):
        for _ in range(count):
            codes[next(sizes)] = f"{code:0{length}b}"
            code += 1
        code <<= 1
    return codes


def _packed(bits: str) -> bytes:
    padded = bits + "1" * (-len(bits) % 8)
    raw = bytes(int(padded[place : place + 8], 2) for place in range(0, len(padded), 8))
    return raw.replace(b"\xff", b"\xff\0")


def _ycbcr(colour: Colour) -> Colour:
    """In whole levels around the middle, as a block's DC holds them."""
    red, green, blue = colour
    luma = (299 * red + 587 * green + 114 * blue) // 1000
    return luma - 128, (blue - luma) * 564 // 1000, (red - luma) * 713 // 1000


def _seen(x: int, y: int) -> Colour:
    """A steel dish on cardboard, its right end crushed; ``x`` and ``y`` in pixels from the middle."""
    grain = (x * 7 + y * 13) // 8 % 9
    in_dish = abs(x) < 290 and abs(y) < 170
    if not in_dish:
        return 168 + grain, 128 + grain, 84 + grain
    if abs(x) > 262 or abs(y) > 142:
        return 205 + grain, 207 + grain, 210 + grain
    crushed = (x - 200) ** 2 * 2 + (y - 60) ** 2
    if crushed < 16_000:
        return 60 + crushed // 250, 58 + crushed // 250, 60 + crushed // 250
    fold = (x - 2 * y) % 240 < 24 and x > 40
    shine = 150 + (x + 2 * y) // 14 + grain
    return (90, 90, 94) if fold else (shine, shine + 2, shine + 5)


def logo() -> bytes:
    """A hotel's letterhead, 120 by 40 pixels, black and gold."""
    rows = []
    for y in range(40):
        leaf = [min(abs(x - 20) + abs(y - 20), abs(x - 44) + abs(y - 20)) < 14 for x in range(120)]
        line = [36 <= y <= 37 or (60 <= x < 116 and 16 <= y < 24 and x % 9 < 6) for x in range(120)]
        rows.append(b"\0" + bytes(1 if gold else 2 if black else 0 for gold, black in zip(leaf, line, strict=True)))
    head = struct.pack(">IIBBBBB", 120, 40, 8, 3, 0, 0, 0)
    parts = ((b"IHDR", head), (b"PLTE", bytes((255, 255, 255, 184, 142, 52, 32, 32, 32))), (b"IDAT", _stored(rows)))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in (*parts, (b"IEND", b"")))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _stored(rows: list[bytes]) -> bytes:
    """A zlib stream of one uncompressed block, the same whichever zlib there is."""
    raw = b"".join(rows)
    return (
        b"\x78\x01\x01" + struct.pack("<HH", len(raw), len(raw) ^ 0xFFFF) + raw + struct.pack(">I", zlib.adler32(raw))
    )
