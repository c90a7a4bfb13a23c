"""One line is rejected, and the case goes on with the others."""

import pytest

from assistant.bootstrap import App
from assistant.domain.errors import ChangedMeanwhile, ReviewerMustAct
from assistant.domain.lifecycle import CaseState
from assistant.domain.person import program
from tests.approving import FAY, JUNE, LARGE, RICK, WALT, approve, with_more_people
from tests.worked import back, poster, seen, standing, submitted


@pytest.fixture(autouse=True)
def _more_people(app: App) -> None:
    with_more_people(app)


def test_three_lines_are_approved_and_one_is_rejected(app: App) -> None:
    lines = [back(), back("TPV-12", 5), back("WTR-H50", 2), back("PRV-34", 1)]
    case = submitted(app, *lines)
    before = seen(app, case)
    app.review.reject_line(RICK, case.id, 1, 2, "opened boxes")
    assert standing(app, case).rejected == {2: "opened boxes"}
    with pytest.raises(ChangedMeanwhile):
        app.review.approve(JUNE, case.id, 1, before)
    approve(app, JUNE, case)
    assert poster(app).post(case.id) == "authorised"
    with app.store.unit(program("test")) as unit:
        (posting,) = unit.postings.of_case(case.id)
        (mail,) = unit.outbox.of_case(case.id)
    assert [line["sku"] for line in posting.arguments["lines"]] == ["PRV-34", "WTR-H50", "PRV-34"]
    assert "opened boxes" in mail.letter.text
    assert "(TPV-12)" in mail.letter.text
    assert app.erp.returned("KS-700121", "TPV-12") == 0


def test_a_line_is_rejected_once_with_a_reason_and_the_last_one_rejects_the_case(app: App) -> None:
    case = submitted(app, back(), back("TPV-12", 5))
    with pytest.raises(ReviewerMustAct, match="needs a reason"):
        app.review.reject_line(RICK, case.id, 1, 1, "")
    with pytest.raises(ReviewerMustAct, match="has no line 3"):
        app.review.reject_line(RICK, case.id, 1, 3, "no")
    assert app.review.reject_line(RICK, case.id, 1, 1, "used").state is CaseState.IN_REVIEW
    with pytest.raises(ChangedMeanwhile):
        app.review.reject_line(JUNE, case.id, 1, 1, "used")
    assert app.review.reject_line(JUNE, case.id, 1, 2, "used too").state is CaseState.REJECTED


def test_a_rejected_line_drops_the_steps_given_to_the_plan_with_it(app: App) -> None:
    case = submitted(app, back(quantity=LARGE), back("TPV-12", 5))
    approve(app, RICK, case)
    app.review.reject_line(FAY, case.id, 1, 2, "used")
    assert standing(app, case).given == {}
    approve(app, RICK, case)
    assert approve(app, FAY, case).state is CaseState.APPROVED


def test_fewer_lines_may_need_fewer_steps(app: App) -> None:
    case = submitted(app, back(quantity=20), back("TPV-12", 50))
    assert len(standing(app, case).open) == 2
    app.review.reject_line(RICK, case.id, 1, 2, "used")
    assert len(standing(app, case).open) == 1


def test_lines_are_left_out_and_the_others_approved_at_once(app: App) -> None:
    case = submitted(app, back(), back("TPV-12", 5), back("WTR-H50", 2))
    done = app.review.approve_without(RICK, case.id, 1, [2], "opened boxes", seen(app, case))
    assert done.state is CaseState.APPROVED
    assert poster(app).post(case.id) == "authorised"
    with app.store.unit(program("test")) as unit:
        (posting,) = unit.postings.of_case(case.id)
        assert [(d.verdict, d.lines) for d in unit.cases.decisions(case.id)] == [
            ("line_rejected", (2,)),
            ("approved", ()),
        ]
    assert [line["sku"] for line in posting.arguments["lines"]] == ["PRV-34", "WTR-H50"]


def test_a_line_that_keeps_a_case_from_approval_is_what_is_left_out(app: App) -> None:
    case = submitted(app, back(), back("CHL-GAL", 1, order_no="KS-700121"))
    assert standing(app, case).lacking
    assert app.review.approve_without(RICK, case.id, 1, [2], "not ours", ()).state is CaseState.APPROVED


def test_neither_happens_without_the_other(app: App) -> None:
    case = submitted(app, back(quantity=LARGE), back("TPV-12", 5))
    before = seen(app, case)
    for who, lines, reason, what, refusal in (
        (RICK, [2], " ", before, "needs a reason"),
        (RICK, [1, 2], "used", before, "No line would be left"),
        (RICK, [3], "used", before, "has no line 3"),
        (RICK, [2], "used", before[:-1], "changed since you looked"),
        (WALT, [2], "used", before, "decided by"),
        (FAY, [2], "used", before, "approver"),
    ):
        with pytest.raises(ReviewerMustAct, match=refusal):
            app.review.approve_without(who, case.id, 1, lines, reason, what)
        assert standing(app, case).rejected == {}
        assert standing(app, case).given == {}
    assert app.review.approve_without(RICK, case.id, 1, [], "", before).state is CaseState.IN_REVIEW
    assert list(standing(app, case).given) == ["1:returns_approver"]
