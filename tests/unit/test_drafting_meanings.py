"""What numbers some words can mean: worked out from several, and never anything at all."""

from decimal import Decimal

import pytest

from assistant.drafting.meanings import differs, means
from tests.unit.test_drafting_goods import item

GLOVES = item("GLV-VPL", "Vinyl gloves, large, case of 10 boxes of 100")


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("Von den sieben Kartons sind zwei verbraucht, einer ist angebrochen", 4),
        ("22 | 16 | 41", 3),
        ("12 on the slip, 10 in the box", 2),
        ("five of the one and three of the other", 8),
        ("un des huit ensembles", 1),
        ("one formalin cubitainer, and another", 2),
    ],
)
def test_a_number_is_worked_out_from_those_that_are_said(words: str, value: int) -> None:
    assert means(words, Decimal(value), GLOVES, None)


@pytest.mark.parametrize(("words", "value"), [("22 | 16 | 41", 4), ("seven cases, two used", 8), ("sealed cases", 6)])
def test_what_no_sum_or_difference_of_them_makes_is_not_meant(words: str, value: int) -> None:
    assert not means(words, Decimal(value), GLOVES, None)


def test_a_stock_row_of_two_places_differs_from_its_book() -> None:
    assert differs("System has 140 of them. Real life is 128.", Decimal(-12), GLOVES)
    assert not differs("System has 140 of them. Real life is 128.", Decimal(-13), GLOVES)
