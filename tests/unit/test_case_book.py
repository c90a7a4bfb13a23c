"""The tools that read cases: what they find, and that a customer's caller finds its own alone."""

from typing import Any

import pytest

from assistant.bootstrap import App
from assistant.domain.draft import Reason
from tests.approving import RICK
from tests.worked import back, poster, seen, submitted
from tools.contract import Completed, Denied, ToolCall
from tools.permissions import WORKER, assistant_of, model_for
from tools.schemas import CasePolicy, CasesOut

OURS = assistant_of(RICK.id)
THEIRS, OTHERS = model_for("K-304"), model_for("K-306")


def told(app: App, caller: Any, tool: str, **arguments: object) -> Any:
    outcome = app.review.gate.call(ToolCall(tool, arguments), caller)
    return outcome.result if isinstance(outcome, Completed) else outcome


def ids(found: Any) -> list[str]:
    assert isinstance(found, CasesOut)
    assert found.total == len(found.cases)
    return [case.case_id for case in found.cases]


def test_a_case_is_told_by_its_number_and_by_what_it_led_to(app: App) -> None:
    case = submitted(app, back())
    assert told(app, OURS, "case_status", reference="RMA 1001").cases == ()
    app.review.approve(RICK, case.id, 1, seen(app, case))
    poster(app).post(case.id)
    for reference in (case.id, case.id.lower(), "RMA-1001", "rma 1001"):
        (found,) = told(app, OURS, "case_status", reference=reference).cases
        assert (found.case_id, found.state, found.documents) == (case.id, "authorised", ("RMA-1001",))
        assert (found.customer, str(found.amount), found.currency) == ("Fennimore Plumbing", "281.40", "USD")
        assert [(each.verdict, each.by) for each in found.decisions] == [("approved", RICK.id)]


def test_cases_are_found_by_all_that_is_given(app: App) -> None:
    small, large = submitted(app, back(quantity=1)), submitted(app, back(quantity=20))
    other = submitted(app, back("TPV-12", 5), customer_id="K-306")
    app.review.reject(RICK, small.id, 1, "used")
    for wanted, expected in (
        ({}, [large, other]),
        ({"state": "any"}, [large, small, other]),
        ({"state": "rejected"}, [small]),
        ({"customer": "fennimore"}, [large]),
        ({"customer": "K-306"}, [other]),
        ({"above": 1_000}, [large]),
        ({"below": 1_000, "state": "any"}, [small, other]),
        ({"reference": "prv 34"}, [large]),
        ({"reference": "FP-5521"}, [large, other]),
        ({"reference": "nothing"}, []),
    ):
        found = told(app, OURS, "find_cases", **wanted)
        assert sorted(ids(found)) == sorted(case.id for case in expected), wanted
        assert [case.amount for case in found.cases] == sorted((case.amount for case in found.cases), reverse=True)
    nobody = told(app, OURS, "find_cases", customer="Nobody & Sons")
    assert isinstance(nobody, Denied)
    assert "no customer of ours is called Nobody & Sons" in nobody.message


def test_why_a_case_needs_whom_is_told_row_by_row(app: App) -> None:
    case = submitted(app, back(reason_code=Reason.WRONG_ITEM))
    said = told(app, OURS, "case_policy", reference=case.id)
    assert isinstance(said, CasePolicy)
    assert ("approval_steps", "returns_approver") in {(row.table, row.asks) for row in said.rows}
    assert all(row.line == 1 and row.says for row in said.rows)
    assert told(app, OURS, "case_policy", reference="BH-9999").reason == "refused"


def test_a_customers_caller_sees_its_own_cases_and_not_who_decides(app: App) -> None:
    case = submitted(app, back(quantity=20))
    other = submitted(app, back(), customer_id="K-306")
    app.review.reject(RICK, case.id, 1, "used")
    assert ids(told(app, THEIRS, "case_status", reference=case.id)) == [case.id]
    assert ids(told(app, OTHERS, "case_status", reference=case.id)) == []
    assert ids(told(app, OTHERS, "find_cases", state="any")) == [other.id]
    assert ids(told(app, OTHERS, "find_cases", customer="Fennimore Plumbing", state="any")) == [other.id]
    assert told(app, THEIRS, "case_status", reference=case.id).cases[0].decisions == ()
    assert told(app, THEIRS, "case_policy", reference=case.id).reason == "data_scope"


@pytest.mark.parametrize("tool", ["case_status", "find_cases", "case_policy"])
def test_cases_are_read_by_who_may(app: App, tool: str) -> None:
    for caller in (WORKER, assistant_of(RICK.id, cases=False)):
        assert told(app, caller, tool, reference="BH-1001").reason == "scope"
