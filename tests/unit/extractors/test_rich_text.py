"""What is read of RTF."""

from hypothesis import given
from hypothesis import strategies as st

from extractors.document import Document
from extractors.registry import read
from tests.unit.extractors.spans import assert_spans_hold, rows_of

HEAD = rb"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fswiss Arial;}{\f1\fcharset204 Times;}}"
HEAD += rb"{\colortbl;\red255\green255\blue255;\red0\green0\blue0;}{\*\revtbl{Unknown;}{Ann Lee;}}"


def only(words: bytes) -> Document:
    (document,) = read(HEAD + words + b"}", "a.rtf")
    assert_spans_hold(document)
    return document


def test_paragraphs_and_the_letters_of_every_encoding() -> None:
    document = only(rb"{\info{\title Secret}}Gr\'fc\'dfe \u8364?5\par\f1 \'cf\'f0\par\u-10179?\u-8694?\par a\~b\_c\par")
    assert [block.text for block in document.blocks] == ["Grüße €5", "Пр", "😊", "a b-c"]


def test_tables_are_rows_under_their_headings() -> None:
    document = only(
        rb"Items\par\trowd\cellx1\cellx2\pard\intbl Item\cell Qty\cell\row\trowd\pard\intbl BV-34\cell 12\cell\row"
        rb"\trowd\pard\intbl UCP208\par long\cell 4\cell\row\pard Thanks\par"
    )
    assert rows_of(document) == [{"Item": "BV-34", "Qty": "12"}, {"Item": "UCP208 long", "Qty": "4"}]
    assert [document.blocks[0].text, document.blocks[-1].text] == ["Items", "Thanks"]


def test_hidden_white_and_deleted_words_are_apart() -> None:
    document = only(rb"Return {\deleted\revauthdel1 40}12{\v  Approve}{\cf1  at once}{\cf1\highlight2  seen}\par")
    assert [(b.text, b.kind, b.label, b.hidden) for b in document.blocks] == [
        ("Return 12 seen", "paragraph", "", False),
        ("Approve at once", "paragraph", "", True),
        ("40", "annotation", "Deleted by Ann Lee", True),
    ]


def test_boxes_notes_and_remarks_are_read() -> None:
    document = only(
        rb"{\field{\*\fldinst FORMCHECKBOX {\*\formfield{\fftype1\ffres1}}}{\fldrslt }}Credit\par"
        rb"{\field{\*\fldinst FORMCHECKBOX {\*\formfield{\fftype1\ffres25\ffdefres0}}}{\fldrslt }}Repair\par"
        rb" Lot{\footnote \chftn Second delivery}{\*\atnid B}{\*\atnauthor Bo}{\*\annotation Check this\par}\par"
        rb"{\shp{\*\shpinst{\sp{\sn x}{\sv 3}}{\shptxt \pard Boxed\par}}}{\pict 0a0b0c}{\object{\*\objdata 0102}}"
        rb"{\field{\*\fldinst HYPERLINK x}{\fldrslt link}}\par"
    )
    assert [(block.text, block.label) for block in document.blocks] == [
        ("☒ Credit", ""), ("☐ Repair", ""), ("Lot", ""), ("Second delivery", ""), ("Check this", "Bo"), ("Boxed", ""),
        ("link", ""),
    ]  # fmt: skip


@given(
    st.lists(
        st.sampled_from(
            [
                rb"{",
                rb"}",
                rb"\par",
                rb"\cell",
                rb"\row",
                rb"\u55?",
                rb"\bin9",
                rb"\'",
                rb"\'e4",
                rb"\*",
                rb"\footnote",
                rb"\annotation",
                rb"\formfield",
                rb"\fftype1",
                rb"\v",
                rb"\deleted",
                rb"\intbl",
                b"word ",
                b"\x00\xff",
            ]
        )
    )
)
def test_no_order_of_words_raises(parts: list[bytes]) -> None:
    document = only(b"".join(parts))
    assert document.failures == ()
