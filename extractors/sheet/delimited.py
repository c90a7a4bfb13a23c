"""CSV and its kin: the delimiter is found, the cells stay as written."""

import csv
import io
from collections import Counter
from itertools import islice

from extractors.charset import decode
from extractors.document import Document, Failure, assemble
from extractors.limits import Limits
from extractors.pieces import one_line
from extractors.sheet.grid import Grid, grid_blocks

_DELIMITERS = (",", ";", "\t", "|")


def read_delimited(data: bytes, path: str, limits: Limits) -> tuple[Document, ...]:
    """Rows of one table; decimal commas and leading zeros are kept."""
    text = decode(data)[: limits.characters + 1].replace("\x00", "")
    told, text = _told_delimiter(text)
    delimiter = told or delimiter_of(text)
    failures: tuple[Failure, ...] = ()
    rows: list[list[str]] = []
    cells = 0
    try:
        for held in islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), limits.rows + 1):
            cells += len(held)
            if len(rows) == limits.rows or cells > limits.cells:
                message = f"Only the first {len(rows):,} rows of {path} were read."
                failures = (Failure(document=path, kind="too_large", message=message),)
                break
            rows.append([one_line(cell) for cell in held])
    except csv.Error as problem:
        failures = (Failure(document=path, kind="corrupt", message=f"{path} breaks off: {problem}."),)
    return (assemble(path, "text/csv", grid_blocks(Grid(rows=rows), 0), failures=failures),)


def _told_delimiter(text: str) -> tuple[str, str]:
    """Excel's own first line, ``sep=;``, and the text without it."""
    first, _, rest = text.partition("\n")
    told = first.strip().strip('"').lower()
    return (told[4], rest) if told.startswith("sep=") and len(told) == 5 else ("", text)


def delimiter_of(text: str) -> str:
    """The delimiter that cuts most lines into the same number of cells, more than one."""
    lines = [line for line in text.splitlines()[:60] if line.strip()]
    best, score = ",", 0
    for delimiter in _DELIMITERS:
        widths = Counter(width for width in _widths(lines, delimiter) if width > 1)
        if widths:
            width, count = widths.most_common(1)[0]
            if count * 10 + min(width, 9) > score:
                best, score = delimiter, count * 10 + min(width, 9)
    return best


def _widths(lines: list[str], delimiter: str) -> list[int]:
    try:
        return [len(held) for held in csv.reader(lines, delimiter=delimiter)]
    except csv.Error:
        return []
