"""A cell that is let through means to zen what it says to a person who reads it."""

from collections.abc import Callable

import pytest
import zen
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from assistant.judging.cells import BadCell, check_answer, check_condition
from assistant.judging.schema import Field

WHOLE, TEXT, FLAG = (Field(name=kind, kind=kind) for kind in ("whole", "text", "flag"))
numbers = st.integers(-(10**12), 10**12)
near = st.integers(-3, 3)
words = st.text(st.characters(exclude_characters="\"'`\\", exclude_categories=["C"]), min_size=1, max_size=12)
blanks = st.sampled_from(["", " ", "  "])
_COMPARE: dict[str, Callable[[int, int], bool]] = {
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
}


def holds(cell: str, value: object) -> bool:
    return bool(zen.evaluate_unary_expression(cell, {"$": value}))


@settings(max_examples=300)
@given(st.sampled_from(sorted(_COMPARE)), numbers, near, blanks)
def test_comparisons(sign: str, bound: int, off: int, blank: str) -> None:
    cell = f"{sign}{blank}{bound}"
    check_condition(cell, WHOLE)
    assert holds(cell, bound + off) == _COMPARE[sign](bound + off, bound)


@settings(max_examples=200)
@given(numbers, st.integers(0, 5), st.integers(-7, 7), blanks)
def test_ranges_hold_both_ends(low: int, width: int, off: int, blank: str) -> None:
    cell = f"[{blank}{low}{blank}..{blank}{low + width}{blank}]"
    check_condition(cell, WHOLE)
    assert holds(cell, low + off) == (0 <= off <= width)


@settings(max_examples=200)
@given(st.lists(near, min_size=1, max_size=4), near)
def test_numbers_listed(listed: list[int], value: int) -> None:
    cell = ", ".join(map(str, listed))
    check_condition(cell, WHOLE)
    assert holds(cell, value) == (value in listed)


@settings(max_examples=300)
@given(st.lists(words, min_size=1, max_size=4), words, st.booleans(), st.booleans())
def test_texts_listed_and_excluded(listed: list[str], other: str, one_of_them: bool, excluded: bool) -> None:
    value = listed[0] if one_of_them else other
    quoted = ", ".join(f'"{word}"' for word in listed)
    cell = f"not in [{quoted}]" if excluded else quoted
    try:
        check_condition(cell, TEXT)
    except BadCell:
        assume(False)
    assert holds(cell, value) == ((value in listed) != excluded)


@given(st.booleans(), st.booleans())
def test_flags(asked: bool, value: bool) -> None:
    cell = "true" if asked else "false"
    check_condition(cell, FLAG)
    assert holds(cell, value) == (asked == value)


@given(words)
def test_a_text_answers_as_it_stands(word: str) -> None:
    check_answer(f'"{word}"', TEXT)
    assert zen.evaluate_expression(f'"{word}"', {}) == word


@given(st.integers(0, 2**53))
def test_a_whole_number_answers_exactly(number: int) -> None:
    if number < 10**16:
        check_answer(str(number), WHOLE)
        assert int(zen.evaluate_expression(str(number), {})) == number


@settings(max_examples=300)
@given(st.text("0123456789<>=[]., -\"aeb()$+'`\\nottrufalsin", max_size=14), st.sampled_from([WHOLE, TEXT, FLAG]))
def test_whatever_is_written_is_refused_in_words_or_compiles(cell: str, field: Field) -> None:
    try:
        check_condition(cell, field)
    except BadCell:
        return
    if cell.strip():
        zen.compile_unary_expression(cell)


@pytest.mark.parametrize("cell", ["007", "1e3", "1.0", "+5", "> -0.5", "0x10", "[1..5)", "> 5 and < 9", "$ > 5", "x"])
def test_other_ways_to_write_numbers_are_refused(cell: str) -> None:
    with pytest.raises(BadCell):
        check_condition(cell, WHOLE)
