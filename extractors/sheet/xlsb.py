"""What the records of an XLSB workbook say beside the values: hidden rows and columns, and how wide a sheet lies.

Records as in [MS-XLSB] 2.1 and 2.4.
"""

import io
import posixpath
import struct
import zipfile
from collections.abc import Iterator

from extractors.markup import relations, xml_parts
from extractors.sheet.parts import Aside

_ROW, _COLUMNS, _SHEET = 0, 60, 156
_CELLS = range(1, 12)
_MOST_RECORDS = 3_000_000
_MOST_AREA = 3_000_000
_WIDEST = 16_384


def asides_of(data: bytes) -> tuple[Aside, ...]:
    """One for each sheet, in the workbook's order; raises what zipfile and lxml raise on damage."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = set(archive.namelist())
        if "xl/workbook.bin" not in names:
            return ()
        targets = dict(relations("xl/workbook.bin", xml_parts(archive)))
        asides: list[Aside] = []
        book = archive.read("xl/workbook.bin")
        for kind, at, size in _records(book):
            if kind == _SHEET and size >= 12:
                name = targets.get(_wide_string(book, at + 8), ("", ""))[1]
                asides.append(_aside(archive.read(name)) if name in names else Aside())
        return tuple(asides)


def is_too_wide(data: bytes) -> bool:
    """Whether a sheet would be laid out over more cells than memory should hold."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheets = [name for name in archive.namelist() if posixpath.dirname(name) == "xl/worksheets"]
        return any(_area(archive.read(name)) > _MOST_AREA for name in sheets if name.endswith(".bin"))


def _records(stream: bytes) -> Iterator[tuple[int, int, int]]:
    """(kind, place of the content, its size) of each whole record; both numbers take 7 bits a byte."""
    place = 0
    while place < len(stream):
        numbers = []
        for most in (2, 4):
            number = 0
            for step in range(most):
                if place >= len(stream):
                    return
                byte = stream[place]
                place += 1
                number |= (byte & 0x7F) << (7 * step)
                if not byte & 0x80:
                    break
            numbers.append(number)
        kind, size = numbers
        if place + size > len(stream):
            return
        yield kind, place, size
        place += size


def _wide_string(stream: bytes, place: int) -> str:
    length = min(struct.unpack_from("<I", stream, place)[0], 255)
    return stream[place + 4 : place + 4 + 2 * length].decode("utf-16-le", "replace")


def _aside(stream: bytes) -> Aside:
    rows: set[int] = set()
    columns: set[int] = set()
    for kind, at, size in _records(stream):
        if kind == _ROW and size >= 12 and stream[at + 11] & 0x10:
            rows.add(struct.unpack_from("<I", stream, at)[0])
        elif kind == _COLUMNS and size >= 18:
            first, last, width, _, flags = struct.unpack_from("<4IH", stream, at)
            if flags & 1 or width == 0:
                columns.update(range(first, min(last + 1, _WIDEST)))
    return Aside(hidden_rows=frozenset(rows), hidden_columns=frozenset(columns))


def _area(stream: bytes) -> int:
    """Rows times columns from the first cell to the last; more than any may have where there are too many records."""
    first = last = None
    widest = row = 0
    for number, (kind, at, size) in enumerate(_records(stream)):
        if number > _MOST_RECORDS:
            return _MOST_AREA + 1
        if kind == _ROW and size >= 4:
            row = struct.unpack_from("<I", stream, at)[0]
        elif kind in _CELLS and size >= 4:
            first = row if first is None else min(first, row)
            last = row if last is None else max(last, row)
            widest = max(widest, struct.unpack_from("<I", stream, at)[0])
    return 0 if first is None or last is None else (last - first + 1) * (widest + 1)
