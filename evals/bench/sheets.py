"""How quickly workbooks are read, against openpyxl in the same process; CPU seconds."""

import io
import time
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from statistics import median

from evals.bench.figures import say
from extractors.limits import Limits
from extractors.registry import read
from extractors.sheet.reader import xlsx_rows

_ROWS = 5_000
_RUNS = 5


def main() -> None:
    for name, formatted in (("plain cells", False), ("cells with number formats", True)):
        data = workbook(formatted=formatted)
        rows, document, peer = interleaved(
            partial(xlsx_rows, data, Limits()),
            partial(read, data, "a.xlsx"),
            partial(by_openpyxl, data),
        )
        say(
            f"XLSX, {_ROWS} x 10, {name}: all cells as shown",
            rows,
            "CPU seconds",
            openpyxl=round(peer, 4),
            times=round(peer / rows, 1),
            limit_times=10,
        )
        say(
            f"XLSX, {_ROWS} x 10, {name}: the whole Document",
            document,
            "CPU seconds",
            openpyxl=round(peer, 4),
            times=round(peer / document, 1),
        )


def interleaved(*works: Callable[[], object]) -> list[float]:
    """The median CPU time of each, run in turn so that a busy machine is as unkind to all."""
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(_RUNS):
        for work, seconds in zip(works, taken, strict=True):
            started = time.process_time()
            work()
            seconds.append(time.process_time() - started)
    return [median(seconds) for seconds in taken]


def by_openpyxl(data: bytes) -> object:
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    return [[cell.value for cell in row] for sheet in book.worksheets for row in sheet.iter_rows()]


def workbook(*, formatted: bool) -> bytes:
    """A list as customers send it: ten columns of words, numbers and dates."""
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["Item", "Description", "Qty", "Price", "Lot", "Order", "Date", "Reason", "Serial", "Note"])
    for n in range(_ROWS - 1):
        sheet.append([
            f"BV-{n:05d}", f"Ball valve {n} brass", n % 90, n * 1.25, f"L{n:06d}", f"SO-{n}",
            date(2026, 1, 1) + timedelta(n % 300), "damaged", f"SN{n:08d}", "left corner crushed",
        ])  # fmt: skip
        if formatted:
            sheet.cell(n + 2, 3).number_format = "0000"
            sheet.cell(n + 2, 4).number_format = "#,##0.00"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
