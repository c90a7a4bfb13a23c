"""OpenDocument: sheets (ODS) as they show their cells, and texts (ODT)."""

import io
import zipfile
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from extractors.document import Block, Document, Piece, assemble
from extractors.limits import Limits
from extractors.markup import tree, unpacked_bytes
from extractors.pieces import block, clean, one_line, refusal, row
from extractors.sheet.grid import Grid, grid_blocks
from extractors.sheet.reader import Budget
from extractors.tables import header_rows, headings

if TYPE_CHECKING:
    from lxml.etree import _Element

_NAMES = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}"
_T, _X, _O, _S = (_NAMES % name for name in ("table", "text", "office", "style"))
_DUBLIN = "{http://purl.org/dc/elements/1.1/}"
_SHEET_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
_TEXT_TYPE = "application/vnd.oasis.opendocument.text"
_WIDEST = 1_024
_DEEPEST = 40


def read_ods(data: bytes, path: str, limits: Limits) -> tuple[Document, ...]:
    """Every sheet with the words its cells show; hidden sheets, rows and columns are marked, notes are annotations."""
    if unpacked_bytes(data) > limits.bytes_unpacked:
        return (_too_large(path, _SHEET_TYPE, limits),)
    root = _content(data)
    if root is None:
        return (refusal(path, _SHEET_TYPE, "encrypted", f"{path} is locked with a password."),)
    unshown = {
        str(style.get(f"{_S}name"))
        for style in root.iter(f"{_S}style")
        if any(told.get(f"{_T}display") == "false" for told in style.iter(f"{_S}table-properties"))
    }
    budget = Budget(path, limits)
    blocks: list[Piece] = []
    table = 0
    for number, sheet in enumerate(root.iter(f"{_T}table"), start=1):
        if budget.closed(number):
            break
        made = list(grid_blocks(_grid(sheet, number, budget, hidden=sheet.get(f"{_T}style-name") in unshown), table))
        blocks += made
        table = 1 + max((held.table for held in made if held.table is not None), default=table - 1)
    return (assemble(path, _SHEET_TYPE, blocks, failures=budget.failures),)


def _too_large(path: str, media_type: str, limits: Limits) -> Document:
    message = f"{path} unpacks to more than {limits.bytes_unpacked:,} bytes and was not read."
    return refusal(path, media_type, "too_large", message)


def _content(data: bytes) -> "_Element | None":
    """The root of the content, or None where it is encrypted."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if b"encryption-data" in archive.read("META-INF/manifest.xml"):
            return None
        return tree(archive.read("content.xml"))


def _grid(sheet: "_Element", number: int, budget: Budget, *, hidden: bool) -> Grid:
    rows: list[list[str]] = []
    hidden_rows: set[int] = set()
    notes: dict[int, list[Block]] = {}
    empty = 0
    for told in sheet.iter(f"{_T}table-row"):
        texts, remarks = _row(told, number, hidden=hidden)
        times = _repeated(told, "rows")
        if not texts and not remarks:
            empty += times
            continue
        if empty:
            rows.append([])  # many empty rows say no more than one
            empty = 0
        for _ in range(times):
            if not budget.takes(sum(map(bool, texts)) or 1):
                break
            if told.get(f"{_T}visibility") in ("collapse", "filter"):
                hidden_rows.add(len(rows))
            if remarks:
                notes[len(rows)] = remarks
            rows.append(texts)
        if budget.failures:
            break
    return Grid(
        rows=rows,
        name=one_line(sheet.get(f"{_T}name") or ""),
        page=number,
        hidden=hidden,
        hidden_rows=frozenset(hidden_rows),
        hidden_columns=frozenset(_hidden_columns(sheet)),
        notes=notes,
    )


def _row(told: "_Element", page: int, *, hidden: bool) -> tuple[list[str], list[Block]]:
    """The texts of a row's cells without empty ones at its end, and the remarks on them."""
    texts: list[str] = []
    remarks: list[Block] = []
    for cell in told.iterchildren(f"{_T}table-cell", f"{_T}covered-table-cell"):
        for note in cell.iterchildren(f"{_O}annotation"):
            said = one_line(" ".join(_said(p) for p in note.iterchildren(f"{_X}p")))
            author = one_line("".join(str(word) for who in note.iter(f"{_DUBLIN}creator") for word in who.itertext()))
            if said:
                remarks.append(
                    block(said, kind="annotation", source="annotation", page=page, label=author, hidden=hidden)
                )
        text = one_line(" ".join(_said(p) for p in cell.iterchildren(f"{_X}p")))
        texts += [text] * min(_repeated(cell, "columns"), max(_WIDEST - len(texts), 0))
    while texts and not texts[-1]:
        texts.pop()
    return texts, remarks


def _repeated(element: "_Element", what: str) -> int:
    times = element.get(f"{_T}number-{what}-repeated") or "1"
    return max(int(times), 1) if times.isdigit() and len(times) < 9 else 1


def _hidden_columns(sheet: "_Element") -> Iterator[int]:
    place = 0
    for column in sheet.iter(f"{_T}table-column"):
        wide = min(_repeated(column, "columns"), _WIDEST)
        if column.get(f"{_T}visibility") in ("collapse", "filter"):
            yield from range(place, place + wide)
        place += wide


def _said(paragraph: "_Element") -> str:
    """The words of a paragraph with its blanks, tabs and line breaks; notes and deleted words are left out."""
    pieces = [paragraph.text or ""]
    for child in paragraph:
        if child.tag == f"{_X}s":
            count = child.get(f"{_X}c") or "1"
            pieces.append(" " * (min(int(count), 200) if count.isdigit() else 1))
        elif child.tag == f"{_X}tab":
            pieces.append("\t")
        elif child.tag == f"{_X}line-break":
            pieces.append("\n")
        elif isinstance(child.tag, str) and child.tag.startswith(_X) and child.tag != f"{_X}note":
            pieces.append(_said(child))
        pieces.append(child.tail or "")
    return "".join(pieces)


def read_odt(data: bytes, path: str, limits: Limits) -> tuple[Document, ...]:
    """Paragraphs, headings, lists and tables in order; remarks are annotations, tracked deletions are left out."""
    if unpacked_bytes(data) > limits.bytes_unpacked:
        return (_too_large(path, _TEXT_TYPE, limits),)
    root = _content(data)
    if root is None:
        return (refusal(path, _TEXT_TYPE, "encrypted", f"{path} is locked with a password."),)
    blocks: list[Block] = []
    for body in root.iter(f"{_O}text"):
        blocks += _blocks(body, [0], 0)
    return (assemble(path, _TEXT_TYPE, blocks),)


def _blocks(container: "_Element", tables: list[int], depth: int) -> Iterator[Block]:
    for child in container:
        if child.tag in (f"{_X}p", f"{_X}h"):
            text = clean(_said(child)).strip("\n").rstrip()
            if text.strip():
                yield block(text, kind="heading" if child.tag == f"{_X}h" else "paragraph")
            for note in child.iter(f"{_O}annotation", f"{_X}note-body"):
                said = one_line(" ".join(_said(p) for p in note.iter(f"{_X}p")))
                if said:
                    yield block(said, kind="annotation", source="annotation")
            for frame in child.iter("{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}text-box"):
                yield from _blocks(frame, tables, depth + 1)
        elif child.tag == f"{_T}table":
            grid = [_row(told, 0, hidden=False)[0] for told in islice(child.iter(f"{_T}table-row"), 5_000)]
            count = header_rows(grid)
            named = headings(grid, count)
            for place, texts in enumerate(grid):
                if any(texts):
                    yield row(texts, named if place >= count else (), table=tables[0])
            tables[0] += 1
        elif child.tag != f"{_X}tracked-changes" and depth < _DEEPEST and isinstance(child.tag, str):
            yield from _blocks(child, tables, depth + 1)
