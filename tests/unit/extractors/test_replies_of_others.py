"""The newest text of the mails that other reply parsers publish as their tests (read where they are at hand)."""

from pathlib import Path

import pytest

from extractors.document import Block
from extractors.html.reader import mail_html_blocks
from extractors.mail.reader import read_message
from extractors.text.prose import mail_paragraphs

REPLIES = Path(__file__).parents[4] / "shared" / "fixtures" / "replies"

pytestmark = pytest.mark.skipif(not REPLIES.is_dir(), reason="the published mails are not at hand")

SAID = {
    "correct_sig": "this is an email with a correct -- signature.",
    "email_1_1": "Hi folks What is the best way … I am currently using the Java HTTP API.",
    "email_1_2": 'Hi, You can list the keys … to delete them all individually."',
    "email_1_3": "Oh thanks. Having the function would be great.",
    "email_1_4": "Awesome! I haven't had another problem with it.",
    "email_1_5": "One: Here's what I've got. … It goes on and on for a while.",
    "email_1_6": "I get proper rendering as well.",
    "email_1_7": ":+1:",
    "email_1_8": "I will reply under this one and under this.",
    "email_2_1": "Outlook with a reply",
    "email_2_2": "Outlook with a reply directly above line",
    "email_2_3": "Outlook with a reply directly above line",
    "email_BlackBerry": "Here is another email",
    "email_bullets": "test 2 this should list second … - how about bullets - and another",
    "email_iPhone": "Here is another email",
    "email_multi_word_sent_from_my_mobile_device": "Here is another email",
    "email_one_is_not_on": "Thank, this is really helpful. … Locally (on development), when I run...",
    "email_sent_from_my_not_signature": "Here is another email Sent from my desk, is much easier then my mobile phone.",
    "email_sig_delimiter_in_middle_of_line": "Hi there! … this is not a signature. kthxbai",
    "greedy_on": "On your remote host you can run: … If that fails, the tunnel is not working.",
    "pathological": "I think you're onto something. … as soon as I get back to a computer.",
}
# Talon keeps the signature in the reply; so do these.
OWN = {
    "iphone": "Hello Sent from my iPhone",
    "sparrow": "Hello -- xxx Sent with Sparrow (http://www.sparrowmailapp.com/?sig)",
}
# "Hello" under the subject "Test", not "Re: Test", above somebody else's mail without marks: that is how a mail is
# forwarded, and what is forwarded is what the mail is about.
EXCEPTIONS = {"outlook"}


def newest(blocks: tuple[Block, ...] | list[Block], *roles: str) -> str:
    held = (block.text for block in blocks if block.role in roles and not block.hidden and block.label != "subject")
    return " ".join(" ".join(held).split())


def assert_like(text: str, wanted: str) -> None:
    first, ellipsis, last = wanted.partition(" … ")
    assert text == wanted if not ellipsis else (text.startswith(first) and text.endswith(last)), text


@pytest.mark.parametrize("name", SAID)
def test_newest_text_of_email_reply_parsers_mails(name: str) -> None:
    blocks = mail_paragraphs((REPLIES / f"{name}.txt").read_text("utf-8"), "Re: x")
    assert_like(newest(blocks, "body"), SAID[name])


@pytest.mark.parametrize("path", sorted(REPLIES.glob("standard/*.eml")), ids=lambda path: path.stem)
def test_newest_text_of_talons_standard_mails(path: Path) -> None:
    blocks = read_message(path.read_bytes()).documents[0].blocks
    right = newest(blocks, "body", "signature") == OWN.get(path.stem, "Hello")
    assert right != (path.stem in EXCEPTIONS)


@pytest.mark.parametrize("path", sorted(REPLIES.glob("html/*.html")), ids=lambda path: path.stem)
def test_newest_text_of_talons_html_mails(path: Path) -> None:
    blocks = mail_html_blocks(path.read_text("utf-8"), "Re: x")
    assert newest(blocks, "body", "signature") == "Hi. I am fine. Thanks, Alex"
    assert "Hello! How are you?" in newest(blocks, "quoted")


def test_every_published_mail_is_looked_at() -> None:
    assert {path.stem for path in REPLIES.glob("*.txt")} == set(SAID)
