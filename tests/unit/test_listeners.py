"""SMTP and LMTP as servers speak them: what is recorded, what is refused and in which words."""

import smtplib
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant import bootstrap
from assistant.bootstrap import App
from assistant.channels.email.smtp import Listeners
from assistant.domain.message import Message
from assistant.domain.person import program
from assistant.mail_settings import Listening
from extractors.mail.reader import read_message
from tests.certificates import certificate
from tests.dovecot import free_port

STRANGERS = Listening(relays=("192.0.2.0/24",))  # nobody is a relay of ours here
RAW = b"From: joe@fennimoreplumbing.example\r\nMessage-ID: <1@f>\r\nSubject: valves\r\n\r\n3 PRV-34 back.\r\n"
ME, THEM = "joe@fennimoreplumbing.example", "returns@kestrelsupply.example"

Start = Callable[..., tuple[int, int]]


@pytest.fixture
def listening(app: App) -> Iterator[Start]:
    """Start listening; answers the ports of SMTP and LMTP."""
    with ExitStack() as running:

        def start(settings: Listening | None = None, size_bytes: int = 3_000_000, store: Any = None) -> tuple[int, int]:
            smtp, lmtp = free_port(), free_port()
            settings = replace(settings or Listening(), lmtp_port=lmtp)
            listeners = Listeners(store or app.store, settings, smtp, size_bytes, "kestrelsupply.example")
            listeners.start()
            running.callback(listeners.stop)
            return smtp, lmtp

        yield start


def recorded(app: App) -> list[tuple[Message, bytes]]:
    with app.store.unit(program("test")) as unit:
        return [(message, unit.messages.raw(message.id)) for message in unit.messages.list()]


def test_a_mail_is_recorded_as_it_came_under_its_return_path(app: App, listening: Start) -> None:
    smtp, _ = listening()
    with smtplib.SMTP("127.0.0.1", smtp) as server:
        for _ in range(2):
            server.sendmail(ME, [THEM], RAW)
    ((message, raw),) = recorded(app)
    assert raw == b"Return-Path: <" + ME.encode() + b">\r\n" + RAW
    assert (message.sender, message.subject, message.internet_id) == (ME, "valves", "<1@f>")


def test_a_bounce_is_known_by_its_empty_envelope(app: App, listening: Start) -> None:
    smtp, _ = listening()
    with smtplib.SMTP("127.0.0.1", smtp) as server:
        server.sendmail("", [THEM], RAW)
    assert read_message(recorded(app)[0][1]).return_path == "<>"


def test_lmtp_answers_for_each_recipient(app: App, listening: Start) -> None:
    _, lmtp = listening()
    with smtplib.LMTP("127.0.0.1", lmtp) as server:
        server.ehlo_or_helo_if_needed()
        server.mail(ME)
        assert [server.rcpt(each)[0] for each in (THEM, "credits@kestrelsupply.example")] == [250, 250]
        assert server.data(RAW)[0] == 250
        assert server.getreply()[0] == 250
        assert server.noop()[0] == 250
    assert len(recorded(app)) == 1


def test_what_could_not_be_recorded_is_not_accepted(app: App, listening: Start) -> None:
    class Away:
        def unit(self, actor: object) -> None:
            raise ConnectionError("the database is away")

    smtp, _ = listening(store=Away())
    with smtplib.SMTP("127.0.0.1", smtp) as server, pytest.raises(smtplib.SMTPDataError, match="Not recorded") as no:
        server.sendmail(ME, [THEM], RAW)
    assert no.value.smtp_code == 451
    assert recorded(app) == []


def test_a_verdict_that_a_stranger_wrote_is_not_taken_for_ours(app: App, listening: Start) -> None:
    smtp, _ = listening(STRANGERS)
    forged = b"Authentication-Results: mx.kestrelsupply.example; dmarc=pass header.from=fennimoreplumbing.example\r\n"
    with smtplib.SMTP("127.0.0.1", smtp) as server:
        server.sendmail(ME, [THEM], forged + RAW)
    raw = recorded(app)[0][1]
    for ids in ((), ("mx.kestrelsupply.example",)):
        trust = bootstrap.trust_in(ids, app.erp.company())
        assert trust.verdict(read_message(raw), raw).verdict == "none"
        assert trust.verdict(read_message(forged + RAW), forged + RAW).verdict == "pass"


def test_strangers_mail_is_bounded_in_rate_and_ours_is_not(app: App, listening: Start) -> None:
    smtp, _ = listening(replace(STRANGERS, mails_per_minute=2))
    with smtplib.SMTP("127.0.0.1", smtp) as server:
        for number in range(2):
            server.sendmail(ME, [THEM], RAW + b"%d" % number)
        with pytest.raises(smtplib.SMTPSenderRefused) as no:
            server.sendmail(ME, [THEM], RAW)
        assert no.value.smtp_code == 450
    smtp, _ = listening(Listening(mails_per_minute=2))
    with smtplib.SMTP("127.0.0.1", smtp) as server:
        for number in range(5):
            server.sendmail(ME, [THEM], RAW + b"%d" % number)


def test_connections_are_bounded_and_given_back(app: App, listening: Start) -> None:
    smtp, _ = listening(replace(STRANGERS, connections_per_peer=2))
    first, second = connected(smtp), connected(smtp)
    with pytest.raises(smtplib.SMTPConnectError, match="Too many connections"):
        smtplib.SMTP("127.0.0.1", smtp)
    first.quit()
    second.sendmail(ME, [THEM], RAW)
    second.quit()
    with connected(smtp) as third:
        assert third.noop()[0] == 250


def connected(port: int) -> smtplib.SMTP:
    """A connection, as soon as one that was closed just now is forgotten."""
    for _ in range(100):
        with suppress(smtplib.SMTPConnectError):
            return smtplib.SMTP("127.0.0.1", port)
        time.sleep(0.05)
    raise AssertionError("no connection is given back")


def test_too_large_a_mail_is_refused_for_good(app: App, listening: Start) -> None:
    smtp, _ = listening(size_bytes=10_000)
    with smtplib.SMTP("127.0.0.1", smtp) as server:
        with pytest.raises(smtplib.SMTPSenderRefused) as announced:
            server.sendmail(ME, [THEM], RAW + b"x" * 20_000)
        server.docmd("RSET")
        server.esmtp_features.pop("size")
        with pytest.raises(smtplib.SMTPDataError) as sent:
            server.sendmail(ME, [THEM], RAW + b"x" * 20_000)
        server.sendmail(ME, [THEM], RAW)
    assert (announced.value.smtp_code, sent.value.smtp_code) == (552, 552)
    assert len(recorded(app)) == 1


def test_mail_for_others_is_not_taken(app: App, listening: Start) -> None:
    smtp, _ = listening(Listening(recipients=("kestrelsupply.example", "desk@other.example")))
    with smtplib.SMTP("127.0.0.1", smtp) as server:
        told = ["desk@other.example", "Desk+bh-1001.k7f3@other.example", "you@other.example", "you+desk@other.example"]
        refused = server.sendmail(ME, [THEM, *told], RAW)
    assert {address: code for address, (code, _) in refused.items()} == dict.fromkeys(told[2:], 550)


def test_starttls_is_offered_and_may_be_required(app: App, listening: Start, tmp_path: Path) -> None:
    chain, key = certificate(tmp_path)
    smtp, _ = listening(Listening(certificate=chain, private_key=key, require_tls=True))
    with smtplib.SMTP("127.0.0.1", smtp) as server:
        with pytest.raises(smtplib.SMTPSenderRefused) as no:
            server.sendmail(ME, [THEM], RAW)
        assert no.value.smtp_code == 530
        server.starttls(context=ssl.create_default_context(cafile=str(chain)))
        server.ehlo()
        assert not server.has_extn("auth")
        server.sendmail(ME, [THEM], RAW)
    assert len(recorded(app)) == 1


def test_a_line_of_a_megabyte_is_recorded(app: App, listening: Start) -> None:
    smtp, _ = listening()
    with smtplib.SMTP("127.0.0.1", smtp) as server:
        server.sendmail(ME, [THEM], b"X-Long: " + b"a" * 1_000_000 + b"\r\n" + RAW)
    ((message, raw),) = recorded(app)
    assert len(raw) > 1_000_000
    assert message.size == len(raw)


def test_a_peer_that_hangs_up_in_the_middle_leaves_nothing(app: App, listening: Start) -> None:
    smtp, _ = listening()
    with socket.create_connection(("127.0.0.1", smtp)) as peer:
        peer.sendall(f"EHLO x\r\nMAIL FROM:<{ME}>\r\nRCPT TO:<{THEM}>\r\nDATA\r\n".encode() + RAW)
    with smtplib.SMTP("127.0.0.1", smtp) as server:
        assert server.noop()[0] == 250
    assert recorded(app) == []
