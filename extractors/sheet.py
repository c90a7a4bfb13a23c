"""Workbooks: XLSX by openpyxl, XLS, XLSB and ODS by calamine."""

import io
import warnings
import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING

from extractors.document import Block, Document, Failure, assemble
from extractors.grid import Grid, cell_text, grid_blocks
from extractors.kinds import MEDIA_TYPES
from extractors.limits import Limits
from extractors.pieces import block, one_line, refusal

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet
    from python_calamine import CalamineSheet

_PICTURE_BYTES = 20_000


def read_xlsx(data: bytes, path: str, limits: Limits) -> tuple[Document, ...]:
    """Every sheet: its name, its rows, its cell comments. Hidden sheets, rows and columns are marked so."""
    import openpyxl

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = archive.infolist()
        if sum(file.file_size for file in files) > limits.bytes_unpacked:
            message = f"{path} unpacks to more than {limits.bytes_unpacked:,} bytes and was not read."
            return (refusal(path, MEDIA_TYPES["xlsx"], "too_large", message),)
        pictures = any(f.filename.startswith("xl/media/") and f.file_size > _PICTURE_BYTES for f in files)
        sheets = [f.filename for f in files if f.filename.startswith("xl/worksheets/")]
        calculated = any(b"<f>" in archive.read(name) or b"<f " in archive.read(name) for name in sheets)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of features it drops; none of them holds text
        book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
        formulas = openpyxl.load_workbook(io.BytesIO(data)) if calculated else None
    budget = _Budget(path, limits)
    blocks: list[Block] = []
    notes: list[str] = []
    for number, sheet in enumerate(book.worksheets, start=1):
        if budget.closed(number):
            break
        blocks += grid_blocks(_grid(sheet, number, budget), _next_table(blocks))
        blocks += _comments(sheet, number)
        if formulas is not None:
            notes += _uncalculated(sheet, formulas[sheet.title])
    document = assemble(
        path, MEDIA_TYPES["xlsx"], blocks, failures=budget.failures, warnings=tuple(notes), has_picture=pictures
    )
    return (document,)


def _next_table(blocks: list[Block]) -> int:
    return max((held.table for held in blocks if held.table is not None), default=-1) + 1


class _Budget:
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

    def _refuse(self, message: str) -> None:
        self.failures = (Failure(document=self._path, kind="too_large", message=message),)


def _grid(sheet: "Worksheet", number: int, budget: _Budget) -> Grid:
    rows: list[list[str]] = []
    for held in sheet.iter_rows():
        if not budget.takes(sum(cell.value is not None for cell in held) or 1):
            break
        rows.append([cell_text(cell.value, cell.number_format) if cell.value is not None else "" for cell in held])
    return Grid(
        rows=rows,
        name=one_line(sheet.title),
        page=number,
        hidden=sheet.sheet_state != "visible",
        hidden_rows=frozenset(n - 1 for n, told in sheet.row_dimensions.items() if told.hidden),
        hidden_columns=frozenset(c - 1 for c in _hidden_columns(sheet)),
        merged=tuple(
            (span.min_row - 1, span.min_col - 1, span.max_col - 1)
            for span in sheet.merged_cells.ranges
            if span.max_col > span.min_col
        ),
    )


def _hidden_columns(sheet: "Worksheet") -> Iterator[int]:
    for told in sheet.column_dimensions.values():
        if told.hidden and told.min and told.max:
            yield from range(told.min, min(told.max, 16_384) + 1)


def _comments(sheet: "Worksheet", number: int) -> Iterator[Block]:
    hidden = sheet.sheet_state != "visible"
    for held in sheet.iter_rows():
        for cell in held:
            text = one_line(cell.comment.text) if cell.comment else ""
            if text:
                author = one_line(cell.comment.author or "") if cell.comment else ""
                yield block(text, kind="annotation", source="annotation", page=number, label=author, hidden=hidden)


def _uncalculated(sheet: "Worksheet", written: object) -> Iterator[str]:
    """A note for the formulas that hold no value: nobody has calculated the sheet since they were written."""
    missing = [
        cell.coordinate
        for held in written.iter_rows()  # type: ignore[attr-defined] # a worksheet; openpyxl's index is typed wider
        for cell in held
        if isinstance(cell.value, str) and cell.value.startswith("=") and sheet[cell.coordinate].value is None
    ]
    if missing:
        named = ", ".join(missing[:8]) + (" and more" if len(missing) > 8 else "")
        yield f"Sheet {one_line(sheet.title)}: formulas without a stored value are shown empty ({named})."


def read_calamine(data: bytes, path: str, limits: Limits) -> tuple[Document, ...]:
    """XLS, XLSB and ODS. Hidden sheets are marked; hidden rows and columns of these kinds look like the others."""
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

    media_type = _calamine_type(data)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    except PasswordError:
        return (refusal(path, media_type, "encrypted", f"{path} is locked with a password."),)
    except CalamineError as problem:
        return (refusal(path, media_type, "corrupt", f"{path} is damaged: {one_line(str(problem))[:200]}"),)
    budget = _Budget(path, limits)
    blocks: list[Block] = []
    for number, told in enumerate(book.sheets_metadata, start=1):
        if budget.closed(number):
            break
        if told.typ != SheetTypeEnum.WorkSheet:
            continue
        rows = list(_calamine_rows(book.get_sheet_by_index(number - 1), budget))
        hidden = told.visible != SheetVisibleEnum.Visible
        blocks += grid_blocks(
            Grid(rows=rows, name=one_line(told.name), page=number, hidden=hidden), _next_table(blocks)
        )
    return (assemble(path, media_type, blocks, failures=budget.failures),)


def _calamine_rows(sheet: "CalamineSheet", budget: _Budget) -> Iterator[list[str]]:
    for held in sheet.iter_rows():
        texts = [cell_text(value) for value in held]
        if not budget.takes(sum(bool(text) for text in texts) or 1):
            return
        yield texts


def _calamine_type(data: bytes) -> str:
    if b"opendocument.spreadsheet" in data[:200]:
        return "application/vnd.oasis.opendocument.spreadsheet"
    return "application/vnd.ms-excel"
