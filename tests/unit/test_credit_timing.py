"""When money moves: never before the goods are back unless somebody asked, and with the tax its invoice carries."""

from dataclasses import replace
from decimal import Decimal

import pytest

from assistant.bootstrap import App, erp_file
from assistant.demo import files
from assistant.domain.case import Case
from assistant.domain.draft import Reason
from assistant.domain.errors import ReviewerMustAct
from assistant.domain.lifecycle import CaseState
from assistant.domain.person import program
from assistant.judging.book import book_of
from assistant.steps.plan import plan
from assistant.steps.price import basis
from tests.approving import FAY, MAYA, RICK, approve
from tests.policies import shipped_files
from tests.worked import back, poster, standing, submitted
from tools.adapters.file_erp import FileErp


def tools_of(app: App, case: Case) -> list[str]:
    return [call.tool for call in standing(app, case).calls]


def test_goods_that_come_back_are_not_credited_by_their_approval(app: App) -> None:
    assert tools_of(app, submitted(app, back(reason_code=Reason.WRONG_ITEM, quantity=1))) == ["authorise_return"]


def test_an_early_credit_is_part_of_what_is_approved_and_takes_finance(app: App) -> None:
    case = submitted(app, back())
    approve(app, RICK, case)
    other = submitted(app, back(quantity=4))
    app.review.credit_early(MAYA, other.id, 1, "their job site is closed")
    now = standing(app, other)
    assert [call.tool for call in now.calls] == ["authorise_return", "post_credit_memo"]
    (credited,) = now.calls[1].arguments["lines"]
    fee = Decimal(now.judgement.lines[1].fee_minor) / 100
    assert Decimal(credited["amount"]) == 4 * Decimal("93.80") - fee
    assert fee > 0
    approve(app, RICK, other)
    approve(app, FAY, other)
    assert poster(app).post(other.id) == "authorised"
    with app.store.unit(program("test")) as unit:
        assert [p.tool for p in unit.postings.of_case(other.id)] == ["authorise_return", "post_credit_memo"]


def test_asking_for_it_drops_the_approvals_given_without_it(app: App) -> None:
    case = submitted(app, back(quantity=27))
    approve(app, RICK, case)
    app.review.credit_early(MAYA, case.id, 1, "their job site is closed")
    assert standing(app, case).given == {}


def test_no_table_credits_goods_early_by_itself(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = dict(shipped_files())
    careless = texts["credit_timing.json"].replace('"\\"after inspection\\""', '"\\"before receipt\\""')
    assert careless != texts["credit_timing.json"]
    book = book_of({**texts, "credit_timing.json": careless})
    monkeypatch.setattr(type(app.rules), "in_force", lambda *_: book)
    case = submitted(app, back())
    now = standing(app, case)
    assert now.judgement.lines[1].credit_timing == "before receipt"
    assert "only where somebody asks" in now.lacking
    with pytest.raises(ReviewerMustAct, match="only where somebody asks"):
        app.review.approve(RICK, case.id, 1, now.digests)
    assert [call.tool for call in plan(case, app.erp, {}, now.judgement)] == ["authorise_return"]


def test_money_that_waits_for_goods_is_not_given_by_calling_it_a_credit(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = dict(shipped_files())
    strict = texts["credit_timing.json"].replace('"\\"at approval\\""', '"\\"after inspection\\""', 1)
    book = book_of({**texts, "credit_timing.json": strict})
    monkeypatch.setattr(type(app.rules), "in_force", lambda *_: book)
    case = submitted(app, back(), kind="credit")
    assert "credited after inspection by the policy" in standing(app, case).lacking


def test_tax_goes_back_as_the_invoice_asked_it() -> None:
    data = erp_file(files.erp_file())
    for invoice in data["invoices"]:
        for line in invoice["lines"]:
            line["tax"] = str(
                (Decimal(line["quantity"]) * Decimal(line["unit_price"]) * Decimal("0.07")).quantize(Decimal("0.01"))
            )
    order = FileErp(data).order("KS-700121")
    assert order is not None
    billed = basis(order, "PRV-34")
    assert billed is not None
    assert billed.tax_on(Decimal("93.80")) == Decimal("6.57")
    bare = FileErp(erp_file(files.erp_file())).order("KS-700121")
    assert bare is not None
    without = basis(bare, "PRV-34")
    assert without is not None
    assert without.tax_on(Decimal("93.80")) is None
    assert replace(without, tax_share=Decimal(0)).tax_on(Decimal(10)) == 0


def test_a_credit_says_its_tax_only_where_its_invoice_does(app: App) -> None:
    case = submitted(app, back(reason_code=Reason.SHORT_SHIPMENT), kind="credit")
    (call,) = standing(app, case).calls
    assert "tax" not in call.arguments["lines"][0]
    approve(app, RICK, case)
    assert approve(app, FAY, case).state is CaseState.APPROVED  # the clock of the claim ran out: an exception
