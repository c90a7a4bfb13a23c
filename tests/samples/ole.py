"""Files in Microsoft's compound format, as small as it allows: Outlook messages, XLS workbooks, Word documents."""

import struct
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Union

Tree = Mapping[str, Union[bytes, "Tree"]]

_SECTOR, _MINI, _CUTOFF = 512, 64, 4096
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def compound(tree: Tree) -> bytes:
    """A compound file ([MS-CFB]) of streams (bytes) and storages (mappings)."""
    entries: list[list[object]] = [["Root Entry", 5, _FREE, b"", _FREE]]  # name, kind, child, content, next
    _add(tree, 0, entries)
    mini, body = b"", b""
    mini_fat: list[int] = []
    fat: list[int] = []
    starts: list[int] = []
    for _, kind, _, content, _ in entries:
        assert isinstance(content, bytes)
        if kind != 2 or not content or len(content) >= _CUTOFF:
            starts.append(_END)
            continue
        starts.append(len(mini_fat))
        count = -(-len(content) // _MINI)
        mini_fat += [*range(len(mini_fat) + 1, len(mini_fat) + count), _END]
        mini += content.ljust(count * _MINI, b"\0")
    entries[0][3] = mini

    def stored(data: bytes) -> int:
        nonlocal body
        if not data:
            return _END
        start, count = len(fat), -(-len(data) // _SECTOR)
        fat.extend([*range(start + 1, start + count), _END])
        body += data.ljust(count * _SECTOR, b"\0")
        return start

    for number, (_, kind, _, content, _) in enumerate(entries):
        assert isinstance(content, bytes)
        if kind == 5 or (kind == 2 and len(content) >= _CUTOFF):
            starts[number] = stored(content)
    mini_start = stored(b"".join(struct.pack("<I", n) for n in mini_fat))
    rows = b"".join(_entry(entry, start) for entry, start in zip(entries, starts, strict=True))
    directory = stored(rows.ljust(-(-len(rows) // _SECTOR) * _SECTOR, b"\0"))
    tables = 1
    while (len(fat) + tables) * 4 > tables * _SECTOR:
        tables += 1
    first = len(fat)
    fat += [_FAT] * tables
    body += b"".join(struct.pack("<I", n) for n in fat).ljust(tables * _SECTOR, b"\xff")
    head = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack(
        "<IIIIIIIII", 0, tables, directory, 0, _CUTOFF, mini_start, -(-len(mini_fat) * 4 // _SECTOR), _END, 0
    )
    return head + b"".join(struct.pack("<I", first + n if n < tables else _FREE) for n in range(109)) + body


def _add(tree: Tree, parent: int, entries: list[list[object]]) -> None:
    numbers: list[int] = []
    for name, held in sorted(tree.items(), key=lambda item: (len(item[0]), item[0].upper())):
        numbers.append(len(entries))
        entries.append(
            [name, 2 if isinstance(held, bytes) else 1, _FREE, held if isinstance(held, bytes) else b"", _FREE]
        )
        if not isinstance(held, bytes):
            _add(held, numbers[-1], entries)
    for one, after in pairwise(numbers):
        entries[one][4] = after
    if numbers:
        entries[parent][2] = numbers[0]


def _entry(entry: Sequence[object], start: int) -> bytes:
    name, kind, child, content, after = entry
    assert isinstance(name, str)
    assert isinstance(content, bytes)
    wide = name.encode("utf-16-le") + b"\0\0"
    return (
        wide.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(wide), kind, 1, _FREE, after, child)
        + bytes(36)
        + struct.pack("<IQ", start, len(content))
    )


def properties(texts: Mapping[int, str | bytes], fixed: Mapping[int, int], head: int) -> dict[str, bytes]:
    """The streams of a message's properties: texts by number (bytes are binary), whole numbers in the fixed table."""
    made: dict[str, bytes] = {}
    for number, value in texts.items():
        kind, data = ("0102", value) if isinstance(value, bytes) else ("001F", value.encode("utf-16-le"))
        made[f"__substg1.0_{number:04X}{kind}"] = data
    table = b"".join(
        struct.pack("<HHIq", 0x40 if value > 2**32 else 0x03, number, 6, value) for number, value in fixed.items()
    )
    made["__properties_version1.0"] = bytes(head) + table
    return made


def msg(
    subject: str = "Return of SO-1001",
    plain: str = "Please take back 12 of BV-34.",
    *,
    html: bytes = b"",
    rich: bytes = b"",
    head: str = "",
    files: Sequence[tuple[str, bytes]] = (),
    enclosed: Sequence[dict[str, "bytes | Tree"]] = (),
    level: int = 32,
) -> dict[str, "bytes | Tree"]:
    """The storages of an Outlook message from Ann Lee of Acme; ``compound`` makes a file of them."""
    ticks = int((datetime(2026, 11, 18, 14, 5, tzinfo=UTC) - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()) * 10**7
    texts: dict[int, str | bytes] = {
        0x0037: subject, 0x1000: plain, 0x0C1A: "Ann Lee", 0x5D01: "ann@acme.example", 0x1035: "<m1@acme.example>",
    }  # fmt: skip
    texts.update({number: value for number, value in ((0x1013, html), (0x1009, rich), (0x007D, head)) if value})
    made: dict[str, bytes | Tree] = {**properties(texts, {0x0039: ticks}, level)}
    who: dict[int, str | bytes] = {0x3001: "Returns", 0x39FE: "returns@norlake.example"}
    made["__recip_version1.0_#00000000"] = properties(who, {0x0C15: 1}, 8)
    for number, (name, data) in enumerate(files):
        made[f"__attach_version1.0_#{number:08X}"] = properties({0x3707: name, 0x3701: data}, {0x3705: 1}, 8)
    for number, inner in enumerate(enclosed, start=len(files)):
        held: dict[str, bytes | Tree] = {**properties({}, {0x3705: 5}, 8)}
        held["__substg1.0_3701000D"] = inner
        made[f"__attach_version1.0_#{number:08X}"] = held
    return made


def xls(
    rows: Sequence[Sequence[object]],
    *,
    codes: Mapping[int, str] | None = None,
    hidden_row: int = -1,
    hidden_column: int = -1,
) -> bytes:
    """An XLS workbook of one sheet; ``codes`` gives a number format by column."""

    def record(kind: int, content: bytes) -> bytes:
        return struct.pack("<HH", kind, len(content)) + content

    bof = struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0)
    formats, styles = b"", record(0xE0, struct.pack("<HH", 0, 0) + bytes(16))
    style_of: dict[int, int] = {}
    for number, (column, code) in enumerate((codes or {}).items(), start=1):
        formats += record(0x41E, struct.pack("<HHB", 164 + number, len(code), 0) + code.encode("latin-1"))
        styles += record(0xE0, struct.pack("<HH", 0, 164 + number) + bytes(16))
        style_of[column] = number
    name = b"Returns"
    start = 4 + len(bof) + len(formats) + len(styles) + 4 + 8 + len(name) + 4
    book = record(0x809, bof) + formats + styles
    book += record(0x85, struct.pack("<IBBBB", start, 0, 0, len(name), 0) + name) + record(0x0A, b"")
    sheet = record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0))
    if hidden_column >= 0:
        sheet += record(0x7D, struct.pack("<6H", hidden_column, hidden_column, 2000, 0, 1, 0))
    for row, held in enumerate(rows):
        if row == hidden_row:
            sheet += record(0x208, struct.pack("<6HI", row, 0, len(held), 255, 0, 0, 0x120))
        for column, value in enumerate(held):
            at = struct.pack("<HHH", row, column, style_of.get(column, 0) if row else 0)
            if isinstance(value, str):
                wide = value.encode("utf-16-le")
                sheet += record(0x204, at + struct.pack("<HB", len(value), 1) + wide)
            else:
                sheet += record(0x203, at + struct.pack("<d", value))
    book += sheet + record(0x0A, b"")
    return compound({"Workbook": book.ljust(4096, b"\0")})


def doc(text: str) -> bytes:
    """A Word 97 document of plain paragraphs, one a line ([MS-DOC] 2.4.1): a head, the words, one piece."""
    words = text.replace("\n", "\r").encode("cp1252") + b"\r"
    start, length = 0x600, len(words)
    fib = bytearray(0x600)
    struct.pack_into("<HHHHHH", fib, 0, 0xA5EC, 0xC1, 0, 0x409, 0, 0x0200)
    struct.pack_into("<H", fib, 0x0C, 0xBF)
    struct.pack_into("<II", fib, 0x18, start, start + length)
    struct.pack_into("<H", fib, 0x20, 14)
    struct.pack_into("<H", fib, 0x3E, 22)
    struct.pack_into("<I", fib, 0x40, start + length)
    struct.pack_into("<I", fib, 0x4C, length)
    struct.pack_into("<H", fib, 0x98, 93)
    pieces = struct.pack("<II", 0, length) + struct.pack("<HIH", 0, 0x40000000 | start * 2, 0)
    clx = b"\x02" + struct.pack("<I", len(pieces)) + pieces
    struct.pack_into("<II", fib, 0x1A2, 0, len(clx))
    return compound({"WordDocument": (bytes(fib) + words).ljust(4608, b"\0"), "1Table": clx.ljust(4096, b"\0")})
