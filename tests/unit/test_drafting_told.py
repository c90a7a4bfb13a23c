"""How people tell what of the goods is meant: by what stays, by the others, by serials, in columns and counts."""

# ruff: noqa: E501 - the requests stand as they are written

import pytest

from tests.unit.drafting_world import drafted, goods

SAID = [
    ("PO-77120: except for two which we hang on to, we'd like you to have the gear pumps back.", [("GP22CC", "4")]),
    (
        "PO-77120 brought 3 breakers, 60 amp. Two are happy on the wall. The third trips by itself, serial SN410002. Please replace it.",
        [("MCB3P-60", "1")],
    ),
    (
        "The 12 cases of gloves of PO-77121, which my colleague wanted to return, we are keeping those after all. But 5 of the half masks are torn, credit please.",
        [("HMR/M", "5")],
    ),
    (
        "PO-77121: a few of the half masks are torn at the strap, from one of the three cartons. Credit please.",
        [("HMR/M", None)],
    ),
    (
        "PO-77121: the gloves are here, all twelve cases, thank you. Of the epoxies 2 have burst, please replace them.",
        [("EPX2-1K", "2")],
    ),
    (
        "got six of those 6308s on PO-77121 shouldve been two so four can come back never opened money on acct is good",
        [("6308-2RS-C3", "4")],
    ),
]


@pytest.mark.parametrize(("text", "lines"), SAID)
def test_what_of_the_goods_is_meant(text: str, lines: list[tuple[str, str | None]]) -> None:
    assert goods(text) == lines


def test_what_stays_is_taken_off_what_came() -> None:
    table = "PO-77120, these can go back:\n\nMaterial\tDelivered\tStaying with us\nBV-34\t40\t31\nGP22CC\t6\t6\n"
    assert goods(table) == [("BV-34", "9")]


def test_a_count_in_pieces_against_a_book_in_boxes() -> None:
    table = (
        "Please post.\n\nItem\tSys\tPhys\tRemarks\nHCS8-1420-Z\t20\t1,800 pcs\t\nGP22CC\t6\t5\t1st count. no change\n"
        "BV-34\t40\t43\t\n"
    )
    assert goods(table, sender="stock@norlake.example") == [("HCS8-1420-Z", "-2"), ("BV-34", "3")]


def test_a_table_between_drawn_lines() -> None:
    text = (
        "MILL WORKS                INVOICE CHECK\nRun 20261116\n----------------------------------------\n"
        "Itm  Material     Qty  PO price  Inv price  Variance\n010  GP22CC        6    310.89     310.89      0.00\n"
        "020  BV-34        40     20.10      21.00     36.00\n----------------------------------------\n"
        "Order PO-77120. Please credit, price variance.\n"
    )
    assert goods(text) == [("BV-34", "40")]


def test_a_serial_with_a_slip_beside_one_that_is_known() -> None:
    _, draft = drafted("PO-77120: two of the breakers MCB3P-60 trip at once, SN410002 and SN410013. Please replace.")
    (line,) = draft.lines
    assert line.serials == ("SN410002", "SN410013")


def test_a_number_word_alone_in_a_cell() -> None:
    assert goods("PO-77120\n\nMaterial\tPO qty\tTo vendor\nBV-34\t40\tone\nGP22CC\t6\tnone\n") == [("BV-34", "1")]


def test_the_newest_words_change_a_list_below() -> None:
    text = (
        "Kim's list is below. Please use it with two changes: of the BV-34 it is 5 and not 8, and the gear pump stays here. "
        "The rest is as he says.\n\nFrom: Kim Ode\nSent: Thursday, November 12, 2026 4:52 PM\nTo: Pat\nSubject: returns\n\n"
        "These can go back from PO-77120, surplus:\n\n8 BV-34\n12 BV-12\n1 GP22CC\n"
    )
    assert sorted(goods(text)) == [("BV-12", "12"), ("BV-34", "5")]
