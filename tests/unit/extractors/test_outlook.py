"""Outlook's own forms of mail: .msg files, winmail.dat, rich text bodies; and signed mail."""

import struct

import compressed_rtf  # type: ignore[import-untyped] # it ships no types
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.document import Document
from extractors.limits import Limits
from extractors.mail.reader import read_message
from extractors.office.rtf_html import html_of
from extractors.registry import read
from tests.samples import ole
from tests.unit.extractors.spans import assert_spans_hold, rows_of

LIST = b"Item;Qty;Lot\nA-1;1;L1\nB-2;2;L2\n"
HTML = b"<html><body><p>Please take back</p><table>"
HTML += b"<tr><td>Item</td><td>Qty</td></tr><tr><td>BV-34</td><td>12</td></tr></table></body></html>"
RICH = rb"""{\rtf1\ansi\ansicpg1252\fromhtml1 \deff0{\fonttbl{\f0\fswiss Arial;}}
{\*\htmltag19 <html>}{\*\htmltag64 <p>}\htmlrtf
{\htmlrtf0 Gr\'fc\'dfe {\*\htmltag84 &lt;}12{\*\htmltag84 &gt;}\htmlrtf\par}\htmlrtf0
{\*\htmltag0 <b title="\{x\}">}\u8364?5{\*\htmltag1 </b>}{\*\htmltag72 </p>}}"""


def paths(documents: tuple[Document, ...]) -> list[str]:
    for document in documents:
        assert_spans_hold(document)
    return [document.path for document in documents]


def test_a_message_file_is_a_mail_with_sender_time_and_files() -> None:
    mail = read_message(ole.compound(ole.msg(files=[("list.csv", LIST)])))
    assert (mail.sender_name, mail.sender_address) == ("Ann Lee", "ann@acme.example")
    assert mail.to == ("returns@norlake.example",)
    assert (mail.subject, mail.message_id) == ("Return of SO-1001", "<m1@acme.example>")
    assert mail.sent_at is not None
    assert mail.sent_at.isoformat() == "2026-11-18T14:05:00+00:00"
    assert paths(mail.documents) == ["body", "list.csv"]
    assert mail.documents[0].blocks[-1].text == "Please take back 12 of BV-34."
    assert len(rows_of(mail.documents[1])) == 2


def test_a_message_file_in_a_mail_is_read_like_an_enclosed_mail() -> None:
    inner = ole.msg("Inner", "The inner text", files=[("list.csv", LIST)], level=24)
    documents = read(ole.compound(ole.msg(enclosed=[inner])), "fwd.msg", "application/octet-stream")
    assert paths(documents) == ["fwd.msg/body", "fwd.msg/fwd.msg/body", "fwd.msg/fwd.msg/list.csv"]
    assert documents[0].blocks[0].role == "forwarded_header"
    assert "Ann Lee" in documents[0].blocks[0].text


def test_transport_headers_win_over_what_outlook_noted() -> None:
    head = "Received: from a\r\n by b\r\nFrom: Bo <bo@acme.example>\r\n"
    head += "Subject: =?utf-8?q?R=C3=BCckgabe?=\r\n"
    head += "Content-Type: text/html; boundary=x\r\nX-Auto-Response-Suppress: All\r\n"
    mail = read_message(ole.compound(ole.msg(head=head)))
    assert (mail.sender_address, mail.subject, mail.x_auto_response_suppress) == ("bo@acme.example", "Rückgabe", "All")
    assert mail.to == ("returns@norlake.example",)


@pytest.mark.parametrize("kind", ["html", "rich"])
def test_tables_of_the_body_stay_tables(kind: str) -> None:
    rich = rb"{\rtf1\ansi Please take back\par"
    rich += rb"\trowd\intbl Item\cell Qty\cell\row\intbl BV-34\cell 12\cell\row\pard Thanks\par}"
    made = ole.msg(plain="", html=HTML) if kind == "html" else ole.msg(plain="", rich=compressed_rtf.compress(rich))
    body = read_message(ole.compound(made)).documents[0]
    assert rows_of(body) == [{"Item": "BV-34", "Qty": "12"}]
    assert body.blocks[1].text == "Please take back"


def test_html_hidden_in_rich_text_comes_out_as_it_was() -> None:
    assert html_of(RICH, 1_000) == '<html><p>Grüße &lt;12&gt;<b title="{x}">€5</b></p>'
    body = read_message(ole.compound(ole.msg(plain="", rich=compressed_rtf.compress(RICH)))).documents[0]
    assert body.blocks[-1].text == "Grüße <12>€5"


def test_messages_nest_only_so_deep() -> None:
    made = ole.msg(level=24)
    for _ in range(9):
        made = ole.msg(enclosed=[made], level=24)
    documents = read_message(ole.compound(ole.msg(enclosed=[made]))).documents
    assert [failure.kind for document in documents for failure in document.failures] == ["too_large"]


@given(st.integers(0, 6_000), st.binary(min_size=1, max_size=40))
def test_a_damaged_message_file_never_raises(place: int, noise: bytes) -> None:
    data = bytearray(ole.compound(ole.msg(files=[("list.csv", LIST)])))
    data[place : place + len(noise)] = noise
    for document in read_message(bytes(data)).documents:
        assert_spans_hold(document)


def attribute(level: int, name: int, data: bytes) -> bytes:
    return struct.pack("<BHHI", level, name, 6, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def mapi(values: dict[int, tuple[int, bytes]]) -> bytes:
    made = struct.pack("<I", len(values))
    for number, (kind, data) in values.items():
        made += struct.pack("<HHII", kind, number, 1, len(data)) + data.ljust(-(-len(data) // 4) * 4, b"\0")
    return made


def tnef(body: dict[int, tuple[int, bytes]], *files: bytes) -> bytes:
    return struct.pack("<IH", 0x223E9F78, 1) + attribute(1, 0x9007, struct.pack("<II", 1252, 0)) + attribute(
        1, 0x9003, mapi(body)
    ) + b"".join(files)  # fmt: skip


def enclosure(name: str, data: bytes) -> bytes:
    title = mapi({0x3707: (0x1F, (name + "\0").encode("utf-16-le"))})
    return attribute(2, 0x9002, bytes(14)) + attribute(2, 0x800F, data) + attribute(2, 0x9005, title)


def test_an_enclosure_gives_up_its_text_and_its_files() -> None:
    rich = compressed_rtf.compress(rb"{\rtf1\ansi Please take back 12\par}")
    inner = bytes.fromhex("0703020000000000c000000000000046") + tnef({0x1000: (0x1E, b"inner\0")})
    held = attribute(2, 0x9002, bytes(14)) + attribute(2, 0x9005, mapi({0x3701: (0x0D, inner)}))
    documents = read(tnef({0x1009: (0x0102, rich)}, enclosure("Rückgabe.csv", LIST), held), "winmail.dat")
    assert paths(documents) == ["winmail.dat/body", "winmail.dat/Rückgabe.csv", "winmail.dat/fwd.msg/body"]
    assert documents[0].text == "Please take back 12"
    assert documents[2].text == "inner"


def test_counts_in_an_enclosure_are_not_believed() -> None:
    data = struct.pack("<IH", 0x223E9F78, 1) + attribute(
        1, 0x9003, struct.pack("<IHHI", 0xFFFFFFFF, 0x1003, 0x1000, 0xFFFFFFFF)
    )
    assert [document.path for document in read(data, "winmail.dat")] == ["winmail.dat/body"]


@given(st.binary(max_size=300))
def test_a_damaged_enclosure_never_raises(noise: bytes) -> None:
    for document in read(struct.pack("<IH", 0x223E9F78, 1) + noise, "winmail.dat"):
        assert_spans_hold(document)


MAIL = b"Content-Type: text/plain\r\n\r\nPlease take back 12 of BV-34.\r\n"
DATA, SIGNED = bytes.fromhex("06092a864886f70d010701"), bytes.fromhex("06092a864886f70d010702")


def der(tag: int, content: bytes) -> bytes:
    size = len(content)
    length = bytes([size]) if size < 128 else bytes([0x82]) + size.to_bytes(2, "big")
    return bytes([tag]) + length + content


def signed(octets: bytes) -> bytes:
    enclosed = der(0x30, DATA + der(0xA0, octets))
    return der(0x30, SIGNED + der(0xA0, der(0x30, der(2, b"\1") + der(0x31, b"") + enclosed + der(0x31, b""))))


@pytest.mark.parametrize("form", ["whole", "in parts", "without lengths"])
def test_signed_mail_is_read_without_its_seal(form: str) -> None:
    octets = der(4, MAIL)
    if form == "in parts":
        octets = der(0x24, der(4, MAIL[:30]) + der(4, MAIL[30:]))
    if form == "without lengths":
        octets = b"\x24\x80" + der(4, MAIL[:30]) + der(4, MAIL[30:]) + b"\0\0"
    (document,) = read(signed(octets), "smime.p7m")
    assert (document.path, document.text) == ("smime.p7m/body", "Please take back 12 of BV-34.")


@given(st.integers(0, 200), st.binary(min_size=1, max_size=8))
def test_a_damaged_seal_is_told(place: int, noise: bytes) -> None:
    data = bytearray(signed(der(4, MAIL)))
    data[place : place + len(noise)] = noise
    for document in read(bytes(data), "smime.p7m", limits=Limits()):
        assert_spans_hold(document)
