"""What an edit does to the findings of a draft."""

from dataclasses import replace
from decimal import Decimal

import pytest

from assistant.domain.draft import (
    CaseLine,
    Draft,
    DrafterRun,
    Finding,
    FindingCode,
    Identifiers,
    Intent,
    Reason,
    Resolution,
)
from assistant.domain.errors import ReviewerMustAct
from assistant.steps.edit import edited

LINE = CaseLine(sku="A", quantity=None, uom="EA", reason_code=Reason.OTHER)
MISSING = Finding(code=FindingCode.MISSING_QUANTITY, severity="blocking", message="how many?")
DRAFT = Draft(
    intent=Intent.RETURN_REQUEST,
    summary="",
    customer_id="C",
    order_nos=("O",),
    lines=(LINE, replace(LINE, sku="B")),
    resolution=Resolution.CREDIT,
    identifiers=Identifiers(),
    findings=(replace(MISSING, line=0), replace(MISSING, line=1)),
    questions=(),
    drafter=DrafterRun(name="offline"),
)


def test_the_findings_of_a_line_left_out_go_and_the_others_move_up() -> None:
    after = edited(DRAFT, {"drop-0": "1"})
    assert [line.sku for line in after.lines] == ["B"]
    assert after.findings == (replace(MISSING, line=0),)


def test_a_value_given_settles_what_asked_for_it() -> None:
    after = edited(DRAFT, {"quantity-1": "4"})
    assert after.lines[1].quantity == Decimal(4)
    assert after.findings == (replace(MISSING, line=0),)


@pytest.mark.parametrize(
    ("form", "said"),
    [({"new-quantity": "3"}, "names no item"), ({"quantity-0": "-2"}, "more than zero"), ({"quantity-0": "0"}, "zero")],
)
def test_what_makes_no_line_is_said_and_changes_nothing(form: dict[str, str], said: str) -> None:
    with pytest.raises(ReviewerMustAct, match=said):
        edited(DRAFT, form)


def test_an_adjustment_may_go_below_the_book() -> None:
    counted = replace(DRAFT, intent=Intent.ADJUSTMENT)
    assert edited(counted, {"quantity-0": "-2"}).lines[0].quantity == Decimal(-2)
