"""Documents and messages survive the way between two processes unchanged."""

import math
from datetime import UTC, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors import wire
from extractors.document import Block, Cell, Document, Failure, Locator, Word, assemble
from extractors.message import Message
from extractors.pieces import row

TEXT = st.text(st.characters(), max_size=12)  # lone surrogates too
NUMBER = st.floats(allow_nan=False)
BOX = st.tuples(NUMBER, NUMBER, NUMBER, NUMBER)

CELLS = st.builds(Cell, text=TEXT, header=TEXT, start=st.integers(0), end=st.integers(0), box=st.none() | BOX)
WORDS = st.builds(Word, start=st.integers(0), end=st.integers(0), box=BOX, confidence=NUMBER)
PLACES = st.builds(Locator, document=TEXT, box=st.none() | BOX, page=st.none() | st.integers(1))
BLOCKS = st.builds(
    Block,
    text=TEXT,
    at=PLACES,
    cells=st.lists(CELLS, max_size=2).map(tuple),
    words=st.lists(WORDS, max_size=2).map(tuple),
    table=st.none() | st.integers(0),
    label=TEXT,
    hidden=st.booleans(),
)
FAILURES = st.lists(st.builds(Failure, document=TEXT, message=TEXT), max_size=2).map(tuple)
DOCUMENTS = st.lists(
    st.builds(
        Document,
        path=TEXT,
        media_type=TEXT,
        text=TEXT,
        blocks=st.lists(BLOCKS, max_size=2).map(tuple),
        failures=FAILURES,
        warnings=st.lists(TEXT, max_size=2).map(tuple),
        has_picture=st.booleans(),
        language=TEXT,
    ),
    max_size=2,
).map(tuple)
ZONES = st.just(UTC) | st.integers(-720, 720).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MESSAGES = st.builds(
    Message,
    subject=TEXT,
    sender_name=TEXT,
    references=st.lists(TEXT, max_size=2).map(tuple),
    sent_at=st.none() | st.datetimes(timezones=ZONES),
    documents=DOCUMENTS,
    failures=FAILURES,
)


@settings(deadline=None)
@given(MESSAGES)
def test_a_message_comes_back_as_it_was(message: Message) -> None:
    assert wire.from_json(wire.to_json(message)) == message


@settings(deadline=None)
@given(DOCUMENTS)
def test_documents_come_back_as_they_were(documents: tuple[Document, ...]) -> None:
    assert wire.documents_from_json(wire.documents_to_json(documents)) == documents


def test_a_box_of_no_number_comes_back_as_none() -> None:
    document = assemble("a.pdf", "application/pdf", [row(["12"], boxes=[(0.0, math.nan, math.inf, 1.0)])])
    (back,) = wire.documents_from_json(wire.documents_to_json((document,)))
    box = back.blocks[0].cells[0].box
    assert box is not None
    assert math.isnan(box[1])
    assert box[2] == math.inf


@settings(deadline=None)
@given(st.binary(max_size=200) | st.sampled_from([b"{}", b"[" * 5_000, b'[{"path":1}]', b'[{"path":"a"}]', b"null"]))
def test_bytes_that_are_no_documents_raise_value_error(data: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        wire.documents_from_json(data)
