"""What stays, what is left of a whole, which rows are meant, and mails that ask for nothing: told apart by what is said."""

# ruff: noqa: E501 - the requests stand as they are written

import pytest

from assistant.domain.evidence import Quoted
from tests.unit.drafting_world import drafted, goods

CLAIMED = [
    (
        "PO-77120. Your driver dropped 20 boxes of cap screws. We can live with 4, send somebody for the rest please, credit.",
        "HCS8-1420-Z:16",
    ),
    ("PO-77120: I count 17 boxes of the cap screws where the slip has 20. Please credit.", "HCS8-1420-Z:3"),
    ("PO-77120: of the 40 3/4 ball valves we have used 31. The other nine can come back, surplus.", "BV-34:9"),
    ("PO-77120: 8 ea BV-12 to go back, conveyor 4 isn't getting rebuilt, credit.", "BV-12:8"),
    (
        "PO-77120: two of your 3/4 inch ball valves weep at the stem, please swap them. The gear pumps run beautifully.",
        "BV-34:2",
    ),
    (
        "PO-77120: the three breakers arrived, MCB3P-60. About a dozen of the BV-12 show rust. I counted: thirteen. Replace those thirteen.",
        "BV-12:13",
    ),
]


@pytest.mark.parametrize(("text", "lines"), CLAIMED)
def test_how_many_are_meant(text: str, lines: str) -> None:
    assert ";".join(f"{sku}:{quantity}" for sku, quantity in goods(text)) == lines


SHELVES = [
    ("R-12-03 ball valves 3/4: book has 31, there are 27. We moved the pallet.", "BV-34:-4"),
    ("Gear pumps: sheet says 6, we have 6. Ball valves 1/2 in: 18 on the sheet, 19 boxes.", "BV-12:1"),
    (
        "Half masks M: I was going to report 3 under but they turned up, so book stands.\n\nOne drum of the degreaser 20 L, C26001, is seeping, take it off.",
        "SDG-20L:-1",
    ),
    ("NG6-L, lot A25001: found a full case behind the rack.", "NG6-L:1"),
]


@pytest.mark.parametrize(("text", "lines"), SHELVES)
def test_what_our_own_shelves_are_off_by(text: str, lines: str) -> None:
    _, draft = drafted(text, sender="stock@norlake.example")
    assert draft.intent == "adjustment"
    assert ";".join(f"{line.sku}:{line.quantity}" for line in draft.lines) == lines


def _table(rows: list[list[str]]) -> str:
    return (
        "<table>" + "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows) + "</table>"
    )


LEGEND = [
    ["Part", "Qty", "Disp.", "Code"],
    ["BV-34", "4", "RTV", "D"],
    ["BV-12", "9", "USE", "-"],
    ["GP22CC", "2", "RTV", "S"],
]


def test_codes_mean_what_the_legend_says() -> None:
    told = "<p>Dispositions: RTV = back to vendor, USE = release to shelf</p><p>Codes: D = bore out of tolerance, S = surplus, not needed</p>"
    _, draft = drafted("", html=f"<p>PO-77120, hold log for credit.</p>{told}{_table(LEGEND)}")
    assert [(line.sku, f"{line.quantity}", line.reason_code.value) for line in draft.lines] == [
        ("BV-34", "4", "QUALITY_NONCONFORMANCE"),
        ("GP22CC", "2", "NO_LONGER_NEEDED"),
    ]


def test_codes_listed_below_a_heading() -> None:
    told = "<h3>Form 12, codes</h3><p>R1 Ordered in error</p><p>R2 Damaged by the carrier</p><p>R7 Out of specification</p><p>R8 Recall</p><p>R4 Surplus, not needed</p>"
    rows = [["Item", "Rec.", "Return", "Code"], ["BV-34", "40", "4", "R1"], ["GP22CC", "6", "2", "R7"]]
    _, draft = drafted("", html=f"<p>PO-77120 for credit.</p>{_table(rows)}{told}")
    assert [(line.sku, line.reason_code.value) for line in draft.lines] == [
        ("BV-34", "ORDERED_IN_ERROR"),
        ("GP22CC", "QUALITY_NONCONFORMANCE"),
    ]


def test_only_the_rows_that_are_pointed_out() -> None:
    _, draft = drafted("", html=f"<p>PO-77120. Please take back only what says RTV.</p>{_table(LEGEND)}")
    assert [line.sku for line in draft.lines] == ["BV-34", "GP22CC"]


def test_two_prices_in_a_row_say_why() -> None:
    rows = [
        ["part", "qty_billed", "unit_billed", "unit_contract", "result"],
        ["BV-34", "40", "20.00", "18.50", "OVER"],
        ["BV-12", "100", "20.00", "20.00", "OK"],
    ]
    _, draft = drafted(
        "", html=f"<p>Audit of PO-77120. The rows flagged OVER are what we want made good.</p>{_table(rows)}"
    )
    assert [(line.sku, line.reason_code.value) for line in draft.lines] == [("BV-34", "PRICING_ERROR")]
    assert draft.intent == "credit_request"


def test_a_total_below_columns_that_no_heading_explains() -> None:
    rows = [
        ["Part", "Bought", "Yard", "Spare"],
        ["BV-34", "40", "28", "12"],
        ["GP22CC", "6", "5", "1"],
        ["Total", "46", "33", ""],
    ]
    _, draft = drafted("", html=f"<p>PO-77120, surplus, please take back.</p>{_table(rows)}")
    assert {line.sku for line in draft.lines} <= {"BV-34", "GP22CC"}


def test_a_serial_that_is_dictated() -> None:
    request, draft = drafted(
        "PO-77120. One MCB3P-60 won't close, its serial is s as in sam n as in nora 410 002. Please replace."
    )
    (line,) = draft.lines
    assert line.serials == ("SN410002",)
    (words,) = line.evidence["serials"]
    assert isinstance(words, Quoted)
    assert request.documents[0].text[words.at.start : words.at.end] == words.quote


NOTHING = [
    (
        "Where are we with RMA 22087? You authorised it for one of the gear pumps on PO-77120, it went out with your driver on the 21st. I have neither a new pump nor a credit.",
        "status_inquiry",
    ),
    (
        "Disregard my note of this morning about the two missing BV-34 on PO-77120, they were under the dash of the truck.",
        "not_a_request",
    ),
    ("Do you carry the 3/4 brass valve with a locking handle? Got a customer asking.", "not_a_request"),
]


@pytest.mark.parametrize(("text", "intent"), NOTHING)
def test_what_asks_for_nothing_new(text: str, intent: str) -> None:
    _, draft = drafted(text)
    assert draft.intent == intent
    assert draft.lines == ()


def test_what_a_supplier_writes_of_our_own_return() -> None:
    text = "Dear Norlake team, your return under RGA H-5512 (12 pcs 6308-2RS-C3, packaging damaged) was inspected at our plant. 10 pcs are accepted, credit note 4471 over USD 63.90 is attached."
    _, draft = drafted(text, sender="service@bearings.example")
    assert draft.intent == "not_a_request"


def test_freight_that_is_disputed_concerns_no_goods() -> None:
    _, draft = drafted(
        "There is a freight line of $184.50 on PO-77120 which our terms say should not be there. Please credit the 184.50."
    )
    assert draft.intent == "credit_request"
    assert draft.lines == ()
    assert [finding.code.value for finding in draft.findings] == []


def test_what_goes_back_is_not_short() -> None:
    _, draft = drafted("PO-77120: the job was cut short, so both gear pumps can come back to you. Credit is fine.")
    (line,) = draft.lines
    assert line.reason_code == "NO_LONGER_NEEDED"
    assert draft.intent == "return_request"


def test_a_fault_is_of_the_goods_it_is_said_of() -> None:
    text = "PO-77120: breaker SN410002 trips at no load, never held, please replace it. And the 40 BV-34: head office buys centrally now, can you take them back?"
    _, draft = drafted(text)
    assert {line.sku: line.reason_code.value for line in draft.lines}["BV-34"] == "NO_LONGER_NEEDED"
