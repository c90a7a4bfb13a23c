"""Mail of any state becomes a Message."""

import base64
import binascii
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from extractors.limits import Limits
from extractors.mail.reader import read_message
from tests.samples.documents import mail, pdf_slip, png
from tests.unit.extractors.spans import assert_spans_hold


def test_fields_are_decoded_and_the_time_is_utc() -> None:
    raw = (
        b"From: =?utf-8?q?J=C3=B6rg?= Schaefer <JS@Schaefer.example>\r\nTo: a@x.example, B <b@x.example>\r\n"
        b"Subject: =?iso-8859-1?q?M=E4ngel?= zu PO1\r\nDate: Tue, 17 Nov 2026 10:33:19 +0100\r\n"
        b"Message-ID: <m@x>\r\nReferences: <a@x>\r\n <b@x>\r\nAuto-Submitted: auto-replied\r\n\r\nText"
    )
    message = read_message(raw)
    assert (message.sender_name, message.sender_address) == ("Jörg Schaefer", "js@schaefer.example")
    assert message.subject == "Mängel zu PO1"
    assert message.sent_at == datetime(2026, 11, 17, 9, 33, 19, tzinfo=UTC)
    assert message.references == ("<a@x>", "<b@x>")
    assert message.to == ("a@x.example", "b@x.example")
    assert message.auto_submitted == "auto-replied"


def test_only_the_topmost_authentication_result_counts() -> None:
    raw = b"Authentication-Results: ours; dmarc=fail\nAuthentication-Results: theirs; dmarc=pass\n\nText"
    assert read_message(raw).authentication_results == "ours; dmarc=fail"


@pytest.mark.parametrize(
    "date", ["Mon, 1 Jan 0001 00:00:00 +1400", "yesterday", "", "Fri, 31 Dec 9999 23:59:59 -1200", "99 Foo 20 1:1"]
)
def test_a_date_that_cannot_be_is_none(date: str) -> None:
    assert read_message(f"Date: {date}\n\nText".encode()).sent_at is None


def test_raw_bytes_in_headers_are_read_as_people_meant_them() -> None:
    message = read_message("Subject: Rückgabe\nFrom: José <j@x.example>\n\nx".encode("latin-1"))
    assert message.subject == "Rückgabe"
    assert message.sender_name == "José"


def test_an_unknown_charset_is_guessed() -> None:
    raw = b"Subject: x\nContent-Type: text/plain; charset=klingon-8\n\n" + "Stückzahl für Größe".encode("latin-1")
    assert "Stückzahl für Größe" in read_message(raw).documents[0].text


def test_the_subject_opens_the_body_so_that_its_words_can_be_quoted() -> None:
    body = read_message(mail("Text\n", subject="dead drive off PO802831")).documents[0]
    assert body.path == "body"
    assert body.blocks[0].label == "subject"
    assert body.blocks[0].text == "dead drive off PO802831"


def test_plain_text_is_preferred_to_its_html_twin() -> None:
    body = read_message(mail("Twelve valves, please.\n", html="<p>Twelve valves, <b>please</b>.</p>")).documents[0]
    assert body.media_type == "text/plain"


@pytest.mark.parametrize("stub", ["\n", "Your mail program cannot display HTML mail. View this in a browser.\n"])
def test_html_is_read_where_the_plain_twin_is_empty_or_a_stub(stub: str) -> None:
    body = read_message(mail(stub, html="<p>Twelve valves back.</p>")).documents[0]
    assert "Twelve valves back." in body.text


def test_html_is_read_where_the_plain_twin_loses_a_table() -> None:
    html = "<table><tr><th>Item</th><th>Qty</th></tr><tr><td>BV-34</td><td>12</td></tr></table>"
    body = read_message(mail("Item\nQty\nBV-34\n12\n", html=html)).documents[0]
    assert [cell.text for cell in body.blocks[-1].cells] == ["BV-34", "12"]


def test_attachments_keep_their_names_and_equal_names_are_told_apart() -> None:
    slip = ("slip.pdf", "application/pdf", pdf_slip())
    message = read_message(mail(attachments=[slip, slip, ("a/../b\\c.txt", "text/plain", b"x")]))
    assert [document.path for document in message.documents] == ["body", "slip.pdf", "slip-2.pdf", "c.txt"]


def test_an_enclosed_mail_has_its_own_body_and_attachments_below_its_path() -> None:
    inner = mail(
        "Three boxes are rusty.\n", subject="my marks", attachments=[("slip.pdf", "application/pdf", pdf_slip())]
    )
    raw = (
        b"Subject: Fwd\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nSee below.\n"
        b"--b\nContent-Type: message/rfc822\nContent-Disposition: attachment\n\n" + inner + b"\n--b--\n"
    )
    documents = read_message(raw).documents
    assert [document.path for document in documents] == ["body", "fwd.eml/body", "fwd.eml/slip.pdf"]
    assert documents[1].blocks[0].role == "forwarded_header"
    assert "Subject: my marks" in documents[1].blocks[0].text


@pytest.mark.parametrize("named", ["fwd.eml", "message.dat"])
def test_a_mail_attached_as_a_file_is_read_like_an_enclosed_one(named: str) -> None:
    documents = read_message(mail(attachments=[(named, "application/octet-stream", mail("Inner words\n"))])).documents
    assert documents[1].path == f"{named}/body"
    assert "Inner words" in documents[1].text


def test_mails_in_mails_end_at_the_limit() -> None:
    raw = mail("deepest\n")
    for _ in range(8):
        raw = mail(attachments=[("fwd.eml", "application/octet-stream", raw)])
    last = read_message(raw, Limits(mail_depth=3)).documents[-1]
    assert last.failures[0].kind == "too_large"
    assert last.path.count("fwd.eml") == 4


def test_a_small_picture_inside_the_text_is_a_logo_and_no_picture() -> None:
    html = '<p>Hi</p><img src="cid:logo">'
    logo = base64.encodebytes(png(160, 42)).decode()
    raw = (
        "Subject: x\nMIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n"
        f"--b\nContent-Type: text/html\n\n{html}\n--b\nContent-Type: image/png; name=logo.png\nContent-ID: <logo>\n"
        f"Content-Transfer-Encoding: base64\nContent-Disposition: inline\n\n{logo}\n--b--\n"
    )
    picture = read_message(raw.encode()).documents[1]
    assert not picture.has_picture
    assert picture.failures == ()


def test_an_attached_photo_without_words_is_a_picture_and_no_failure() -> None:
    photo = read_message(mail(attachments=[("damage.png", "image/png", png(padding=30_000))])).documents[1]
    assert photo.has_picture
    assert photo.failures == ()


def test_a_wrong_boundary_loses_no_text() -> None:
    raw = (
        b'Subject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="one"\n\n'
        b"--two\nContent-Type: text/plain\n\nTwelve valves\n--two\nContent-Type: text/plain; name=a.txt\n"
        b"Content-Disposition: attachment\n\nLot A26918\n--two--\n"
    )
    documents = read_message(raw).documents
    assert "Twelve valves" in documents[0].text
    assert "--two" not in documents[0].text
    assert documents[1].text == "Lot A26918"


def test_an_attachment_beyond_the_limit_is_refused_and_the_rest_is_read() -> None:
    raw = mail(attachments=[("big.bin", "application/octet-stream", b"\x01" * 90_000), ("a.txt", "text/plain", b"ok")])
    documents = read_message(raw, Limits(bytes_per_document=50_000)).documents
    assert [failure.kind for failure in documents[1].failures] == ["too_large"]
    assert documents[2].text == "ok"


def test_too_many_parts_are_told_and_the_first_are_read() -> None:
    raw = mail(attachments=[(f"{number}.txt", "text/plain", b"x") for number in range(30)])
    message = read_message(raw, Limits(parts=10))
    assert len(message.documents) == 10
    assert message.failures[0].kind == "too_large"


def test_the_text_is_cut_at_the_limit_and_that_is_told() -> None:
    body = read_message(mail("word " * 5_000 + "\n"), Limits(characters=1_000)).documents[0]
    assert len(body.text) <= 1_000
    assert body.failures[0].kind == "too_large"
    assert_spans_hold(body)


def test_attachments_beyond_all_text_that_is_taken_are_told_by_name() -> None:
    raw = mail("Hello.\n", attachments=[(f"{number}.txt", "text/plain", b"word " * 8) for number in range(4)])
    documents = read_message(raw, Limits(characters_in_all=170)).documents
    assert [bool(document.failures) for document in documents] == [False, False, False, True, True]
    assert sum(len(document.text) for document in documents) <= 170


def test_a_mail_nested_beyond_any_parser_still_has_its_head() -> None:
    parts = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(3_000))
    message = read_message(f"Subject: deep\nMIME-Version: 1.0\n{parts}\n\nText".encode())
    assert message.subject == "deep"
    assert message.documents[0].path == "body"


def test_a_plain_mail_loads_no_reading_library() -> None:
    program = (
        "import sys; from extractors.mail.reader import read_message; read_message(sys.stdin.buffer.read());"
        "print([n for n in ('lxml', 'openpyxl', 'docx', 'pypdf', 'pypdfium2', 'python_calamine') if n in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", program], input=mail(), capture_output=True, check=True)
    assert run.stdout.strip() == b"[]"


def test_a_file_typed_into_the_text_is_an_attachment() -> None:
    code = binascii.b2a_uu(b"Lot A26918, twelve pieces").decode()
    message = read_message(mail(f"See the list.\n\nbegin 644 list.txt\n{code}`\nend\n\nThanks\n"))
    assert [document.path for document in message.documents] == ["body", "list.txt"]
    assert message.documents[1].text == "Lot A26918, twelve pieces"
    assert code.strip() not in message.documents[0].text
    assert "[644 list.txt]" in message.documents[0].text


def test_begin_is_a_word_too() -> None:
    body = read_message(mail("begin 644 trouble\nwe never got the valves\nend\n")).documents[0]
    assert "we never got the valves" in body.text


def test_a_delivery_report_is_read_as_text() -> None:
    raw = (
        b"Subject: failed\nMIME-Version: 1.0\n"
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
        b"--b\n\nIt did not arrive.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x.example\n\n"
        b"Final-Recipient: rfc822; a@b.example\nStatus: 5.1.1\n\n--b--\n"
    )
    documents = read_message(raw).documents
    assert "It did not arrive." in documents[0].text
    assert "Status: 5.1.1" in documents[1].text


def test_an_invitation_is_read_as_text() -> None:
    raw = (
        b"Subject: pickup\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nSee the date.\n"
        b"--b\nContent-Type: text/calendar; charset=utf-8; method=REQUEST\n\nBEGIN:VCALENDAR\nBEGIN:VEVENT\n"
        b"SUMMARY:Pickup of two pumps\nDESCRIPTION:From SO-449851\\, at dock 3\\n"
        b"ring the bell\nEND:VEVENT\nEND:VCALENDAR\n--b--\n"
    )
    found = read_message(raw).documents[1]
    assert found.failures == ()
    assert [block.text for block in found.blocks] == ["Pickup of two pumps", "From SO-449851, at dock 3\nring the bell"]


def test_a_name_in_pieces_and_in_another_alphabet_is_joined() -> None:
    raw = (
        b"Subject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nText\n--b\n"
        b"Content-Type: text/plain\nContent-Disposition: attachment; "
        b"filename*0*=utf-8''R%C3%BCck; filename*1=gabe.txt\n\n"
        b"x\n--b--\n"
    )
    assert read_message(raw).documents[1].path == "R\u00fcckgabe.txt"


def test_a_raw_name_outside_ascii_is_read_as_meant() -> None:
    raw = (
        "Subject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nText\n--b\n"
        'Content-Type: text/plain; name="Rückgabe.txt"\nContent-Disposition: attachment\n\nx\n--b--\n'
    )
    assert read_message(raw.encode()).documents[1].path == "R\u00fcckgabe.txt"


def test_a_part_of_a_mail_that_came_in_pieces_is_read() -> None:
    head = b'Subject: x\nMIME-Version: 1.0\nContent-Type: message/partial; id="1"; number=1; total=2'
    raw = head + b"\n\nSubject: y\n\nTwo pumps\n"
    assert any("Two pumps" in document.text for document in read_message(raw).documents)


def test_a_mail_that_is_only_an_attachment_says_its_text_is_empty() -> None:
    raw = (
        b"Subject: x\nMIME-Version: 1.0\nContent-Type: text/csv; name=list.csv\nContent-Disposition: attachment\n\n"
        b"Item,Qty\nBV-34,2\n"
    )
    documents = read_message(raw).documents
    assert documents[0].warnings
    assert documents[1].path == "list.csv"
