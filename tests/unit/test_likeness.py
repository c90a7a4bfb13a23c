"""A reason by likeness is told only with a clear lead, and is then mostly right."""

from datetime import UTC, date, datetime

import numpy as np
import pytest

from assistant.domain.draft import Reason
from assistant.domain.request import Request
from assistant.drafting import likeness
from assistant.drafting.words import passages
from extractors.document import Document, assemble
from extractors.pieces import block


def request(*paragraphs: str) -> Request:
    body: Document = assemble("body", "text/plain", [block(text) for text in paragraphs])
    return Request(
        sender_name="", sender_address="a@b.example", to=(), subject="", today=date(2026, 11, 20),
        sent_at=datetime(2026, 11, 19, tzinfo=UTC), documents=(body,),
    )  # fmt: skip


def test_a_sentence_that_plainly_gives_a_reason_is_told_and_quoted() -> None:
    found = likeness.reason_like(passages(request("Hello all,", "The wrecked pieces are on the dock, come get them.")))
    assert found is not None
    assert found[0] is Reason.DAMAGED_IN_TRANSIT
    assert "wrecked pieces" in found[1].quote


@pytest.mark.parametrize(
    "text", ["", "Hi", "\u200b \u200b", "Please call me tomorrow morning.", "Order 41-0098455, lot B25744, 12 boxes."]
)
def test_words_that_give_no_reason_are_not_made_to(text: str) -> None:
    assert likeness.reason_like(passages(request(text))) is None


def test_examples_left_out_are_mostly_right_where_the_lead_is_clear() -> None:
    pairs = likeness.examples()
    right = clear = 0
    for left_out, (reason, text) in list(enumerate(pairs))[::3]:
        rest = [pair for number, pair in enumerate(pairs) if number != left_out]
        reasons, centre, scores = likeness.trained(rest)
        vector = likeness._vector(text)
        assert vector is not None
        row = np.asarray(likeness._unit(vector - centre) @ scores)
        first, second = row.argsort()[::-1][:2]
        if reasons[first] is not Reason.OTHER and row[first] - row[second] >= likeness.LEAST_LEAD:
            clear += 1
            right += reasons[first] is reason
    assert clear >= 5
    assert right >= 0.8 * clear
