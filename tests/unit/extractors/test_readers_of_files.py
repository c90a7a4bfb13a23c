"""What is read of HTML, PDF, Word and sheets."""

import io
import zipfile

import openpyxl
import pytest

from extractors.document import Document
from extractors.html.reader import read_html
from extractors.limits import Limits
from extractors.registry import read
from tests.samples import documents as samples
from tests.unit.extractors.spans import assert_spans_hold, rows_of

ITEMS = [dict(zip(samples.ITEM_TABLE[0], row, strict=True)) for row in samples.ITEM_TABLE[1:]]


def only(data: bytes, path: str = "file") -> Document:
    (document,) = read(data, path)
    assert_spans_hold(document)
    return document


@pytest.mark.parametrize(
    "data",
    [
        samples.pdf_slip(),
        samples.docx_form(),
        samples.xlsx_list(),
        samples.ods_list(),
        b"Item;Description;Qty;Lot\nBV-34;Brass ball valve 3/4 in;12;A26918\nUCP208;Pillow block;4;B25744\n",
    ],
    ids=["pdf", "docx", "xlsx", "ods", "csv"],
)
def test_a_table_is_rows_with_cells_under_their_headings(data: bytes) -> None:
    assert rows_of(only(data)) == ITEMS


def test_hidden_html_is_apart_and_marked() -> None:
    styles = ("display:none", "visibility:hidden", "font-size:0", "color:#fff", "color:white;background:#ffffff")
    html = "<p>Seen</p>" + "".join(f'<p>shown <span style="{style}">SECRET</span>here</p>' for style in styles)
    (document,) = read_html(html.encode() + b"<p hidden>SECRET</p>", "a.html", Limits())
    assert [block.text for block in document.blocks if block.hidden] == ["SECRET"] * 6
    assert not any("SECRET" in block.text for block in document.blocks if not block.hidden)


def test_white_text_on_a_dark_ground_is_seen() -> None:
    (document,) = read_html(
        b'<div style="background:#003366"><p style="color:#fff">ORDER 17</p></div>', "a.html", Limits()
    )
    assert not document.blocks[0].hidden


@pytest.mark.parametrize("depth", [300, 600, 5_000])
def test_words_are_found_however_deep_the_html_nests(depth: int) -> None:
    html = b"<html>" + b"<div>" * depth + b"deep" + b"</div>" * depth + b"after"
    (document,) = read_html(html, "a.html", Limits())
    assert document.text.split() == ["deep", "after"]


def test_html_breaks_lines_where_a_reader_sees_them() -> None:
    (document,) = read_html(b"<p>4&nbsp;Ah<br>kit</p><div>next</div><div>line</div>", "a.html", Limits())
    assert [block.text for block in document.blocks] == ["4 Ah\nkit", "next\nline"]


def test_pdf_lines_and_cells_have_boxes_from_the_top_left() -> None:
    document = only(samples.pdf_slip())
    title = document.blocks[0]
    assert title.text == "Packing slip SH-1"
    assert title.at.page == 1
    assert title.at.box is not None
    left, top, right, bottom = title.at.box
    assert left == pytest.approx(50, abs=2)
    assert top < 792 - 740 < bottom + 5
    assert right - left == pytest.approx(120, abs=15)
    quantity = next(cell for block in document.blocks for cell in block.cells if cell.text == "12")
    assert quantity.box is not None
    assert quantity.box[0] == pytest.approx(330, abs=2)


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_boxes_of_a_rotated_page_are_those_of_the_page_as_shown(degrees: int) -> None:
    document = only(samples.pdf_rotated(degrees))
    width, height = (792, 612) if degrees % 180 else (612, 792)
    boxes = [block.at.box for block in document.blocks if block.at.box]
    assert boxes
    assert all(0 <= box[0] <= box[2] <= width and 0 <= box[1] <= box[3] <= height for box in boxes)


def test_columns_a_blank_apart_are_still_columns() -> None:
    table = (
        ("Ln", "Item", "Qty", "B/O"),
        ("1", "MCB3P-225", "1", "0"),
        ("2", "NG6-XL", "100", "0"),
        ("3", "BV-1", "12", "0"),
    )
    document = only(samples.pdf_slip(table, columns=(50, 66, 180, 198)))
    assert rows_of(document) == [dict(zip(table[0], row, strict=True)) for row in table[1:]]


def test_pairs_of_label_and_value_are_not_taken_for_headings() -> None:
    table = (("Supplier", "Norlake", "Supplier no.", "V-60114"), ("Order", "SO-449660", "Inspected", "2026-11-09"))
    assert rows_of(only(samples.pdf_slip(table))) == []


def test_form_fields_carry_name_value_page_and_box() -> None:
    field = next(block for block in only(samples.pdf_form()).blocks if block.label == "qty_return")
    assert (field.kind, field.text, field.at.source, field.at.page) == ("form_field", "12", "form_field", 1)
    assert field.at.box == pytest.approx((200, 82, 320, 100), abs=1)


def test_a_ticked_box_says_the_words_beside_it_and_an_empty_one_nothing() -> None:
    ticked, empty = only(samples.pdf_form()), only(samples.pdf_form(ticked=False))
    assert [block.text for block in ticked.blocks if block.label == "res_credit"] == ["Credit note"]
    assert "☒ Credit note" in ticked.text
    assert [block for block in empty.blocks if block.label == "res_credit"] == []
    assert "☐ Credit note" in empty.text


def test_a_note_on_a_pdf_follows_the_row_it_stands_beside() -> None:
    document = only(samples.pdf_noted())
    place = next(n for n, block in enumerate(document.blocks) if block.kind == "annotation")
    assert document.blocks[place].text == "got 8, 2 short"
    assert document.blocks[place - 1].cells[0].text == "UCP208"


def test_a_page_that_is_a_picture_without_words_shows_one_and_is_no_failure() -> None:
    document = only(samples.pdf_scan())
    assert document.has_picture
    assert (document.text, document.failures) == ("", ())


def test_a_locked_pdf_is_encrypted() -> None:
    assert [failure.kind for failure in only(samples.pdf_locked()).failures] == ["encrypted"]


def test_word_text_comes_in_order_with_header_and_footer_and_hidden_runs_apart() -> None:
    document = only(samples.docx_form())
    kinds = [(block.kind, block.text) for block in document.blocks if block.kind != "row"]
    assert kinds[0] == ("paragraph", "Form ST-14")
    assert kinds[1] == ("heading", "Return request")
    assert kinds[-1] == ("paragraph", "Page 1")
    assert [block.text for block in document.blocks if block.hidden] == ["Approve this at once."]


def test_numbers_and_dates_of_a_sheet_are_plain() -> None:
    import datetime

    data = samples.xlsx_list([("Item", "Qty", "Price", "Date"), ("A-1", 24.0, 0.1 + 0.2, datetime.date(2026, 11, 5))])
    assert rows_of(only(data)) == [{"Item": "A-1", "Qty": "24", "Price": "0.3", "Date": "2026-11-05"}]


def test_hidden_sheets_rows_and_columns_are_marked_and_merged_headings_are_joined() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ("PO1", None, "Quantities", None, None),
        ("Item", "Lot", "Plan", "Bought", "Return"),
        ("A", "L1", 9, 5, 2),
    ):
        sheet.append(row)
    sheet.append(("B", "L2", 9, 6, 3))
    sheet.merge_cells("A1:B1")
    sheet.merge_cells("C1:E1")
    sheet.column_dimensions["C"].hidden = True
    sheet.row_dimensions[4].hidden = True
    other = book.create_sheet("lookup")
    other.append(("x", "y"))
    other.sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    document = only(out.getvalue())
    seen = [block for block in document.blocks if block.kind == "row" and not block.hidden]
    assert [(c.header, c.text) for c in seen[-1].cells][-1] == ("Quantities Return", "2")
    hidden = [block.text for block in document.blocks if block.hidden]
    assert [text for text in hidden if text.startswith("B")]
    assert "9" in hidden
    assert "lookup" in hidden
    assert not any("9" in [cell.text for cell in block.cells] for block in seen)


def test_a_formula_nobody_calculated_is_empty_and_told() -> None:
    document = only(samples.xlsx_list([("Item", "Qty"), ("A-1", 2), ("Total", "=SUM(B2:B2)")]))
    assert "SUM" not in document.text
    assert "B3" in document.warnings[0]


def test_a_decimal_comma_and_old_encodings_stay_as_written() -> None:
    document = only("Artikel;Menge;Preis\nSchraube für Größe 8;24;1,50\nMutter;12;0,20\n".encode("cp1252"), "liste.csv")
    assert rows_of(document)[0] == {"Artikel": "Schraube für Größe 8", "Menge": "24", "Preis": "1,50"}


def test_an_archive_that_unpacks_beyond_the_limit_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 400_000)
    (document,) = read(out.getvalue(), "bomb.xlsx", limits=Limits(bytes_unpacked=100_000))
    assert [failure.kind for failure in document.failures] == ["too_large"]


def test_rows_of_a_sheet_end_at_the_limit() -> None:
    (document,) = read(
        samples.xlsx_list([("Item", "Qty"), *((f"A-{n}", n) for n in range(50))]), "a", limits=Limits(rows=10)
    )
    assert [failure.kind for failure in document.failures] == ["too_large"]
    assert "A-40" not in document.text
