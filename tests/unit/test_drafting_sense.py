"""What follows from the order beside the words: differences, goods told apart, faults by age, marks by their make."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from assistant.domain.draft import FindingCode, Intent, Reason
from assistant.drafting.differences import Told, difference
from assistant.drafting.faults import fault_of, whose_wrong
from assistant.drafting.quantities import quantities
from tests.unit.drafting_world import drafted, drafter, goods


@pytest.mark.parametrize(
    ("text", "shipped", "apart"),
    [
        ("The slip lists 60 valves, my count is 52.", "60", "8"),
        ("Rechnung über 24 Lager, im Karton waren nur 20.", "24", "4"),
        ("Facturaron 12 cajas y llegaron 9.", "12", "3"),
        ("Paperwork says thirty cases and we have 33 on the floor.", "30", "-3"),
        ("We bought five and kept two.", "5", "3"),
        ("We bought five and need only three.", "5", None),
        ("Billed 14.20 each and we got a quote of 12.80.", "40", None),
        ("Two drives were ordered, one carton has a pump in it.", "2", None),
    ],
)
def test_a_difference_is_what_the_papers_say_less_what_was_counted(text: str, shipped: str, apart: str | None) -> None:
    found = difference([Told(each, text) for each in quantities(text)], Decimal(shipped))

    assert (None if found is None else found.value) == (None if apart is None else Decimal(apart))


def test_goods_that_cannot_be_told_apart_are_a_line_with_a_question() -> None:
    _, draft = drafted("SO-500100: please take back three of the ball valves, ordered too many.")

    assert [(line.sku, line.quantity) for line in draft.lines] == [(None, Decimal(3))]
    assert FindingCode.MISSING_ITEM in {finding.code for finding in draft.findings}
    assert any(question.field == "sku" for question in draft.questions)


def test_what_is_said_to_be_fine_leaves_the_other() -> None:
    text = "SO-500100: three of the ball valves are cracked, please replace. The 1/2 inch ones are fine."

    assert goods(text) == [("BV-34", "3")]


def test_a_vague_amount_is_a_line_without_a_number() -> None:
    _, draft = drafted("Can we return some of the gear pumps from SO-500100? Not needed.")

    assert [(line.sku, line.quantity) for line in draft.lines] == [("GP22CC", None)]
    assert FindingCode.MISSING_QUANTITY in {finding.code for finding in draft.findings}


def test_a_serial_of_the_item_s_make_is_taken_though_no_record_has_it() -> None:
    _, draft = drafted("SO-500100: the MCB3P-60 breaker, it reads SN410099, is dead out of the box. Please replace.")

    assert [line.serials for line in draft.lines] == [("SN410099",)]
    assert FindingCode.SERIAL_NOT_ON_SHIPMENT in {finding.code for finding in draft.findings}


def test_a_shortage_alone_asks_for_money_whatever_it_is_called() -> None:
    _, draft = drafted("SO-500100: slip lists 40 BV-34 valves and we counted 36. Please put that on the invoice.")

    assert draft.intent is Intent.CREDIT_REQUEST
    assert [line.reason_code for line in draft.lines] == [Reason.SHORT_SHIPMENT]


def test_faults_are_told_by_warranty_and_age() -> None:
    erp = drafter()._erp
    order, item = erp.order("SO-500100"), erp.item("MCB3P-60")
    assert order is not None
    assert item is not None
    covered, plain = replace(item, warranty_months=24), replace(item, warranty_months=0)
    soon, later = date(2026, 11, 20), date(2027, 5, 1)
    dead, failed = Reason.DEFECTIVE_ON_ARRIVAL, Reason.WARRANTY_FAILURE

    assert fault_of(dead, "it trips", plain, order, soon) is Reason.QUALITY_NONCONFORMANCE
    assert fault_of(dead, "it trips", covered, order, soon) is dead
    assert fault_of(dead, "it trips", covered, order, later) is failed
    assert fault_of(dead, "never worked", covered, order, later) is dead
    assert fault_of(dead, "it trips", covered, order, soon, in_use=True) is failed
    assert fault_of(Reason.RECALL, "it trips", plain, order, later) is Reason.RECALL


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("wrong coil, we run 120 VAC, I should have caught it", Reason.ORDERED_IN_ERROR),
        ("wrong coil, the label says 24 V and inside is a 120", Reason.WRONG_ITEM),
        ("you sent the wrong size, I should have looked sooner", Reason.WRONG_ITEM),
    ],
)
def test_a_wrong_item_is_theirs_where_they_speak_of_their_own_order(words: str, reason: Reason) -> None:
    assert whose_wrong(Reason.WRONG_ITEM, words) is reason
