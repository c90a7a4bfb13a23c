"""ODT: what a person reads, in order; remarks apart, deleted words left out."""

from extractors.limits import Limits
from extractors.registry import read
from tests.samples.odt import odt
from tests.unit.extractors.spans import assert_spans_hold, rows_of


def test_paragraphs_lists_tables_notes_and_boxes_are_read_in_order() -> None:
    (document,) = read(odt(), "letter.odt")
    assert [(block.kind, block.text) for block in document.blocks] == [
        ("heading", "Return of SO-1001"),
        ("paragraph", "Please  take back\n12 of BV-34."),
        ("annotation", "count again"),
        ("paragraph", "leaking"),
        ("row", "Item  Qty"),
        ("row", "BV-34  12"),
        ("paragraph", "See note"),
        ("annotation", "lot A26918"),
        ("paragraph", "in a box"),
    ]
    assert rows_of(document) == [{"Item": "BV-34", "Qty": "12"}]
    assert_spans_hold(document)


def test_a_locked_text_is_told() -> None:
    (document,) = read(odt(encrypted=True), "letter.odt")
    assert [failure.kind for failure in document.failures] == ["encrypted"]


def test_a_text_without_words_is_told_to_be_empty() -> None:
    (document,) = read(odt("<text:p/>"), "letter.odt")
    assert document.warnings == ("No text was found in letter.odt.",)


def test_a_text_that_unpacks_to_more_than_is_read_is_refused() -> None:
    (document,) = read(odt(), "letter.odt", limits=Limits(bytes_unpacked=500))
    assert [failure.kind for failure in document.failures] == ["too_large"]


def test_nesting_without_end_is_read_to_some_depth() -> None:
    depth = 5_000
    (document,) = read(odt("<text:section>" * depth + "<text:p>x</text:p>" + "</text:section>" * depth), "letter.odt")
    assert document.warnings or document.failures
