"""Ranges of serials: every number between, where each is known and they are as many as are claimed."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from assistant.drafting.ranges import between


@given(st.integers(0, 9_000), st.integers(3, 40))
def test_a_range_is_all_its_numbers(first: int, count: int) -> None:
    numbers = tuple(f"LP26-{number:05d}" for number in range(first, first + count))
    assert between((numbers[0], numbers[-1]), Decimal(count), set(numbers).__contains__) == numbers


@given(st.integers(0, 9_000), st.integers(3, 40), st.data())
def test_a_range_with_a_number_that_no_record_has_is_none(first: int, count: int, data: st.DataObject) -> None:
    numbers = tuple(f"LP26-{number:05d}" for number in range(first, first + count))
    gone = data.draw(st.sampled_from(numbers))
    assert between((numbers[0], numbers[-1]), Decimal(count), (set(numbers) - {gone}).__contains__) == ()


def test_two_numbers_are_no_range_where_another_count_is_claimed() -> None:
    assert between(("A10", "A14"), Decimal(2), lambda _: True) == ()
    assert between(("A10", "B14"), Decimal(5), lambda _: True) == ()
    assert between(("A10", "A14", "A18"), Decimal(9), lambda _: True) == ()
    assert between(("A10", "A14"), None, lambda _: True) == ()
