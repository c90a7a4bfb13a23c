"""What of a model's answer holds against the request and the ERP, and where two readings differ."""

from dataclasses import replace
from decimal import Decimal
from email.message import EmailMessage
from typing import Any

import pytest

from assistant.bootstrap import App
from assistant.demo.people import PEOPLE
from assistant.domain.draft import Draft, Intent
from assistant.domain.evidence import Proven
from assistant.domain.lifecycle import MessageState
from assistant.domain.person import program
from assistant.domain.request import Request
from assistant.drafting.asked import Asked, asked
from assistant.drafting.ground import SURE
from assistant.drafting.proved import proved
from assistant.steps.read import read
from extractors.mail.reader import read_message
from tests.unit.drafting_world import TODAY, drafter, erp
from tests.worked import worked_as_far


def question(text: str, *rows: str, sender: str = "pat@acme.example") -> Asked:
    """A mail, with a CSV of these rows where there are any, as it is put to a model."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, "returns@norlake.example", "goods"
    mail["Date"] = "Tue, 17 Nov 2026 09:00:00 -0500"
    mail.set_content(text)
    if rows:
        mail.add_attachment("\n".join(rows).encode(), maintype="text", subtype="csv", filename="list.csv")
    _, request = read(mail.as_bytes(), TODAY)
    return asked(request, drafter().draft(request), erp())


def at(asked_: Asked, words: str) -> str:
    return next(each.label for each in asked_.blocks if words in each.passage.text)


def line(asked_: Asked, words: str, **more: Any) -> dict[str, Any]:
    empty = dict.fromkeys(("item", "sku", "order", "qty", "qty_as", "why_as", "lot", "received", "place"))
    return {**empty, "in": at(asked_, words), "why": "OTHER", "serials": [], **more}


def told(asked_: Asked, *lines: dict[str, Any], again: bool = False, **more: Any) -> Draft:
    said = {
        "intent": "return_request",
        "intent_as": None,
        "summary": "Goods come back.",
        "refs": [],
        "lines": list(lines),
        "resolution": "unspecified",
        "resolution_as": None,
        **more,
    }
    return proved(said, asked_, erp(), again=again).draft


def test_the_same_goods_in_two_rows_of_a_table_are_added() -> None:
    q = question(
        "PO-77120: please take back what the list says.",
        "bin,part,return,keep",
        "A1,BV-34,6,1",
        "B7,BV-34,4,0",
        "B8,GP22CC,1,0",
    )
    rows = [line(q, where, item="BV-34", sku="BV-34", qty=n, qty_as=n) for where, n in (("A1", "6"), ("B7", "4"))]
    (found,) = told(q, *rows, refs=[{"kind": "po", "in": at(q, "PO-77120"), "as": "PO-77120"}]).lines
    assert found.quantity == 10
    assert [proof.quote for proof in found.evidence["quantity"]] == ["6", "4"]
    assert found.confidence["quantity"] < SURE


def test_goods_told_again_in_prose_are_told_once() -> None:
    q = question("PO-77120: six BV-34 come back.\n\nAgain: six BV-34.\n")
    ref = {"kind": "po", "in": at(q, "PO-77120"), "as": "PO-77120"}
    both = [line(q, words, item="BV-34", sku="BV-34", qty="6", qty_as="six") for words in ("come back", "Again")]
    assert [found.quantity for found in told(q, *both, refs=[ref]).lines] == [6]


def test_no_order_is_made_out_where_the_one_named_is_not_known() -> None:
    q = question("Order SO-500109: one GP22CC comes back, not needed.")
    ref = {"kind": "order", "in": at(q, "SO-500109"), "as": "SO-500109"}
    draft = told(
        q, line(q, "GP22CC", item="GP22CC", sku="GP22CC", order="SO-500100", qty="1", qty_as="one"), refs=[ref]
    )
    assert draft.order_nos == ()
    assert [(found.sku, found.order_no) for found in draft.lines] == [("GP22CC", None)]


def test_the_lot_of_a_line_tells_its_order() -> None:
    q = question("Of the screws with lot K11111 one box comes back. The gloves of lot A25001 we keep.")
    said = line(q, "K11111", item="screws", sku="HCS8-1420-Z", qty="1", qty_as="one box", lot="K11111")
    assert told(q, said).order_nos == ("SO-500100",)


def test_a_serial_spelt_aloud_is_one_that_the_order_has() -> None:
    q = question("PO-77120: one breaker comes back, s n as in nancy 410002.")
    ref = {"kind": "po", "in": at(q, "PO-77120"), "as": "PO-77120"}
    breaker = {"item": "breaker", "sku": "MCB3P-60", "qty": "1", "qty_as": "one"}
    (found,) = told(q, line(q, "nancy", **breaker, serials=["SN410002"]), refs=[ref]).lines
    assert found.serials == ("SN410002",)
    assert Proven(record="orders/SO-500100", quote="SN410002") in found.evidence["serials"]
    (other,) = told(q, line(q, "nancy", **breaker, serials=["SN999410002"]), refs=[ref]).lines
    assert other.serials == ("SN410002",)  # as the rules read it


@pytest.mark.parametrize(("value", "holds"), [("20", True), ("15", False)])
def test_a_share_of_what_was_shipped_is_a_quantity(value: str, holds: bool) -> None:
    q = question("Of the 60 bearings on PO-77121 a third of them can come back, they are not needed.")
    ref = {"kind": "po", "in": at(q, "PO-77121"), "as": "PO-77121"}
    said = line(q, "bearings", item="bearings", sku="6308-2RS-C3", qty=value, qty_as="a third of them")
    (found,) = told(q, said, refs=[ref]).lines
    assert (found.quantity == Decimal(value)) is holds


@pytest.mark.parametrize(("value", "kept"), [("-2", Decimal(-2)), ("-20", None)])
def test_a_stock_difference_may_be_counted_in_pieces(value: str, kept: Decimal | None) -> None:
    q = question(
        "Please post.",
        "bin,item,book,counted,remark",
        'C1,HCS8-1420-Z,40,"3,800 pcs",shipper opened',
        sender="count@norlake.example",
    )
    said = line(q, "3,800 pcs", item="HCS8-1420-Z", sku="HCS8-1420-Z", qty=value, qty_as="3,800 pcs")
    draft = told(q, said, intent="adjustment")
    assert draft.intent is Intent.ADJUSTMENT
    assert draft.customer_id is None
    if kept is not None:
        assert [found.quantity for found in draft.lines] == [kept]
    else:
        assert [found.quantity for found in draft.lines] != [Decimal(value)]


def test_goods_are_not_talked_away_at_once_nor_without_a_person() -> None:
    q = question("Hold it, scrub it: the 3 GP22CC on PO-77120 are not needed.")
    idle: dict[str, Any] = {"intent": "not_a_request", "intent_as": f"{at(q, 'scrub')}: scrub it"}
    assert told(q, **idle).intent is Intent.RETURN_REQUEST  # it is asked once more
    draft = told(q, **idle, again=True)
    assert draft.intent is Intent.NOT_A_REQUEST
    assert draft.otherwise is not None
    assert [(found.sku, found.quantity) for found in draft.otherwise.lines] == [("GP22CC", Decimal(3))]
    assert not draft.lines
    pump = line(q, "scrub", item="GP22CC", sku="GP22CC")
    assert told(q, pump, **idle, again=True).intent is Intent.RETURN_REQUEST  # it names goods itself
    assert told(q, pump, **{**idle, "intent": "status_inquiry"}, again=True).intent is Intent.STATUS_INQUIRY
    wary = replace(q, request=replace(q.request, blanked=True))
    assert told(wary, **idle, again=True).intent is Intent.RETURN_REQUEST


class _Told:
    """A drafter with one answer."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    def draft(self, request: Request) -> Draft:
        return self._draft


def test_a_person_looks_where_one_reading_found_goods_and_another_none(app: App) -> None:
    other = drafter().draft(question("The 3 GP22CC on PO-77120 are not needed.").request)
    idle = replace(other, intent=Intent.NOT_A_REQUEST, lines=(), order_nos=())
    for draft in (idle, replace(idle, otherwise=other)):
        desk = replace(app.desk, reader=read_message, drafter=_Told(draft))
        raw = f"From: joe@fennimoreplumbing.example\r\nSubject: {draft.otherwise is None}\r\n\r\nscrub it".encode()
        message, case_id = worked_as_far(app, raw, desk=desk)
        assert (message.state, case_id) == (MessageState.PARKED, None)
    with app.store.unit(program("test")) as unit:
        (inquiry,) = unit.worklist.inquiries()
    assert inquiry.kind == "perhaps_a_request"
    maya = next(person for person in PEOPLE if "maya" in person.id)
    case = app.replies.open_apart(maya, inquiry.id)
    assert [(line.sku, line.quantity) for line in case.draft.lines] == [("GP22CC", Decimal(3))]
