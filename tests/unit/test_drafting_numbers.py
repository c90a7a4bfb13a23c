"""Numbers in words, packs and descriptions: rules that hold for any value."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.drafting.described import folded, ranked, tokens
from assistant.drafting.numbers import cell_number, numbers
from assistant.drafting.packs import in_order_unit, pack_of
from assistant.drafting.vocabulary_numbers import ARTICLES, WORDS
from tests.unit.drafting_world import drafter, master
from tools.adapters.file_erp import FileErp

ERP = FileErp(master())


@pytest.mark.parametrize("word", sorted(set(WORDS) - ARTICLES))
def test_every_number_word_is_read(word: str) -> None:
    assert [int(number.value) for number in numbers(f"Return {word} boxes.")] == [WORDS[word]]


@given(st.integers(1, 999), st.sampled_from(["{} boxes", "{} pcs", "qty {}", "x{}", "({})", "{} x", "{} of the 5000"]))
def test_digits_are_read_in_every_dress(value: int, dress: str) -> None:
    found = numbers("send back " + dress.format(value) + " please")
    assert [int(number.value) for number in found] == [value]


@pytest.mark.parametrize(
    "text",
    [
        "20 A",
        '3/4"',
        "11/05/2026",
        "$40",
        "12.50",
        "Nov 5",
        "5 days",
        "dock 3",
        "555 0100",
        "box 3 of 7",
        "2026",
        "line 4",
        "5 %",
    ],
)
def test_sizes_dates_money_and_places_are_no_quantities(text: str) -> None:
    assert numbers(f"see {text} there") == ()


@given(st.integers(1, 500))
def test_a_number_knows_its_place(value: int) -> None:
    text = f"we want {value} boxes"
    (number,) = numbers(text)
    assert text[number.start : number.end] == str(value)


@given(st.integers(1, 50))
def test_pieces_that_fill_packs_become_packs(packs: int) -> None:
    screws = ERP.item("HCS8-1420-Z")
    assert screws is not None
    assert in_order_unit(Decimal(packs * 100), " pcs", screws, Decimal(20)) == packs
    assert in_order_unit(Decimal(packs), " boxes", screws, Decimal(20)) == packs


def test_pieces_that_fill_no_pack_are_left_alone() -> None:
    screws = ERP.item("HCS8-1420-Z")
    assert screws is not None
    assert in_order_unit(Decimal(150), " pcs", screws, Decimal(20)) == 150


@pytest.mark.parametrize(
    ("description", "uom", "count", "after", "shipped", "units"),
    [
        ("Nitrile gloves size S, case of 10 boxes", "CS", 30, " boxes", 5, 3),
        ("Citric cleaner 1 L, case of 12", "CS", 24, " bottles", 40, 2),
        ("Citric cleaner 1 L, case of 12", "CS", 24, " cases", 40, 24),
        ("Citric cleaner 1 L, case of 12", "CS", 20, " bottles", 40, 20),
        ("Ear plugs, box of 200", "BX", 400, " pairs of ear plugs", 4, 2),
        ("Reagent bottle, case of 10", "CS", 20, " bottles (2 cases, unopened)", 0, 2),
        ("Gauze 4x4 sterile, 50/bx", "BX", 150, " pads", 6, 3),
        ("Lancets bx/100", "BX", 300, " pcs", 0, 3),
    ],
)
def test_units_within_the_one_that_is_sold(
    description: str, uom: str, count: int, after: str, shipped: int, units: int
) -> None:
    valve = ERP.item("BV-34")
    assert valve is not None
    item = replace(valve, description=description, uom=uom)
    assert in_order_unit(Decimal(count), after, item, Decimal(shipped)) == units


def test_a_description_says_what_a_pack_holds() -> None:
    counts = {item.sku: pack_of(item) for sku in ("HCS8-1420-Z", "NG6-L", "BV-34") if (item := ERP.item(sku))}
    assert {sku: pack and int(pack.count) for sku, pack in counts.items()} == {
        "HCS8-1420-Z": 100,
        "NG6-L": 1000,
        "BV-34": None,
    }


@pytest.mark.parametrize(
    ("words", "sku"),
    [
        ("three-quarter inch ball valves", "BV-34"),
        ("Kugelhahn 1/2 Zoll", "BV-12"),
        ("válvulas de bola 3/4", "BV-34"),
        ("gants nitrile", "NG6-L"),
        ("60 amp breaker", "MCB3P-60"),
        ("Entfetter 20 l", "SDG-20L"),
        ("6308 bearings", "6308-2RS-C3"),
    ],
)
def test_the_customers_own_words_describe_one_item(words: str, sku: str) -> None:
    items = [
        item
        for known in ("BV-34", "BV-12", "NG6-L", "MCB3P-60", "SDG-20L", "6308-2RS-C3", "GP22CC")
        if (item := ERP.item(known))
    ]
    first, second = ranked(tokens(words), items)[:1], ranked(tokens(words), items)[1:2]
    assert first[0].item.sku == sku
    assert not second or second[0].score < first[0].score


@given(st.text(max_size=60))
def test_folding_keeps_every_place(text: str) -> None:
    assert len(folded(text)) == len(text)


@given(st.text(max_size=80))
def test_any_text_is_read_without_complaint(text: str) -> None:
    for number in numbers(text):
        assert 0 <= number.start < number.end <= len(text)
    cell_number(text)
    tokens(text)
    assert drafter() is not None
