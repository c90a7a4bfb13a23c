"""A partner's 180 through the house: kept, acknowledged, drafted, decided, and answered by 180 and 812.

One long file, because it is one desk: each message of a partner meets the whole house.
"""

import json
from dataclasses import dataclass, replace
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from typing import cast
from zipfile import ZipFile

import pytest
from click.testing import CliRunner
from starlette.testclient import TestClient

from assistant import serve
from assistant.bootstrap import App
from assistant.cli import main
from assistant.demo.people import PASSWORD, PEOPLE
from assistant.domain.authentication import Authentication
from assistant.domain.case import Case
from assistant.domain.draft import Reason
from assistant.domain.edi import Outgoing
from assistant.domain.errors import OperatorMustAct
from assistant.domain.identity import KeyScope
from assistant.domain.lifecycle import CaseEvent, CaseState, MessageEvent, MessageState
from assistant.domain.message import Message
from assistant.domain.person import Person, Role, program
from assistant.domain.worklist import Verified
from assistant.edi.answers import Answerer
from assistant.edi.check import checked
from assistant.edi.desk import EdiDesk
from assistant.edi.enclosed import Enclosed
from assistant.edi.partners import Partner, Partners, partners_from
from assistant.edi.x12 import read
from assistant.trust.sender import Trust
from extractors.mail.reader import read_message
from tests.edi import RETURN, interchange, of_segments
from tests.worked import back, kept, poster, seen, submitted, worked_as_far

ACTOR = program("test")
FENNIMORE = Partner(
    qualifier="ZZ",
    id="FENNIMORE",
    group_id="FENNIMORE",
    customer_id="K-304",
    name="Fennimore Plumbing",
    address="edi@fennimoreplumbing.example",
)
PARTNERS = Partners(us=("ZZ", "KESTREL"), group_id="KESTREL", partners=(FENNIMORE,))


def someone(role: Role) -> Person:
    return next(each for each in PEOPLE if role in each.roles)


@pytest.fixture
def desk(app: App) -> EdiDesk:
    return replace(app.edi, partners=PARTNERS)


@pytest.fixture
def answerer(app: App) -> Answerer:
    return Answerer(app.store, app.erp, PARTNERS, app.clock)


def outgoing(app: App) -> tuple[Outgoing, ...]:
    with app.store.unit(ACTOR) as unit:
        return unit.edi.outgoing()


def segments(out: Outgoing) -> list[str]:
    """Without the envelope; an answer of ours is right in every way that we ask of others."""
    whole = read(out.body.encode())
    assert whole.faults == ()
    assert all(group.faults == () for group in whole.groups)
    if out.kind == "180":
        assert all(each.faults == () for group in checked(whole).groups for each in group.transactions)
    return [line.removesuffix("~") for line in out.body.splitlines()][3:-3]


def work(app: App, request: Message) -> Case:
    """What the worker does with it."""
    station = replace(app.desk, reader=read_message)
    assert station.claim(request.id)
    drafted = station.draft(request.id)
    assert drafted is not None
    saved = station.save(request.id, drafted)
    assert saved is not None
    station.propose(*saved)
    return kept(app, saved[0])


def approved(app: App, case: Case) -> Case:
    for role in (Role.RETURNS_APPROVER, Role.FINANCE_APPROVER):
        if kept(app, case.id).state is CaseState.IN_REVIEW:
            app.review.approve(someone(role), case.id, case.revision.number, seen(app, case))
    poster(app).post(case.id)
    return kept(app, case.id)


def test_a_180_is_kept_acknowledged_and_becomes_a_case(app: App, desk: EdiDesk) -> None:
    taken = desk.receive(interchange())
    assert (taken.outcome, taken.new, len(taken.requests)) == ("taken", True, 1)
    assert taken.message.state is MessageState.PARKED
    with app.store.unit(ACTOR) as unit:
        assert unit.messages.raw(taken.message.id) == interchange()
        assert [each.id for each in unit.messages.unfinished()] == [taken.requests[0].id]
    (out,) = outgoing(app)
    assert (out.kind, out.control) == ("997", 1)
    assert segments(out) == ["AK1*AN*17", "AK2*180*0001", "AK5*A", "AK9*A*1*1*1"]
    case = work(app, taken.requests[0])
    assert case.party.customer_id == "K-304"
    (line,) = case.draft.lines
    assert (line.sku, str(line.quantity), line.uom, line.order_no) == ("PRV-34", "3", "EA", "KS-700121")
    assert line.reason_code is Reason.NO_LONGER_NEEDED
    assert case.state is CaseState.IN_REVIEW
    with app.store.unit(ACTOR) as unit:
        assert isinstance(unit.audit.verify(), Verified)


def test_a_partner_is_the_customer_that_was_agreed_on_whatever_its_address(app: App) -> None:
    partner = replace(FENNIMORE, address="edi@van.example")
    desk = replace(app.edi, partners=replace(PARTNERS, partners=(partner,)))
    (request,) = desk.receive(interchange()).requests
    case = work(replace(app, desk=replace(app.desk, customers={"FENNIMORE": "K-304"})), request)
    assert (case.party.customer_id, case.draft.doubts_sender) == ("K-304", False)


def test_an_authorised_return_is_answered_once_with_its_rma(app: App, desk: EdiDesk, answerer: Answerer) -> None:
    case = work(app, desk.receive(interchange()).requests[0])
    assert answerer.answer() == 0  # nothing is decided yet
    case = approved(app, case)
    assert case.state is CaseState.AUTHORISED
    with app.store.unit(ACTOR) as unit:
        (due,) = unit.edi.unanswered()
    assert (answerer.answer(), answerer.answer()) == (1, 0)
    with app.store.unit(ACTOR) as unit:
        answerer._one(unit, due)  # another process, that saw it before
    _, out = outgoing(app)
    with app.store.unit(ACTOR) as unit:
        (posting,) = unit.postings.of_case(case.id)
    told = segments(out)
    assert told[0].startswith(f"BGN*11*{posting.document_no}*")
    assert told[0].endswith("**RTN-4711")
    assert told[1:] == [
        "RDR*RA", "N9*CR*RTN-4711", "BLI*VP*PRV-34*3*EA", "N9*VN*KS-700121", f"N9*RZ*{posting.document_no}", "RDR*RA",
    ]  # fmt: skip
    assert (out.kind, out.control, out.case_id) == ("180", 2, case.id)


def test_a_rejection_is_answered_and_answered_anew_when_it_was_decided_anew(
    app: App, desk: EdiDesk, answerer: Answerer
) -> None:
    case = work(app, desk.receive(interchange()).requests[0])
    rick = someone(Role.RETURNS_APPROVER)
    app.review.reject(rick, case.id, 1, "The window of 30 days is over; ask * Rick ~ about it.")
    answerer.answer()
    told = segments(outgoing(app)[-1])
    assert "RDR*RD***The window of 30 days is over; ask Rick about it." in told
    app.review.revise(someone(Role.AGENT), case.id, 1, replace(case.draft, summary="again"), "asked again")
    case = approved(app, kept(app, case.id))
    answerer.answer()
    assert [each.kind for each in outgoing(app)] == ["997", "180", "180"]
    assert "RDR*RA" in segments(outgoing(app)[-1])


def test_a_credit_is_told_by_812_in_cents(app: App, desk: EdiDesk, answerer: Answerer) -> None:
    short = interchange().replace(b"RDR**EI", b"RDR****short shipped, we got 3 less, credit please")
    case = work(app, desk.receive(short).requests[0])
    if case.draft.lines[0].reason_code is not Reason.SHORT_SHIPMENT:
        line = replace(case.draft.lines[0], reason_code=Reason.SHORT_SHIPMENT)
        app.review.revise(someone(Role.AGENT), case.id, 1, replace(case.draft, lines=(line,)), "short shipped")
        case = kept(app, case.id)
    case = approved(app, case)
    assert case.state is CaseState.SETTLED
    answerer.answer()
    _, answer, credit = outgoing(app)
    assert (answer.kind, "RDR*KA" in segments(answer), credit.kind) == ("180", True, "812")
    with app.store.unit(ACTOR) as unit:
        (posting,) = unit.postings.of_case(case.id)
    (line_of_it,) = posting.arguments["lines"]
    cents = line_of_it["amount"].replace(".", "").lstrip("0")
    told = segments(credit)
    assert told[0].split("*")[2:6] == [posting.document_no, "H", cents, "C"]
    assert told[1] == "CUR*SE*USD"
    assert told[3:] == [f"CDD*06*C*1*{cents}***3*EA", "LIN*1*VP*PRV-34", f"N9*IV*{line_of_it['invoice_no']}"]


def test_an_authorisation_that_ended_is_told_as_a_no(app: App, desk: EdiDesk, answerer: Answerer) -> None:
    case = approved(app, work(app, desk.receive(interchange()).requests[0]))
    answerer.answer()
    with app.store.unit(ACTOR) as unit:
        unit.cases.move(case.id, CaseEvent.EXPIRE, 1)
    answerer.answer()
    assert [each.kind for each in outgoing(app)] == ["997", "180", "180"]
    assert "RDR*RD" in segments(outgoing(app)[-1])


def test_goods_that_came_back_are_not_authorised_again_when_they_are_settled(
    app: App, desk: EdiDesk, answerer: Answerer
) -> None:
    case = approved(app, work(app, desk.receive(interchange()).requests[0]))
    answerer.answer()
    with app.store.unit(ACTOR) as unit:
        for event in (CaseEvent.RECEIVE, CaseEvent.INSPECT, CaseEvent.SETTLE):
            unit.cases.move(case.id, event, 1)
    assert answerer.answer() == 1
    assert [each.kind for each in outgoing(app)] == ["997", "180"]


def test_too_many_transactions_are_refused_whole(app: App, desk: EdiDesk) -> None:
    one = RETURN[1:-2]
    head = interchange().decode().split("~")[0]
    raw = of_segments(head, RETURN[0], *(one * 1_001), "GE*1001*17", "IEA*1*000000017")
    taken = desk.receive(raw)
    assert ("*R*024~" in taken.answers[0].body, taken.requests) == (True, ())


def test_the_same_bytes_are_answered_once(app: App, desk: EdiDesk) -> None:
    first, again = desk.receive(interchange()), desk.receive(interchange())
    assert (again.outcome, again.new, again.answers) == ("known", False, first.answers)
    assert len(outgoing(app)) == 1


def test_a_number_used_twice_for_other_contents_is_refused_and_shown(app: App, desk: EdiDesk) -> None:
    desk.receive(interchange())
    taken = desk.receive(interchange().replace(b"*3*EA", b"*30*EA"))
    assert (taken.outcome, taken.requests) == ("duplicate", ())
    assert "TA1*000000017*261119*1200*R*025~" in taken.answers[0].body
    with app.store.unit(ACTOR) as unit:
        assert len(unit.messages.unfinished()) == 1
        assert "again, with other contents" in unit.worklist.troubles()[0].cause


def test_a_fault_of_the_envelope_is_answered_by_ta1(app: App, desk: EdiDesk) -> None:
    wrong = desk.receive(interchange().replace(b"IEA*1*000000017", b"IEA*1*000000018"))
    assert "TA1*000000017*261119*1200*R*001~" in wrong.answers[0].body
    assert wrong.requests == ()
    counted = desk.receive(interchange(18).replace(b"IEA*1", b"IEA*3"))
    assert ["*E*021~" in counted.answers[0].body, counted.answers[1].kind] == [True, "997"]
    assert len(counted.requests) == 1


def test_what_can_be_worked_is_worked_beside_what_can_not(app: App, desk: EdiDesk) -> None:
    good = [each.replace("0001", "0002") for each in RETURN[1:-2]]
    bad = [each.replace("*RTN-4711", "*") for each in RETURN[1:-2]]
    raw = interchange().decode().splitlines()[0].encode() + b"\n"
    raw += of_segments(RETURN[0], *bad, *good, "GE*2*17", "IEA*1*000000017")
    taken = desk.receive(raw)
    assert len(taken.requests) == 1
    assert segments(outgoing(app)[0])[-1] == "AK9*P*2*2*1"


def test_a_stranger_is_kept_and_nobody_is_answered_until_the_partner_is_named(app: App, desk: EdiDesk) -> None:
    nobody = replace(desk, partners=replace(PARTNERS, partners=()))
    taken = nobody.receive(interchange())
    assert (taken.outcome, taken.message.state, outgoing(app)) == ("unknown_partner", MessageState.PARKED, ())
    with app.store.unit(ACTOR) as unit:
        assert "ZZ FENNIMORE" in unit.worklist.troubles()[0].cause
    with app.store.unit(ACTOR) as unit:
        unit.messages.move(taken.message.id, MessageEvent.RUN_AGAIN, "run again")  # a person, from the page
    assert desk.takes(taken.message.id)
    with app.store.unit(ACTOR) as unit:
        assert unit.worklist.troubles() == ()
        assert unit.messages.get(taken.message.id).state is MessageState.PARKED
        (request,) = unit.messages.unfinished()
    assert not desk.takes(request.id)
    assert [each.kind for each in outgoing(app)] == ["997"]
    assert desk.receive(interchange()).outcome == "known"


def test_acknowledgements_are_not_acknowledged_and_a_no_is_shown(app: App, desk: EdiDesk) -> None:
    ours = ["ST*997*0001", "AK1*CD*5", "AK2*812*0001", "AK5*R*5", "AK9*R*1*1*0", "SE*6*0001"]
    head = interchange().decode().split("~")[0]
    taken = desk.receive(of_segments(head, RETURN[0].replace("AN", "FA", 1), *ours, "GE*1*17", "IEA*1*000000017"))
    assert (taken.answers, taken.requests) == ((), ())
    with app.store.unit(ACTOR) as unit:
        assert "AK9*R*1*1*0" in unit.worklist.troubles()[0].cause


def notice(kind: str, function: str, *body: str, control: int = 40) -> bytes:
    head = interchange(control).decode().split("~")[0]
    group = f"GS*{function}*FENNIMORE*KESTREL*20261119*1200*{control}*X*004010"
    sets = (f"ST*{kind}*0001", *body, f"SE*{len(body) + 2}*0001")
    return of_segments(head, group, *sets, f"GE*1*{control}", f"IEA*1*{control:09d}")


SHIPPED = ("BSN*00*SH-88*20261121*0900", "HL*1**S", "REF*2I*1Z999", "HL*2*1*I", "LIN**VP*PRV-34", "SN1**3*EA", "CTT*2")
RECEIVED = ("BRA*RCV-5*20261122*00*1", "RCD**3*EA", "LIN**VP*PRV-34")


def test_a_ship_notice_stands_in_the_story_of_the_case_it_names_and_moves_nothing(app: App, desk: EdiDesk) -> None:
    case = approved(app, work(app, desk.receive(interchange()).requests[0]))
    with app.store.unit(ACTOR) as unit:
        (posting,) = unit.postings.of_case(case.id)
    for control, (kind, function, body, reference) in enumerate(
        [
            ("856", "SH", SHIPPED, f"REF*RZ*{posting.document_no}"),
            ("861", "RC", RECEIVED, f"REF*CR*{case.id}"),
            ("856", "SH", SHIPPED, "REF*CR*RTN-4711"),
        ],
        start=40,
    ):
        raw = notice(kind, function, body[0], reference, *body[1:], control=control)
        taken = desk.receive(raw)
        assert segments(taken.answers[0])[1:] == [f"AK2*{kind}*0001", "AK5*A", "AK9*A*1*1*1"]
        assert (taken.requests, desk.receive(raw).outcome) == ((), "known")
    assert troubles(app) == []
    assert kept(app, case.id).state is CaseState.AUTHORISED
    with app.store.unit(ACTOR) as unit:
        told = [row for row in unit.audit.rows(case.id) if row.event.startswith("report.partner")]
        assert [row.event for row in told] == [
            "report.partner.shipped", "report.partner.received", "report.partner.shipped",
        ]  # fmt: skip
        assert told[0].details["tracking"] == ["1Z999"]
        for row, reference in zip(told[:2], ("SH-88", "RCV-5"), strict=True):
            assert row.details["reference"] == reference
            assert row.details["goods"] == [{"sku": "PRV-34", "quantity": "3", "uom": "EA"}]
        assert isinstance(unit.audit.verify(), Verified)


@pytest.mark.parametrize("reference", ["REF*RZ*999999", "REF*CR*NONE", "REF*RZ*{other}"])
def test_a_notice_that_names_no_case_of_the_partners_is_shown(app: App, desk: EdiDesk, reference: str) -> None:
    other = submitted(app, back(), customer_id="K-301")
    taken = desk.receive(notice("856", "SH", SHIPPED[0], reference.format(other=other.id), *SHIPPED[1:]))
    assert "AK5*A" in segments(taken.answers[0])
    assert "named no case of theirs: 856 0001" in troubles(app)[0]
    with app.store.unit(ACTOR) as unit:
        assert not [row for row in unit.audit.rows(other.id) if row.event.startswith("report.")]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (SHIPPED[1:], ["AK3*BSN*2**3", "AK5*R*5"]),
        ((*SHIPPED[:5], "SN1**three*EA"), ["AK3*SN1*7**8", "AK4*2*382*6*three", "AK5*E*5"]),
        ((*SHIPPED, "BLI*VP*PRV-34"), ["AK3*BLI*9**2", "AK5*E*5"]),
    ],
)
def test_what_is_wrong_with_a_notice_is_told(
    app: App, desk: EdiDesk, body: tuple[str, ...], expected: list[str]
) -> None:
    taken = desk.receive(notice("856", "SH", *body))
    assert segments(taken.answers[0])[2:-1] == expected


PROVEN = Authentication(verdict="pass", reason="signed")
UNPROVEN = Authentication(reason="nothing vouches for it")


def mailed(data: bytes, text: str = "Please see our file.", sender: str = "edi@fennimoreplumbing.example") -> bytes:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, "returns@kestrelsupply.example", "EDI"
    made["Message-ID"] = "<edi-mail@fennimore>"
    made.set_content(text)
    made.add_attachment(data, maintype="application", subtype="octet-stream", filename="rtn.edi")
    return made.as_bytes()


@dataclass(frozen=True)
class Proving:
    """Says of every mail's sender what it is told to."""

    found: Authentication

    def verdict(self, _mail: object, _raw: bytes = b"", channel: str = "email") -> Authentication:
        return self.found if channel == "email" else PROVEN


def mail_worked(app: App, desk: EdiDesk, raw: bytes, sender: Authentication = PROVEN) -> tuple[Message, str | None]:
    trust = cast(Trust, Proving(sender))
    station = replace(app.desk, reader=read_message, trust=trust, take_enclosed=Enclosed(desk).take)
    return worked_as_far(app, raw, desk=station)


def troubles(app: App) -> list[str]:
    with app.store.unit(ACTOR) as unit:
        return [f"{each.cause} {each.kept}" for each in unit.worklist.troubles()]


def test_a_partners_interchange_in_its_mail_is_answered_and_worked_as_over_edi(app: App, desk: EdiDesk) -> None:
    message, case_id = mail_worked(app, desk, mailed(interchange()))
    assert (message.state, case_id, troubles(app)) == (MessageState.PARKED, None, [])
    (out,) = outgoing(app)
    assert segments(out) == ["AK1*AN*17", "AK2*180*0001", "AK5*A", "AK9*A*1*1*1"]
    with app.store.unit(ACTOR) as unit:
        (request,) = unit.messages.unfinished()
        assert message.reason.removeprefix("edi: its interchange is worked as ") in {
            each.id for each in unit.messages.list() if each.channel == "edi"
        }
    assert [line.sku for line in work(app, request).draft.lines] == ["PRV-34"]
    again = Enclosed(desk).take(message.id, read_message(mailed(interchange())), mailed(interchange()), PROVEN)
    assert (len(again), len(outgoing(app))) == (1, 1)


def test_bad_segments_in_a_mail_are_answered(app: App, desk: EdiDesk) -> None:
    mail_worked(app, desk, mailed(interchange().replace(b"BGN*13*RTN-4711*", b"BGN*13**")))
    (out,) = outgoing(app)
    assert segments(out)[2:5] == ["AK3*BGN*2**8", "AK4*2*127*1", "AK5*R*5"]


def test_what_the_mail_asks_for_beside_its_interchange_is_a_case_of_its_own(app: App, desk: EdiDesk) -> None:
    words = "Also, we no longer need 2 TPV-12 from order KS-700121, please credit those."
    _, case_id = mail_worked(app, desk, mailed(interchange(), words, "joe@fennimoreplumbing.example"))
    assert case_id is not None
    assert [line.sku for line in kept(app, case_id).draft.lines] == ["TPV-12"]
    assert [each.kind for each in outgoing(app)] == ["997"]


@pytest.mark.parametrize(
    ("sender", "address", "data", "words"),
    [
        (UNPROVEN, FENNIMORE.address, interchange(), "was not proven: nothing vouches for it"),
        (PROVEN, "joe@quickmail.example", interchange(), "is not at fennimoreplumbing.example"),
        (PROVEN, FENNIMORE.address, interchange().replace(b"FENNIMORE  ", b"STRANGER   "), "does not name ZZ STRANGER"),
        (UNPROVEN, FENNIMORE.address, interchange().replace(b"RDR**EI", b"RDR**EIX"), "AK4*2*1293*5*EIX; AK5*E*5"),
    ],
)
def test_an_interchange_in_anybody_elses_mail_is_drafted_and_people_are_told(
    app: App, desk: EdiDesk, sender: Authentication, address: str, data: bytes, words: str
) -> None:
    _, case_id = mail_worked(app, desk, mailed(data, sender=address), sender)
    assert outgoing(app) == ()
    (told,) = troubles(app)
    assert words in told
    assert case_id is not None
    assert [line.sku for line in kept(app, case_id).draft.lines] == ["PRV-34"]


def test_a_request_over_the_api_brings_no_interchange_in(app: App, desk: EdiDesk) -> None:
    """A key for requests is none for EDI, whoever its caller names as sender."""
    station = replace(app.desk, reader=read_message, take_enclosed=Enclosed(desk).take)
    _, case_id = worked_as_far(app, mailed(interchange()), "api", station)
    assert case_id is not None
    assert outgoing(app) == ()
    assert "it came over api" in troubles(app)[0]


def test_what_only_begins_as_an_interchange_is_told_to_people(app: App, desk: EdiDesk) -> None:
    mail_worked(app, desk, mailed(interchange().replace(b">~", b"> ", 1)))
    assert outgoing(app) == ()
    assert "can't end a segment" in troubles(app)[0]


def test_an_interchange_in_an_archive_is_told_to_people(app: App, desk: EdiDesk) -> None:
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        archive.writestr("rtn.edi", interchange())
    mail_worked(app, desk, mailed(packed.getvalue()))
    assert outgoing(app) == ()
    assert "stands in an archive" in troubles(app)[0]


def test_partners_are_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "partners.json"
    one = {"qualifier": "ZZ", "id": "F", "customer_id": "K-304", "name": "F", "address": "edi@f.example"}
    file.write_text(json.dumps({"us": {"qualifier": "ZZ", "id": "K"}, "partners": [one]}))
    found = partners_from(file)
    assert found.of(("ZZ", "F")) == Partner(
        qualifier="ZZ", id="F", group_id="F", customer_id="K-304", name="F", address="edi@f.example"
    )
    assert found.of(("01", "F")) is None
    for wrong in ("{", "[]", json.dumps({"us": {}, "partners": []}), json.dumps({"us": {"qualifier": "ZZ", "id": "K"},
                  "partners": [one, one]})):  # fmt: skip
        file.write_text(wrong)
        with pytest.raises(OperatorMustAct):
            partners_from(file)


@pytest.fixture
def api(app: App, desk: EdiDesk) -> TestClient:
    return TestClient(serve.web(replace(app, edi=desk), demo=False))


def test_over_the_api(app: App, api: TestClient) -> None:
    _, words = app.keys.make("edi", PEOPLE[0].id, [KeyScope.EDI_READ, KeyScope.EDI_WRITE], 1, program("test"))
    key = {"Authorization": f"Bearer {words}", "Content-Type": "application/edi-x12"}
    taken = api.post("/v1/edi", content=interchange(), headers=key)
    assert (taken.status_code, taken.json()["outcome"], len(taken.json()["requests"])) == (202, "taken", 1)
    assert api.post("/v1/edi", content=interchange(), headers=key).status_code == 200
    (out,) = api.get("/v1/edi/outbox?unfetched=true", headers=key).json()
    body = api.get(f"/v1/edi/outbox/{out['id']}", headers=key)
    assert (body.headers["content-type"].split(";")[0], body.text[:4]) == ("application/edi-x12", "ISA*")
    assert api.post(f"/v1/edi/outbox/{out['id']}/fetched", headers=key).json()["fetched_at"] is not None
    assert api.get("/v1/edi/outbox?unfetched=true", headers=key).json() == []
    assert api.post("/v1/edi", content=b"hello", headers=key).status_code == 422
    assert api.post("/v1/edi", content=b"x", headers=key | {"Content-Type": "text/plain"}).status_code == 415
    assert api.get("/v1/edi/outbox/9", headers=key).status_code == 404
    assert api.get("/v1/edi/outbox", auth=(PEOPLE[0].id, PASSWORD)).status_code == 200


def test_by_files(app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    partners = tmp_path / "partners.json"
    one = {"qualifier": "ZZ", "id": "FENNIMORE", "customer_id": "K-304", "name": "Fennimore"}
    one["address"] = FENNIMORE.address
    partners.write_text(json.dumps({"us": {"qualifier": "ZZ", "id": "KESTREL"}, "partners": [one]}))
    monkeypatch.setenv("BACKHAUL_DATA", str(app.settings.data))
    monkeypatch.setenv("BACKHAUL_EDI_PARTNERS", str(partners))
    inbox, out = tmp_path / "in", tmp_path / "out"
    inbox.mkdir()
    (inbox / "1.edi").write_bytes(interchange())
    (inbox / "readme.txt").write_text("not EDI")
    run = CliRunner().invoke(main, ["edi", "receive", str(inbox)])
    assert (run.exit_code, "taken, 1 requests; out: 997 no. 1" in run.output) == (0, True)
    again = CliRunner().invoke(main, ["ingest", str(inbox / "1.edi")])
    assert again.output == "An interchange, known: 0 requests recorded.\n"
    assert CliRunner().invoke(main, ["edi", "fetch", str(out)]).output == f"1 written to {out}.\n"
    assert [each.name for each in out.iterdir()] == ["FENNIMORE-000000001-997.edi"]
    assert CliRunner().invoke(main, ["edi", "fetch", str(out)]).output == f"0 written to {out}.\n"
    assert CliRunner().invoke(main, ["edi", "receive", str(inbox / "readme.txt")]).exit_code == 1
