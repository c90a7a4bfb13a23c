"""A conversation through the real processes: asked, answered by SMTP, approved over HTTP, decided in their language."""

import re
from collections.abc import Iterator
from email.message import EmailMessage

import pytest

from tests.journeys.backhaul import Served, served, until
from tests.journeys.test_one_request import MAYA, RICK, letter_about, signed_in, the_case

pytestmark = pytest.mark.slow

JOE = "joe@fennimoreplumbing.example"


@pytest.fixture(scope="module")
def backhaul(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("conversation")) as running:
        until(lambda: not {"recorded", "working"} & set(running.health()["messages"]), seconds=90)
        yield running


def german(subject: str, text: str, internet_id: str, to: str = "returns@kestrelsupply.example") -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"Joe Fennimore <{JOE}>", to, subject
    mail["Message-ID"], mail["Date"] = internet_id, "Thu, 19 Nov 2026 10:00:00 +0000"
    mail.set_content(text)
    return mail


def said(letter: EmailMessage, form: str) -> str:
    part = letter.get_body((form,))
    assert part is not None
    return str(part.get_content())


def test_what_was_missing_is_asked_answered_approved_and_decided_in_german(backhaul: Served) -> None:
    text = "Guten Tag, wir möchten einige PRV-34 aus Auftrag KS-700121 zurückgeben, wir brauchen sie nicht.\n\nJoe\n"
    backhaul.mail(german("Druckminderer zurück", text, "<g1@fennimoreplumbing.example>"))
    case_id = until(lambda: the_case(backhaul, "Druckminderer", "needs_info"))
    question = until(lambda: letter_about(backhaul.data, case_id, ("questions",)))
    assert question is not None
    for form in ("plain", "html"):
        assert "Um wie viele PRV-34 geht es?" in said(question, form)
    assert re.fullmatch(
        rf"returns\+{case_id.lower()}\.[a-z2-7]{{16}}@kestrelsupply\.example", str(question["Reply-To"])
    )

    answer = german(f"AW: {question['Subject']}", "Es sind 4 Stück.\n\nJoe\n", "<g2@fennimoreplumbing.example>")
    answer["In-Reply-To"] = question["Message-ID"]
    backhaul.mail(answer)
    until(lambda: the_case(backhaul, "Druckminderer", "in_review"))
    page = signed_in(backhaul, RICK).get(f"/cases/{case_id}").text
    assert "revision 2 by worker" in page
    assert re.search(r"<mark[^>]*>4</mark>", page)
    assert "Reply <a" in page

    assert signed_in(backhaul, RICK).decide(case_id, "approve").status_code == 200
    until(lambda: "RMA-" in signed_in(backhaul, MAYA).get(f"/cases/{case_id}").text)
    decided = until(lambda: letter_about(backhaul.data, case_id))
    assert decided is not None
    assert decided["In-Reply-To"] == "<g2@fennimoreplumbing.example>"
    assert str(question["Message-ID"]) in str(decided["References"])
    assert "<g1@fennimoreplumbing.example>" in str(decided["References"])
    for form in ("plain", "html"):
        assert "Ihre Rücksendung ist genehmigt. RMA-Nummer: RMA-" in said(decided, form)
        assert "20. Dezember 2026" in said(decided, form)
    assert '<html lang="de">' in said(decided, "html")
    assert backhaul.command("audit", "verify").returncode == 0


def test_a_lost_thread_is_found_by_the_address_and_a_second_request_is_opened_by_a_person(backhaul: Served) -> None:
    text = "Hi, we no longer need 3 PRV-34 from order KS-700121, please credit us.\n\nJoe\n"
    backhaul.mail(german("found again", text, "<f1@fennimoreplumbing.example>"))
    case_id = until(lambda: the_case(backhaul, "found again", "in_review"))
    letter = until(lambda: letter_about(backhaul.data, case_id, ("acknowledgement",)))
    assert letter is not None
    more = "Also, we no longer need 2 TPV-12 from order KS-700121, please credit those too.\n\nJoe\n"
    backhaul.mail(german("one more", more, "<f2@fennimoreplumbing.example>", str(letter["Reply-To"])))
    person = signed_in(backhaul, MAYA)
    until(lambda: "Open as its own case" in person.get("/inquiries").text)
    page = person.get("/inquiries").text
    assert case_id in page
    action = re.search(r'action="(/inquiries/\d+/open-apart)"', page)
    token = re.search(r'name="token" value="([^"]*)"', page)
    assert action is not None
    assert token is not None
    opened = person.post(action[1], data={"token": token[1]})
    assert opened.status_code == 200
    assert "TPV-12" in opened.text
    assert case_id not in opened.text.split("</h1>")[0].split("<h1>")[1]
