"""A mail whose reader had to be stopped still shows its words."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from extractors.document import Failure
from extractors.limits import Limits
from extractors.mail.last_resort import bare_message, plain_blocks, plain_parts
from extractors.mail.parts import leaves, parsed
from extractors.mail.reader import read_message
from extractors.units import attempt, unit
from tests.samples import documents as samples
from tests.unit.extractors.spans import assert_spans_hold

WHY = Failure(document="body", kind="too_large", message="The mail's own text took too long.")


class Told:
    """What a listener was told."""

    def __init__(self) -> None:
        self.words: list[str] = []

    def begun(self, depth: int, path: str) -> None:
        self.words.append(f"{depth} {path}")

    def ended(self, depth: int) -> None:
        self.words.append(f"{depth} ended")


@settings(deadline=None)
@given(st.binary(max_size=2_000))
@example(b"Subject: =?utf-8?q?St=C3=BCck?=\r\nFrom: Dana <dana@c.example>\r\n\r\nwords\r\n")
def test_any_bytes_give_a_message_with_the_failure(raw: bytes) -> None:
    message = bare_message(raw, Limits(), WHY)
    (body,) = message.documents
    assert_spans_hold(body)
    assert message.failures == (WHY,)
    assert WHY in body.failures


def test_sender_subject_and_source_are_shown() -> None:
    raw = (
        b"Subject: =?utf-8?q?St=C3=BCck?=\r\n zwei\r\nFrom: Dana <dana@c.example>\r\nMessage-ID: <1@c>\r\n\r\nwords\r\n"
    )
    message = bare_message(raw, Limits(), WHY)
    assert (message.subject, message.sender_name, message.sender_address) == ("Stück zwei", "Dana", "dana@c.example")
    assert message.message_id == "<1@c>"
    assert message.documents[0].text == "Stück zwei\nwords"


@pytest.mark.parametrize("piece", [b"=?utf-8?q?", b"(", b'"\\', b"Subject: a\n b\n", b"<", b"-", b">", b"a@"])
def test_a_source_of_one_piece_repeated_is_read_to_its_end(piece: bytes) -> None:
    assert bare_message(b"Subject: " + piece * 50_000 + b"\n\nTwo pumps back.", Limits(), WHY).documents
    assert (
        "Two pumps back."
        in bare_message(b"Subject: x\n\n" + piece * 50_000 + b"\nTwo pumps back.", Limits(), WHY).documents[0].text
    )


def test_html_is_shown_as_what_stands_between_its_tags() -> None:
    raw = samples.mail(
        text=None, html="<p>Please take <b>these</b></p>back", attachments=[("a.txt", "text/plain", b"x")]
    )
    own, others = plain_parts(list(leaves(parsed(raw)[0], 10)))
    assert [block.text.split() for block in plain_blocks(own, Limits())] == [["Please", "take", "these"], ["back"]]
    assert len(others) == 1


def test_units_are_told_in_order_and_those_given_up_are_passed_over() -> None:
    inner = samples.mail("Inner words.\n", attachments=[("b.csv", "text/csv", b"a;b;c\n1;2;3\n4;5;6\n")])
    raw = samples.mail(attachments=[("a.txt", "text/plain", b"words"), ("fwd.eml", "application/octet-stream", inner)])
    told = Told()
    lost = Failure(document="fwd.eml/b.csv", kind="too_large", message="fwd.eml/b.csv took too long.")
    with attempt({"fwd.eml/b.csv": lost}, told):
        message = read_message(raw)
    assert told.words == [
        *("0 body", "0 ended", "0 a.txt", "0 ended"),
        *("0 fwd.eml", "1 fwd.eml/body", "1 ended", "0 ended"),
    ]
    assert [document.path for document in message.documents] == ["body", "a.txt", "fwd.eml/body", "fwd.eml/b.csv"]
    assert message.documents[-1].failures == (lost,)


def test_without_an_attempt_units_cost_and_tell_nothing() -> None:
    with unit("a.txt") as lost:
        assert lost is None
