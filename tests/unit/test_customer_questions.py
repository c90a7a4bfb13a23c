"""Who a question is for: the customer where something is missing, a reviewer where two readings differ."""

from dataclasses import replace
from decimal import Decimal

import pytest

from assistant.domain.draft import (
    CaseLine,
    Draft,
    DrafterRun,
    Finding,
    FindingCode,
    Identifiers,
    Intent,
    Question,
    Reason,
    Resolution,
)
from assistant.domain.evidence import Quoted
from assistant.drafting.candidates import Unknown
from assistant.drafting.findings import _finding
from assistant.drafting.questions import _FIELD, questions_of
from assistant.letters.phrases import filled
from assistant.steps.asking import FIELD_OF, doubts, to_ask
from assistant.steps.wording import asked_of
from extractors.document import Locator

LINE = CaseLine(
    sku="PRV-34",
    quantity=Decimal(3),
    uom="EA",
    reason_code=Reason.OTHER,
    lot="L1",
    serials=("S1", "S2"),
    evidence={"sku": (Quoted(quote="the PRV-34", at=Locator("body", 0, 10)),)},
)


def draft(*findings: Finding, questions: tuple[Question, ...] = ()) -> Draft:
    return Draft(
        intent=Intent.RETURN_REQUEST,
        summary="x",
        customer_id="K-304",
        order_nos=(),
        lines=(LINE,),
        resolution=Resolution.CREDIT,
        identifiers=Identifiers(),
        findings=findings,
        questions=questions,
        drafter=DrafterRun(name="test"),
    )


def test_what_two_readings_differ_in_is_a_reviewer_s_to_see() -> None:
    missing = Finding(code=FindingCode.MISSING_LOT, severity="blocking", message="none", line=0)
    lot = Question(field="lot", text="Which lot number is on the PRV-34?", line=0)
    doubt = Question(field="quantity", text="Is it 3 EA of “the PRV-34”? Please confirm.", line=0)
    both = draft(missing, questions=(lot, doubt))
    assert (to_ask(both), doubts(both)) == ((lot,), (doubt,))
    alone = draft(questions=(doubt,))
    assert (to_ask(alone), doubts(alone)) == ((), (doubt,))


def test_a_gap_is_asked_once_though_two_questions_name_its_value() -> None:
    over = Finding(code=FindingCode.QTY_EXCEEDS_SHIPPED, severity="blocking", message="too many", line=0)
    gap = Question(field="quantity", text="That is more. Could you count again?", line=0)
    doubt = replace(gap, text="Is it 3 EA? Please confirm.")
    assert to_ask(draft(over, questions=(gap, doubt))) == (gap,)


def test_every_finding_that_drafting_asks_about_is_known_here() -> None:
    assert _FIELD.items() <= FIELD_OF.items()
    assert set(FIELD_OF) - set(_FIELD) == {FindingCode.UNKNOWN_ORDER, FindingCode.MISSING_DOCUMENT}


@pytest.mark.parametrize("code", [code for code in FIELD_OF if code is not FindingCode.MISSING_DOCUMENT])
@pytest.mark.parametrize("near", ["KS-700121", None])
def test_every_question_of_drafting_has_a_phrase_in_every_language(code: FindingCode, near: str | None) -> None:
    """A question that only stands in English means that its words were changed: then the phrases have to follow."""
    whole = {FindingCode.UNKNOWN_ORDER, FindingCode.MISSING_ORDER_REFERENCE, FindingCode.MISSING_ITEM}
    whole |= {FindingCode.MISSING_PHOTOS, FindingCode.UNREADABLE_ATTACHMENT}
    finding = replace(_finding(code, "blocking", "said"), line=None if code in whole else 0)
    quote = Quoted(quote="KS-70012", at=Locator("body", 0, 8))
    unknown = (Unknown("KS-70012", quote, near=near),) if code is FindingCode.UNKNOWN_ORDER else ()
    made = draft(finding, questions=questions_of([finding], [LINE], unknown))
    (question,) = to_ask(made)
    asked = asked_of(question, made)
    assert asked.phrase != "as_is"
    for language in ("en", "de", "es", "fr"):
        form, values = filled(asked.phrase, language, dict(asked.values))
        text = form.format(**values)
        assert language != "en" or text == question.text


def test_a_paper_the_policy_wants_is_asked_for_in_every_language() -> None:
    question = Question(field="document", text="Could you send us the inspection report for PRV-34?", line=0)
    asked = asked_of(question, draft(_finding(FindingCode.MISSING_DOCUMENT, "warning", "said"), questions=(question,)))
    for language in ("en", "de", "es", "fr"):
        form, values = filled(asked.phrase, language, dict(asked.values))
        text = form.format(**values)
        assert "inspection report" in text
        assert "PRV-34" in text
        assert (text == question.text) is (language == "en")


def test_what_no_phrase_says_is_sent_as_it_stands() -> None:
    odd = Question(field="colour", text="Which colour?")
    assert asked_of(odd, draft()).values == (("text", "Which colour?"),)
