"""What the policy in force asks of a decision, also where it changed in between."""

import pytest

from assistant.bootstrap import App
from assistant.domain.draft import Finding, FindingCode
from assistant.domain.errors import NotAllowedToYou, ReviewerMustAct
from assistant.domain.person import acting, program
from assistant.judging.book import book_of
from assistant.judging.shelf import as_version
from assistant.workflow import Engine
from tests.approving import BOSS, FAY, LARGE, MAYA, RICK, WALT, approve, with_more_people
from tests.policies import shipped_files, with_head
from tests.worked import back, poster, standing, submitted


@pytest.fixture(autouse=True)
def _more_people(app: App) -> None:
    with_more_people(app)


def test_a_policy_that_comes_into_force_after_the_approval_brings_the_case_back(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = submitted(app, back())
    approve(app, RICK, case)
    before = swept(app, monkeypatch)
    files = with_head(shipped_files(), version="returns-2026.3", effective_from="2026-11-01")
    with app.store.unit(acting(FAY)) as unit:
        unit.policies.propose(as_version(book_of(files), "proposed", FAY.id))
        unit.policies.decide("returns-2026.3", approved=True, by=BOSS.id)
    assert poster(app).post(case.id) == "in_review"
    assert standing(app, case).given == {}
    with app.store.unit(program("test")) as unit:
        assert unit.postings.held("KS-700121", "PRV-34") == 0
    approve(app, RICK, case)
    after = swept(app, monkeypatch)
    assert before != after, "the engine runs a name once: a case that was approved anew needs a new one"
    assert poster(app).post(case.id) == "authorised"


def swept(app: App, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names under which the sweep would start postings."""
    names: list[str] = []
    monkeypatch.setattr(Engine, "_enqueue", lambda self, queue, name, workflow, subject: names.append(name))
    app.engine.sweep()
    return [name for name in names if name.startswith("post-")]


def test_a_policy_changed_between_two_steps_takes_both_again(app: App) -> None:
    case = submitted(app, back(quantity=LARGE))
    approve(app, RICK, case)
    files = with_head(shipped_files(), version="returns-2026.3", effective_from="2026-11-01")
    with app.store.unit(acting(FAY)) as unit:
        unit.policies.propose(as_version(book_of(files), "proposed", FAY.id))
        unit.policies.decide("returns-2026.3", approved=True, by=BOSS.id)
    assert [step.name for step in standing(app, case).open] == ["1:returns_approver", "2:finance_approver"]


def test_a_refused_line_is_named_with_its_row_and_can_be_rejected_alone(app: App) -> None:
    order = app.erp.order("KS-699314")
    assert order is not None
    lines = (
        back("OIL-FRY35", 1, order_no=order.order_no, lot=order.lots("OIL-FRY35")[0]),
        back("TPV-12", 1, order_no=order.order_no),
    )
    case = submitted(app, *lines, customer_id=order.customer_id)
    assert "The policy refuses line 1: Non-returnable goods" in standing(app, case).lacking
    app.review.reject_line(RICK, case.id, 1, 1, "never taken back")
    assert standing(app, case).lacking == ""


def test_odd_requests_and_early_credits_ask_finance(app: App) -> None:
    odd = Finding(code=FindingCode.INJECTION_ATTEMPT, severity="warning", message="Text for a program.")
    case = submitted(app, back(), findings=(odd,))
    assert [step.name for step in standing(app, case).open] == ["1:returns_approver", "2:finance_approver"]
    plain = submitted(app, back("TPV-12", 1))
    with pytest.raises(ReviewerMustAct, match="can't wait"):
        app.review.credit_early(MAYA, plain.id, 1, "")
    with pytest.raises(NotAllowedToYou):
        app.review.credit_early(WALT, plain.id, 1, "they are good people")
    app.review.credit_early(RICK, plain.id, 1, "they are good people")
    with pytest.raises(NotAllowedToYou, match="You asked for an early credit"):
        approve(app, RICK, plain)
    now = standing(app, plain)
    assert now.judgement.lines[1].credit_timing == "before receipt"
    assert [step.name for step in now.open] == ["1:returns_approver", "2:finance_approver"]
    with app.store.unit(program("test")) as unit:
        assert [d.verdict for d in unit.cases.decisions(plain.id)] == ["early_credit"]
