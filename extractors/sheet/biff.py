"""What the records of an XLS workbook say beside the values: hidden rows and columns, number formats.

Records as in [MS-XLS] 2.4.
"""

import io
import struct
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from extractors.sheet.formats import BUILT_IN, is_shown
from extractors.sheet.parts import Aside

_BOF, _EOF, _SHEET, _FORMAT, _XF, _ROW, _COLUMNS = 0x809, 0x0A, 0x85, 0x41E, 0xE0, 0x208, 0x7D
_SINGLE = {0x203, 0x27E, 0x06}  # NUMBER, RK, FORMULA
_SEVERAL = 0xBD  # MULRK
_MOST_RECORDS = 3_000_000


@dataclass(slots=True)
class _Book:
    codes: dict[int, str] = field(default_factory=lambda: dict(BUILT_IN))
    styles: list[int] = field(default_factory=list)
    sheets: list[int] = field(default_factory=list)


def asides_of(data: bytes) -> tuple[Aside, ...]:
    """One for each sheet of an XLS file, in order; none where its records cannot be followed."""
    import olefile

    with olefile.OleFileIO(io.BytesIO(data)) as ole:
        name = next((name for name in ("Workbook", "Book") if ole.exists(name)), None)
        if name is None:
            return ()
        stream = ole.openstream(name).read()
    book = _Book()
    for kind, at, size in _records(stream, 0):
        if kind == _EOF:
            break
        if kind == _SHEET and size >= 4:
            book.sheets.append(struct.unpack_from("<I", stream, at)[0])
        elif kind == _FORMAT and size > 5:
            number, length, wide = struct.unpack_from("<HHB", stream, at)
            text = stream[at + 5 : at + 5 + length * (2 if wide & 1 else 1)]
            book.codes[number] = text.decode("utf-16-le" if wide & 1 else "latin-1", "replace")
        elif kind == _XF and size >= 4:
            book.styles.append(struct.unpack_from("<H", stream, at + 2)[0])
    formats = {n: book.codes.get(code, "") for n, code in enumerate(book.styles)}
    followed = {n: code for n, code in formats.items() if code != "0" and is_shown(code)}
    return tuple(_aside(stream, start, followed) for start in book.sheets)


def _records(stream: bytes, start: int) -> Iterator[tuple[int, int, int]]:
    """(kind, place of the content, its size) of each record."""
    place = start
    for _ in range(_MOST_RECORDS):
        if place + 4 > len(stream):
            return
        kind, size = struct.unpack_from("<HH", stream, place)
        if place + 4 + size > len(stream):
            return
        yield kind, place + 4, size
        place += 4 + size


def _aside(stream: bytes, start: int, followed: dict[int, str]) -> Aside:
    rows: set[int] = set()
    columns: set[int] = set()
    formats: defaultdict[int, dict[int, str]] = defaultdict(dict)
    depth = 0
    for kind, at, size in _records(stream, start):
        if kind == _BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth <= 0:
                break
        elif kind == _ROW and size >= 16:
            if stream[at + 12] & 0x20:
                rows.add(struct.unpack_from("<H", stream, at)[0])
        elif kind == _COLUMNS and size >= 10:
            first, last, _, _, flags = struct.unpack_from("<5H", stream, at)
            if flags & 1:
                columns.update(range(first, min(last, 255) + 1))
        elif kind in _SINGLE and size >= 6:
            row, column, style = struct.unpack_from("<3H", stream, at)
            if style in followed:
                formats[column][row] = followed[style]
        elif kind == _SEVERAL and size >= 6:
            row, column = struct.unpack_from("<2H", stream, at)
            for number in range((size - 6) // 6):
                style = struct.unpack_from("<H", stream, at + 4 + 6 * number)[0]
                if style in followed:
                    formats[column + number][row] = followed[style]
    return Aside(hidden_rows=frozenset(rows), hidden_columns=frozenset(columns), formats=formats)
