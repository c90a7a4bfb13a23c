"""A reply in a known thread: what it changes, what it does not, and who decides the rest."""

from dataclasses import replace
from decimal import Decimal
from email.message import EmailMessage

import pytest

from assistant.bootstrap import App, thread_key
from assistant.demo.people import PEOPLE
from assistant.domain.draft import Finding, FindingCode, Question, Resolution
from assistant.domain.evidence import Quoted
from assistant.domain.lifecycle import CaseState, MessageState
from assistant.domain.person import program
from assistant.domain.worklist import Inquiry
from assistant.steps.answer import answered, in_context
from assistant.steps.read import read
from assistant.steps.reply_words import Tone
from tests.worked import kept, seen, worked, worked_as_far

MAYA, RICK, JUNE, FAY, WALT = PEOPLE
JOE = "joe@fennimoreplumbing.example"
ASKED = "Hi, we no longer need some PRV-34 from order KS-700121, please credit us.\n\nJoe\n"
WHOLE = "Hi, we no longer need 3 PRV-34 from order KS-700121, please credit us.\n\nJoe\n"


def mail(text: str, internet_id: str, sender: str = JOE, subject: str = "valves back", **headers: str) -> bytes:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = (
        f"Joe <{sender}>",
        headers.pop("to", "returns@kestrelsupply.example"),
        subject,
    )
    made["Message-ID"], made["Date"] = internet_id, "Thu, 19 Nov 2026 10:00:00 +0000"
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    return made.as_bytes()


def reply(text: str, to: str = "<one@joe>", **more: str) -> bytes:
    internet_id = f"<reply-{abs(hash((text, to, *more.values())))}@joe>"
    return mail(text, internet_id, In_Reply_To=to, **{"subject": "Re: valves back", **more})


def inquiries(app: App) -> tuple[Inquiry, ...]:
    with app.store.unit(program("test")) as unit:
        return unit.worklist.inquiries()


@pytest.mark.parametrize(
    "text",
    [
        "4 pieces.",
        "It's 4.",
        "Four of them, thanks.",
        "> How many of PRV-34 is this about?\n\n4\n\nJoe",
        "4\n\nOn Fri, Kestrel wrote:\n> 1. How many of PRV-34 is this about?\n> Our reference: BH-1001",
        "Wir haben 4 Stück.",
        "Son 4 piezas.",
        "Il y en a quatre.",
    ],
)
def test_an_answer_fills_what_was_asked_and_nothing_else(app: App, text: str) -> None:
    asked = worked(app, mail(ASKED, "<one@joe>"))
    assert asked.state is CaseState.NEEDS_INFO
    message, case_id = worked_as_far(app, reply(text))
    answered = kept(app, asked.id)
    assert (case_id, message.state, message.case_id) == (asked.id, MessageState.DRAFTED, asked.id)
    assert (answered.revision.number, answered.state) == (2, CaseState.IN_REVIEW)
    (line,), (before,) = answered.draft.lines, asked.draft.lines
    assert line.quantity == 4
    assert (line.sku, line.order_no, line.reason_code) == (before.sku, before.order_no, before.reason_code)
    (proof,) = line.evidence["quantity"]
    assert isinstance(proof, Quoted)
    assert proof.at.document == f"{message.id}/body"
    assert not answered.draft.questions
    assert not answered.draft.findings
    assert inquiries(app) == ()


def test_a_correction_drops_the_approval_of_the_revision_it_corrects(app: App) -> None:
    case = worked(app, mail(WHOLE.replace("3", "27"), "<one@joe>"))
    app.review.approve(RICK, case.id, 1, seen(app, case))  # one of two steps
    worked_as_far(app, reply("Sorry, I meant 26 PRV-34, not 27."))
    corrected = kept(app, case.id)
    assert corrected.revision.number == 2
    assert corrected.draft.lines[0].quantity == 26
    assert corrected.state is CaseState.IN_REVIEW
    with app.store.unit(program("test")) as unit:
        assert not app.review.standing(unit, corrected).given


def test_thanks_reopens_nothing(app: App) -> None:
    case = worked(app, mail(WHOLE, "<one@joe>"))
    message, _ = worked_as_far(app, reply("Thank you so much, have a good weekend!"))
    assert (message.state, message.reason) == (MessageState.PARKED, f"thanks, about {case.id}: nothing to do")
    assert kept(app, case.id) == case
    assert inquiries(app) == ()


@pytest.mark.parametrize(
    "text",
    [
        "Please cancel RMA request, we keep the goods.",
        "Bitte stornieren, wir behalten die Ware.",
        "Por favor cancelen la devolución.",
        "Merci d'annuler la demande, nous gardons la marchandise.",
    ],
)
def test_a_cancellation_waits_for_a_person(app: App, text: str) -> None:
    case = worked(app, mail(WHOLE, "<one@joe>"))
    message, _ = worked_as_far(app, reply(text))
    assert kept(app, case.id) == case
    (inquiry,) = inquiries(app)
    assert (inquiry.kind, inquiry.case_id, inquiry.message_id) == ("cancellation", case.id, message.id)


def test_what_is_past_review_goes_to_an_agent(app: App) -> None:
    case = worked(app, mail(WHOLE, "<one@joe>"))
    app.review.approve(RICK, case.id, 1, seen(app, case))
    worked_as_far(app, reply("Sorry, I meant 5 PRV-34, not 3."))
    assert kept(app, case.id).revision.number == 1
    assert [inquiry.kind for inquiry in inquiries(app)] == ["reply"]


def test_a_stranger_who_knows_the_thread_changes_nothing(app: App) -> None:
    case = worked(app, mail(ASKED, "<one@joe>"))
    worked_as_far(app, reply("4 pieces.", sender="mallory@elsewhere.example"))
    failing = "mx.kestrelsupply.example; dmarc=fail header.from=fennimoreplumbing.example"
    worked_as_far(app, reply("4 pieces.", Authentication_Results=failing))
    assert kept(app, case.id) == case
    assert [inquiry.kind for inquiry in inquiries(app)] == ["reply", "reply"]


def test_a_person_s_edit_is_not_written_over(app: App) -> None:
    case = worked(app, mail(WHOLE, "<one@joe>"))
    app.review.revise(MAYA, case.id, 1, case.draft, "counted again")
    worked_as_far(app, reply("Sorry, I meant 5 PRV-34, not 3."))
    assert kept(app, case.id).revision.number == 2
    assert "edited" in inquiries(app)[0].text


def test_a_second_request_waits_for_a_person(app: App) -> None:
    case = worked(app, mail(WHOLE, "<one@joe>"))
    text = "Also, we no longer need 2 TPV-12 from order KS-700121, please credit those too."
    message, _ = worked_as_far(app, reply(text))
    assert kept(app, case.id).revision.number == 1
    (inquiry,) = inquiries(app)
    assert (inquiry.kind, inquiry.message_id) == ("second_request", message.id)
    assert "TPV-12" in inquiry.draft
    assert "PRV-34" not in inquiry.draft.split('"evidence"')[0]


def test_a_question_beside_an_answer_is_an_agent_s(app: App) -> None:
    asked = worked(app, mail(ASKED, "<one@joe>"))
    message, _ = worked_as_far(app, reply("4 pieces. When do we get the credit?"))
    assert kept(app, asked.id).draft.lines[0].quantity == 4
    assert message.state is MessageState.DRAFTED
    (inquiry,) = inquiries(app)
    assert (inquiry.kind, inquiry.case_id) == ("reply", asked.id)


def test_an_answer_and_a_second_request_in_one_mail(app: App) -> None:
    asked = worked(app, mail(ASKED, "<one@joe>"))
    text = "4 pieces of PRV-34. Also, we no longer need 2 TPV-12 from order KS-700121, please credit those too."
    worked_as_far(app, reply(text))
    answered = kept(app, asked.id)
    assert [(line.sku, line.quantity) for line in answered.draft.lines] == [("PRV-34", Decimal(4))]
    (inquiry,) = inquiries(app)
    opened = app.replies.open_apart(MAYA, inquiry.id)
    assert [(line.sku, line.quantity) for line in opened.draft.lines] == [("TPV-12", Decimal(2))]


def test_another_wish_is_a_correction(app: App) -> None:
    case = worked(app, mail(WHOLE, "<one@joe>"))
    assert case.draft.resolution is Resolution.CREDIT
    worked_as_far(app, reply("Sorry, we would rather have a replacement instead of the credit."))
    now = kept(app, case.id)
    assert (now.revision.number, now.draft.resolution) == (2, Resolution.REPLACEMENT)
    assert now.draft.lines == case.draft.lines


def test_an_item_nobody_could_tell_is_filled_by_the_answer(app: App) -> None:
    case = worked(app, mail(WHOLE, "<one@joe>"))
    untold = replace(case.draft.lines[0], sku=None, quantity=None, order_no=None, evidence={})
    gap = Finding(code=FindingCode.MISSING_ITEM, severity="blocking", message="untold", line=0)
    question = Question(field="sku", text="Which items is this about, and how many of each?", line=0)
    before = replace(case.draft, lines=(untold,), findings=(gap,), questions=(question,))
    _, request = read(reply("It is 5 PRV-34 of order KS-700121."), app.clock.today())
    drafted = app.desk.drafter.draft(in_context(request, ()))
    found = answered(before, drafted, request, "m-1", (question,), Tone())
    (line,) = found.draft.lines
    assert (line.sku, line.quantity, line.order_no) == ("PRV-34", Decimal(5), "KS-700121")
    assert (found.draft.findings, found.draft.questions, found.more) == ((), (), ())


def test_an_old_thread_may_hold_a_new_request(app: App) -> None:
    case = worked(app, mail(WHOLE, "<one@joe>"))
    app.review.reject(JUNE, case.id, 1, "Not now.")
    worked_as_far(app, reply("Hello again, we want to return 2 TPV-12 from order KS-700121, ordered in error."))
    (inquiry,) = inquiries(app)
    assert (inquiry.kind, "rejected" in inquiry.text) == ("second_request", True)
    opened = app.replies.open_apart(MAYA, inquiry.id)
    assert [line.sku for line in opened.draft.lines] == ["TPV-12"]


def test_no_to_a_suggested_order_is_no_yes(app: App) -> None:
    asked = worked(app, mail(WHOLE.replace("KS-700121", "KS-70012"), "<one@joe>"))
    (question,) = asked.draft.questions
    assert "KS-700121" in question.text
    quoted = f"\n\nOn Fri, Kestrel <returns@kestrelsupply.example> wrote:\n> 1. {question.text}\n"
    worked_as_far(app, reply("No, that is another one, we are looking for it." + quoted))
    assert kept(app, asked.id) == asked
    worked_as_far(app, reply("Yes, that one." + quoted))
    answered = kept(app, asked.id)
    assert (answered.revision.number, answered.draft.order_nos) == (2, ("KS-700121",))
    assert answered.draft.lines[0].order_no == "KS-700121"


def test_several_answers_go_each_to_its_question(app: App) -> None:
    text = "Hi, we want to return PRV-34 and TPV-12 from order KS-700121, ordered in error. Credit please.\n"
    asked = worked(app, mail(text, "<one@joe>"))
    assert [question.field for question in asked.draft.questions] == ["quantity", "quantity"]
    worked_as_far(app, reply("1. 4\n2. 10\n"))
    lines = {line.sku: line.quantity for line in kept(app, asked.id).draft.lines}
    assert lines == {"PRV-34": 4, "TPV-12": 10}


def test_half_an_answer_is_kept_and_the_rest_asked_again(app: App) -> None:
    text = "Hi, we want to return PRV-34 and TPV-12 from order KS-700121, ordered in error. Credit please.\n"
    asked = worked(app, mail(text, "<one@joe>"))
    worked_as_far(app, reply("PRV-34: 4 pieces, the others we still have to count."))
    half = kept(app, asked.id)
    assert half.state is CaseState.NEEDS_INFO
    assert [(question.field, question.line) for question in half.draft.questions] == [("quantity", 1)]
    assert half.draft.lines[0].quantity == 4


def test_a_number_nobody_asked_for_or_too_great_is_no_answer(app: App) -> None:
    asked = worked(app, mail(ASKED, "<one@joe>"))
    for text in (
        "Your ticket is 12345.",
        "31",
        "Call me at extension 7 about it, the buyer has been away since Monday.",
    ):
        worked_as_far(app, reply(text))
    assert kept(app, asked.id) == asked
    assert len(inquiries(app)) == 3


# -- threads


def test_the_token_finds_the_case_where_the_headers_are_lost(app: App) -> None:
    key = thread_key(app.settings)
    for number in range(2):
        case = worked(app, mail(ASKED, f"<first-{number}@joe>"))
        ways = {"to": key.address(case.id, "returns@kestrelsupply.example")}, {"subject": f"AW: [{key.mark(case.id)}]"}
        message, case_id = worked_as_far(app, mail("4 pieces.", f"<lost-{number}@joe>", **ways[number]))
        assert (case_id, message.case_id) == (case.id, case.id)
        assert kept(app, case.id).revision.number == 2


def test_a_forged_token_is_ignored_and_flagged(app: App) -> None:
    case = worked(app, mail(ASKED, "<one@joe>"))
    forged = f"valves [{case.id}#{'a' * 16}]"
    message, _ = worked_as_far(app, mail("4 pieces.", "<forged@joe>", subject=forged))
    assert kept(app, case.id) == case
    assert message.case_id != case.id
    with app.store.unit(program("test")) as unit:
        (trouble,) = unit.worklist.troubles()
    assert trouble.subject == f"message:{message.id}"
    assert case.id in trouble.cause
