"""The kind of a file is told from its content, and every problem is a value."""

import pytest

from extractors.kinds import kind_of
from extractors.registry import READERS, REFUSALS, read, reader
from extractors.show import as_json
from tests.samples import documents as samples

OLE = bytes.fromhex("d0cf11e0a1b11ae1") + b"\x00" * 600


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (samples.pdf_slip(), "pdf"),
        (samples.docx_form(), "docx"),
        (samples.xlsx_list(), "xlsx"),
        (samples.png(), "picture"),
        (samples.mail(), "mail"),
        (b"<!DOCTYPE html><p>x", "html"),
        (b"a;b;c\n1;2;3\n4;5;6\n7;8;9\n", "delimited"),
        (b"Dear all,\nplease, take, these\nback.\n", "plain"),
        (b"{\\rtf1 x}", "rtf"),
        (OLE + "WordDocument".encode("utf-16-le"), "doc"),
        (OLE + "Workbook".encode("utf-16-le"), "calamine"),
        (OLE + "__properties_version1.0".encode("utf-16-le"), "msg"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "office_encrypted"),
        (b"\x78\x9f\x3e\x22" + b"x" * 50, "tnef"),
        (b"-----BEGIN PGP MESSAGE-----\n\nabc", "encrypted"),
        (b"\x00\x01\x02\x03" * 40, "unknown"),
        (b" \n", "empty"),
    ],
)
@pytest.mark.parametrize(("path", "declared"), [("a.bin", ""), ("a.pdf", "application/pdf"), ("a.csv2", "image/png")])
def test_content_decides_whatever_name_and_type_say(data: bytes, kind: str, path: str, declared: str) -> None:
    assert kind_of(data, path, declared)[0] == kind


def test_a_form_in_plain_text_is_no_mail() -> None:
    assert kind_of(b"From: Dock 3\nDate: 11/16\nSubject: count\n\nBV-34: 12\n", "count.txt")[0] == "plain"


def test_every_kind_is_read_or_refused_and_its_reader_exists() -> None:
    for kind in READERS:
        assert callable(reader(kind))
    assert not set(READERS) & set(REFUSALS)


@pytest.mark.parametrize("make", [samples.pdf_slip, samples.docx_form, samples.xlsx_list])
def test_a_file_cut_short_is_corrupt_or_partly_read(make: object) -> None:
    assert callable(make)
    whole = make()
    for part in (whole[: len(whole) // 2], whole[:200]):
        (document,) = read(part, "cut")
        assert document.failures
        assert document.failures[0].message.startswith("cut")


def test_a_document_can_be_shown_as_plain_values() -> None:
    (document,) = read(samples.pdf_slip(), "slip.pdf")
    shown = as_json(document)
    assert shown["path"] == "slip.pdf"
    assert shown["text"][shown["blocks"][0]["at"]["start"] : shown["blocks"][0]["at"]["end"]] == "Packing slip SH-1"
    assert isinstance(shown["blocks"][0]["at"]["box"], list)
