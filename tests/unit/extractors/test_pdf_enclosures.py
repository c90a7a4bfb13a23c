"""Files inside a PDF, however they are put there."""

import io

from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

from extractors.registry import read
from tests.samples import pdfs as samples

SLIP = b"order;sku;qty\nSO-1;V-100;2\nSO-1;V-200;1\n"


def written(writer: PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def specification(writer: PdfWriter, name: str, data: bytes) -> DictionaryObject:
    stream = DecodedStreamObject()
    stream.set_data(data)
    held = DictionaryObject({NameObject("/F"): writer._add_object(stream)})
    return DictionaryObject({NameObject("/Type"): NameObject("/Filespec"), NameObject("/UF"): TextStringObject(name),
                             NameObject("/EF"): held})  # fmt: skip


def pin(writer: PdfWriter, file: object) -> None:
    """A file pinned to the first page, as viewers do by "attach a file as a comment"."""
    note = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"),
            NameObject("/Subtype"): NameObject("/FileAttachment"),
            NameObject("/Rect"): ArrayObject([NumberObject(n) for n in (20, 20, 40, 40)]),
            NameObject("/FS"): file,
        }
    )
    writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(note)])


def test_a_file_pinned_to_a_page_is_read() -> None:
    writer = PdfWriter(clone_from=io.BytesIO(samples.prose()))
    pin(writer, specification(writer, "slip/one.csv", SLIP))
    document, slip = read(written(writer), "letter.pdf")
    assert document.blocks
    assert slip.path == "letter.pdf/slip_one.csv"
    assert "V-100" in slip.text


def test_a_file_listed_and_pinned_is_read_once() -> None:
    writer = PdfWriter(clone_from=io.BytesIO(samples.prose()))
    listed = writer.add_attachment("slip.csv", SLIP)
    pin(writer, listed.pdf_object.indirect_reference)
    assert [document.path for document in read(written(writer), "letter.pdf")] == ["letter.pdf", "letter.pdf/slip.csv"]


def test_a_broken_pin_costs_that_file_only() -> None:
    writer = PdfWriter(clone_from=io.BytesIO(samples.prose()))
    writer.add_attachment("slip.csv", SLIP)
    pin(writer, DictionaryObject())
    assert [document.path for document in read(written(writer), "letter.pdf")] == ["letter.pdf", "letter.pdf/slip.csv"]
