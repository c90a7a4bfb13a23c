"""Papers the policy wants: asked for while missing, and in the way of an approval until somebody says why not."""

import pytest

from assistant.bootstrap import App
from assistant.channels.email import record
from assistant.domain.case import Case
from assistant.domain.draft import Finding, FindingCode, Reason
from assistant.domain.errors import NotAllowedToYou, ReviewerMustAct
from assistant.domain.lifecycle import CaseState, MessageEvent
from assistant.domain.message import Arrival
from assistant.domain.person import program
from assistant.steps.read import read
from extractors.wire import to_json
from tests.approving import FAY, MAYA, RICK, WALT, approve
from tests.worked import back, kept, poster, standing, submitted, worked

_HEAD = (
    "From: joe@fennimoreplumbing.example\r\nMIME-Version: 1.0\r\nSubject: claim\r\n"
    "Authentication-Results: mx.kestrelsupply.example; dmarc=pass header.from=fennimoreplumbing.example\r\n"
)


def money_for_damage(app: App, *findings: Finding) -> Case:
    """Concealed damage that is credited without goods coming back: approving is the last moment before the credit."""
    return submitted(app, back(reason_code=Reason.CONCEALED_DAMAGE), kind="credit", findings=findings)


def no_photos() -> Finding:
    return Finding(code=FindingCode.MISSING_PHOTOS, severity="warning", message="No picture is attached.")


def test_what_has_to_be_there_before_the_credit_holds_a_credit_back(app: App) -> None:
    case = money_for_damage(app)
    now = standing(app, case)
    assert [(p.name, p.before, p.holds) for p in now.papers] == [("carrier inspection report", "credit", True)]
    assert now.lacking.startswith("Line 1: the policy wants the carrier inspection report before credit")
    with pytest.raises(ReviewerMustAct, match="say why it is not needed"):
        app.review.approve(RICK, case.id, 1, now.digests)
    assert kept(app, case.id).state is CaseState.IN_REVIEW


def test_goods_that_come_back_first_are_authorised_without_it(app: App) -> None:
    case = submitted(app, back(reason_code=Reason.QUALITY_NONCONFORMANCE))
    now = standing(app, case)
    assert [(p.name, p.holds) for p in now.papers] == [("NCR", False)]
    assert approve(app, RICK, case).state is CaseState.APPROVED


def test_an_early_credit_makes_them_needed_at_once(app: App) -> None:
    case = submitted(app, back(reason_code=Reason.CONCEALED_DAMAGE))
    app.review.credit_early(MAYA, case.id, 1, "they close their books")
    assert [(p.name, p.holds) for p in standing(app, case).papers] == [("carrier inspection report", True)]


def test_an_approver_does_without_a_paper_for_a_reason_that_is_kept(app: App) -> None:
    case = money_for_damage(app, no_photos())
    assert [p.name for p in standing(app, case).papers] == ["photos", "carrier inspection report"]
    for paper in ("carrier inspection report", "photos"):
        with pytest.raises(ReviewerMustAct, match="Say why"):
            app.review.do_without(RICK, case.id, 1, 1, paper, "  ")
        app.review.do_without(RICK, case.id, 1, 1, paper, "the driver saw it")
    assert standing(app, case).papers == ()
    approve(app, RICK, case)
    assert approve(app, FAY, case).state is CaseState.APPROVED  # the clock of the claim ran out: an exception
    assert poster(app).post(case.id) == "settled"
    with app.store.unit(program("test")) as unit:
        waivers = [d for d in unit.cases.decisions(case.id) if d.verdict == "paper_waived"]
        rows = [row.details for row in unit.audit.rows(case.id) if row.event == "decision.made"]
    assert {(d.by, d.step, d.lines, d.reason) for d in waivers} == {
        (RICK.id, paper, (1,), "the driver saw it") for paper in ("carrier inspection report", "photos")
    }
    assert ("paper_waived", "the driver saw it") in [(row["verdict"], row["reason"]) for row in rows]


@pytest.mark.parametrize("person", [MAYA, WALT])
def test_who_approves_nothing_does_without_nothing(app: App, person: object) -> None:
    case = money_for_damage(app)
    with pytest.raises(NotAllowedToYou, match="is decided by"):
        app.review.do_without(person, case.id, 1, 1, "carrier inspection report", "I say so")  # type: ignore[arg-type] # people of the demo


def test_who_edited_it_does_without_nothing_and_an_edit_asks_anew(app: App) -> None:
    case = money_for_damage(app)
    app.review.do_without(RICK, case.id, 1, 1, "carrier inspection report", "seen at the dock")
    app.review.revise(FAY, case.id, 1, case.draft, "counted again")
    assert [p.name for p in standing(app, case).papers] == ["carrier inspection report"]
    with pytest.raises(NotAllowedToYou, match="drafted or edited"):
        app.review.do_without(FAY, case.id, 2, 1, "carrier inspection report", "seen at the dock")


def test_only_what_is_missing_is_done_without(app: App) -> None:
    case = submitted(app, back())
    for line, paper in ((1, "photos"), (2, "NCR"), (1, "")):
        with pytest.raises(ReviewerMustAct, match="is missing for line"):
            app.review.do_without(RICK, case.id, 1, line, paper, "why not")


def _claim(*parts: bytes) -> bytes:
    text = (
        b"3 PRV-34 from order KS-700121 do not meet the specification: the bore is out of tolerance. Please credit us."
    )
    body = b"--x\r\nContent-Type: text/plain\r\n\r\n" + text + b"\r\n"
    return _HEAD.encode() + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + body + b"".join(parts) + b"--x--\r\n"


def _file(name: str, text: bytes = b"Report 17: bore 19.4 mm instead of 19.05 mm.\r\n") -> bytes:
    return (
        b'--x\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename="'
        + name.encode()
        + b'"\r\n\r\n'
        + text
    )


def test_the_sender_is_asked_for_a_report_that_did_not_come(app: App) -> None:
    case = worked(app, _claim())
    assert case.draft.lines[0].reason_code is Reason.QUALITY_NONCONFORMANCE
    assert case.state is CaseState.NEEDS_INFO
    assert [q.text for q in case.draft.questions] == ["Could you send us the NCR for PRV-34?"]
    assert case.draft.has(FindingCode.MISSING_DOCUMENT)


def test_and_is_not_where_it_came(app: App) -> None:
    case = worked(app, _claim(_file("NCR-2231.txt")))
    assert not case.draft.has(FindingCode.MISSING_DOCUMENT)
    assert case.state is CaseState.IN_REVIEW
    assert standing(app, case).papers == ()


def test_a_paper_that_comes_with_a_later_message_counts(app: App) -> None:
    case = worked(app, _claim())
    raw = _claim(_file("ncr.txt")).replace(b"Subject: claim", b"Subject: Re: claim")
    message, _ = record(app.store, Arrival(channel="email", raw=raw))
    with app.store.unit(program("test")) as unit:
        unit.messages.keep_reading(message.id, to_json(read(raw, app.clock.today())[0]))
    with app.store.unit(program("test")) as unit:
        unit.messages.move(message.id, MessageEvent.CLAIM)
        unit.messages.move(message.id, MessageEvent.PARK, f"reply to {case.id}", case.id)
    app.review.submit(MAYA, case.id, 1)
    assert standing(app, kept(app, case.id)).papers == ()
