"""What holds for any bytes at all: nothing raises, spans are exact, limits bound the text."""

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from extractors.limits import Limits
from extractors.mail.reader import read_message
from extractors.registry import read
from tests.samples import documents as samples
from tests.samples import ole
from tests.unit.extractors.spans import assert_spans_hold

LIMITS = Limits(characters=2_000, parts=8, rows=50, cells=400, pages=3, sheets=3, mail_depth=2)
WHOLE = [
    samples.pdf_slip(),
    samples.pdf_form(),
    samples.docx_form(),
    samples.xlsx_list(),
    samples.ods_list(),
    ole.xls([["Item", "Qty"], ["A-1", 2]], codes={1: "0000"}),
    ole.compound(ole.msg(files=[("list.csv", b"Item;Qty;Lot\nA-1;1;L1\nB-2;2;L2\n")])),
    rb"{\rtf1\ansi Items\par\trowd\intbl Item\cell Qty\cell\row\intbl A-1\cell 2\cell\row\pard{\v no}\par}",
    b"ISA*00*          *00*          *ZZ*A              *ZZ*B              *261120*1200*U*00401*1        *0*P*>~"
    b"ST*180*1~BLI*VP*BV-34*12*EA~",
    samples.mail(
        html="<table><tr><th>Item<th>Qty<tr><td>A<td>1</table>", attachments=[("a.csv", "text/csv", b"a,b\n1,2")]
    ),
]
STARTS = [
    b"%PDF-1.7\n",
    b"PK\x03\x04",
    bytes.fromhex("d0cf11e0a1b11ae1"),
    b"<html><table>",
    b"{\\rtf",
    b"GIF89a",
    b"a;b;c\n",
]
HEADS = [b"Content-Type: ", b"From: ", b"Date: ", b"Subject: =?", b"Content-Type: multipart/mixed; boundary=", b"To: <"]
WORDS = st.sampled_from(
    ["> ", "--\n", "\n", "On x wrote:\n", "From: a@b\n", "Sent: x\n", "Qty", "\t", "12", "é", "\u200b", "\x00"]
)

relaxed = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def assert_sound(documents: object) -> None:
    assert isinstance(documents, tuple)
    assert documents
    for document in documents:
        assert_spans_hold(document)
        assert len(document.text) <= LIMITS.characters
    assert len({document.path for document in documents}) == len(documents)


@relaxed
@given(st.sampled_from([b"", *STARTS]), st.binary(max_size=600), st.sampled_from(["a", "a.csv", "a.html", "a.eml"]))
@example(b"", b"\xff\xfe<", "a.html")
def test_no_bytes_make_reading_raise(start: bytes, rest: bytes, path: str) -> None:
    assert_sound(read(start + rest, path, limits=LIMITS))


@relaxed
@given(st.sampled_from(WHOLE), st.data())
def test_no_damage_makes_reading_raise(whole: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(whole) - 1))
    length = data.draw(st.integers(0, 200))
    damaged = whole[:place] + data.draw(st.binary(max_size=60)) + whole[place + length :]
    assert_sound(read(damaged, "file", limits=LIMITS))
    assert_sound(read_message(damaged, LIMITS).documents)


@relaxed
@given(st.lists(st.tuples(st.sampled_from([*HEADS, b""]), st.binary(max_size=80)), max_size=8), st.binary(max_size=300))
def test_no_headers_make_a_mail_unreadable(fields: list[tuple[bytes, bytes]], rest: bytes) -> None:
    head = b"".join(name + value + b"\n" for name, value in fields)
    message = read_message(head + b"\n" + rest, LIMITS)
    assert_sound(message.documents)
    for text in (message.subject, message.sender_name, message.message_id, message.sender_address):
        text.encode("utf-8")


@relaxed
@given(st.lists(st.one_of(WORDS, st.text(max_size=20)), max_size=40))
def test_no_text_loses_its_places(words: list[str]) -> None:
    text = "".join(words)
    assert_sound(read_message(samples.mail(text.encode("utf-8", "replace").decode() + "\n"), LIMITS).documents)
    assert_sound(read(b"<html>" + text.encode("utf-8", "replace"), "a.html", limits=LIMITS))
