"""XLSB workbooks ([MS-XLSB]) with the few records that cells need."""

import io
import struct
import zipfile
from collections.abc import Collection, Mapping, Sequence

_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/>'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>'
)
_KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATION = f'<Relationship Id="{{0}}" Type="{_KIND}/{{1}}" Target="{{2}}"/>'
_RELATIONS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'


def xlsb(
    sheets: Mapping[str, Sequence[Sequence[str | float]]],
    *,
    hidden_sheets: Collection[str] = (),
    hidden_rows: Collection[int] = (),
    hidden_columns: Collection[int] = (),
    apart: int = 1,
) -> bytes:
    """Sheets of rows; the numbers of what is hidden count from 0, for every sheet. Rows stand ``apart`` rows apart."""
    names = list(sheets)
    bundle = b"".join(
        _record(156, struct.pack("<II", name in hidden_sheets, n + 1) + _wide(f"rId{n + 1}") + _wide(name))
        for n, name in enumerate(names)
    )
    parts = {
        "[Content_Types].xml": _TYPES.encode(),
        "_rels/.rels": _RELATIONS.format(_RELATION.format("rId1", "officeDocument", "xl/workbook.bin")).encode(),
        "xl/workbook.bin": _record(131) + _record(143) + bundle + _record(144) + _record(132),
        "xl/_rels/workbook.bin.rels": _RELATIONS.format(
            "".join(
                _RELATION.format(f"rId{n + 1}", "worksheet", f"worksheets/sheet{n + 1}.bin") for n in range(len(names))
            )
        ).encode(),
    }
    for number, rows in enumerate(sheets.values()):
        parts[f"xl/worksheets/sheet{number + 1}.bin"] = _sheet(rows, hidden_rows, hidden_columns, apart)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def _sheet(
    rows: Sequence[Sequence[str | float]], hidden_rows: Collection[int], hidden_columns: Collection[int], apart: int
) -> bytes:
    widest = max(map(len, rows))
    body = _record(148, struct.pack("<IIII", 0, apart * (len(rows) - 1), 0, widest - 1))
    if hidden_columns:
        told = b"".join(_record(60, struct.pack("<IIIIH", n, n, 2_304, 0, 1)) for n in hidden_columns)
        body += _record(390) + told + _record(391)
    body += _record(145)
    for number, row in enumerate(rows):
        looks = 0x10 if number in hidden_rows else 0
        body += _record(0, struct.pack("<IIHBBBI", apart * number, 0, 300, 0, looks, 0, 0))
        for column, value in enumerate(row):
            head = struct.pack("<II", column, 0)
            if isinstance(value, str):
                body += _record(6, head + _wide(value))
            else:
                body += _record(5, head + struct.pack("<d", value))
    return _record(129) + body + _record(146) + _record(130)


def _record(kind: int, data: bytes = b"") -> bytes:
    """Numbers of kind and size take seven bits a byte."""
    return _seven(kind) + _seven(len(data)) + data


def _seven(number: int) -> bytes:
    out = bytearray()
    while True:
        number, low = number >> 7, number & 0x7F
        out.append(low | (0x80 if number else 0))
        if not number:
            return bytes(out)


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")
