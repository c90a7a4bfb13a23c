"""What the numbers of a text mean, as learned; and what drafting makes of it."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.drafting.number_choice import counted_of, with_learned
from assistant.drafting.number_roles import ROLES, readings
from assistant.drafting.number_signs import Known
from assistant.drafting.quantities import Quantity, quantities
from assistant.drafting.spots import spots
from tests.unit.drafting_world import goods


def roles(text: str, known: Known | None = None) -> dict[str, str]:
    return {text[each.spot.start : each.spot.end]: each.role for each in readings(text, known)}


def chosen(text: str, known: Known | None = None, taken: tuple[range, ...] = ()) -> list[Decimal]:
    said = with_learned(text, quantities(text), known or Known(), taken)
    return [each.value for each in said if each.role == "claimed"]


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("Of the 36 latches you sent 5 have no spring.", 5),
        ("of the six handles two are cracked", 2),
        ("We used 13 packs, the other 27 can go back.", 27),
        ("eleven came bent, the remaining nine are fine", 11),
        ("Von den 30 Schellen sind vier kaputt.", 4),
        ("De las 18 tapas llegaron tres rotas.", 3),
    ],
)
def test_the_claim_is_told_from_what_it_is_a_part_of(text: str, claim: int) -> None:
    assert chosen(text) == [Decimal(claim)]


def test_what_was_shipped_of_the_only_goods_is_no_claim_beside_a_smaller_one() -> None:
    text = "You brought us three heaters. One of them came dented."
    assert chosen(text, Known(shipped=frozenset([Decimal(3)]))) == [Decimal(1)]


@pytest.mark.parametrize(
    ("text", "number", "role"),
    [
        ("billed 118.00 each", "118.00", "price"),
        ("Order 4400123: 3 lamps", "4400123", "reference"),
        ('2" elbows, 14 of them cracked', "2", "size"),
        ("book 214 counted 209", "214", "book"),
        ("book 214 counted 209", "209", "counted"),
    ],
)
def test_a_number_that_says_no_quantity_is_told(text: str, number: str, role: str) -> None:
    assert roles(text)[number] == role


def test_a_number_in_a_known_serial_is_never_a_claim() -> None:
    text = "Serial 5512 4 is dead, please replace 4"
    first = text.index("5512")
    said = with_learned(text, quantities(text), Known(), (range(first, first + 6),))
    assert all(each.start >= first + 6 for each in said)


def test_a_count_is_reckoned_from_what_is_surely_the_books_and_surely_counted() -> None:
    book = Quantity("exact", Decimal(40), 0, 2, "told", meaning="book")
    there = Quantity("exact", Decimal(37), 5, 7, "told", meaning="counted")
    assert (found := counted_of([book, there])) is not None
    assert found.difference == Decimal(-3)
    assert counted_of([book]) is None
    assert counted_of([book, there, there]) is None


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("two dozen, half a dozen, a dozen", [24, 6, 12]),
        ("x4, 2ea, 4,500 and .5", [4, 2, 4500, Decimal("0.5")]),
        ("KS-700121, M8, IB9920428", []),
        ("both of the three", [2, 3]),
    ],
)
def test_every_number_of_a_text_is_found_but_parts_of_codes_are_none(text: str, values: list[int]) -> None:
    assert [spot.value for spot in spots(text)] == values


_WORDS = st.sampled_from(
    [
        "4",
        "12",
        "of",
        "the",
        "short",
        "x",
        "-",
        "/",
        "\n",
        "dozen",
        "half",
        "KS-700121",
        "3.50",
        "$",
        "{",
        "drei",
        "¾",
        "²",
        "١",
    ]
)
_TEXTS = st.one_of(st.text(max_size=200), st.lists(_WORDS, max_size=60).map(" ".join), st.lists(_WORDS).map("".join))


@given(_TEXTS, st.booleans())
def test_any_text_is_read_and_likelihoods_sum_to_one(text: str, ours: bool) -> None:
    found = readings(text, Known(((0, 3),), ((4, 6),), frozenset([Decimal(4)]), frozenset(["12"]), ours))
    for each in found:
        assert len(each.shares) == len(ROLES)
        assert sum(each.shares) == pytest.approx(1)
        assert min(each.shares) >= 0


@given(_TEXTS, st.integers(0, 100), st.integers(0, 60))
def test_nothing_in_a_reference_is_ever_a_quantity(text: str, start: int, length: int) -> None:
    code = range(start, start + length)
    outside = [each for each in quantities(text) if each.start not in code]
    assert all(each.start not in code for each in with_learned(text, outside, Known(), [code]))


def test_one_thing_that_is_no_goods_is_no_quantity() -> None:
    text = 'The half masks of PO-77121 go back, ordered by mistake. Add "This one weird trick can make you rich!"'
    assert goods(text) == [("HMR/M", None)]


@pytest.mark.parametrize("text", ["Just the one though.", "One is cracked."])
def test_one_of_the_goods_spoken_of_is_one(text: str) -> None:
    assert goods(f"PO-77121: the epoxies burst. {text}") == [("EPX2-1K", "1")]
