"""One request, end to end, through the real processes: mail in, drafted, approved, posted, answered, audited."""

import email
import os
import smtplib
import time
from collections.abc import Iterator
from email import policy
from email.message import EmailMessage
from http.client import HTTPConnection
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from assistant.demo.people import PASSWORD
from assistant.domain.mail import DECISIONS
from assistant.workflow import forget_finished
from tests.journeys.backhaul import Served, Visitor, served, until

RICK, FAY, MAYA, WALT, JUNE = (f"{name}@kestrelsupply.example" for name in ("rick", "fay", "maya", "walt", "june"))


@pytest.fixture(scope="module")
def backhaul(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("backhaul")) as running:
        until(
            lambda: (
                running.health()["messages"].get("recorded", 0) + running.health()["messages"].get("working", 0) == 0
            )
        )
        yield running


def request_mail(message_id: str, quantity: int = 3) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "Joe Fennimore <joe@fennimoreplumbing.example>"
    mail["To"] = "returns@kestrelsupply.example"
    mail["Subject"] = "valves back"
    mail["Message-ID"] = message_id
    mail["Date"] = "Thu, 19 Nov 2026 10:00:00 +0000"
    mail.set_content(f"Hi, we no longer need {quantity} PRV-34 from order KS-700121, please credit us.\n\nJoe\n")
    return mail


def the_case(running: Served, subject: str, state: str = "all") -> str:
    visitor = signed_in(running, MAYA)
    page = visitor.get(f"/?state={state}").text
    row = next((part for part in page.split("<tr>") if subject in part), "")
    return row.split("/cases/")[1].split('"')[0] if "/cases/" in row else ""


def signed_in(running: Served, person: str) -> Visitor:
    visitor = Visitor(running.base)
    assert "Cases" in visitor.sign_in(person, PASSWORD).text
    return visitor


def test_a_mail_becomes_a_case_a_person_approves_and_the_erp_holds_its_rma(backhaul: Served) -> None:
    backhaul.mail(request_mail("<one@fennimoreplumbing.example>"))
    case_id = until(lambda: the_case(backhaul, "valves back", "in_review"))
    page = signed_in(backhaul, RICK).get(f"/cases/{case_id}").text
    assert "“PRV-34”" in page
    assert "“KS-700121”" in page

    approved = signed_in(backhaul, RICK).decide(case_id, "approve")
    assert approved.status_code == 200
    until(lambda: "RMA-" in signed_in(backhaul, MAYA).get(f"/cases/{case_id}").text)

    erp = create_engine(f"sqlite:///{backhaul.data / 'erp.sqlite'}")
    with erp.connect() as connection:
        posted = connection.execute(text("SELECT number FROM documents WHERE key LIKE :key"), {"key": f"{case_id}-%"})
        numbers = [row.number for row in posted]
    erp.dispose()
    assert len(numbers) == 1

    letter = until(lambda: letter_about(backhaul.data, case_id))
    assert letter is not None
    for form in ("plain", "html"):
        part = letter.get_body((form,))
        assert part is not None
        assert numbers[0] in part.get_content()
    assert letter["To"] == "joe@fennimoreplumbing.example"
    assert letter["In-Reply-To"] == "<one@fennimoreplumbing.example>"
    assert letter["Auto-Submitted"] == "auto-replied"

    verified = backhaul.command("audit", "verify")
    assert verified.returncode == 0, verified.stderr


def letter_about(data: Path, case_id: str, kinds: tuple[str, ...] = DECISIONS) -> EmailMessage | None:
    """The letter that decides on a case, or one of other kinds, once it has left."""
    for path in (path for kind in kinds for path in (data / "outbox").glob(f"*-{kind}.eml")):
        letter = email.message_from_bytes(path.read_bytes(), policy=policy.default)
        if isinstance(letter, EmailMessage) and case_id in str(letter["Subject"]):
            return letter
    return None


def test_the_same_mail_twice_is_one_case(backhaul: Served) -> None:
    mail = request_mail("<twice@fennimoreplumbing.example>", quantity=2)
    mail.replace_header("Subject", "twice sent")
    backhaul.mail(mail)
    until(lambda: the_case(backhaul, "twice sent"))
    mail["X-Again"] = "another copy of it"
    before = sum(backhaul.health()["cases"].values())
    backhaul.mail(mail)
    page = until(
        lambda: (found := signed_in(backhaul, MAYA).get("/messages").text) and "duplicate of m-" in found and found
    )
    assert page
    assert sum(backhaul.health()["cases"].values()) == before


def test_who_may_not_decide_is_refused_and_nothing_changes(backhaul: Served) -> None:
    backhaul.mail(with_subject(request_mail("<refused@fennimoreplumbing.example>", 1), "who may decide"))
    case_id = until(lambda: the_case(backhaul, "who may decide", "in_review"))
    for person in (WALT, MAYA):
        refused = signed_in(backhaul, person).decide(case_id, "approve")
        assert refused.status_code == 409
        assert "is decided by" in refused.text
    editor = signed_in(backhaul, RICK)
    edited = editor.decide(case_id, "revise", **{"quantity-0": "2", "why": "counted again"})
    assert edited.status_code == 200
    own = editor.decide(case_id, "approve")
    assert own.status_code == 409
    assert "somebody else has to decide" in own.text
    rejected = signed_in(backhaul, JUNE).decide(case_id, "reject", reason="Past the window.")
    assert rejected.status_code == 200
    assert "state-rejected" in rejected.text


def test_an_approval_of_a_revision_not_seen_is_refused(backhaul: Served) -> None:
    backhaul.mail(with_subject(request_mail("<stale@fennimoreplumbing.example>", 1), "stale approval"))
    case_id = until(lambda: the_case(backhaul, "stale approval", "in_review"))
    visitor = signed_in(backhaul, RICK)
    stale = visitor.decide(case_id, "approve", revision="7")
    assert stale.status_code == 409
    assert "Look again" in stale.text


def test_a_form_without_its_token_changes_nothing(backhaul: Served) -> None:
    visitor = signed_in(backhaul, RICK)
    answer = visitor.post("/cases/BH-1001/approve", data={"revision": "1", "token": "guessed"})
    assert answer.status_code == 409
    assert "not ours" in answer.text


def test_newsletters_and_auto_replies_are_kept_and_never_answered(backhaul: Served) -> None:
    page = signed_in(backhaul, MAYA).get("/messages?state=parked").text
    assert "newsletter" in page
    assert "auto-reply" in page
    addressed = [
        str(email.message_from_bytes(path.read_bytes())["To"]) for path in (backhaul.data / "outbox").glob("*.eml")
    ]
    assert "deals@freightdeals.example" not in addressed


def with_subject(mail: EmailMessage, subject: str) -> EmailMessage:
    mail.replace_header("Subject", subject)
    return mail


@pytest.mark.slow
def test_a_second_start_goes_on_with_what_is_there(tmp_path: Path) -> None:
    with served(tmp_path / "data") as first:
        until(lambda: sum(first.health()["cases"].values()) >= 14)
        first.mail(with_subject(request_mail("<kept@fennimoreplumbing.example>"), "kept over a restart"))
    with served(tmp_path / "data") as second:
        case_id = until(lambda: the_case(second, "kept over a restart"))
        assert case_id
        assert sum(second.health()["messages"].values()) == 18


def raw_mail(running: Served, raw: bytes) -> None:
    with smtplib.SMTP("127.0.0.1", running.smtp_port, timeout=60) as server:
        server.sendmail("joe@fennimoreplumbing.example", ["returns@kestrelsupply.example"], raw)


def test_mail_in_any_state_is_kept_bounded_and_never_stuck(backhaul: Served) -> None:
    sender, subject = b"From: joe@fennimoreplumbing.example\r\nSubject: ", b"odd mail "
    parts = b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--wrong\r\nContent-Type: text/plain\r\n\r\nback\r\n'
    odd = (
        b"\r\n\r\n",
        b"\r\n" + parts,
        b"\r\nContent-Type: text/plain; charset=x-unknown-9\r\n\r\nWe return 2 PRV-34 of KS-700121 \xe4\xf6",
        b"\xff\xfe\r\nFrom: other@x.example\r\nMessage-ID: <a\r\n <b>\r\nDate: Mon, 99 Foo 0001\r\n\r\nhello",
        b"\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!! no base64 !!!!",
    )
    before = sum(backhaul.health()["messages"].values())
    for number, rest in enumerate(odd):
        raw_mail(backhaul, sender + subject + str(number).encode() + rest)
    until(lambda: set(backhaul.health()["messages"]) <= {"drafted", "answered", "parked"}, seconds=60)
    assert sum(backhaul.health()["messages"].values()) == before + len(odd)


@pytest.mark.slow
def test_a_huge_attachment_is_kept_and_said_and_the_request_is_drafted(backhaul: Served) -> None:
    mail = with_subject(request_mail("<huge@fennimoreplumbing.example>", 1), "huge attachment")
    mail.add_attachment(os.urandom(38_000_000), maintype="application", subtype="octet-stream", filename="video.bin")
    backhaul.mail(mail)
    case_id = until(lambda: the_case(backhaul, "huge attachment"), seconds=90)
    page = signed_in(backhaul, RICK).get(f"/cases/{case_id}").text
    assert "video.bin" in page
    assert "unreadable attachment" in page
    with pytest.raises(smtplib.SMTPResponseException) as refused:
        raw_mail(backhaul, b"Subject: too much\r\n\r\n" + b"x" * 70 + b"\r\n" + (b"y" * 998 + b"\r\n") * 61_000)
    assert refused.value.smtp_code == 552


@pytest.mark.slow
def test_what_the_engine_kept_of_finished_work_is_forgotten(backhaul: Served) -> None:
    ran = backhaul.command("retention", "run")
    assert (ran.returncode, "0 finished workflows" in ran.stdout) == (0, True), ran.stderr
    url = f"sqlite:///{backhaul.data / 'workflow.sqlite'}"
    assert forget_finished(url, 0) > 0
    assert forget_finished(url, 0) == 0
    verified = backhaul.command("audit", "verify")
    assert verified.returncode == 0, verified.stderr


@pytest.mark.slow
def test_a_connection_kept_open_answers_after_an_idle_while(backhaul: Served) -> None:
    """Programs keep connections for a while; one closed just as a request is sent looks like a fault of ours."""
    kept = HTTPConnection(backhaul.base.removeprefix("http://"), timeout=20)
    kept.request("GET", "/healthz")
    assert kept.getresponse().read()
    same = kept.sock
    time.sleep(6)
    kept.request("GET", "/healthz")
    assert kept.getresponse().status == 200
    assert kept.sock is same
    kept.close()
