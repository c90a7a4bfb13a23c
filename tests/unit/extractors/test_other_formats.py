"""Cards, appointments, EDI and old Word documents; and what tells one kind of file from another."""

import shutil
import zipfile
from collections.abc import Sequence
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors import outside
from extractors.document import Document
from extractors.kinds import kind_of
from extractors.office import doc
from extractors.registry import READERS, REFUSALS, read
from tests.samples import documents as samples
from tests.samples import ole
from tests.unit.extractors.spans import assert_spans_hold, rows_of

ISA = "ISA*00*          *00*          *ZZ*ACME           *ZZ*NORLAKE        *261120*1200*U*00401*000000001*0*P*>~"
RETURN = (
    "GS*AN*A*B*20261120*1200*1*X*004010~ST*180*0001~BGN*00*RTN-17*20261120~REF*IV*INV-99~DTM*011*20261118~"
    "N1*BY*Acme Tools*92*C-1~BLI*VP*BV-34*12*EA~LIN*1*VP*UCP208*LT*B25744~SN1*1*4*EA~XYZ*1*2~SE*9*0001~GE*1*1~IEA*1*1~"
)


def only(data: bytes, path: str = "file") -> Document:
    (document,) = read(data, path)
    assert_spans_hold(document)
    return document


def labelled(document: Document) -> list[tuple[str, str]]:
    return [(block.label, block.text) for block in document.blocks if block.kind == "form_field"]


def test_a_card_says_who_and_how_to_reach_them() -> None:
    card = (
        b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ann Lee\r\nORG:Acme;Returns\r\nTEL;TYPE=WORK,VOICE:+1 555 0100\r\n"
        b"EMAIL;TYPE=INTERNET:ann@acme.example\r\n"
        b"NOTE:Hello\\, world\\nDock 4\r\nEND:VCARD\r\n"
    )
    assert labelled(only(card)) == [
        ("Name", "Ann Lee"), ("Company", "Acme Returns"), ("Phone (work)", "+1 555 0100"),
        ("Email", "ann@acme.example"), ("Note", "Hello, world\nDock 4"),
    ]  # fmt: skip


def test_an_appointment_says_what_and_when() -> None:
    event = (
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Pickup of RMA 12\r\n"
        b"DTSTART;TZID=America/Chicago:20261120T140000\r\n"
        b"DTEND:20261120T150000Z\r\nDESCRIPTION:2 pallets\\nDock 4\r\nORGANIZER;CN=Ann:mailto:ann@acme.example\r\n"
        b"END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    assert labelled(only(event)) == [
        ("Summary", "Pickup of RMA 12"), ("Description", "2 pallets\nDock 4"),
        ("Starts", "2026-11-20 14:00 America/Chicago"), ("Ends", "2026-11-20 15:00 UTC"),
        ("Organizer", "Ann ann@acme.example"),
    ]  # fmt: skip


@given(st.binary(max_size=200))
def test_a_broken_card_is_still_its_words(noise: bytes) -> None:
    only(b"BEGIN:VCARD\r\n" + noise, "a.vcf")
    only(b"BEGIN:VCALENDAR\r\n" + noise, "a.ics")


@pytest.mark.parametrize(("element", "end"), [("*", "~"), ("|", "\n"), ("^", "'\r\n")])
def test_segments_say_what_their_elements_are_whatever_delimits_them(element: str, end: str) -> None:
    text = (ISA + RETURN).replace("*", element).replace("~", end)
    document = only(text.encode(), "returns.txt")
    assert document.media_type == "application/edi-x12"
    assert document.blocks[1].text == "180 Return merchandise authorization and notification"
    rows = [{cell.header: cell.text for cell in block.cells} for block in document.blocks if block.table == 0]
    assert {"Segment": "Item", "Vendor part no.": "BV-34", "Qty": "12", "UoM": "EA"} in rows
    second = {"Segment": "Item", "Line": "1", "Vendor part no.": "UCP208", "Lot no.": "B25744", "Qty": "4", "UoM": "EA"}
    assert second in rows
    assert {"Segment": "Invoice no.", "Invoice no.": "INV-99"} in rows
    assert {"Segment": "Shipped", "Shipped": "2026-11-18"} in rows
    assert {"Segment": "XYZ", "XYZ01": "1", "XYZ02": "2"} in rows


def test_what_is_said_of_an_item_stands_in_its_row_and_reasons_in_words() -> None:
    told = "GS*AN*A*B*20261120*1200*1*X*004010~ST*180*0001~BGN*00*RTN-17*20261120~RDR**EI~"
    told += "BLI*VP*BV-34~QTY*76*12*EA~N9*CO*SO-1001~RDR**DT**bent~N1*ST*Dock~BLI*VP*UCP208*4*EA~SE*9*0001~"
    rows = [{cell.header: cell.text for cell in block.cells} for block in only((ISA + told).encode()).blocks]
    assert {"Segment": "Return", "Reason": "excess inventory, no longer needed"} in rows
    assert {
        "Segment": "Item", "Vendor part no.": "BV-34", "Quantity returned": "12", "UoM": "EA",
        "Customer order no.": "SO-1001", "Reason": "damaged in transit", "Description": "bent",
    } in rows  # fmt: skip
    assert {"Segment": "Item", "Vendor part no.": "UCP208", "Qty": "4", "UoM": "EA"} in rows


@given(st.text(max_size=300))
def test_no_segment_raises(words: str) -> None:
    only((ISA + words).encode("utf-8", "ignore"), "a.edi")


@pytest.mark.skipif(not shutil.which("catdoc"), reason="catdoc is not installed")
def test_an_old_word_document_is_read_by_the_program_installed() -> None:
    # antiword is killed by its own faults over some documents as small as this; catdoc then reads them.
    document = only(ole.doc("Return of SO-1001\nPlease take back 12 of BV-34, grüße."), "a.doc")
    assert document.text == "Return of SO-1001\nPlease take back 12 of BV-34, grüße."


@pytest.mark.skipif(not shutil.which("catdoc"), reason="catdoc is not installed")
def test_what_catdoc_reads_is_told_to_hold_hidden_words_perhaps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doc, "found", lambda program: program if program == "catdoc" else None)
    assert "deleted words" in only(ole.doc("Return of SO-1001"), "a.doc").warnings[0]


def test_without_a_program_an_old_word_document_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doc, "found", lambda program: None)
    (failure,) = only(ole.doc("x"), "a.doc").failures
    assert failure.kind == "unsupported"
    assert "Install antiword or catdoc" in failure.message


def test_the_tables_of_an_old_word_document_are_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = "".join(
        "<row>" + "".join(f"<entry><para>{text}</para></entry>" for text in held) + "</row>"
        for held in samples.ITEM_TABLE
    )
    xml = (
        "<?xml version='1.0'?><!DOCTYPE book PUBLIC '-//x' 'http://x.example/d.dtd'><book><chapter><title>Return</title>"
        f"<para>For <emphasis>order</emphasis> SO-1001<informaltable><tgroup><tbody>{rows}</tbody></tgroup>"
        "</informaltable></para></chapter></book>"
    )
    monkeypatch.setattr(doc, "found", lambda program: program)
    monkeypatch.setattr(doc, "printed", lambda command, data, **limits: xml.encode())
    document = only(ole.doc("x"), "a.doc")
    assert [(b.kind, b.text) for b in document.blocks[:2]] == [
        ("heading", "Return"),
        ("paragraph", "For order SO-1001"),
    ]
    assert rows_of(document) == [dict(zip(samples.ITEM_TABLE[0], held, strict=True)) for held in samples.ITEM_TABLE[1:]]


@pytest.mark.parametrize(
    "command", [["sleep", "60"], ["sh", "-c", "yes"], ["sh", "-c", "exit 3"], ["sh", "-c", "(sleep 60 &) ; sleep 60"]]
)
def test_a_program_that_hangs_floods_or_fails_is_ended(command: Sequence[str]) -> None:
    assert outside.printed([*command, "--"][: len(command)], b"", seconds=0.5, most_bytes=1_000_000) is None


def zip_of(name: str, data: bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "path", "kind"),
    [
        (zip_of("a.pdf", b"%PDF-1.4 x"), "a.pdf", "zip"),
        (zip_of("word/document2.xml", b"<x/>"), "a.bin", "docx"),
        (ole.compound(ole.msg(files=[("a.xls", ole.xls([["x"]]))])), "a.xls", "msg"),
        (ole.compound(ole.msg(files=[("a.bin", "EncryptedPackage".encode("utf-16-le"))])), "a", "msg"),
        (ole.compound({"EncryptedPackage": b"x", "EncryptionInfo": b"y"}), "a.docx", "office_encrypted"),
        ("Item;Menge\nA;1\n".encode("utf-16-le"), "liste.csv", "delimited"),
        (ISA.encode(), "a.txt", "edi"),
        (b"UNB+UNOA:1+A+B+261120:1200+1'", "a.txt", "edifact"),
        (b"begin:vcard\r\n", "a.txt", "vcard"),
        (b"{\\rtf1 x}", "a.doc", "rtf"),
        (b"<html><table><tr><td>x", "a.xls", "html"),
        (b"%PDF-1.4", "a.doc", "pdf"),
        (samples.ods_list(), "a.xlsx", "ods"),
        (samples.xlsx_list(), "a.csv", "xlsx"),
    ],
)
def test_the_content_decides_and_not_the_name(data: bytes, path: str, kind: str) -> None:
    assert kind_of(data, path)[0] == kind


def test_a_kind_is_read_or_refused_and_never_both() -> None:
    assert {why for why, _ in REFUSALS.values()} == {"encrypted", "corrupt", "unsupported"}
    assert not set(READERS) & set(REFUSALS)
