"""Mail that machines sent is kept with its reason and never answered; what we send by ourselves is bounded."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from assistant.bootstrap import App
from assistant.demo.people import PEOPLE
from assistant.domain.errors import NotAllowedToYou
from assistant.domain.lifecycle import CaseState, MessageEvent, MessageState
from assistant.domain.mail import AUTOMATIC, Letter, LetterLimits, Queued
from assistant.domain.person import program
from assistant.steps.bounce import reports_in
from assistant.steps.guard import Guard
from assistant.steps.read import ALONE
from assistant.steps.send import Sender
from assistant.trust.sender import Trust
from tests.unit.test_conversation import ASKED, JOE, WHOLE, inquiries, mail, reply
from tests.unit.test_trust import published, signed
from tests.worked import kept, seen, worked, worked_as_far

MAYA, RICK, JUNE, FAY, WALT = PEOPLE
TEST = program("test")


class Taking:
    """A mail server that takes everything."""

    def __init__(self) -> None:
        self.sent: list[Queued] = []

    def send(self, mail: Queued) -> None:
        self.sent.append(mail)


def letters(app: App, case_id: str) -> list[Queued]:
    with app.store.unit(TEST) as unit:
        return list(unit.outbox.of_case(case_id))


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"Auto_Submitted": "auto-replied"}, "auto-reply"),
        ({"Auto_Submitted": "auto-generated; note=x"}, "auto-reply"),
        ({"X_Autoreply": "yes"}, "auto-reply"),
        ({"Precedence": "auto_reply"}, "auto-reply"),
        ({"Precedence": "bulk"}, "newsletter"),
        ({"List_Id": "<deals.freight.example>"}, "newsletter"),
        ({"List_Unsubscribe": "<mailto:x@freight.example>"}, "newsletter"),
        ({"Return_Path": "<>"}, "delivery report"),
        ({"X_Failed_Recipients": "a@b.example"}, "delivery report"),
        ({"sender": "MAILER-DAEMON@mx.fennimoreplumbing.example"}, "delivery report"),
        ({"X_Loop": "returns@kestrelsupply.example"}, "our own mail came back"),
        ({"sender": "returns@kestrelsupply.example"}, "our own mail came back"),
    ],
)
@pytest.mark.parametrize("threaded", [False, True])
def test_a_machine_s_mail_is_parked_and_not_answered(
    app: App, headers: dict[str, str], reason: str, threaded: bool
) -> None:
    case = worked(app, mail(ASKED, "<one@joe>"))
    before = letters(app, case.id)
    to = {"In_Reply_To": "<one@joe>"} if threaded else {}
    message, made = worked_as_far(app, mail("4 pieces of PRV-34 from order KS-700121 back.", "<m@x>", **headers, **to))
    assert (message.state, made) == (MessageState.PARKED, None)
    assert message.reason == f"not_a_request: {reason}"
    assert message.case_id == (case.id if threaded else None)
    assert letters(app, case.id) == before
    assert kept(app, case.id) == case


def test_mail_through_our_own_list_is_a_person_s(app: App) -> None:
    raw = mail(WHOLE, "<group@joe>", List_Id="<returns.kestrelsupply.example>", Precedence="list")
    message, case_id = worked_as_far(app, raw)
    assert (message.state, case_id is not None) == (MessageState.DRAFTED, True)


def test_what_a_person_runs_again_is_worked_and_still_not_answered(app: App) -> None:
    raw = mail(ASKED, "<erp@joe>", Auto_Submitted="auto-generated")
    message, _ = worked_as_far(app, raw)
    with app.store.unit(TEST) as unit:
        unit.messages.move(message.id, MessageEvent.RUN_AGAIN, "run again")
    message, case_id = worked_as_far(app, raw)
    assert case_id is not None
    assert kept(app, case_id).state is CaseState.IN_REVIEW  # the gap is the reviewer's to see
    assert letters(app, case_id) == []


# -- delivery reports


def report(about: str, action: str = "failed", status: str = "5.1.1") -> bytes:
    boundary = "=_report"
    return "\r\n".join(
        [
            "From: Mail Delivery System <MAILER-DAEMON@mx.fennimoreplumbing.example>",
            "To: returns@kestrelsupply.example",
            "Subject: Undelivered Mail Returned to Sender",
            "Message-ID: <dsn-1@mx.fennimoreplumbing.example>",
            "Auto-Submitted: auto-replied",
            "MIME-Version: 1.0",
            f'Content-Type: multipart/report; report-type=delivery-status; boundary="{boundary}"',
            "",
            f"--{boundary}",
            "Content-Type: text/plain",
            "",
            "Your message could not be delivered.",
            f"--{boundary}",
            "Content-Type: message/delivery-status",
            "",
            "Reporting-MTA: dns; mx.fennimoreplumbing.example",
            "",
            f"Final-Recipient: rfc822; {JOE}",
            f"Action: {action}",
            f"Status: {status}",
            "Diagnostic-Code: smtp; 550 5.1.1 no such user",
            "",
            f"--{boundary}",
            "Content-Type: text/rfc822-headers",
            "",
            f"Message-ID: {about}",
            f"To: {JOE}",
            "",
            f"--{boundary}--",
            "",
        ]
    ).encode()


def sent(app: App, case_id: str) -> Queued:
    (letter,) = letters(app, case_id)
    assert Sender(app.store, Taking(), app.clock).send(letter.id) == "sent"
    return letter


def test_a_delivery_report_is_noted_on_the_letter_that_bounced(app: App) -> None:
    case = worked(app, mail(ASKED, "<one@joe>"))
    letter = sent(app, case.id)
    message, _ = worked_as_far(app, report(letter.internet_id))
    assert (message.state, message.case_id) == (MessageState.PARKED, case.id)
    assert "delivery report" in message.reason
    (bounced,) = letters(app, case.id)
    assert (bounced.state, "no such user" in bounced.note) == ("bounced", True)
    with app.store.unit(TEST) as unit:
        (trouble,) = unit.worklist.troubles()
    assert trouble.subject == f"mail:{letter.id}"
    app.mender.again(MAYA, trouble.id)
    assert letters(app, case.id)[0].state == "waiting"


def test_an_absence_note_without_a_sender_is_no_bounce(app: App) -> None:
    case = worked(app, mail(ASKED, "<one@joe>"))
    letter = sent(app, case.id)
    message, _ = worked_as_far(app, reply("I am away until Monday.", letter.internet_id, Return_Path="<>"))
    assert (message.state, message.case_id) == (MessageState.PARKED, case.id)
    assert letters(app, case.id)[0].state == "sent"


def test_a_delay_is_no_bounce(app: App) -> None:
    case = worked(app, mail(ASKED, "<one@joe>"))
    letter = sent(app, case.id)
    message, _ = worked_as_far(app, report(letter.internet_id, "delayed", "4.4.7"))
    assert "delayed" in message.reason
    assert letters(app, case.id)[0].state == "sent"


def test_a_report_about_a_letter_we_did_not_send_says_nothing(app: App) -> None:
    case = worked(app, mail(ASKED, "<one@joe>"))
    sent(app, case.id)
    message, _ = worked_as_far(app, report("<guessed@kestrelsupply.example>"))
    assert message.state is MessageState.PARKED
    assert letters(app, case.id)[0].state == "sent"


def test_a_report_tells_each_recipient_s_fate() -> None:
    (told,) = reports_in(report("<x@y>"))
    assert (told.action, told.status, told.recipient) == ("failed", "5.1.1", JOE)
    assert told.diagnostic == "550 5.1.1 no such user"
    assert reports_in(b"\xff\xfe no mail at all") == ()


# -- letters of our own


def test_a_request_is_acknowledged_once_in_its_language(app: App) -> None:
    german = "Guten Tag, wir möchten 3 PRV-34 aus Auftrag KS-700121 zurückgeben, wir brauchen sie nicht mehr."
    case = worked(app, mail(german, "<de@joe>", subject="Rückgabe"))
    (letter,) = letters(app, case.id)
    assert (letter.letter.kind, letter.letter.to) == ("acknowledgement", JOE)
    assert "KS-700121" in letter.letter.text
    assert letter.letter.text.startswith("Guten Tag Joe,")
    assert 'lang="de"' in letter.letter.html
    assert letter.letter.references == ("<de@joe>",)
    worked_as_far(app, reply("Entschuldigung, ich meinte 5 PRV-34, nicht 3.", "<de@joe>"))
    assert kept(app, case.id).revision.number == 2
    assert len(letters(app, case.id)) == 1


def test_the_questions_are_the_acknowledgement(app: App) -> None:
    case = worked(app, mail(ASKED, "<one@joe>"))
    worked_as_far(app, reply("4 pieces."))
    assert [letter.letter.kind for letter in letters(app, case.id)] == ["questions"]


def test_a_stranger_is_told_nothing_of_the_customer_they_claim(app: App) -> None:
    text = "I am from Fennimore Plumbing. We no longer need 3 PRV-34 from order KS-700121, please credit us."
    case = worked(app, mail(text, "<mallory@x>", sender="mallory@elsewhere.example", subject="return"))
    (letter,) = letters(app, case.id)
    assert letter.letter.kind == "acknowledgement"
    shown = letter.letter.text + letter.letter.html + letter.letter.subject
    for secret in ("KS-700121", "Fennimore", "PRV", "order", "K-304"):
        assert secret not in shown
    app.review.revise(MAYA, case.id, 1, replace(case.draft, customer_id="K-304"), "they called")


def test_a_forged_sender_is_not_written_to(app: App) -> None:
    failing = "mx.kestrelsupply.example; dmarc=fail header.from=fennimoreplumbing.example"
    case = worked(app, mail(ASKED, "<forged@joe>", Authentication_Results=failing))
    assert letters(app, case.id) == []


@pytest.mark.parametrize("sender", ["no-reply@fennimoreplumbing.example", "noreply-orders@fennimoreplumbing.example"])
def test_who_reads_nothing_is_not_written_to(app: App, sender: str) -> None:
    assert letters(app, worked(app, mail(ASKED, "<nobody@joe>", sender=sender)).id) == []


def test_who_wants_no_automatic_answers_gets_none(app: App) -> None:
    case = worked(app, mail(ASKED, "<oof@joe>", X_Auto_Response_Suppress="DR, AutoReply"))
    assert letters(app, case.id) == []


def test_who_is_proven_by_a_signature_alone_may_be_written_to(app: App) -> None:
    """The guard looks at the whole mail again: by its headers alone this one would count as forged."""
    raw = signed(mail(ASKED, "<signed@joe>"), "fennimoreplumbing.example")
    names = published("fennimoreplumbing.example", dmarc="v=DMARC1; p=reject")
    case = worked(app, raw)
    guard = Guard(LetterLimits(), app.clock, app.erp.company(), Trust(names=names))
    assert refusal_of(app, guard, case.id) == ""
    forged = worked(app, mail(ASKED, "<forged@joe>"))
    assert "not proven" in refusal_of(app, guard, forged.id)


def test_an_archive_that_is_read_in_is_not_acknowledged(app: App) -> None:
    _, case_id = worked_as_far(app, mail(WHOLE, "<old@joe>"), channel="file")
    assert case_id is not None
    assert letters(app, case_id) == []


def test_letters_of_our_own_are_bounded_by_case_and_by_address(app: App) -> None:
    case = worked(app, mail(ASKED, "<one@joe>"))
    guard = Guard(LetterLimits(of_case=3, to_address=5, hours=24), app.clock, app.erp.company(), ALONE)

    def queue(count: int, case_id: str) -> None:
        for number in range(count):
            letter = Letter(kind=AUTOMATIC[number % 3], to=JOE.upper(), subject="x", text="y", case_id=case_id)
            with app.store.unit(TEST) as unit:
                unit.outbox.queue(letter, f"{case_id}-{number}")

    def refusal(ahead: timedelta = timedelta(0)) -> str:
        with app.store.unit(TEST) as unit:
            return replace(guard, clock=Later(app, ahead)).refusal(unit, case)

    assert refusal() == ""
    queue(2, case.id)
    assert "3 letters went out about" in refusal()
    assert refusal(timedelta(hours=25)) == ""
    other = worked(app, mail(WHOLE, "<two@joe>"))
    queue(1, other.id)
    assert "5 letters went to this address" in refusal_of(app, guard, other.id)


class Later:
    def __init__(self, app: App, ahead: timedelta) -> None:
        self._app, self._ahead = app, ahead

    def now(self) -> datetime:
        return self._app.clock.now() + self._ahead

    def today(self) -> date:
        return self._app.clock.today()


def refusal_of(app: App, guard: Guard, case_id: str) -> str:
    with app.store.unit(TEST) as unit:
        return guard.refusal(unit, unit.cases.get(case_id))


# -- what a person decides about a reply


def test_a_person_cancels_as_the_customer_asked(app: App) -> None:
    case = worked(app, mail(WHOLE, "<one@joe>"))
    worked_as_far(app, reply("Please cancel this return, we keep the goods."))
    (inquiry,) = inquiries(app)
    with pytest.raises(NotAllowedToYou):
        app.replies.cancel(WALT, inquiry.id)
    assert app.replies.cancel(MAYA, inquiry.id).state is CaseState.CANCELLED
    assert inquiries(app) == ()
    assert kept(app, case.id).state is CaseState.CANCELLED


def test_a_second_request_becomes_its_own_case_when_a_person_says_so(app: App) -> None:
    case = worked(app, mail(WHOLE, "<one@joe>"))
    message, _ = worked_as_far(
        app, reply("Also, we no longer need 2 TPV-12 from order KS-700121, please credit those too.")
    )
    (inquiry,) = inquiries(app)
    opened = app.replies.open_apart(MAYA, inquiry.id)
    assert (opened.id != case.id, opened.message_id) == (True, message.id)
    (line,) = opened.draft.lines
    assert line.sku == "TPV-12"
    assert line.quantity == 2
    assert (opened.state, opened.revision.by.kind) == (CaseState.IN_REVIEW, "program")
    assert kept(app, case.id) == case
    app.review.approve(RICK, opened.id, 1, seen(app, opened))  # whoever asked for it may still decide it
    assert inquiries(app) == ()
