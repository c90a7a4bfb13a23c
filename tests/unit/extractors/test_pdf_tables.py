"""Tables of PDFs come out cell by cell as they were drawn."""

from collections.abc import Callable

import pytest

from evals.bench import tables
from extractors.registry import read
from tests.samples import pdfs


def found(data: bytes) -> tables.Found:
    rows = [block.cells for document in read(data, "file.pdf") for block in document.blocks if block.kind == "row"]
    return [([cell.header for cell in row], [[cell.text for cell in row]]) for row in rows]


@pytest.mark.parametrize("make", tables.TABLES, ids=lambda make: str(make.__name__))
def test_a_table_page_has_its_cells_under_their_headings(make: Callable[[], tables.Drawn]) -> None:
    drawn = make()
    right, total = tables.cells_right(drawn, found(drawn.data))
    assert right >= 0.9 * total


def test_of_all_cells_of_the_table_pages_98_in_100_are_in_their_row_and_column() -> None:
    counts = [tables.cells_right(drawn, found(drawn.data)) for drawn in (make() for make in tables.TABLES)]
    assert sum(right for right, _ in counts) >= 0.98 * sum(total for _, total in counts)


def test_the_measure_tells_wrong_cells() -> None:
    drawn = tables.unruled()
    names, rows = drawn.tables[0]
    shifted = [[*row[1:], row[0]] for row in rows]
    assert tables.cells_right(drawn, [(names, rows)])[0] == tables.cells_right(drawn, [])[1]
    assert tables.cells_right(drawn, [(names, shifted)])[0] <= len(names)


def test_a_table_that_goes_on_keeps_its_number_and_headings() -> None:
    (document,) = read(tables.over_two_pages().data, "file.pdf")
    rows = [block for block in document.blocks if block.kind == "row"]
    assert {block.table for block in rows} == {0}
    assert {block.at.page for block in rows} == {1, 2}
    assert rows[-1].cells[1].header == "Item"


def test_totals_close_under_the_last_row_are_rows_of_their_own() -> None:
    made, out = pdfs.canvas()
    rows = (("Part No", "Qty", "Reason"), ("BV-34", "2", "Wrong part ordered"), ("", "", "by purchasing"))
    for number, texts in enumerate((*rows, ("", "Total", "132.00"))):
        for left, text in zip((50, 150, 220), texts, strict=True):
            made.drawString(left, 700 - 12 * number, text)
    (document,) = read(pdfs.saved(made, out), "file.pdf")
    assert [[cell.text for cell in block.cells] for block in document.blocks][1:] == [
        ["BV-34", "2", "Wrong part ordered by purchasing"],
        ["", "Total", "132.00"],
    ]
