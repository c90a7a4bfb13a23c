"""How quickly workbooks are read, against openpyxl in the same process; CPU seconds."""

import gc
import io
import re
import time
import zipfile
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
_MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TABLE_TYPE = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"


def main() -> None:
    for name, formatted, shared in (
        ("plain cells as openpyxl writes them", False, False),
        ("cells with number formats", True, False),
        ("plain cells as Excel writes them", False, True),
    ):
        data = workbook(formatted=formatted)
        data = with_shared_strings(data) if shared else data
        rows, document, peer, lean = interleaved(
            partial(xlsx_rows, data, Limits()),
            partial(read, data, "a.xlsx"),
            partial(by_openpyxl, data),
            partial(by_openpyxl, data, read_only=True),
        )
        for what, taken in (("all cells as shown", rows), ("the whole Document", document)):
            say(
                f"XLSX, {_ROWS} x 10, {name}: {what}",
                taken,
                "CPU seconds",
                openpyxl=round(peer, 4),
                times=round(peer / taken, 1),
                openpyxl_read_only=round(lean, 4),
                times_read_only=round(lean / taken, 1),
                limit_times=10,
            )


def interleaved(*works: Callable[[], object]) -> list[float]:
    """The median CPU time of each, run in turn so that a busy machine is as unkind to all."""
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(_RUNS):
        for work, seconds in zip(works, taken, strict=True):
            gc.collect()  # what another left behind is not the next one's to clear
            started = time.process_time()
            work()
            seconds.append(time.process_time() - started)
    return [median(seconds) for seconds in taken]


def by_openpyxl(data: bytes, *, read_only: bool = False) -> object:
    """Every value, as its manual shows it."""
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True, read_only=read_only)
    return [list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets]


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


def with_shared_strings(data: bytes) -> bytes:
    """The same workbook with its words in a table of their own, where Excel puts them."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    numbers: dict[bytes, int] = {}

    def shared(found: re.Match[bytes]) -> bytes:
        return b't="s"><v>%d</v></c>' % numbers.setdefault(found[1], len(numbers))

    sheet = "xl/worksheets/sheet1.xml"
    held[sheet] = re.sub(rb't="inlineStr"><is><t>(.*?)</t></is></c>', shared, held[sheet])
    words = b"".join(b"<si><t>%b</t></si>" % word for word in numbers)
    held["xl/sharedStrings.xml"] = b'<sst xmlns="%b">%b</sst>' % (_MAIN, words)
    override = b'<Override PartName="/xl/sharedStrings.xml" ContentType="%b"/>' % _TABLE_TYPE
    relation = b'<Relationship Id="rId77" Type="%b/sharedStrings" Target="sharedStrings.xml"/>' % _RELATIONS
    for part, end, told in (
        ("[Content_Types].xml", b"</Types>", override),
        ("xl/_rels/workbook.xml.rels", b"</Relationships>", relation),
    ):
        held[part] = held[part].replace(end, told + end)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part_data in held.items():
            archive.writestr(name, part_data)
    return out.getvalue()
