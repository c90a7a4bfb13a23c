"""Workbooks in the XML of Excel 2003, which older programs still export under the name .xls."""

from typing import TYPE_CHECKING

from extractors.document import Block, Document, Piece, assemble
from extractors.kinds import MEDIA_TYPES
from extractors.limits import Limits
from extractors.markup import tree
from extractors.pieces import block, one_line
from extractors.sheet.grid import Grid, grid_blocks
from extractors.sheet.reader import Budget

if TYPE_CHECKING:
    from lxml.etree import _Element

_S = "{urn:schemas-microsoft-com:office:spreadsheet}"
_X = "{urn:schemas-microsoft-com:office:excel}"
_WIDEST = 1_024


def read_sheet_xml(data: bytes, path: str, limits: Limits) -> tuple[Document, ...]:
    """Every sheet: its name, its rows, its comments; hidden sheets, rows and columns are marked so."""
    budget = Budget(path, limits)
    blocks: list[Piece] = []
    table = 0
    for number, sheet in enumerate(tree(data).iter(f"{_S}Worksheet"), start=1):
        if budget.closed(number):
            break
        made = list(grid_blocks(_grid(sheet, number, budget), table))
        blocks += made
        table = 1 + max((held.table for held in made if held.table is not None), default=table - 1)
    return (assemble(path, MEDIA_TYPES["sheet_xml"], blocks, failures=budget.failures),)


def _grid(sheet: "_Element", page: int, budget: Budget) -> Grid:
    hidden = any((told.text or "") != "SheetVisible" for told in sheet.iter(f"{_X}Visible"))
    rows: list[list[str]] = []
    hidden_rows: set[int] = set()
    notes: dict[int, list[Block]] = {}
    expected = 1
    for told in sheet.iter(f"{_S}Row"):
        index = _number(told.get(f"{_S}Index")) or expected
        if index > expected and rows:
            rows.append([])  # many empty rows say no more than one
        expected = index + 1
        texts = _texts(told)
        if not budget.takes(sum(map(bool, texts)) or 1):
            break
        if told.get(f"{_S}Hidden") == "1":
            hidden_rows.add(len(rows))
        for comment in told.iter(f"{_S}Comment"):
            said = one_line("".join(str(word) for word in comment.itertext()))
            author = one_line(comment.get(f"{_S}Author") or "")
            note = block(said, kind="annotation", source="annotation", page=page, label=author, hidden=hidden)
            notes.setdefault(len(rows), []).append(note)
        rows.append(texts)
    return Grid(
        rows=rows,
        name=one_line(sheet.get(f"{_S}Name") or ""),
        page=page,
        hidden=hidden,
        hidden_rows=frozenset(hidden_rows),
        hidden_columns=_hidden_columns(sheet),
        notes=notes,
    )


def _texts(told: "_Element") -> list[str]:
    texts: list[str] = []
    for cell in told.iterchildren(f"{_S}Cell"):
        index = _number(cell.get(f"{_S}Index"))
        texts += [""] * (min(index, _WIDEST) - 1 - len(texts))
        if len(texts) >= _WIDEST:
            break
        words = [str(word) for data in cell.iterchildren(f"{_S}Data", f"{_X}Data") for word in data.itertext()]
        text = one_line("".join(words))
        texts.append(text.removesuffix("T00:00:00.000"))
        texts += [""] * min(_number(cell.get(f"{_S}MergeAcross")), _WIDEST - len(texts))
    return texts


def _hidden_columns(sheet: "_Element") -> frozenset[int]:
    found: set[int] = set()
    place = 0
    for column in sheet.iter(f"{_S}Column"):
        index = _number(column.get(f"{_S}Index"))
        place = index - 1 if index else place
        wide = 1 + min(_number(column.get(f"{_S}Span")), _WIDEST)
        if column.get(f"{_S}Hidden") == "1":
            found.update(range(place, place + wide))
        place += wide
    return frozenset(found)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdigit() and len(text) < 9 else 0
