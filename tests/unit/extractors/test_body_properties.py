"""What holds for the text of any mail: every word is in one block, places are exact, time grows with length."""

import re
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extractors.document import assemble
from extractors.html.reader import mail_html_blocks
from extractors.mail.reader import read_message
from extractors.text.prose import mail_paragraphs
from tests.samples.documents import mail
from tests.unit.extractors.spans import assert_spans_hold

LINES = st.sampled_from(
    [
        "", "", "Two pumps back, please.", "> quoted", ">> deeper",
        "On Mon, Nov 9, 2026 A <a@b.example> wrote:",
        "Am 09.11.2026 schrieb A:", "-----Original Message-----", "From: A <a@b.example>", "Sent: Monday", "Subject: x",
        "--", "Tom Field", "Kind regards", "Tel: +1 555 010 2345", "Sent from my iPhone", "Item    Qty   Reason",
        "BV-34     4   leaking", "a | b | 3", "|---|---|---|", "a\tb\t4", "a;b;5", "Item,Qty,Lot", "BV-34,4,A1",
        "_" * 20, "---------- Forwarded message ---------", "begin 644 a.txt", "* one", "1. two",
        "This mail is confidential, do not print.",
    ]
)  # fmt: skip
SUBJECTS = st.sampled_from(["x", "Re: x", "Fwd: x", "WG: x", "TR: x", "RV: x"])
relaxed = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def marks(text: str) -> Counter[str]:
    """Letters and digits: what parts columns (rules, pipes, commas) may go."""
    return Counter(re.findall(r"[^\W_]", text))


@relaxed
@given(st.lists(st.one_of(LINES, st.text(alphabet="ab1 >|,;\t-:.", max_size=30)), max_size=30), SUBJECTS)
def test_the_roles_together_hold_every_word(lines: list[str], subject: str) -> None:
    blocks = mail_paragraphs("\n".join(lines), subject, "Tom Field")
    assert marks("".join(block.text for block in blocks)) == marks("".join(lines))
    assert_spans_hold(assemble("body", "text/plain", blocks))


TAGS = st.sampled_from(
    ["<p>", "<div>", "</div>", "<br>", "<table>", "<tr>", "<td>", "<th rowspan=1>", "</table>", "<ul><li>",
     "<blockquote>",
     "</blockquote>", "<pre>", "</pre>", "<h2>", "<caption>", "<b>", "<div style='display:none'>", "<font color=white>"]
)  # fmt: skip


@relaxed
@given(st.lists(st.one_of(TAGS, st.sampled_from(["valve", "pump", "drum", "gasket "])), max_size=30), SUBJECTS)
def test_no_word_of_a_page_is_lost(pieces: list[str], subject: str) -> None:
    blocks = mail_html_blocks("<p>start</p>" + "".join(pieces), subject)
    said = " ".join(block.text for block in blocks)
    assert all(said.count(word) >= "".join(pieces).count(word) for word in ("valve", "pump", "drum", "gasket"))
    assert_spans_hold(assemble("body", "text/html", blocks))


HEAVY = [
    "-", "_", "=", "On ", "On Mon, 1/2/2026 a\n", "1/1/2026 wrote x:\n", "From: a@b\nSent: x\n\n", "> x\n", "\n",
    "--\n\n\n\n", "a  b  c\n",
    "|a|b|\n", "a,b,c,\n", "a\tb\n", "Regards\nTom\n\n", "+1 555 555 5555 ", "a@", "A1-", "_____________\n\n\n", "* _-",
    "<a@b> ", "begin 644 a\nM\n",
]  # fmt: skip
PAGES = [
    "<div>a",
    "<table><tr><td>a<td>b",
    "<li>a",
    "<ol><li>a",
    "<blockquote>a",
    "<br>",
    "<tr><td rowspan=500 colspan=50>a<td>1</tr>",
]


@pytest.mark.parametrize("unit", HEAVY)
def test_a_long_text_of_one_kind_is_read_to_its_end(unit: str) -> None:
    # Reading that looks back at each step would not end within the test's time; evals.bench growth has the figures.
    blocks = mail_paragraphs(unit * (60_000 // len(unit)) + "\n\nTwo pumps back.\n", "Fwd: x", "Tom X")
    assert "Two pumps back." in blocks[-1].text


@pytest.mark.parametrize("unit", PAGES)
def test_a_long_page_of_one_kind_is_read_to_its_end(unit: str) -> None:
    blocks = mail_html_blocks(f"<table>{unit * (40_000 // len(unit))}</table><p>Two pumps back.", "x")
    assert "Two pumps back." in blocks[-1].text


@pytest.mark.parametrize(
    "field",
    [
        "From: " + "(" * 200_000,
        "To: " + "a@b.c, " * 30_000,
        "Content-Type: text/plain; " + "a*0=b; " * 30_000,
        "X: " + "a" * 1_000_000,
    ],
    ids=["nested", "addresses", "parameters", "long"],
)
def test_a_header_of_any_length_is_read(field: str) -> None:
    body = read_message(f"{field}\nSubject: pumps\n\nTwo pumps back.".encode()).documents[0]
    assert "Two pumps back." in body.text


def test_thousands_of_parts_end_at_the_limit() -> None:
    part = b"--b\nContent-Type: text/plain\nContent-Disposition: attachment; filename=a.txt\n\nx\n"
    message = read_message(b"Content-Type: multipart/mixed; boundary=b\n\n" + part * 5_000 + b"--b--\n")
    assert message.failures[0].kind == "too_large"


def test_a_plain_mail_needs_no_language_model() -> None:
    assert read_message(mail("Please take these two valves back.\n")).documents[0].language == "en"
