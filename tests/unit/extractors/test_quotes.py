"""Whose words a line of a mail is."""

import pytest

from extractors.document import Role
from extractors.html.reader import mail_html_blocks
from extractors.text.prose import mail_paragraphs, unflowed


def roles(text: str, subject: str = "Re: return") -> list[tuple[Role, str]]:
    return [(block.role, block.text) for block in mail_paragraphs(text, subject)]


def test_marked_lines_are_quoted_and_answers_between_them_are_not() -> None:
    found = roles(
        "Answers below.\n\nOn 11/19/2026, Returns wrote:\n> 1. Which order?\n\nSO-449851\n\n> 2. How many?\n\n24\n"
    )
    assert [text for role, text in found if role == "body"] == ["Answers below.", "SO-449851", "24"]


@pytest.mark.parametrize(
    "divider",
    [
        "-----Original Message-----\nFrom: A\nSent: Monday\nSubject: x",
        "-----Ursprüngliche Nachricht-----\nVon: A\nGesendet: Montag",
        "On Mon, Nov 9, 2026 at 10:10 AM Marcus Hale <m@x.example>\nwrote:",
        "________________________________\nFrom: A <a@x.example>\nSent: Monday\nTo: B\nSubject: x",
        "Am 09.11.2026 um 10:10 schrieb Marcus Hale:",
    ],
)
def test_all_below_a_reply_divider_is_quoted(divider: str) -> None:
    found = roles(f"Make it two pumps, no drives at all.\n\n{divider}\n\nThree pumps.\n")
    assert found[0] == ("body", "Make it two pumps, no drives at all.")
    assert {role for role, _ in found[1:]} == {"quoted"}


def test_a_forward_with_little_of_its_own_is_about_what_it_forwards() -> None:
    text = (
        "FYI please handle\n\n---------- Forwarded message ---------\nFrom: A <a@x.example>\nDate: Mon\n"
        "Subject: back\n\nThree boxes are rusty.\n"
    )
    found = roles(text, "Fwd: back")
    assert [role for role, _ in found] == ["body", "forwarded_header", "body"]


def test_what_the_forwarded_mail_itself_quotes_stays_quoted() -> None:
    text = (
        "see below\n\n---------- Forwarded message ---------\nFrom: A <a@x.example>\nSubject: back\n\n"
        "Only two of them came back in the end, as I said on the phone.\n\n"
        "-----Original Message-----\nFrom: B\nSent: Monday\n\nThree came.\n"
    )
    assert roles(text, "Fwd: back")[-1] == ("quoted", "Three came.")


def test_a_lone_double_mark_is_the_sender_speaking() -> None:
    found = roles("It was scanned and sent to you.\n\n>> returns: tag for the arm parts\n", "Scan")
    assert found[1] == ("body", ">> returns: tag for the arm parts")


def test_a_form_with_from_and_date_is_no_header() -> None:
    assert {role for role, _ in roles("Hello there, see here please:\n\nFrom: Dock 3\nDate: 11/16\nItem: BV-34\n")} == {
        "body"
    }


def test_what_stands_below_the_delimiter_is_signature() -> None:
    assert roles("Credit, please.\n\n--\nRosa Shah\n")[-1] == ("signature", "--\nRosa Shah")


def test_a_delimiter_above_much_text_only_divides_it() -> None:
    long = "\n".join(f"line {number}" for number in range(20))
    assert ("body", long) in [(role, text.removeprefix("--\n")) for role, text in roles(f"Hi\n--\n{long}\n")][1:]


def test_html_quotes_by_blockquote_and_by_header_lines() -> None:
    blocks = mail_html_blocks(
        "<p>Two pumps.</p><p>On Monday last week, B wrote:</p><blockquote>Three?</blockquote>", "Re: x"
    )
    assert [block.role for block in blocks] == ["body", "quoted", "quoted"]
    header = "<div><b>From:</b> A<br><b>Sent:</b> Monday<br><b>Subject:</b> x</div>"
    html = f"<p>Make it two pumps please.</p>{header}<p>Three.</p>"
    assert [block.role for block in mail_html_blocks(html, "RE: x")] == ["body", "quoted", "quoted"]


def test_soft_line_breaks_of_flowed_text_are_taken_back() -> None:
    assert (
        unflowed("Return two \nof the valves\n> quoted \n> on\n-- \nRosa")
        == "Return two of the valves\n> quoted on\n-- \nRosa"
    )
