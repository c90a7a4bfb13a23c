"""A sender who is not who it seems is drafted with the finding, and told nothing."""

from dataclasses import replace

import pytest

from assistant import bootstrap
from assistant.bootstrap import App
from assistant.domain.approval import Decision
from assistant.domain.case import Case
from assistant.domain.draft import Draft, FindingCode
from assistant.domain.person import program
from assistant.steps.work import Desk
from extractors.mail.reader import read_message
from tests.worked import kept, worked, worked_as_far

OURS = "mx.kestrelsupply.example"
VALVES = "We no longer need 3 PRV-34 from order KS-700121, please credit.\n\nJoe"
VAGUE = "Some PRV-34 from order KS-700121 come back, please credit.\n\nJoe"  # how many would be asked


def mail(
    text: str = VALVES, sender: str = "Joe <joe@fennimoreplumbing.example>", results: str = "", reply_to: str = ""
) -> bytes:
    head = [f"Authentication-Results: {OURS}; {results}"] if results else []
    head += [f"From: {sender}", "To: returns@kestrelsupply.example", "Subject: valves"]
    head += [f"Reply-To: {reply_to}"] if reply_to else []
    return ("\r\n".join([*head, "", text, ""])).encode()


def desk_of(app: App) -> Desk:
    trust = bootstrap.trust_in((), app.erp.company())
    return replace(app.desk, reader=read_message, trust=trust)


def case_of(app: App, raw: bytes) -> Case:
    return worked(app, raw, desk_of(app))


def said(draft: Draft, code: FindingCode) -> str:
    return " ".join(finding.message for finding in draft.findings if finding.code is code)


def letters(app: App) -> int:
    with app.store.unit(program("test")) as unit:
        return len([queued for queued in unit.outbox.waiting() if queued.letter.kind != "acknowledgement"])


def over(channel: str, app: App, raw: bytes) -> Case:
    _, case_id = worked_as_far(app, raw, channel, desk_of(app))
    assert case_id is not None
    return kept(app, case_id)


def test_what_was_typed_into_the_public_form_is_drafted_and_nothing_is_said_by_itself(app: App) -> None:
    case = over("portal", app, mail(VAGUE))
    assert "where nobody proves who they are" in said(case.draft, FindingCode.UNKNOWN_SENDER)
    assert (case.draft.customer_id, case.state.value) == ("K-304", "in_review")
    with app.store.unit(program("test")) as unit:
        assert unit.outbox.waiting() == ()


def test_whom_our_own_program_names_over_the_api_is_asked(app: App) -> None:
    case = over("api", app, mail(VAGUE, results=FAILED))
    assert (case.draft.doubts_sender, case.state.value) == (False, "needs_info")


FAILED = "spf=fail smtp.mailfrom=fennimoreplumbing.example; dmarc=fail header.from=fennimoreplumbing.example"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"results": FAILED}, "failed authentication: our mail server found dmarc=fail"),
        ({"sender": "Joe <joe@fennirnoreplumbing.example>"}, "looks like fennimoreplumbing.example"),
        ({"sender": "Joe <joe@quickmail.example>"}, "joe@quickmail.example is no known contact."),
        ({"sender": '"joe@fennimoreplumbing.example" <j@quickmail.example>'}, "It shows the name joe@fennimore"),
    ],
)
def test_a_strangers_request_is_drafted_and_nothing_is_said_to_them(app: App, more: dict[str, str], words: str) -> None:
    case = case_of(app, mail(VAGUE, **more))
    assert words in said(case.draft, FindingCode.UNKNOWN_SENDER)
    assert case.draft.order_nos == ("KS-700121",)
    assert case.draft.questions
    assert case.state.value == "in_review"
    assert letters(app) == 0


def test_a_known_sender_who_wants_answers_elsewhere_is_told_nothing_either(app: App) -> None:
    case = case_of(app, mail(VAGUE, reply_to="joe.fennimore@quickmail.example"))
    assert "joe.fennimore@quickmail.example, which is not the sender's" in said(case.draft, FindingCode.SUSPECT_SENDER)
    assert not case.draft.has(FindingCode.UNKNOWN_SENDER)
    assert case.state.value == "in_review"
    assert letters(app) == 0


def test_a_known_sender_is_asked(app: App) -> None:
    case = case_of(app, mail(VAGUE, reply_to="office@fennimoreplumbing.example"))
    assert case.state.value == "needs_info"
    assert letters(app) == 1


def test_our_own_address_that_fails_authentication_is_suspect(app: App) -> None:
    text = "Cycle count: PRV-34 is 3 below the book at A-12."
    failed = "dmarc=fail header.from=kestrelsupply.example"
    case = case_of(app, mail(text, "Dock <dock@kestrelsupply.example>", failed))
    assert "an address of ours" in said(case.draft, FindingCode.SUSPECT_SENDER)
    assert not case.draft.has(FindingCode.UNKNOWN_SENDER)


def test_an_address_that_people_put_to_a_customer_is_known_where_it_is_authentic(app: App) -> None:
    address = "fennimore.office@quickmail.example"
    sender, vouched = f"Joe <{address}>", "dmarc=pass header.from=quickmail.example"
    first = case_of(app, mail(sender=sender, results=vouched))
    assert first.draft.has(FindingCode.UNKNOWN_SENDER)
    approve(app, first)
    again = case_of(app, mail("Also 2 PRV-34 of KS-700121, not needed.", sender, vouched))
    assert again.draft.customer_id == "K-304"
    assert not again.draft.has(FindingCode.UNKNOWN_SENDER)
    forged = case_of(app, mail("And 1 PRV-34 of KS-700121, not needed.", sender))
    assert forged.draft.has(FindingCode.UNKNOWN_SENDER)


def approve(app: App, case: Case) -> None:
    assert case.draft.customer_id == "K-304"
    decision = Decision(
        case_id=case.id,
        revision=case.revision.number,
        verdict="approved",
        by="rick@kestrelsupply.example",
        at=app.clock.now(),
        policy_version="test",
        digests=(),
    )
    with app.store.unit(program("test")) as unit:
        unit.cases.decide(decision)
