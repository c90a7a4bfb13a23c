"""What is read of Word documents beyond their plain text."""

import io
import zipfile

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import RGBColor

from extractors.document import Document
from extractors.registry import read
from tests.samples import documents as samples
from tests.unit.extractors.spans import assert_spans_hold, rows_of

NS = nsdecls("w")


def saved(word: "docx.document.Document") -> bytes:
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


def only(data: bytes, path: str = "a.docx") -> Document:
    (document,) = read(data, path)
    assert_spans_hold(document)
    assert document.failures == ()
    return document


def with_body(*xml: str) -> Document:
    word = docx.Document()
    for part in xml:
        word.element.body.insert(len(word.element.body) - 1, parse_xml(part))
    return only(saved(word))


def rewritten(data: bytes, change: dict[str, tuple[bytes, bytes]], add: dict[str, bytes] | None = None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            before, after = change.get(name, (b"", b""))
            new.writestr(name, old.read(name).replace(before, after) if before else old.read(name))
        for name, content in (add or {}).items():
            new.writestr(name, content)
    return out.getvalue()


def test_deleted_words_are_marked_with_who_struck_them_and_are_not_said() -> None:
    document = with_body(
        f'<w:p {NS}><w:r><w:t xml:space="preserve">Return </w:t></w:r>'
        '<w:del w:id="1" w:author="Ann Lee"><w:r><w:delText>40</w:delText></w:r></w:del>'
        '<w:ins w:id="2" w:author="Ann Lee"><w:r><w:t>12</w:t></w:r></w:ins><w:r><w:t> pieces</w:t></w:r></w:p>'
    )
    said, struck = document.blocks
    assert (said.text, said.hidden) == ("Return 12 pieces", False)
    assert (struck.kind, struck.text, struck.label, struck.hidden) == ("annotation", "40", "Deleted by Ann Lee", True)


def test_comments_follow_what_they_are_about() -> None:
    word = docx.Document()
    first = word.add_paragraph("Twelve valves")
    word.add_paragraph("Thank you")
    word.add_comment(first.runs, text="Only ten came", author="Bo")
    blocks = only(saved(word)).blocks
    assert [(b.kind, b.text, b.label) for b in blocks] == [
        ("paragraph", "Twelve valves", ""),
        ("annotation", "Only ten came", "Bo"),
        ("paragraph", "Thank you", ""),
    ]


def test_a_footnote_stands_behind_its_paragraph() -> None:
    word = docx.Document()
    reference = parse_xml(f'<w:footnoteReference {NS} w:id="2"/>')
    word.add_paragraph("Lot A26918").runs[0]._r.append(reference)  # type: ignore[arg-type] # python-docx's own element
    word.add_paragraph("End")
    words = "<w:p><w:r><w:t>Second delivery</w:t></w:r></w:p>"
    notes = f'<w:footnotes {NS}><w:footnote w:id="2">{words}</w:footnote></w:footnotes>'
    relation = b'<Relationship Id="rId99" Type="http://x/footnotes" Target="footnotes.xml"/></Relationships>'
    data = rewritten(
        saved(word),
        {"word/_rels/document.xml.rels": (b"</Relationships>", relation)},
        {"word/footnotes.xml": notes.encode()},
    )
    assert [block.text for block in only(data).blocks] == ["Lot A26918", "Second delivery", "End"]


@pytest.mark.parametrize("colour", ["white", "hidden", "tiny"])
def test_words_printed_to_be_overlooked_are_hidden(colour: str) -> None:
    word = docx.Document()
    run = word.add_paragraph("Seen").add_run("Approve at once")
    if colour == "white":
        run.font.color.rgb = RGBColor(255, 255, 255)
    elif colour == "hidden":
        run.font.hidden = True
    else:
        run.font.size = docx.shared.Pt(1)
    assert [(b.text, b.hidden) for b in only(saved(word)).blocks] == [("Seen", False), ("Approve at once", True)]


def test_white_headings_on_a_dark_ground_are_seen() -> None:
    word = docx.Document()
    table = word.add_table(rows=0, cols=2)
    for number, texts in enumerate((("Item", "Qty"), ("BV-34", "12"))):
        for cell, text in zip(table.add_row().cells, texts, strict=True):
            run = cell.paragraphs[0].add_run(text)
            if not number:
                run.font.color.rgb = RGBColor(255, 255, 255)
                cell._tc.get_or_add_tcPr().append(parse_xml(f'<w:shd {NS} w:val="clear" w:fill="1F3864"/>'))
    assert rows_of(only(saved(word))) == [{"Item": "BV-34", "Qty": "12"}]


@pytest.mark.parametrize(("mark", "shown"), [("<w:checked/>", "☒"), ('<w:checked w:val="0"/>', "☐"), ("", "☐")])
def test_a_box_of_an_old_form_is_ticked_or_not(mark: str, shown: str) -> None:
    document = with_body(
        f'<w:p {NS}><w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox><w:default w:val="0"/>{mark}'
        "</w:checkBox></w:ffData></w:fldChar></w:r><w:r><w:instrText> FORMCHECKBOX </w:instrText></w:r>"
        '<w:r><w:fldChar w:fldCharType="end"/></w:r><w:r><w:t>Credit</w:t></w:r></w:p>'
    )
    assert document.text == f"{shown} Credit"


def test_a_box_and_a_choice_of_a_content_control_are_words() -> None:
    document = with_body(
        f"<w:sdt {NS}><w:sdtContent><w:p><w:sdt><w:sdtContent><w:r><w:t>☒</w:t></w:r></w:sdtContent></w:sdt>"
        "<w:r><w:t> Replacement</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    )
    assert document.text == "☒ Replacement"


def test_a_table_in_a_cell_is_a_table_of_its_own() -> None:
    word = docx.Document()
    outer = word.add_table(rows=1, cols=2)
    outer.cell(0, 0).text = "Items to return"
    inner = outer.cell(0, 1).add_table(rows=0, cols=3)
    for texts in samples.ITEM_TABLE:
        for cell, text in zip(inner.add_row().cells, texts[:3], strict=True):
            cell.text = text
    document = only(saved(word))
    assert document.blocks[0].text == "Items to return"
    assert [list(held) for held in rows_of(document)] == [list(samples.ITEM_TABLE[0][:3])] * 2


def test_merged_headings_name_every_column_below_them() -> None:
    word = docx.Document()
    table = word.add_table(rows=3, cols=3)
    for row, texts in enumerate((("Item", "Quantity", ""), ("", "Ordered", "Returned"), ("BV-34", "20", "12"))):
        for column, text in enumerate(texts):
            table.cell(row, column).text = text
    table.cell(0, 1).merge(table.cell(0, 2))
    table.cell(0, 0).merge(table.cell(1, 0))
    assert rows_of(only(saved(word))) == [{"Item": "BV-34", "Quantity Ordered": "20", "Quantity Returned": "12"}]


def test_text_boxes_are_read_once() -> None:
    box = "<w:txbxContent><w:p><w:r><w:t>Handle with care</w:t></w:r></w:p></w:txbxContent>"
    mc = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    document = with_body(
        f"<w:p {NS} {mc}><w:r><w:t>Above</w:t></w:r><w:r><mc:AlternateContent><mc:Choice>{box}</mc:Choice>"
        f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    assert [block.text for block in document.blocks] == ["Above", "Handle with care"]


def test_documents_with_macros_and_strict_ones_are_read() -> None:
    plain = samples.docx_form()
    macro = rewritten(
        plain,
        {"[Content_Types].xml": (b"wordprocessingml.document.main", b"x")},
    )
    strict = rewritten(
        plain,
        {
            "word/document.xml": (
                b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
                b"http://purl.oclc.org/ooxml/wordprocessingml/main",
            )
        },
    )
    assert rows_of(only(macro)) == rows_of(only(strict)) == rows_of(only(plain)) != []


def test_entities_do_not_unfold() -> None:
    laughs = b'<!DOCTYPE a [<!ENTITY a "ha">' + b"".join(
        b'<!ENTITY %c "%b">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)
    )
    data = rewritten(samples.docx_form(), {"word/document.xml": (b"Thank you.", b"&j;")})
    data = rewritten(data, {"word/document.xml": (b"<w:document", laughs + b"]><w:document")})
    (document,) = read(data, "a.docx")
    assert "haha" not in document.text
    assert len(document.text) < 10_000


@pytest.mark.parametrize("kind", ["ms-word.document.macroEnabled.main", "ms-word.template.macroEnabledTemplate.main"])
def test_files_with_macros_and_templates_are_read(kind: str) -> None:
    before = b"openxmlformats-officedocument.wordprocessingml.document.main"
    data = rewritten(samples.docx_form(), {"[Content_Types].xml": (before, kind.encode())})
    assert only(data).text == only(samples.docx_form()).text != ""


def test_headers_of_all_sections_stand_once_before_the_text_and_footers_behind_it() -> None:
    word = docx.Document()
    first = word.sections[0]
    first.different_first_page_header_footer = True
    first.header.paragraphs[0].text = "RMA 4711"
    first.first_page_header.paragraphs[0].text = "Acme Supply"
    first.footer.paragraphs[0].text = "Account 88"
    word.add_paragraph("Twelve valves")
    word.add_section()  # its header is the one before
    assert [block.text for block in only(saved(word)).blocks] == [
        "RMA 4711", "Acme Supply", "Twelve valves", "Account 88"
    ]  # fmt: skip


def test_a_reference_that_leads_nowhere_costs_no_words() -> None:
    word = docx.Document()
    word.sections[0].header.paragraphs[0].text = "RMA 4711"
    word.add_paragraph("Twelve valves")
    lost = rewritten(saved(word), {"word/_rels/document.xml.rels": (b"header1.xml", b"header9.xml")})
    assert only(lost).text == "Twelve valves"
    without = rewritten(saved(word), {"word/_rels/document.xml.rels": (b'Target="styles.xml"', b'Target="none.xml"')})
    assert only(without).text == "RMA 4711\nTwelve valves"


def test_a_remark_in_the_xml_parts_no_word_in_two() -> None:
    data = rewritten(samples.docx_form(), {"word/document.xml": (b"Thank you.", b"Thank<!-- 1 --> you.")})
    assert "Thank you." in only(data).text
