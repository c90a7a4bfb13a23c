"""What the ERP's records do not bear out is not approved, and nothing is given twice."""

from dataclasses import replace
from decimal import Decimal

import pytest

from assistant.bootstrap import App
from assistant.domain.case import Case
from assistant.domain.draft import Claim, Reason
from assistant.domain.errors import NothingLeft, ReviewerMustAct
from assistant.domain.lifecycle import CaseState
from assistant.domain.money import Money
from assistant.domain.person import program
from assistant.domain.posting import PostingState
from tests.approving import BOSS, FAY, JUNE, MAYA, RICK, approve, with_more_people
from tests.worked import back, kept, poster, standing, submitted
from tools.erp import ReturnLine


@pytest.fixture(autouse=True)
def _more_people(app: App) -> None:
    with_more_people(app)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"order_no": "KS-700186"}, "is not an order of customer K-304"),
        ({"order_no": "KS-1"}, "is not an order of customer K-304"),
        ({"sku": "IMX-5KW"}, "is not on order"),
        ({"sku": "NO-SUCH"}, "is not on order"),
        ({"uom": "BX"}, "was sold in EA, not in BX"),
        ({"quantity": Decimal(0)}, "greater than 0"),
        ({"quantity": None}, "has no quantity"),
        ({"sku": None}, "has no item"),
    ],
)
def test_what_the_records_do_not_bear_out_is_not_approved(app: App, changed: dict[str, object], told: str) -> None:
    case = submitted(app, replace(back(), **changed))  # type: ignore[arg-type] # a line's own names
    assert told in standing(app, case).lacking
    with pytest.raises(ReviewerMustAct):
        approve(app, RICK, case)


def sold(app: App, tracking: str) -> tuple[str, str, str, str]:
    """(customer, order, item, unit) of something sold by lot or serial within the last weeks."""
    for customer in ("K-313", "K-310", "K-301", "K-306", "K-302", "K-305", "K-308", "K-309", "K-312", "K-303"):
        for order in app.erp.orders_of(customer):
            for line in order.lines:
                item = app.erp.item(line.sku)
                if item is not None and item.tracking == tracking and item.returnable and not item.special_order:
                    return customer, order.order_no, line.sku, line.uom
    raise AssertionError(tracking)


def test_a_lot_this_customer_never_bought_on_this_order_does_not_come_back(app: App) -> None:
    customer, order_no, sku, uom = sold(app, "lot")
    order = app.erp.order(order_no)
    assert order is not None
    for lot, told in ((None, "none is given"), ("26X0000", "was not sold on"), (order.lots(sku)[0].lower(), "")):
        line = back(sku, 1, order_no=order_no, uom=uom, lot=lot, reason_code=Reason.WRONG_ITEM)
        lacking = standing(app, submitted(app, line, customer_id=customer)).lacking
        assert told in lacking
        assert bool(told) == bool(lacking)


def test_serials_are_those_sold_each_once(app: App) -> None:
    customer, order_no, sku, uom = sold(app, "serial")
    order = app.erp.order(order_no)
    assert order is not None
    first = order.serials(sku)[0]

    def line(quantity: int, *serials: str) -> Case:
        wanted = back(sku, quantity, order_no=order_no, uom=uom, serials=serials, reason_code=Reason.WRONG_ITEM)
        return submitted(app, wanted, customer_id=customer)

    assert "was not sold on" in standing(app, line(1, "XX1")).lacking
    assert "serials are given" in standing(app, line(2, first)).lacking
    assert "serials are given" in standing(app, line(2, first, first.lower())).lacking
    one, two = line(1, first), line(1, first.lower())
    for step in standing(app, one).judgement.steps:
        approve(app, {1: RICK, 2: FAY, 3: BOSS}[step.place], one)
    assert kept(app, one.id).state is CaseState.APPROVED
    with pytest.raises(NothingLeft, match=f"comes back in {one.id} already"):
        approve(app, RICK, two)
    poster(app).post(one.id)
    with pytest.raises(NothingLeft, match=f"comes back in {one.id} already"):
        approve(app, RICK, two)


def test_the_last_pieces_come_back_once(app: App) -> None:
    one, two = submitted(app, back(quantity=25)), submitted(app, back(quantity=6))
    approve(app, RICK, one)
    with pytest.raises(NothingLeft, match="5 are left"):
        approve(app, RICK, two)
    app.review.cancel(MAYA, one.id, 1, "they keep them")
    approve(app, RICK, two)


def test_money_for_the_same_line_is_given_once(app: App) -> None:
    def claim(amount: str) -> Case:
        claimed = Claim(money=Money(Decimal(amount), "USD"), basis="price difference")
        line = back("TPV-12", 50, reason_code=Reason.PRICING_ERROR, amount=claimed)
        return submitted(app, line, kind="credit")

    one, two, three = claim("400.00"), claim("300.00"), claim("230.00")
    approve(app, RICK, one)
    with pytest.raises(NothingLeft, match=r"230\.00 are left"):
        approve(app, RICK, two)
    assert poster(app).post(one.id) == "settled"
    assert app.erp.credited("KS-700121", "TPV-12") == Decimal("400.00")
    with pytest.raises(NothingLeft, match=r"230\.00 are left"):
        approve(app, RICK, two)
    approve(app, JUNE, three)
    assert poster(app).post(three.id) == "settled"


def test_a_credit_takes_its_price_and_invoice_from_what_was_billed(app: App) -> None:
    case = submitted(app, back(quantity=2, reason_code=Reason.SHORT_SHIPMENT), kind="credit")
    (call,) = standing(app, case).calls
    (line,) = call.arguments["lines"]
    order = app.erp.order("KS-700121")
    assert order is not None
    assert (line["amount"], line["invoice_no"]) == ("187.60", order.invoices[0].invoice_no)


def test_what_was_taken_elsewhere_after_the_approval_is_not_posted(app: App) -> None:
    """Somebody authorised a return in the ERP itself, by hand."""
    case = submitted(app, back(quantity=25))
    approve(app, RICK, case)
    by_hand = ReturnLine(order_no="KS-700121", sku="PRV-34", quantity=Decimal(10), uom="EA", reason_code="OTHER")
    app.erp.authorise_return("by hand", "K-304", [by_hand])
    assert poster(app).post(case.id) == "approved"
    with app.store.unit(program("test")) as unit:
        (posting,) = unit.postings.of_case(case.id)
        assert posting.state is PostingState.REFUSED
        assert "20 are left" in posting.note
        assert [t.subject for t in unit.worklist.troubles()] == [f"case:{case.id}"]
    assert app.erp.returned("KS-700121", "PRV-34") == 10
