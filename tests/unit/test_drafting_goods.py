"""Goods by words: sizes written apart, compounds, slips of the pen, and purchase orders by their tails."""

from decimal import Decimal

import pytest

from assistant.drafting.candidates import _tails
from assistant.drafting.described import ranked, tokens
from assistant.drafting.tables import number_in
from tools.erp import Item


def item(sku: str, description: str) -> Item:
    return Item(
        sku=sku,
        description=description,
        category="",
        uom="EA",
        tracking="none",
        unit_cost=Decimal(1),
        warranty_months=12,
        returnable=True,
        hazmat=False,
        vendor_id="",
        mfr_part_no="",
        upc="",
    )


SHELF = (
    item("MAT-6-24", "Rubber floor mat 6 x 24 in"),
    item("MAT-8-24", "Rubber floor mat 8 x 24 in"),
    item("CR-1", "Snubber clip galvanized"),
    item("LS-9", "Line set insulated 30 ft"),
    item("INS-9", "Pipe insulation 1/2 wall"),
    item("PMP-9", "Dosing pump 9 cc"),
    item("PMP-14", "Dosing pump 14 cc"),
    item("BOX-12-8", "Shipping box 12 x 12 x 8 in, bundle of 25"),
    item("BOX-16-12", "Shipping box 16 x 12 x 12 in, bundle of 25"),
)


@pytest.mark.parametrize(
    ("words", "sku"),
    [
        ("the mats, 8 x 24", "MAT-8-24"),
        ("6x24 rubber mats", "MAT-6-24"),
        ("Snubberclips verzinkt", "CR-1"),
        ("the snuber clips", "CR-1"),
        ("ensembles de conduites frigorifiques", "LS-9"),
        ("dosing pumps 14cc", "PMP-14"),
        ("Dosierpumpe 9ccm", "PMP-9"),
        ("bundles of the 12x12x8", "BOX-12-8"),
        ("the 16 x 12 x 12 boxes", "BOX-16-12"),
    ],
)
def test_words_lead_to_one_of_the_goods(words: str, sku: str) -> None:
    best = ranked(tokens(words), SHELF)
    assert best[0].item.sku == sku
    assert len(best) == 1 or best[0].score - best[1].score >= 0.3


@pytest.mark.parametrize("words", ["the mats", "both dosing pumps", "a subscription"])
def test_words_that_fit_several_lead_to_none(words: str) -> None:
    best = ranked(tokens(words), SHELF)
    assert not best or best[0].score - best[1].score < 0.3


def test_a_purchase_order_goes_by_its_tail_where_only_one_has_it() -> None:
    assert _tails(["KB-Oak-9", "KB-Elm-4", "KB-Elm-4b", None]) == {
        "OAK9": "KB-Oak-9",
        "ELM4": "KB-Elm-4",
        "ELM4B": "KB-Elm-4b",
    }
    assert _tails(["KB-Oak-9", "RX-Oak-9", "PO-88120", "PO-North"]) == {}


@pytest.mark.parametrize(
    ("cell", "number"),
    [("2 Dutzend", 24), ("docena", 12), ("1 doz", 12), ("12 Stk", 12), ("–", None), ("whole lot", None)],
)
def test_a_cell_counts_dozens(cell: str, number: int | None) -> None:
    assert number_in(cell) == number
