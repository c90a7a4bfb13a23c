"""Money claimed on a line: as said, borne out by what was billed, or worked out; and what is no claim of money."""

from decimal import Decimal

import pytest

from assistant.domain.draft import Claim
from assistant.domain.evidence import Quoted
from tests.unit.drafting_world import drafted

SAID = [  # the world's order bills every item at 20.00
    (
        "PO-77120: you billed the 40 BV-34 at 20.00, your quote says 18.50. Please credit the difference of $60.00.",
        "60.00",
    ),
    ("PO-77120: we were overcharged on the 40 BV-34, please credit us 60.00.", "60.00"),
    (
        "PO-77120: the 40 BV-34 were billed at 20.00, our contract price is 18.50 each. Wrong price, credit please.",
        "60.00",
    ),
    ("PO-77120: Ordered 20 boxes of cap screws, only 18 came. Please credit $40.00 for the missing two.", "40.00"),
]


@pytest.mark.parametrize(("text", "value"), SAID)
def test_what_is_claimed(text: str, value: str) -> None:
    request, draft = drafted(text)
    (line,) = draft.lines
    assert line.amount is not None
    assert (line.amount.money.amount, line.amount.money.currency) == (Decimal(value), "USD")
    said = [proof for proof in line.evidence["amount"] if isinstance(proof, Quoted)]
    assert said
    assert all(request.documents[0].text[p.at.start : p.at.end] == p.quote for p in said)


NOT_SAID = [
    "PO-77120: please take back 12 BV-34, not needed. We paid $240.00 for them.",
    "PO-77120: Ordered 20 boxes of cap screws, only 18 came. Credit the difference. Call 555-0141.",
    "PO-77120: wrong price on the 40 BV-34, please credit us 9,960.00.",  # more than they cost
]


@pytest.mark.parametrize("text", NOT_SAID)
def test_what_is_no_claim(text: str) -> None:
    _, draft = drafted(text)
    claims: list[Claim | None] = [line.amount for line in draft.lines]
    assert claims == [None]


def test_a_claim_is_borne_out_by_what_was_billed() -> None:
    _, draft = drafted(SAID[0][0])
    assert draft.lines[0].checks["amount"].startswith("arithmetic")
    _, only_said = drafted("PO-77120: we were overcharged on the 40 BV-34, please credit us 61.13.")
    assert "amount" not in only_said.lines[0].checks
    assert only_said.lines[0].confidence["amount"] < draft.lines[0].confidence["amount"]
