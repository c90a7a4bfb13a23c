"""Who may give which step of a case, and what drops it again."""

import pytest

from assistant.bootstrap import App
from assistant.domain.errors import ChangedMeanwhile, NotAllowedNow, NotAllowedToYou, ReviewerMustAct
from assistant.domain.lifecycle import CaseState
from assistant.domain.person import Person, acting, program
from tests.approving import BOSS, BOTH, FAY, JUNE, LARGE, MAYA, RICK, WALT, approve, with_more_people
from tests.worked import back, kept, poster, seen, standing, submitted


@pytest.fixture(autouse=True)
def _more_people(app: App) -> None:
    with_more_people(app)


def test_one_step_approves_a_plain_return_and_the_judgement_is_kept_with_it(app: App) -> None:
    case = submitted(app, back())
    assert [step.name for step in standing(app, case).open] == ["1:returns_approver"]
    assert approve(app, RICK, case).state is CaseState.APPROVED
    with app.store.unit(program("test")) as unit:
        said = unit.judgements.latest(case.id, 1)
        (made,) = unit.cases.decisions(case.id)
    assert said is not None
    assert said.policy_version == made.policy_version == "returns-2026.2"
    assert (made.step, made.digests != ()) == ("1:returns_approver", True)
    assert {row.table for row in said.lines[1].rows} >= {"return_window", "approval_steps"}


def test_two_steps_are_given_in_their_order_by_two_people(app: App) -> None:
    case = submitted(app, back(quantity=LARGE))
    with pytest.raises(NotAllowedToYou, match="is decided by: returns approver"):
        approve(app, FAY, case)
    assert approve(app, BOTH, case).state is CaseState.IN_REVIEW
    with pytest.raises(NotAllowedToYou, match="another person"):
        approve(app, BOTH, case)
    with pytest.raises(NotAllowedToYou, match="is decided by: finance approver"):
        approve(app, JUNE, case)
    assert approve(app, FAY, case).state is CaseState.APPROVED
    assert poster(app).post(case.id) == "authorised"


def test_nothing_is_posted_while_a_step_is_open(app: App) -> None:
    case = submitted(app, back(quantity=LARGE))
    approve(app, RICK, case)
    assert poster(app).post(case.id) == "in_review"
    with app.store.unit(program("test")) as unit:
        assert unit.postings.of_case(case.id) == ()
        assert unit.postings.held("KS-700121", "PRV-34") == 0


@pytest.mark.parametrize("person", [MAYA, WALT, BOSS])
def test_who_has_no_approving_role_decides_nothing(app: App, person: Person) -> None:
    case = submitted(app, back())
    with pytest.raises(NotAllowedToYou, match="is decided by"):
        approve(app, person, case)
    with pytest.raises(NotAllowedToYou, match="is decided by"):
        app.review.reject(person, case.id, 1, "no")


def test_who_drafted_or_edited_any_revision_decides_nothing(app: App) -> None:
    drafted = submitted(app, back(), by=acting(RICK))
    edited = submitted(app, back())
    app.review.revise(JUNE, edited.id, 1, edited.draft, "counted")
    app.review.revise(MAYA, edited.id, 2, edited.draft, "counted again")
    for person, case, revision in ((RICK, drafted, 1), (JUNE, edited, 3)):
        with pytest.raises(NotAllowedToYou, match="drafted or edited"):
            approve(app, person, case, revision)
        with pytest.raises(NotAllowedToYou, match="drafted or edited"):
            app.review.reject(person, case.id, revision, "no")
        with pytest.raises(NotAllowedToYou, match="drafted or edited"):
            app.review.reject_line(person, case.id, revision, 1, "no")


def test_an_edit_drops_the_steps_that_were_given(app: App) -> None:
    case = submitted(app, back(quantity=LARGE))
    approve(app, RICK, case)
    app.review.revise(MAYA, case.id, 1, case.draft, "nothing really")
    assert standing(app, case).given == {}
    with pytest.raises(ChangedMeanwhile, match="Look again"):
        approve(app, FAY, case)
    with pytest.raises(NotAllowedToYou, match="is decided by: returns approver"):
        approve(app, FAY, case, revision=2)


def test_what_was_not_on_the_screen_is_not_approved(app: App) -> None:
    case = submitted(app, back())
    for digests in ((), ("0" * 64,), (*seen(app, case), "0" * 64)):
        with pytest.raises(ChangedMeanwhile, match="changed since you looked"):
            app.review.approve(RICK, case.id, 1, digests)
    assert kept(app, case.id).state is CaseState.IN_REVIEW


def test_a_rejection_is_final_for_its_revision(app: App) -> None:
    case = submitted(app, back())
    with pytest.raises(ReviewerMustAct, match="needs a reason"):
        app.review.reject(RICK, case.id, 1, " ")
    digests = seen(app, case)
    app.review.reject(RICK, case.id, 1, "used goods")
    with pytest.raises(NotAllowedNow):
        app.review.approve(JUNE, case.id, 1, digests)
    with pytest.raises(NotAllowedNow):
        app.review.submit(MAYA, case.id, 1)
    with pytest.raises(NotAllowedNow):
        app.review.reject_line(JUNE, case.id, 1, 1, "no")
    assert poster(app).post(case.id) == "rejected"
    with app.store.unit(program("test")) as unit:
        assert [m.letter.kind for m in unit.outbox.of_case(case.id)] == ["rejected"]
