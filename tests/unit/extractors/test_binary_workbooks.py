"""XLSB: the cells by calamine, what is hidden by the records themselves."""

from extractors.limits import Limits
from extractors.registry import read
from tests.samples.xlsb import xlsb
from tests.unit.extractors.spans import assert_spans_hold, rows_of

ROWS: list[list[str | float]] = [
    ["Item", "Qty", "Lot"],
    ["BV-34", 12.0, "Ä26918"],
    ["UCP208", 4.5, "B25744"],
    ["NG6-L", 88.0, "A25607"],
]


def test_cells_stand_under_their_headings() -> None:
    (document,) = read(xlsb({"Returns": ROWS}), "a.xlsb")
    assert document.blocks[0].text == "Returns"
    assert rows_of(document)[0] == {"Item": "BV-34", "Qty": "12", "Lot": "Ä26918"}
    assert rows_of(document)[1]["Qty"] == "4.5"
    assert_spans_hold(document)


def test_hidden_rows_columns_and_sheets_are_marked() -> None:
    data = xlsb({"Returns": ROWS, "old": ROWS}, hidden_sheets=["old"], hidden_rows=[2], hidden_columns=[2])
    (document,) = read(data, "a.xlsb")
    first = [(block.text, block.hidden) for block in document.blocks if block.at.page == 1]
    assert first == [
        ("Returns", False), ("Item  Qty", False), ("Lot", True), ("BV-34  12", False), ("Ä26918", True),
        ("UCP208  4.5", True), ("B25744", True), ("NG6-L  88", False), ("A25607", True),
    ]  # fmt: skip
    assert all(block.hidden for block in document.blocks if block.at.page == 2)


def test_cells_too_far_apart_are_not_laid_out() -> None:
    (document,) = read(xlsb({"a": [["x"] * 200, ["y"] * 200]}, apart=1_000_000), "a.xlsb")
    assert [failure.kind for failure in document.failures] == ["too_large"]


def test_rows_beyond_the_limit_are_told() -> None:
    (document,) = read(xlsb({"a": ROWS}), "a.xlsb", limits=Limits(rows=2))
    assert [failure.kind for failure in document.failures] == ["too_large"]
    assert len(document.blocks) == 3


def test_a_workbook_cut_short_is_told() -> None:
    data = xlsb({"Returns": ROWS})
    for end in range(200, len(data), 97):
        (document,) = read(data[:end], "a.xlsb")
        assert document.failures
