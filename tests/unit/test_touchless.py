"""Which drafts a person need not change: by a threshold that a person sets, and only with a second witness each."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from assistant.domain.case import Case, Revision
from assistant.domain.draft import CaseLine, Draft, Finding, FindingCode, Question
from assistant.domain.errors import OperatorMustAct
from assistant.domain.lifecycle import CaseState
from assistant.domain.party import Party
from assistant.domain.person import Actor, program
from assistant.domain.touchless import doubts_of, is_touchless
from assistant.settings import from_environment
from tests.unit.drafting_world import drafted

WORDS = "Please take back 12 BV-34 from SO-500100. They are no longer needed. Credit please."


def _sure() -> Draft:
    _, draft = drafted(WORDS)
    return replace(draft, lines=tuple(replace(x, confidence=dict.fromkeys(x.evidence, 0.99)) for x in draft.lines))


def _case(draft: Draft, by: Actor) -> Case:
    now = datetime(2026, 11, 20, tzinfo=UTC)
    return Case(
        id="BH-1001",
        kind="return",
        state=CaseState.IN_REVIEW,
        party=Party(name="Acme Mills", customer_id="C-1", address="pat@acme.example"),
        message_id="m-1",
        subject="",
        revision=Revision(number=1, draft=draft, by=by, at=now),
        opened_at=now,
        changed_at=now,
    )


def test_all_that_is_sure_proved_and_borne_out() -> None:
    draft = _sure()
    assert doubts_of(draft, 0.9) == ()
    assert is_touchless(_case(draft, program("worker")), 0.9)
    assert not is_touchless(_case(draft, program("worker")), None)
    assert not is_touchless(_case(draft, program("worker")), 0.995)
    assert not is_touchless(_case(draft, Actor(kind="person", id="ann@norlake.example")), 0.9)


def _with(line: CaseLine, name: str) -> dict[str, CaseLine]:
    without = {key: value for key, value in line.checks.items() if key != name}
    proofs = {key: value for key, value in line.evidence.items() if key != name}
    return {
        "witness": replace(line, checks=without),
        "proof": replace(line, evidence=proofs),
        "sureness": replace(line, confidence={**line.confidence, name: 0.5}),
    }


@pytest.mark.parametrize("lacks", ["witness", "proof", "sureness"])
@pytest.mark.parametrize("name", ["sku", "quantity", "order_no", "reason_code"])
def test_one_value_that_lacks_something_is_enough(name: str, lacks: str) -> None:
    draft = _sure()
    (why,) = doubts_of(replace(draft, lines=(_with(draft.lines[0], name)[lacks],)), 0.9)
    assert f"{name} of line 1" in why


def test_a_question_or_a_finding_wants_a_person() -> None:
    draft = _sure()
    late = Finding(code=FindingCode.OUTSIDE_RETURN_WINDOW, severity="warning", message="late")
    assert doubts_of(replace(draft, findings=(late,)), 0.9) == ("outside return window was found",)
    assert doubts_of(replace(draft, questions=(Question(field="lot", text="Which?"),)), 0.9)
    assert doubts_of(replace(draft, lines=()), 0.9)


@pytest.mark.parametrize(
    "words", ["Take back 41 BV-34 from SO-500100, not needed.", "One MCB3P-60, serial SN499999, PO-77120"]
)
def test_what_the_records_gainsay_has_no_witness(words: str) -> None:
    _, draft = drafted(words)
    assert "serials" not in draft.lines[0].checks
    assert draft.lines[0].quantity == 1 or "quantity" not in draft.lines[0].checks


def test_the_threshold_is_a_probability() -> None:
    assert from_environment({"BACKHAUL_TOUCHLESS": "0.975"}).touchless == 0.975
    assert from_environment({}).touchless is None
    for wrong in ("97", "0", "-1", "much"):
        with pytest.raises(OperatorMustAct, match="BACKHAUL_TOUCHLESS"):
            from_environment({"BACKHAUL_TOUCHLESS": wrong})
