"""What the case's page shows of the policy and the approvals, and its buttons by line."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from assistant import serve
from assistant.bootstrap import App
from assistant.demo.people import PASSWORD
from assistant.domain.lifecycle import CaseState
from tests.approving import FAY, LARGE, MAYA, RICK
from tests.unit.test_workbench import field
from tests.worked import back, kept, submitted


@pytest.fixture
def browser(app: App) -> Iterator[TestClient]:
    with TestClient(serve.web(app, demo=False), follow_redirects=True) as client:
        yield client


def page(browser: TestClient, person: str, case_id: str) -> str:
    browser.cookies.clear()
    token = field(browser.get("/sign-in").text, "token")
    assert browser.post("/sign-in", data={"token": token, "person": person, "password": PASSWORD}).status_code == 200
    return browser.get(f"/cases/{case_id}").text


def press(browser: TestClient, shown: str, case_id: str, action: str, **fields: str) -> tuple[int, str]:
    form = {"token": field(shown, "token"), "revision": field(shown, "revision"), **fields}
    answer = browser.post(f"/cases/{case_id}/{action}", data=form)
    return answer.status_code, answer.text


def test_the_page_says_which_rows_asked_for_which_step_and_who_can_give_it(app: App, browser: TestClient) -> None:
    case = submitted(app, back(quantity=LARGE))
    shown = page(browser, RICK.id, case.id)
    assert "Policy returns-2026.2 asks for:" in shown
    assert "can be given by June Park, Rick Stahl" in shown
    assert "can be given by Fay Mendez" in shown
    assert "approval_steps-02</span> A return of more than 2,500.00 also needs finance." in shown
    assert "restocking fee 379.89" in shown
    assert "You give step 1, returns approver." in shown
    assert press(browser, shown, case.id, "approve", digests=field(shown, "digests"))[0] == 200
    shown = page(browser, FAY.id, case.id)
    assert f"given by <b>{RICK.id}</b>" in shown
    assert "You give step 2, finance approver." in shown
    assert press(browser, shown, case.id, "approve", digests=field(shown, "digests"))[0] == 200
    assert kept(app, case.id).state is CaseState.APPROVED


def test_who_can_not_decide_reads_why(app: App, browser: TestClient) -> None:
    case = submitted(app, back())
    assert "is decided by: returns approver" in page(browser, MAYA.id, case.id)


def test_one_line_is_rejected_by_its_own_button(app: App, browser: TestClient) -> None:
    case = submitted(app, back(), back("TPV-12", 5))
    shown = page(browser, RICK.id, case.id)
    assert shown.count("/reject-line") == 2
    before = field(shown, "digests")
    status, shown = press(browser, shown, case.id, "reject-line", line="2", reason="<b>used</b>")
    assert status == 200
    assert "Rejected: &lt;b&gt;used&lt;/b&gt;" in shown
    assert shown.count("/reject-line") == 1
    assert field(shown, "digests") != before
    for line in ("2", "9", "x", ""):
        assert press(browser, shown, case.id, "reject-line", line=line, reason="again")[0] == 409
    assert press(browser, shown, case.id, "approve", digests=field(shown, "digests"))[0] == 200
    assert kept(app, case.id).state is CaseState.APPROVED


def test_a_refused_line_shows_its_row_and_no_approve_button(app: App, browser: TestClient) -> None:
    order = app.erp.order("KS-699314")
    assert order is not None
    oil = back("OIL-FRY35", 1, order_no=order.order_no, lot=order.lots("OIL-FRY35")[0])
    case = submitted(app, oil, back("TPV-12", 1, order_no=order.order_no), customer_id=order.customer_id)
    shown = page(browser, RICK.id, case.id)
    assert "refused by returnable-06" in shown
    assert 'id="approve"' not in shown


def test_an_early_credit_is_asked_for_on_the_page(app: App, browser: TestClient) -> None:
    case = submitted(app, back())
    shown = page(browser, MAYA.id, case.id)
    status, shown = press(browser, shown, case.id, "credit-early", reason="their shelves are empty")
    assert status == 200
    assert "credit: before receipt" in shown
    assert "A credit before receipt needs finance." in shown
