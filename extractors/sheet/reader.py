"""Workbooks: XLSX, XLS and XLSB, their cells by calamine."""

import io
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from extractors.document import Block, Document, Failure, Piece, assemble
from extractors.kinds import MEDIA_TYPES
from extractors.limits import Limits
from extractors.markup import unpacked_bytes
from extractors.outside import printed
from extractors.pieces import block, one_line, refusal
from extractors.sheet.grid import Grid, cell_text, column_texts, grid_blocks
from extractors.sheet.parts import Aside, Remark, parts_of

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook


@contextmanager
def _held_back() -> Iterator[None]:
    """A panic of the library, which is no ``Exception``, becomes a ``ValueError``: the file is damaged."""
    try:
        yield
    except BaseException as problem:
        if type(problem).__name__ != "PanicException":
            raise
        raise ValueError("the workbook's records break off") from problem


def read_xlsx(data: bytes, path: str, limits: Limits) -> tuple[Document, ...]:
    """Every sheet: its name, its rows as shown, its comments. Hidden sheets, rows, columns and cells are marked so."""
    if unpacked_bytes(data) > limits.bytes_unpacked:
        return (_too_large(path, MEDIA_TYPES["xlsx"], limits),)
    from python_calamine import CalamineWorkbook

    parts = parts_of(data)
    with _held_back():
        book = CalamineWorkbook.from_filelike(io.BytesIO(parts.data))
        return (_document(book, parts.asides, path, MEDIA_TYPES["xlsx"], limits, pictures=parts.pictures),)


def xlsx_rows(data: bytes, limits: Limits) -> list[list[tuple[str, ...]]]:
    """The cells of every sheet of an XLSX workbook as it shows them, from the first used row and column on."""
    from python_calamine import CalamineWorkbook

    parts = parts_of(data)
    book = CalamineWorkbook.from_filelike(io.BytesIO(parts.data))
    budget = Budget("", limits)
    found: list[list[tuple[str, ...]]] = []
    for number, aside in enumerate(parts.asides):
        sheet = book.get_sheet_by_index(number)
        found.append(_rows(sheet, aside.formats, budget))
    return found


def read_calamine(data: bytes, path: str, limits: Limits) -> tuple[Document, ...]:
    """XLS and XLSB."""
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    from extractors.sheet import biff, xlsb

    media_type = MEDIA_TYPES["calamine"]
    if unpacked_bytes(data) > limits.bytes_unpacked:
        return (_too_large(path, media_type, limits),)
    zipped = data.startswith(b"PK")
    if zipped and xlsb.is_too_wide(data):
        message = f"{path} was not read: the cells of a sheet lie too far apart. Ask for it as XLSX or CSV."
        return (refusal(path, media_type, "too_large", message),)
    trial = [sys.executable, "-P", str(Path(__file__).with_name("trial.py"))]
    if printed(trial, data, seconds=limits.seconds_outside, most_bytes=1_000) is None:
        return (refusal(path, media_type, "corrupt", f"{path} is damaged. Ask for it again, as XLSX or CSV."),)
    try:
        with _held_back():
            book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    except PasswordError:
        return (refusal(path, media_type, "encrypted", f"{path} is locked with a password."),)
    except CalamineError as problem:
        return (refusal(path, media_type, "corrupt", f"{path} is damaged: {one_line(str(problem))[:200]}"),)
    with _held_back():
        return (_document(book, xlsb.asides_of(data) if zipped else biff.asides_of(data), path, media_type, limits),)


def _too_large(path: str, media_type: str, limits: Limits) -> Document:
    message = f"{path} unpacks to more than {limits.bytes_unpacked:,} bytes and was not read."
    return refusal(path, media_type, "too_large", message)


def _document(
    book: "CalamineWorkbook",
    asides: Sequence[Aside],
    path: str,
    media_type: str,
    limits: Limits,
    *,
    pictures: bool = False,
) -> Document:
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    budget = Budget(path, limits)
    blocks: list[Piece] = []
    notes: list[str] = []
    table = 0
    for number, told in enumerate(book.sheets_metadata, start=1):
        if budget.closed(number):
            break
        if told.typ != SheetTypeEnum.WorkSheet:
            continue
        aside = asides[number - 1] if number <= len(asides) else Aside()
        hidden = told.visible != SheetVisibleEnum.Visible
        name = one_line(told.name)
        if aside.too_wide:
            notes.append(f"Sheet {name}: its cells lie too far apart; it was not read.")
            continue
        grid = _grid(book.get_sheet_by_index(number - 1), aside, budget, name=name, page=number, hidden=hidden)
        made = list(grid_blocks(grid, table))
        blocks += made
        table = 1 + max((held.table for held in made if held.table is not None), default=table - 1)
        notes += _uncalculated(name, aside.uncalculated)
    return assemble(path, media_type, blocks, failures=budget.failures, warnings=tuple(notes), has_picture=pictures)


class Budget:
    """Counts sheets, rows and cells over the whole workbook against the limits."""

    def __init__(self, path: str, limits: Limits) -> None:
        self._path = path
        self._limits = limits
        self._rows = 0
        self._cells = 0
        self.failures: tuple[Failure, ...] = ()

    def closed(self, sheet: int) -> bool:
        """Whether no further sheet may be read."""
        if sheet > self._limits.sheets:
            self._refuse(f"Only the first {self._limits.sheets} sheets of {self._path} were read.")
        return bool(self.failures)

    def takes(self, cells: int) -> bool:
        """Whether one more row of that many cells may be read."""
        self._rows += 1
        self._cells += cells
        if self._rows > self._limits.rows or self._cells > self._limits.cells:
            self._refuse(f"Only the first {self._rows - 1:,} rows of {self._path} were read.")
        return not self.failures

    @property
    def most_rows(self) -> int:
        return self._limits.rows

    def taken(self, rows: Sequence[int]) -> int:
        """How many of some rows may be read, given the cells of each."""
        count, cells = self._rows + len(rows), self._cells + sum(rows)
        if count <= self._limits.rows and cells <= self._limits.cells:
            self._rows, self._cells = count, cells
            return len(rows)
        return next((number for number, wide in enumerate(rows) if not self.takes(wide)), len(rows))

    def _refuse(self, message: str) -> None:
        self.failures = (Failure(document=self._path, kind="too_large", message=message),)


def _grid(sheet: "CalamineSheet", aside: Aside, budget: Budget, *, name: str, page: int, hidden: bool) -> Grid:
    """The sheet from its first used row and column on, which become row and column 0."""
    down, right = sheet.start or (0, 0)
    return Grid(
        rows=_rows(sheet, aside.formats, budget),
        name=name,
        page=page,
        hidden=hidden,
        hidden_rows=frozenset(row - down for row in aside.hidden_rows),
        hidden_columns=frozenset(column - right for column in aside.hidden_columns),
        merged=tuple(
            (first_row - down, first - right, last - right)
            for (first_row, first), (_, last) in sheet.merged_cell_ranges or ()
            if last > first
        ),
        unseen=frozenset((row - down, column - right) for row, column in aside.unseen),
        notes=_notes(aside.remarks, down, page, hidden=hidden),
    )


def _rows(sheet: "CalamineSheet", formats: Mapping[int, Mapping[int, str]], budget: Budget) -> list[tuple[str, ...]]:
    """The rows as texts, from the first used row and column on; they are made by column, which is quickest."""
    down, right = sheet.start or (0, 0)
    held = list(islice(sheet.iter_rows(), down, down + budget.most_rows + 1))
    del held[budget.taken([len(values) - values.count("") or 1 for values in held]) :]
    columns: list[list[str]] = []
    for number, values in enumerate(zip(*held, strict=True), start=right):
        texts = column_texts(values)
        for row, code in formats.get(number, {}).items():
            if down <= row < down + len(texts):
                texts[row - down] = cell_text(values[row - down], code)
        columns.append(texts)
    return list(zip(*columns, strict=True)) or [()] * len(held)


def _notes(remarks: Sequence[Remark], down: int, page: int, *, hidden: bool) -> dict[int, list[Block]]:
    found: dict[int, list[Block]] = {}
    for told in remarks:
        note = block(told.text, kind="annotation", source="annotation", page=page, label=told.author, hidden=hidden)
        found.setdefault(told.row - down, []).append(note)
    return found


def _uncalculated(name: str, cells: Sequence[str]) -> Iterator[str]:
    """A note for the formulas that hold no value: nobody has calculated the sheet since they were written."""
    if cells:
        named = ", ".join(cells[:8]) + (" and more" if len(cells) > 8 else "")
        yield f"Sheet {name}: formulas without a stored value are shown empty ({named})."
