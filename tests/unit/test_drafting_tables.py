"""Lines out of tables: the column that is claimed, and the rows that are none."""

# ruff: noqa: E501 - the requests stand as they are written

import pytest

from tests.unit.drafting_world import drafted, goods

CASES = [
    (
        "Please issue an RMA.",
        ["Item", "Ordered", "Received", "Return", "Reason"],
        [
            ["BV-34", "40", "40", "4", "defective"],
            ["BV-12", "100", "100", "0", ""],
            ["GP22CC", "6", "6", "2", "not needed"],
        ],
        "BV-34:4;GP22CC:2",
        "DEFECTIVE_ON_ARRIVAL;NO_LONGER_NEEDED",
    ),
    (
        "Shortage report for the delivery.",
        ["Part", "Shipped", "Received"],
        [["BV-34", "40", "38"], ["BV-12", "100", "100"]],
        "BV-34:2",
        "SHORT_SHIPMENT",
    ),
    (
        "Not needed, please take back.",
        ["Qty", "Part number", "Description"],
        [["5", "BV-34", "ball valve 3/4"], ["3", "GP22CC", "gear pump"]],
        "BV-34:5;GP22CC:3",
        "",
    ),
    (
        "Please take back what is marked x.",
        ["Part", "Qty", "Return?"],
        [["BV-34", "40", "x"], ["BV-12", "100", ""]],
        "BV-34:40",
        "",
    ),
    (
        "Broken ones below, credit please.",
        ["Description", "Good", "Broken"],
        [["3/4 ball valve", "36", "4"], ["gear pump", "6", "0"], ["Total", "42", "4"]],
        "BV-34:4",
        "DAMAGED_IN_TRANSIT",
    ),
    (
        "Price differences, please credit.",
        ["Part", "Qty", "Billed", "PO price", "Diff"],
        [["BV-34", "40", "22.00", "20.00", "80.00"], ["BV-12", "100", "20.00", "20.00", "0.00"]],
        "BV-34:40",
        "PRICING_ERROR",
    ),
    (
        "Return list (surplus).",
        ["Part", "Lot", "Boxes to return"],
        [["HCS8-1420-Z", "K11111", "3"], ["HCS8-1420-Z", "K22222", "2"]],
        "HCS8-1420-Z:3;HCS8-1420-Z:2",
        "",
    ),
    (
        "Return list (surplus).",
        ["Part", "Serial", "Qty"],
        [["MCB3P-60", "SN410001", "1"], ["MCB3P-60", "SN410002", "1"]],
        "MCB3P-60:2",
        "",
    ),
    (
        "Damaged goods",
        ["Artikel", "Menge bestellt", "Menge beschädigt"],
        [["BV-34", "40", "3"], ["BV-12", "100", "-"]],
        "BV-34:3",
        "DAMAGED_IN_TRANSIT",
    ),
    (
        "Surplus.",
        ["Item", "On hand", "Keep", "Send back"],
        [["BV-34", "40", "30", "10"], ["BV-12", "50", "50", ""]],
        "BV-34:10",
        "",
    ),
    (
        "Please see disposition.",
        ["Item", "Qty", "Disposition"],
        [["BV-34", "4", "RTV"], ["BV-12", "5", "Use as is"]],
        "BV-34:4",
        "",
    ),
    (
        "Surplus.",
        ["SKU", "Qty to return (pcs)"],
        [["HCS8-1420-Z", "300"]],
        "HCS8-1420-Z:3",
        "",
    ),
]


@pytest.mark.parametrize(("words", "headings", "rows", "goods", "reasons"), CASES)
def test_a_table_is_read_by_its_headings(
    words: str, headings: list[str], rows: list[list[str]], goods: str, reasons: str
) -> None:
    head = "".join(f"<th>{heading}</th>" for heading in headings)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    _, draft = drafted("see html", html=f"<p>SO-500100</p><p>{words}</p><table><tr>{head}</tr>{body}</table>")
    found = [f"{line.sku}:{'None' if line.quantity is None else format(line.quantity, 'f')}" for line in draft.lines]
    assert ";".join(found) == goods
    if reasons:
        assert ";".join(line.reason_code.value for line in draft.lines) == reasons


def test_our_own_people_count_in_signs() -> None:
    head = "<th>bin</th><th>item</th><th>book</th><th>count</th>"
    body = "<tr><td>A-1</td><td>BV-34</td><td>40</td><td>38</td></tr><tr><td>A-2</td><td>BV-12</td><td>9</td><td>11</td></tr>"
    _, draft = drafted("x", html=f"<table><tr>{head}</tr>{body}</table>", sender="dock@norlake.example")
    assert [(line.sku, str(line.quantity), line.location) for line in draft.lines] == [
        ("BV-34", "-2", "A-1"),
        ("BV-12", "2", "A-2"),
    ]


@pytest.mark.parametrize(
    "head", [("Locatie", "Artikel", "Boek", "Geteld"), ("Ort", "Artikel", "Buchbestand", "gezählt")]
)
def test_a_count_in_another_tongue(head: tuple[str, ...]) -> None:
    rows = [("A-1", "BV-34", "412,5", "398,0"), ("A-2", "BV-12", "9", "9")]
    table = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in (head, *rows))
    _, draft = drafted("x", html=f"<table>{table}</table>", sender="dock@norlake.example")
    assert [(line.sku, str(line.quantity)) for line in draft.lines] == [("BV-34", "-14.5")]


def test_pairs_of_counts_are_what_the_words_above_say() -> None:
    rows = [
        ("A-1", "BV-34", "40 / 38", ""),
        ("A-2", "BV-12", "9 / 9", ""),
        ("A-3", "GP22CC", "6 / 4", "second count 6"),
    ]
    table = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    html = f"<p>Result of last night, book / shelf:</p><table>{table}</table>"
    _, draft = drafted("x", html=html, sender="dock@norlake.example")
    assert [(line.sku, str(line.quantity)) for line in draft.lines] == [("BV-34", "-2")]


TOLD = [
    (  # the unsaid column is what is left of two others
        ["Billed article", "Inv. qty", "Rec'd", "Gap"],
        [["Brass ball valve 1/2", "100", "94", "6"], ["Gear pump", "6", "6", "–"], ["total", "106", "100", "6"]],
        "BV-12:6",
    ),
    (  # what was counted is what came
        ["Article", "Expected", "Counted"],
        [["BV-34", "40", "37"], ["GP22CC", "6", "6"]],
        "BV-34:3",
    ),
    (  # ordered and delivered, in the customer's own language
        ["Artikel", "bestellt", "geliefert"],
        [["BV-34", "40", "38"], ["BV-12", "100", "100"]],
        "BV-34:2",
    ),
    (  # dozens; a column with the goods in it counts nothing
        ["Returned goods", "geliefert", "Rücksendung"],
        [["Kugelhahn 1/2", "100 Stk", "2 Dutzend"], ["Kugelhahn 3/4", "40 Stk", "-"]],
        "BV-12:24",
    ),
    (  # the whole lot is what came
        ["Item", "Received", "To claim"],
        [["gear pump", "6", "whole lot"], ["3/4 ball valve", "40", "0"]],
        "GP22CC:6",
    ),
    (  # several cells describe together
        ["Type", "Nominal", "Qty going back"],
        [["ball valve", "3/4", "7"]],
        "BV-34:7",
    ),
    (  # words that fit nothing, in a table of the order's goods: the one shipped just as often
        ["Thing", "Delivered", "Sending back"],
        [["BV-34", "40", "0"], ["the cutouts", "3", "1"]],
        "MCB3P-60:1",
    ),
    (  # but not where the number is no delivery's
        ["Thing", "Qty"],
        [["BV-34", "4"], ["the cutouts", "3"]],
        "BV-34:4",
    ),
    (  # what is not OK is no OK
        ["Material", "On ticket", "OK", "Not OK"],
        [["3/4 ball valve", "40", "37", "3"], ["1/2 ball valve", "100", "100", "0"], ["Total", "140", "137", "3"]],
        "BV-34:3",
    ),
    (  # what fails is more or less than what goes back
        ["Article", "Pieces tested", "Pieces failed", "Pieces to be returned"],
        [["GP22CC", "6", "2", "2"], ["BV-34", "10", "1", "40"]],
        "GP22CC:2;BV-34:40",
    ),
    (  # what is here of what was ordered
        ["Product", "Qty ordered", "Qty here"],
        [["BV-12", "100", "100"], ["GP22CC", "6", "4"]],
        "GP22CC:2",
    ),
    (  # yes and no under what goes back
        ["Part", "Qty", "RTV Y/N"],
        [["BV-34", "4", "Y"], ["BV-12", "9", "N"], ["GP22CC", "2", "Y"]],
        "BV-34:4;GP22CC:2",
    ),
    (  # no overcharge, no line
        ["SKU", "Qty", "Price invoiced", "Price agreed", "Overcharge"],
        [["BV-34", "40", "22.00", "20.00", "80.00"], ["BV-12", "100", "20.00", "20.00", "0.00"]],
        "BV-34:40",
    ),
    (  # of two rows of the same goods the one that was found well is none
        ["Item", "What we found", "How many"],
        [["BV-34", "handle missing", "3"], ["GP22CC", "fine", "4"], ["GP22CC", "shaft bent", "2"]],
        "BV-34:3;GP22CC:2",
    ),
    (  # the day something failed is no count
        ["Model", "Serial", "Failed on", "Symptom"],
        [["MCB3P-60", "SN410001", "11/02", "won't reset"], ["MCB3P-60", "SN410003", "11/09", "hums"]],
        "MCB3P-60:1;MCB3P-60:1",
    ),
    (  # passed and failed
        ["Line", "Item", "Ship qty", "Pass", "Fail"],
        [["10", "BV-34", "40", "36", "4"], ["20", "GP22CC", "6", "6", "0"]],
        "BV-34:4",
    ),
    (  # no action wanted
        ["Item", "Qty", "Action wanted"],
        [["BV-34", "4", "credit"], ["GP22CC", "1", "replace"], ["BV-12", "50", "none - ok"]],
        "BV-34:4;GP22CC:1",
    ),
    (  # a row that stays says so under a heading of its own
        ["Item", "How many", "Keep?"],
        [["BV-34", "4", "no"], ["GP22CC", "2", "yes"]],
        "BV-34:4",
    ),
    (  # or as a remark
        ["Part", "Qty back", "Remarks"],
        [["BV-34", "4", "need 1 inch"], ["GP22CC", "2", "keep"]],
        "BV-34:4",
    ),
    (  # a slip of the pen, and a compound
        ["Désignation", "Quantité", "À renvoyer"],
        [["hydrualic pump", "6", "2"]],
        "GP22CC:2",
    ),
]


@pytest.mark.parametrize(("headings", "rows", "goods"), TOLD)
def test_columns_and_goods_are_told_by_what_stands_in_them(
    headings: list[str], rows: list[list[str]], goods: str
) -> None:
    head = "".join(f"<th>{heading}</th>" for heading in headings)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    html = f"<p>SO-500100</p><p>Please credit what is listed.</p><table><tr>{head}</tr>{body}</table>"
    _, draft = drafted("see html", html=html)
    found = [f"{line.sku}:{'None' if line.quantity is None else format(line.quantity, 'f')}" for line in draft.lines]
    assert ";".join(found) == goods


def test_a_number_in_words_that_name_a_document_is_no_column() -> None:
    head, row = "<th>Item</th><th>N° de bon de livraison</th><th>Retour</th>", "<td>BV-34</td><td>88120</td><td>4</td>"
    _, draft = drafted("x", html=f"<p>SO-500100 return</p><table><tr>{head}</tr><tr>{row}</tr></table>")
    assert [(line.sku, str(line.quantity)) for line in draft.lines] == [("BV-34", "4")]


def test_what_lies_in_two_places_is_added_up_before_it_is_held_against_the_book() -> None:
    rows = "".join(
        f"<tr><td>{sku}</td><td>{here}</td><td>{there}</td><td>{book}</td></tr>"
        for sku, here, there, book in (("BV-34", 22, 16, 41), ("BV-12", 35, 25, 60), ("HMR/M", 11, 9, 18))
    )
    table = f"<table><tr><th>Item</th><th>Front</th><th>Overflow</th><th>Book</th></tr>{rows}</table>"
    html = f"<p>Two spots since the re-rack, please correct the book.</p>{table}"
    assert goods("", html=html, sender="rosa@norlake.example") == [("BV-34", "-3"), ("HMR/M", "2")]
