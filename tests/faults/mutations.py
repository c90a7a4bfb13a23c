"""Sample files of every kind, and the ways in which bytes go wrong. Everything follows from a seed."""

import inspect
import io
import random
import re
import struct
import zipfile
from collections.abc import Callable, Iterator

from tests.samples import documents, ole
from tests.samples.odt import odt
from tests.samples.xlsb import xlsb

_NUMBER = re.compile(rb"\d+")
_NUMBERS = (b"0", b"-1", b"65536", b"2147483647", b"4294967295", b"99999999999999999999", b"1e308", b"NaN")
_BYTES = (b"\x00", b"\xff", b"\xff\xff\xff\xff", b"\x00\x00\x00\x00", b"\x7f\xff\xff\xff", b"<", b">>", b"(", b"\r\n")


def samples() -> dict[str, bytes]:
    """By file name: whatever ``tests.samples.documents`` builds without being told anything, and a few more."""
    found: dict[str, bytes] = {}
    for name, build in inspect.getmembers(documents, inspect.isfunction):
        needs = any(p.default is inspect.Parameter.empty for p in inspect.signature(build).parameters.values())
        if build.__module__ == documents.__name__ and not name.startswith("_") and not needs:
            data = build()
            if isinstance(data, bytes):
                found[name] = data
    found |= dict(_pictures())
    found |= dict(_texts())
    found |= dict(_binaries())
    found["archive.zip"] = _zipped({"slip.pdf": documents.pdf_slip(), "list.csv": b"Item;Qty\nBV-34;12\nUCP208;4\n"})
    found["mail with files"] = documents.mail(
        html="<table><tr><td>Item<td>Qty<tr><td>BV-34<td>12</table>",
        attachments=[
            ("slip.pdf", "application/pdf", documents.pdf_slip()),
            ("form.docx", "application/octet-stream", documents.docx_form()),
            ("photo.png", "image/png", documents.png(64, 48)),
            ("fwd.eml", "application/octet-stream", documents.mail()),
        ],
    )
    return found


def _pictures() -> Iterator[tuple[str, bytes]]:
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", (320, 120), "white")
    ImageDraw.Draw(picture).text((10, 40), "BV-34  12 pcs", fill="black", font_size=24)
    for kind in ("JPEG", "PNG", "GIF", "TIFF", "BMP", "WEBP"):
        out = io.BytesIO()
        picture.save(out, kind)
        yield f"photo.{kind.lower()}", out.getvalue()


def _texts() -> Iterator[tuple[str, bytes]]:
    yield "list.csv", b"Item;Qty;Lot\nBV-34;12;A26918\nUCP208;4;B25744\nNG6-L;88;A25607\n"
    yield "note.txt", "Von: Dana\nGesendet: Montag\n\n> 12 Stück BV-34 zurück\n\n-- \nDana Diallo".encode()
    yield "page.html", b"<html><body><p style='display:none'>x</p><table><tr><td>Item<td>12</table>" * 3
    yield "letter.rtf", rb"{\rtf1\ansi{\fonttbl\f0 Arial;}\f0 Please take back 12 \b BV-34\b0\par Thanks}"


def _binaries() -> Iterator[tuple[str, bytes]]:
    rows: list[list[str | float]] = [["Item", "Qty", "Lot"], ["BV-34", 12.0, "A26918"], ["UCP208", 4.0, "B25744"]]
    files = [("list.csv", b"Item;Qty\nBV-34;12\n")]
    yield "message.msg", ole.compound(ole.msg(files=files, enclosed=[ole.msg("Inner", files=files, level=24)]))
    yield "winmail.dat", _enclosure()
    yield "old.doc", ole.doc("Return of SO-1001\nPlease take back 12 of BV-34.")
    yield "old.xls", ole.xls(rows, codes={1: "0000"}, hidden_row=2, hidden_column=2)
    yield "binary.xlsb", xlsb({"Returns": rows, "old": rows}, hidden_rows=[2], hidden_columns=[2])
    yield "letter.odt", odt()


def _enclosure() -> bytes:
    """A winmail.dat with a body and a file ([MS-OXTNEF])."""

    def attribute(level: int, name: int, data: bytes) -> bytes:
        return struct.pack("<BII", level, name, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)

    body = attribute(1, 0x0002800C, b"Please take back 12 of BV-34.\0")
    file = attribute(2, 0x00069002, bytes(14)) + attribute(2, 0x00018010, b"list.csv\0")
    return struct.pack("<IH", 0x223E9F78, 1) + body + file + attribute(2, 0x0006800F, b"Item;Qty\nBV-34;12\n")


def _zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def mutated(data: bytes, chance: random.Random) -> bytes:
    """The file with one to six faults; of a zip mostly in a file inside, so that its checksums still fit."""
    if data.startswith(b"PK") and chance.random() < 0.8:
        return _mutated_inside(data, chance)
    held = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 3, 6))):
        held = chance.choice(_FAULTS)(held, chance)
    return bytes(held)


def _mutated_inside(data: bytes, chance: random.Random) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    name = chance.choice(sorted(name for name in files if files[name]))
    held = bytearray(files[name])
    for _ in range(chance.choice((1, 2, 4))):
        held = chance.choice(_FAULTS)(held, chance)
    return _zipped({**files, name: bytes(held)})


def _flip(held: bytearray, chance: random.Random) -> bytearray:
    for _ in range(chance.choice((1, 4, 32))):
        if held:
            held[chance.randrange(len(held))] ^= 1 << chance.randrange(8)
    return held


def _overwrite(held: bytearray, chance: random.Random) -> bytearray:
    at = chance.randrange(len(held) + 1)
    told = chance.choice(_BYTES)
    held[at : at + len(told)] = told
    return held


def _noise(held: bytearray, chance: random.Random) -> bytearray:
    at = chance.randrange(len(held) + 1)
    held[at : at + chance.randrange(64)] = chance.randbytes(chance.randrange(64))
    return held


def _cut_out(held: bytearray, chance: random.Random) -> bytearray:
    at = chance.randrange(len(held) + 1)
    del held[at : at + chance.choice((1, 16, 200, len(held) // 3 + 1))]
    return held


def _double(held: bytearray, chance: random.Random) -> bytearray:
    at = chance.randrange(len(held) + 1)
    piece = held[at : at + chance.choice((8, 64, 1_000))]
    return held[:at] + piece * chance.choice((2, 50)) + held[at:]


def _break_off(held: bytearray, chance: random.Random) -> bytearray:
    return held[: chance.randrange(len(held) + 1)]


def _other_number(held: bytearray, chance: random.Random) -> bytearray:
    found = list(_NUMBER.finditer(held))
    if not found:
        return held
    place = chance.choice(found)
    held[place.start() : place.end()] = chance.choice(_NUMBERS)
    return held


_FAULTS: tuple[Callable[[bytearray, random.Random], bytearray], ...] = (
    _flip, _flip, _overwrite, _noise, _cut_out, _double, _break_off, _other_number, _other_number,
)  # fmt: skip
