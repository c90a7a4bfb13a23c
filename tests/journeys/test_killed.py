"""A worker killed without warning loses nothing and posts nothing twice."""

import asyncio
import threading
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import create_engine, text

from tests.journeys.backhaul import Served, free_port, hidden, served, until
from tests.journeys.test_one_request import (
    JUNE,
    MAYA,
    RICK,
    letter_about,
    request_mail,
    signed_in,
    the_case,
    with_subject,
)

pytestmark = pytest.mark.slow

ERP_DOWN = "CREATE TRIGGER down BEFORE INSERT ON documents BEGIN SELECT RAISE(ABORT, 'down'); END"


def test_mail_recorded_before_a_kill_is_drafted_once_after_it(tmp_path: Path) -> None:
    with served(tmp_path / "data") as first:
        for number in range(5):
            mail = with_subject(request_mail(f"<k{number}@fennimoreplumbing.example>", 1), f"before the kill {number}")
            first.mail(mail)
        first.process.kill()
        first.process.wait(timeout=10)
    with served(tmp_path / "data") as second:
        settled = {"drafted", "answered", "parked"}
        until(lambda: set(second.health()["messages"]) <= settled and sum(second.health()["messages"].values()) == 22)
        assert sum(second.health()["cases"].values()) == 14 + 5
        verified = second.command("audit", "verify")
        assert verified.returncode == 0, verified.stderr


def stuck(running: Served, about: str) -> str:
    """The exceptions page's card that says so, '' where none does."""
    page = signed_in(running, MAYA).get("/exceptions").text
    return next((card for card in page.split("<section")[1:] if about in card), "")


def mended(running: Served, person: str, about: str) -> None:
    """Press the first button of that card."""
    card = stuck(running, about)
    path = card.split('action="')[1].split('"')[0]
    visitor = signed_in(running, person)
    token = hidden(visitor.get("/exceptions").text, "token")
    assert visitor.post(path, data={"token": token}).status_code == 200


def test_a_posting_the_erp_did_not_take_is_posted_once_when_a_person_says_so(tmp_path: Path) -> None:
    with served(tmp_path / "data") as running:
        running.mail(with_subject(request_mail("<p@fennimoreplumbing.example>", 1), "posted late"))
        case_id = until(lambda: the_case(running, "posted late", "in_review"))
        erp = create_engine(f"sqlite:///{running.data / 'erp.sqlite'}")
        with erp.begin() as connection:
            connection.execute(text(ERP_DOWN))
        assert signed_in(running, RICK).decide(case_id, "approve").status_code == 200
        until(lambda: stuck(running, f"case:{case_id}"), seconds=60)
        with erp.begin() as connection:
            connection.execute(text("DROP TRIGGER down"))
        mended(running, JUNE, f"case:{case_id}")
        until(lambda: "RMA-" in signed_in(running, MAYA).get(f"/cases/{case_id}").text)
        with erp.connect() as connection:
            assert connection.execute(text("SELECT count(*) FROM documents")).scalar_one() == 1
        erp.dispose()
        assert not stuck(running, case_id)


class Hanging:
    """A mail server that takes a letter about ``subject`` and never says so."""

    def __init__(self, subject: str) -> None:
        self._subject = subject.encode()
        self.has_it = threading.Event()

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        if self._subject in (envelope.original_content or b""):
            self.has_it.set()
            await asyncio.sleep(120)
        return "250 taken"


def test_a_letter_a_worker_died_over_is_not_sent_again_by_itself(tmp_path: Path) -> None:
    hanging, port = Hanging("half sent"), free_port()
    server = Controller(hanging, hostname="127.0.0.1", port=port)
    server.start()
    relay = {"BACKHAUL_SMTP_HOST": "127.0.0.1", "BACKHAUL_SMTP_RELAY_PORT": str(port), "BACKHAUL_ACKNOWLEDGE": "off"}
    try:
        with served(tmp_path / "data", **relay) as first:
            first.mail(with_subject(request_mail("<l@fennimoreplumbing.example>", 1), "half sent"))
            case_id = until(lambda: the_case(first, "half sent", "in_review"))
            assert signed_in(first, RICK).decide(case_id, "reject", reason="Not now.").status_code == 200
            assert hanging.has_it.wait(30)
            first.process.kill()
            first.process.wait(timeout=10)
    finally:
        server.stop()
    with served(tmp_path / "data") as second:
        card = until(lambda: stuck(second, f"[{case_id}#"))
        assert "may have it already" in card
        assert letter_about(second.data, case_id) is None
        mended(second, MAYA, f"[{case_id}#")
        assert until(lambda: letter_about(second.data, case_id)) is not None
