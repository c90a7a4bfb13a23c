"""What is read of workbooks beyond their plain cells, and what holds a workbook in bounds."""

import datetime
import io
import re
import zipfile
from collections.abc import Callable
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from extractors.document import Document, assemble
from extractors.limits import Limits
from extractors.registry import read
from extractors.sheet import reader as sheet
from extractors.sheet.formats import shown
from extractors.sheet.grid import Grid, grid_blocks
from extractors.sheet.parts import column_of, letters_of
from tests.samples import ole
from tests.unit.extractors.spans import assert_spans_hold, rows_of


def only(data: bytes, path: str = "a.xlsx") -> Document:
    (document,) = read(data, path)
    assert_spans_hold(document)
    return document


def book(fill: Callable[[Worksheet], None]) -> bytes:
    made = openpyxl.Workbook()
    sheet = made.active
    assert isinstance(sheet, Worksheet)
    fill(sheet)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def with_sheet(xml: str) -> bytes:
    """A workbook whose sheet holds this XML."""
    plain = book(lambda sheet: sheet.append(["x"]))
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(plain)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                data = re.sub(
                    rb"(?:<dimension[^>]*>)?<sheet(?:Views|FormatPr|Data).*</sheetData>",
                    xml.encode(),
                    data,
                    flags=re.DOTALL,
                )
            new.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (42, "0000", "0042"),
        (0.5, "0%", "50%"),
        (0.125, "0.0%", "12.5%"),
        (1234.5, "#,##0.00", "1,234.50"),
        (1234.5, '"$"#,##0.00', "$1,234.50"),
        (-3.5, "#,##0.00 [$€-407]", "-3.50 €"),
        (123456789, "000-00-0000", "123-45-6789"),
        (5, '0 "pcs"', "5 pcs"),
        (-5, "#,##0;[Red](#,##0)", "(5)"),
        (1234, '_-* #,##0.00\\ "€"_-', "1,234.00 €"),
        (0, '#,##0;-#,##0;"-"', "-"),
        (1500000, '0.0,,"M"', "1.5M"),
        (2.675, "0.00", "2.68"),
        (3, "General", None),
        (0.5, "# ?/?", None),
        (5, "[>3]0", None),
        (5, ";;;", None),
    ],
)
def test_a_number_is_shown_as_its_format_has_it(value: float, code: str, text: str | None) -> None:
    assert shown(value, code) == text


@given(st.integers(0, 10**9), st.integers(1, 12))
def test_leading_zeros_change_no_number(value: int, width: int) -> None:
    text = shown(value, "0" * width)
    assert text is not None
    assert int(text) == value
    assert len(text) == max(width, len(str(value)))


@given(st.decimals(0, 10**9, places=2))
def test_groups_and_decimals_change_no_number(value: Decimal) -> None:
    text = shown(value, "#,##0.00")
    assert text is not None
    assert Decimal(text.replace(",", "")) == value


@given(st.floats(0.001, 10**10) | st.decimals(0, 10**10, places=3).map(float), st.sampled_from(["0.00", "0000", "0.0"]))
def test_the_short_way_rounds_as_the_exact_one_does(value: float, code: str) -> None:
    assert shown(value, code) == shown(Decimal(repr(value)), code)


@given(st.floats(allow_nan=True), st.text('0#?.,;%[]"\\_*-@Eymdhs$ €', max_size=20))
def test_no_format_raises(value: float, code: str) -> None:
    assert isinstance(shown(value, code), str | None)


@given(st.integers(0, 16_383))
def test_columns_have_letters(number: int) -> None:
    assert column_of(letters_of(number).encode()) == number


@given(st.lists(st.lists(st.sampled_from(["", "a", "Qty", "0 1"]), min_size=3, max_size=3), min_size=2, max_size=5))
def test_cells_with_empty_ones_between_stand_where_they_say(rows: list[list[str]]) -> None:
    assert_spans_hold(assemble("a.csv", "text/csv", grid_blocks(Grid(rows=rows), 0)))


def test_cells_are_read_as_the_sheet_shows_them() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(["Item", "Code", "Qty", "Share", "Price", "Date", "Text"])
        sheet.append(["A-1", 42, 24.0, 0.5, 1234.5, datetime.date(2026, 11, 5), "0017"])
        for column, code in ((2, "0000"), (4, "0%"), (5, '"$"#,##0.00'), (6, "dd.mm.yyyy")):
            sheet.cell(2, column).number_format = code

    (row,) = rows_of(only(book(fill)))
    assert row == {
        "Item": "A-1", "Code": "0042", "Qty": "24", "Share": "50%", "Price": "$1,234.50", "Date": "2026-11-05",
        "Text": "0017",
    }  # fmt: skip


def test_a_table_may_start_anywhere_below_a_title_and_beside_another() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet["C3"] = "Returns of November"
        items: tuple[tuple[str, str | int], ...] = (("Item", "Qty"), ("A-1", 2), ("B-2", 3))
        for row, texts in enumerate(items, start=5):
            for column, text in enumerate(texts):
                sheet.cell(row, 3 + column, text)
        for row, texts in enumerate((("Item", "Lot"), ("C-3", "L17")), start=5):
            for column, text in enumerate(texts):
                sheet.cell(row, 7 + column, text)

    document = only(book(fill))
    assert document.blocks[1].text == "Returns of November"
    assert rows_of(document) == [
        {"Item": "A-1", "Qty": "2"},
        {"Item": "B-2", "Qty": "3"},
        {"Item": "C-3", "Lot": "L17"},
    ]


def test_a_comment_follows_its_row_with_its_author() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(["Item", "Qty"])
        sheet.append(["A-1", 12])
        sheet.append(["B-2", 3])
        sheet["B2"].comment = Comment("only 10 came", "Ann Lee")

    blocks = only(book(fill)).blocks
    place = next(n for n, held in enumerate(blocks) if held.kind == "annotation")
    assert (blocks[place].text, blocks[place].label, blocks[place].at.page) == ("only 10 came", "Ann Lee", 1)
    assert blocks[place - 1].text.startswith("A-1")


def test_cells_printed_to_be_overlooked_are_hidden() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(["Item", "Qty", "Remark"])
        sheet.append(["A-1", 12, "Approve at once"])
        sheet.append(["B-2", 7, "fine"])
        sheet["C2"].font = Font(color="FFFFFFFF")
        sheet["B3"].number_format = ";;;"
        for cell in sheet[1]:
            cell.font = Font(color="FFFFFFFF")
            cell.fill = PatternFill("solid", fgColor="FF1F3864")

    document = only(book(fill))
    assert [held.text for held in document.blocks if held.hidden] == ["Approve at once", "7"]
    seen = [held for held in document.blocks if held.kind == "row" and not held.hidden]
    assert [held.text for held in seen] == ["Item  Qty  Remark", "A-1  12", "B-2  fine"]


def test_an_old_workbook_shows_its_formats_and_marks_what_is_hidden() -> None:
    data = ole.xls(
        [["Item", "Code", "Qty", "Share"], ["A-1", 42, 5, 0.5], ["B-2", 7, 6, 1]],
        codes={1: "0000", 3: "0%"}, hidden_row=2, hidden_column=2,
    )  # fmt: skip
    document = only(data, "a.xls")
    rows = [({c.header: c.text for c in b.cells}, b.hidden) for b in document.blocks if b.kind == "row"][2:]
    assert rows == [
        ({"Item": "A-1", "Code": "0042", "Share": "50%"}, False),
        ({"Qty": "5"}, True),
        ({"Item": "B-2", "Code": "0007", "Share": "100%"}, True),
        ({"Qty": "6"}, True),
    ]


ODS = """<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><office:body><office:spreadsheet><table:table table:name="Returns">
 <table:table-column/><table:table-column table:visibility="collapse"/><table:table-column/>
 <table:table-row><table:table-cell><text:p>Item</text:p></table:table-cell><table:table-cell><text:p>Plan</text:p>
 </table:table-cell><table:table-cell><text:p>Qty</text:p></table:table-cell><table:table-cell
 table:number-columns-repeated="16381"/></table:table-row>
 <table:table-row><table:table-cell office:value-type="float" office:value="42"><text:p>0042</text:p></table:table-cell>
 <table:table-cell><text:p>9</text:p></table:table-cell><table:table-cell><office:annotation><dc:creator>Bo</dc:creator>
 <text:p>recount</text:p></office:annotation><text:p>12,50</text:p></table:table-cell></table:table-row>
 <table:table-row table:visibility="collapse" table:number-rows-repeated="2"><table:table-cell><text:p>X</text:p>
 </table:table-cell><table:table-cell/><table:table-cell><text:p>1</text:p></table:table-cell></table:table-row>
 <table:table-row table:number-rows-repeated="1048570"><table:table-cell table:number-columns-repeated="16384"/>
 </table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"""


def ods(content: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", content)
    return out.getvalue()


def test_an_opendocument_sheet_says_what_its_cells_show() -> None:
    document = only(ods(ODS), "a.ods")
    assert [(b.text, b.hidden) for b in document.blocks if b.kind != "heading"][2:] == [
        ("0042  12,50", False), ("9", True), ("recount", False), ("X  1", True), ("X  1", True),
    ]  # fmt: skip


def test_repeated_cells_cannot_fill_the_memory() -> None:
    row = (
        '<table:table-row table:number-rows-repeated="1000000"><table:table-cell table:number-columns-repeated="16384">'
    )
    data = ods(ODS.replace("<table:table-row><table:table-cell><text:p>Item", row + "<text:p>Item", 1))
    (document,) = read(data, "a.ods", limits=Limits(cells=5_000))
    assert [failure.kind for failure in document.failures] == ["too_large"]


def test_a_sheet_that_claims_all_cells_is_read_quickly() -> None:
    data = with_sheet(
        '<dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>Item</t></is></c>'
        '<c r="B1" t="inlineStr"><is><t>Qty</t></is></c></row>'
        '<row r="2"><c r="A2" t="inlineStr"><is><t>A-1</t></is></c><c r="B2"><v>12</v></c></row>'
        '<row r="1048576"><c r="XFD1048576"><v>7</v></c></row></sheetData>'
    )
    document = only(data)
    assert [block.text for block in document.blocks if block.kind != "heading"] == ["Item  Qty", "A-1  12", "7"]


def test_cells_too_far_apart_are_told_and_not_laid_out() -> None:
    cells = "".join(f'<row r="{n * 2}"><c r="{letters_of(n * 2)}{n * 2}"><v>1</v></c></row>' for n in range(1, 3_000))
    document = only(with_sheet(f"<sheetData>{cells}</sheetData>"))
    assert "too far apart" in document.warnings[0]


def test_a_million_cells_end_at_the_limit() -> None:
    columns = [letters_of(n) for n in range(100)]
    rows = "".join(
        f'<row r="{n}">' + "".join(f'<c r="{column}{n}"><v>1</v></c>' for column in columns) + "</row>"
        for n in range(1, 10_001)
    )
    (document,) = read(with_sheet(f"<sheetData>{rows}</sheetData>"), "a.xlsx")
    assert [failure.kind for failure in document.failures] == ["too_large"]
    assert sum(len(block.cells) for block in document.blocks) <= Limits().cells


def test_a_workbook_in_the_xml_of_2003_is_read() -> None:
    xml = """<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
    <Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"
     xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
    <Worksheet ss:Name="Returns"><Table><Column/><Column ss:Hidden="1"/>
    <Row><Cell><Data ss:Type="String">Item</Data></Cell>
    <Cell><Data ss:Type="String">Plan</Data></Cell><Cell><Data ss:Type="String">Qty</Data></Cell></Row>
    <Row ss:Index="2"><Cell><Data ss:Type="String">A-1</Data></Cell>
    <Cell ss:Index="3"><Data ss:Type="Number">12</Data></Cell>
    </Row></Table></Worksheet></Workbook>"""
    document = only(xml.encode(), "list.xls")
    assert rows_of(document) == [{"Item": "A-1", "Qty": "12"}]
    assert [block.text for block in document.blocks if block.hidden] == ["Plan"]


def test_an_old_workbook_that_breaks_the_library_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet, "printed", lambda command, data, **limits: None)
    assert [failure.kind for failure in only(ole.xls([["Item", "Qty"]]), "a.xls").failures] == ["corrupt"]
