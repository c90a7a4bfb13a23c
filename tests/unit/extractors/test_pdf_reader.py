"""What is seen, hidden, marked and flowing on the pages of a PDF."""

import io

import pypdf
import pytest

from extractors.document import Document
from extractors.limits import Limits
from extractors.pdf.pdfium import Calls
from extractors.pdf.pictures import page_pictures
from extractors.registry import read
from tests.samples import documents, pdfs
from tests.unit.extractors.spans import assert_spans_hold, rows_of


def only(data: bytes, limits: Limits | None = None) -> Document:
    (document,) = read(data, "file.pdf", limits=limits)
    assert_spans_hold(document)
    return document


@pytest.mark.parametrize("how", ["white", "ground", "tiny", "off", "mode", "covered", "pictured"])
def test_words_nobody_sees_are_marked_and_apart(how: str) -> None:
    document = only(pdfs.hiding(how))
    assert "SECRET" in " ".join(block.text for block in document.blocks if block.hidden)
    assert [block.text for block in document.blocks if not block.hidden] == ["Please credit order SO-1001."]


def test_words_one_sees_are_not_hidden() -> None:
    assert not any(block.hidden for block in only(pdfs.hiding("")).blocks)


def test_pale_headings_on_a_dark_bar_are_seen() -> None:
    assert rows_of(only(pdfs.white_on_dark())) == [{"Item": "BV-34", "Qty": "12", "Reason": "leaks"}]


def test_words_laid_under_a_scan_are_its_text_and_told() -> None:
    document = only(pdfs.searchable_scan())
    assert [(block.text, block.hidden) for block in document.blocks] == [("Return BV-34, 12 pieces", False)]
    assert not document.has_picture  # the page of a document shows no goods
    assert "scan" in document.warnings[0]


def test_a_paragraph_is_one_block_and_short_lines_are_several() -> None:
    blocks = only(pdfs.prose()).blocks
    assert (blocks[0].kind, blocks[0].text) == ("heading", "Claim 17")
    assert blocks[1].text.count("\n") == 2
    assert [block.text for block in blocks[2:]] == ["Cedar Point Clinic", "2200 Orchard Ave", "Tilden"]


def test_columns_of_prose_are_read_one_after_the_other() -> None:
    text = only(pdfs.two_columns()).text
    assert text.rindex("Left") < text.index("Right")


@pytest.mark.parametrize("kind", ["Highlight", "StrikeOut", "Underline", "Square"])
def test_a_mark_says_the_words_it_covers_after_their_row(kind: str) -> None:
    document = only(pdfs.marked(kind))
    place = next(number for number, block in enumerate(document.blocks) if block.kind == "annotation")
    mark = document.blocks[place]
    assert (mark.label, mark.text) == (kind, "UCP208 Pillow block 4 B25744")
    assert document.blocks[place - 1].cells[0].text == "UCP208"


def test_ink_through_a_figure_covers_that_figure_alone() -> None:
    marks = [b for b in only(pdfs.marked("Ink", rect=(326, 620, 342, 627))).blocks if b.kind == "annotation"]
    assert [(mark.label, mark.text) for mark in marks] == [("Ink", "4")]


def test_a_tick_in_the_margin_names_the_row_beside_it() -> None:
    marks = [b for b in only(pdfs.marked("Ink", rect=(20, 618, 34, 630))).blocks if b.kind == "annotation"]
    assert [(mark.label, mark.text) for mark in marks] == [("Ink beside", "UCP208 Pillow block 4 B25744")]


def test_a_mark_with_a_note_says_both_and_a_copied_note_is_said_once() -> None:
    noted = [b.text for b in only(pdfs.marked("Highlight", note="two broken")).blocks if b.kind == "annotation"]
    assert noted == ["UCP208 Pillow block 4 B25744", "two broken"]
    copied = [
        b.text
        for b in only(pdfs.marked("Highlight", note="UCP208 Pillow block 4 B25744")).blocks
        if b.kind == "annotation"
    ]
    assert copied == ["UCP208 Pillow block 4 B25744"]


def _scans(count: int) -> bytes:
    writer = pypdf.PdfWriter()
    for _ in range(count):
        writer.append(io.BytesIO(documents.pdf_scan()))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_pages_read_off_pictures_end_at_the_limit_and_it_is_told() -> None:
    document = only(_scans(3), Limits(pages_pictured=1))
    told = [failure.message for failure in document.failures if failure.kind == "too_large"]
    assert len(told) == 1
    assert "2, 3" in told[0]


def test_pages_come_as_pictures_and_missing_ones_are_left_out() -> None:
    pictures = list(page_pictures(documents.pdf_slip(), [1, 7], 72))
    assert [picture.size for picture in pictures] == [(612, 792)]
    assert list(page_pictures(b"%PDF-1.4 broken", [1], 72)) == []
    assert list(page_pictures(documents.pdf_locked(), [1], 72)) == []


def test_a_file_that_opens_without_a_password_is_read_with_its_fields() -> None:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(documents.pdf_form()))
    writer.encrypt("", owner_password="owner", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    assert [block.text for block in only(out.getvalue()).blocks if block.label == "qty_return"] == ["12"]


def test_captions_and_check_boxes_below_headings_are_no_rows_of_them() -> None:
    made, out = pdfs.canvas()
    for left, text in ((50, "Part no."), (150, "Qty to return"), (250, "UoM")):
        made.drawString(left, 700, text)
    for left, text in ((50, "Reason (tick one):"), (250, "Settlement wanted:")):
        made.drawString(left, 670, text)
    assert rows_of(only(pdfs.saved(made, out))) == []


def test_a_page_with_nothing_to_ask_about_may_come_first() -> None:
    calls = Calls()

    assert [part(0)[0].shape for part in (calls.boxes, calls.shades, calls.bounds)] == [(0, 4)] * 3
