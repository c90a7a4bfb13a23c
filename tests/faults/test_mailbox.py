"""A mailbox on a real Dovecot: what comes in is recorded once, whatever happens on the way."""

import imaplib
import os
import re
import signal
import smtplib
import ssl
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Event

import pytest
from click.testing import CliRunner
from starlette.testclient import TestClient

from assistant import serve
from assistant.bootstrap import App
from assistant.channels.email.connection import opened
from assistant.channels.email.mailboxes import Mailboxes, number_of
from assistant.channels.email.proof import Password
from assistant.channels.email.recording import record
from assistant.cli import main
from assistant.demo.people import PASSWORD as SIGN_IN
from assistant.domain.message import Arrival, Message
from assistant.domain.person import program
from assistant.domain.ports import Store
from assistant.mail_settings import Mailbox, OAuth, Transport
from assistant.store.slots import FileSlots
from extractors.mail.reader import read_message
from tests.certificates import certificate
from tests.dovecot import PASSWORD, Dovecot, dovecot, needs_dovecot
from tests.faults.memory import tree
from tests.stub_tokens import provider

pytestmark = [needs_dovecot, pytest.mark.slow]
VALVES = b"We no longer need 3 PRV-34 from order KS-700121, please credit."


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with tempfile.TemporaryDirectory() as folder, dovecot(Path(folder)) as running:
        yield running


@pytest.fixture
def folder() -> Iterator[Path]:
    """For a server of the test's own: pytest's folders are closed to the users that Dovecot's programs run as."""
    with tempfile.TemporaryDirectory() as made:
        yield Path(made)


@pytest.fixture
def mailbox(server: Dovecot, request: pytest.FixtureRequest) -> Mailbox:
    """An account of this test's own."""
    return Mailbox(
        name="returns",
        host="127.0.0.1",
        port=server.imap_port,
        transport="none",
        user=f"{re.sub('[^a-z]', '-', request.node.name)}@kestrelsupply.example",
        password=PASSWORD,
    )


def mail(number: int, text: bytes = VALVES) -> bytes:
    head = (
        f"From: joe@fennimoreplumbing.example\r\nSubject: valves {number}\r\nMessage-ID: <{number}@fennimore>\r\n\r\n"
    )
    return head.encode() + text + b"\r\n"


def deliver(server: Dovecot, user: str, *mails: bytes) -> None:
    with smtplib.LMTP("127.0.0.1", server.lmtp_port) as lmtp:
        for raw in mails:
            lmtp.sendmail("joe@fennimoreplumbing.example", [user], raw)


def recorded(app: App) -> tuple[Message, ...]:
    with app.store.unit(program("test")) as unit:
        return unit.messages.list(limit=1000)


def holds(app: App, count: int) -> bool:
    return len(recorded(app)) == count


def until(found: Callable[[], object], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < end, f"not seen within {seconds} s"
        time.sleep(0.05)


@pytest.fixture
def reading(app: App) -> Iterator["Reading"]:
    """Start reading a mailbox; whatever was started is stopped."""
    started: list[Mailboxes] = []

    def start(box: Mailbox) -> Mailboxes:
        slots = FileSlots(app.settings.data / "slots")
        started.append(Mailboxes(app.store, [box], slots, app.settings.data, size_bytes=1_000_000))
        started[-1].start()
        return started[-1]

    yield start
    for each in started:
        each.stop()


Reading = Callable[[Mailbox], Mailboxes]


def subjects(app: App) -> list[str]:
    return sorted(message.subject for message in recorded(app))


def troubles(app: App) -> list[str]:
    with app.store.unit(program("test")) as unit:
        return [f"{trouble.subject} {trouble.cause}" for trouble in unit.worklist.troubles()]


@contextmanager
def imap(server: Dovecot, user: str) -> Iterator[imaplib.IMAP4]:
    with imaplib.IMAP4("127.0.0.1", server.imap_port, timeout=60) as client:
        client.login(user, PASSWORD)
        yield client


def keep(client: imaplib.IMAP4, folder: str, *mails: bytes) -> None:
    for raw in mails:
        assert client.append(folder, "", imaplib.Time2Internaldate(0), raw)[0] == "OK"


def test_a_mail_taken_from_a_mailbox_is_drafted(app: App, server: Dovecot, mailbox: Mailbox, reading: Reading) -> None:
    deliver(server, mailbox.user, mail(1))
    reading(mailbox)
    until(lambda: recorded(app))
    (message,) = recorded(app)
    assert (message.sender, message.subject) == ("joe@fennimoreplumbing.example", "valves 1")
    desk = replace(app.desk, reader=read_message)
    assert desk.claim(message.id)
    drafted = desk.draft(message.id)
    assert drafted is not None
    assert drafted["customer_id"] == "K-304"
    assert [line["sku"] for line in drafted["lines"]] == ["PRV-34"]
    until(lambda: server.mails(mailbox.user, "Recorded") == 1 and server.mails(mailbox.user) == 0)


def test_mail_comes_in_while_it_is_waited_for(app: App, server: Dovecot, mailbox: Mailbox, reading: Reading) -> None:
    reading(replace(mailbox, idle_seconds=600))
    until(lambda: server.log().count(f"imap-login: Info: Login: user=<{mailbox.user}>"))
    for number in range(3):
        deliver(server, mailbox.user, mail(number))
        until(partial(holds, app, number + 1))


def test_what_is_flagged_stays_where_it_is_and_is_not_taken_again(
    app: App, server: Dovecot, mailbox: Mailbox, reading: Reading
) -> None:
    flagged = replace(mailbox, after="flag", done="$BackhaulRecorded")
    deliver(server, mailbox.user, mail(1), mail(2))
    first = reading(flagged)
    until(lambda: len(recorded(app)) == 2)
    first.stop()
    with imap(server, mailbox.user) as client:
        client.select("INBOX", readonly=True)
        assert client.search(None, "KEYWORD $BackhaulRecorded")[1] == [b"1 2"]
        assert client.search(None, "UNSEEN")[1] == [b"1 2"]
    deliver(server, mailbox.user, mail(3))
    reading(flagged)
    until(lambda: len(recorded(app)) == 3)


def test_every_folder_of_a_mailbox_is_read(app: App, server: Dovecot, mailbox: Mailbox, reading: Reading) -> None:
    with imap(server, mailbox.user) as client:
        client.create("Returns")
        client.create('"Gutschrift f&APw-r Kunden"')
        keep(client, "Returns", mail(1))
        keep(client, '"Gutschrift f&APw-r Kunden"', mail(2))
    deliver(server, mailbox.user, mail(3))
    reading(replace(mailbox, folders=("INBOX", "Returns", "Gutschrift für Kunden")))
    until(lambda: subjects(app) == ["valves 1", "valves 2", "valves 3"])


def test_a_folder_that_is_made_anew_is_read_again_and_nothing_is_recorded_twice(
    app: App, server: Dovecot, mailbox: Mailbox, reading: Reading
) -> None:
    with imap(server, mailbox.user) as client:
        client.create("Returns")
        keep(client, "Returns", mail(1), mail(2))
        reading(replace(mailbox, folders=("Returns",), after="flag", done="$BackhaulRecorded", idle_seconds=2))
        until(lambda: len(recorded(app)) == 2)
        client.delete("Returns")
        client.create("Returns")  # the same UIDs under another UIDVALIDITY, and the keywords are gone
        keep(client, "Returns", mail(3), mail(1))
        until(lambda: subjects(app) == ["valves 1", "valves 2", "valves 3"], seconds=60)


def test_too_large_a_mail_stays_in_the_mailbox_and_is_shown(
    app: App, server: Dovecot, mailbox: Mailbox, reading: Reading
) -> None:
    deliver(server, mailbox.user, mail(1, b"x" * 70 + b"\r\n" + (b"y" * 70 + b"\r\n") * 20_000), mail(2))
    reading(mailbox)
    until(lambda: subjects(app) == ["valves 2"] and troubles(app))
    assert "is larger than the 1,000,000 that are taken" in troubles(app)[0]
    until(lambda: server.mails(mailbox.user) == 1)


def test_a_password_that_is_not_taken_becomes_an_exception_until_it_is(
    app: App, server: Dovecot, mailbox: Mailbox, reading: Reading
) -> None:
    wrong = reading(replace(mailbox, password="guessed"))
    until(lambda: troubles(app))
    assert "did not let" in troubles(app)[0]
    assert "guessed" not in troubles(app)[0]
    wrong.stop()
    reading(mailbox)
    until(lambda: not troubles(app))


def test_a_mailbox_is_read_by_one_process_and_taken_over_from_it(
    app: App, server: Dovecot, mailbox: Mailbox, reading: Reading
) -> None:
    held = FileSlots(app.settings.data / "slots").hold(number_of(mailbox))
    assert held is not None
    deliver(server, mailbox.user, mail(1))
    reading(mailbox)
    time.sleep(1.0)
    assert recorded(app) == ()
    held.release()
    until(lambda: len(recorded(app)) == 1)


def test_a_server_without_idle_and_move_is_polled(app: App, folder: Path, mailbox: Mailbox, reading: Reading) -> None:
    with dovecot(folder, extra="imap_capability = IMAP4rev1 AUTH=PLAIN UIDPLUS") as server:
        reading(replace(mailbox, port=server.imap_port, poll_seconds=1))
        for number in range(2):
            deliver(server, mailbox.user, mail(number))
            until(partial(holds, app, number + 1))
        until(lambda: server.mails(mailbox.user, "Recorded") == 2 and server.mails(mailbox.user) == 0)


def test_a_server_that_goes_away_is_come_back_to(app: App, folder: Path, mailbox: Mailbox, reading: Reading) -> None:
    with dovecot(folder) as first:
        deliver(first, mailbox.user, mail(1))
        reading(replace(mailbox, port=first.imap_port))
        until(lambda: len(recorded(app)) == 1)
    with dovecot(folder, imap_port=first.imap_port) as again:
        deliver(again, mailbox.user, mail(2))
        until(lambda: len(recorded(app)) == 2, seconds=60)


def test_a_connection_that_ends_without_a_word_is_made_again(
    app: App, folder: Path, mailbox: Mailbox, reading: Reading
) -> None:
    with dovecot(folder) as server:
        reading(replace(mailbox, port=server.imap_port, idle_seconds=600))
        deliver(server, mailbox.user, mail(1))
        until(partial(holds, app, 1))
        for pid in tree(server.process.pid):
            if Path(f"/proc/{pid}/cmdline").read_bytes().startswith(b"dovecot/imap\0"):
                os.kill(pid, signal.SIGKILL)
        deliver(server, mailbox.user, mail(2))
        until(partial(holds, app, 2), seconds=60)


def test_the_store_may_be_away_and_nothing_is_marked(
    app: App, server: Dovecot, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch, reading: Reading
) -> None:
    away = Event()
    away.set()

    def recorded_or_not(store: Store, arrival: Arrival) -> tuple[Message, bool]:
        if away.is_set():
            raise ConnectionError("the database is away")
        return record(store, arrival)

    monkeypatch.setattr("assistant.channels.email.watch.record", recorded_or_not)
    deliver(server, mailbox.user, mail(1))
    reading(mailbox)
    time.sleep(1.0)
    assert server.mails(mailbox.user) == 1
    away.clear()
    until(lambda: len(recorded(app)) == 1, seconds=60)


@pytest.mark.parametrize("transport", ["ssl", "starttls"])
def test_the_servers_certificate_is_checked(
    app: App, folder: Path, mailbox: Mailbox, reading: Reading, transport: Transport
) -> None:
    chain, key = certificate(folder)
    with dovecot(folder, certificate=(chain, key)) as server:
        port = server.imaps_port if transport == "ssl" else server.imap_port
        secure = replace(mailbox, transport=transport, port=port)
        deliver(server, mailbox.user, mail(1))
        with pytest.raises(ssl.SSLCertVerificationError):
            opened(secure, "INBOX", Password(mailbox.user, PASSWORD))
        reading(replace(secure, authority=chain))
        until(lambda: len(recorded(app)) == 1)


XOAUTH2 = """auth_mechanisms = plain xoauth2
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {folder}/oauth2.conf
}}"""


def test_a_token_is_shown_and_asked_for_anew_when_it_is_not_taken(
    app: App, folder: Path, mailbox: Mailbox, reading: Reading
) -> None:
    with provider(mailbox.user) as tokens:
        where = f"http://127.0.0.1:{tokens.port}/check?token="
        told = f"introspection_mode = get\nintrospection_url = {where}\nusername_attribute = email\n"
        (folder / "oauth2.conf").write_text(f"{told}active_attribute = active\nactive_value = true\n")
        with dovecot(folder, extra=XOAUTH2.format(folder=folder)) as server:
            oauth = OAuth(token_url=tokens.token_url, client_id="backhaul", refresh_token="r1")
            tokens.answers = [(200, {"access_token": "ended"})]
            deliver(server, mailbox.user, mail(1))
            reading(replace(mailbox, port=server.imap_port, password="", oauth=oauth))
            until(lambda: "Login aborted" in server.log() or "auth failed" in server.log())
            tokens.answers = []
            until(lambda: len(recorded(app)) == 1, seconds=90)


def test_what_happens_to_a_mailbox_is_on_the_page_of_exceptions(app: App) -> None:
    with app.store.unit(program("email")) as unit:
        unit.worklist.raise_trouble("mailbox:returns/INBOX", "The password was not taken.", "Mail waits.", "Mend it.")
    with TestClient(serve.web(app, demo=True)) as client:
        token = re.search(r'name="token" value="([^"]+)"', client.get("/sign-in").text)
        assert token is not None
        client.post("/sign-in", data={"token": token[1], "person": "maya@kestrelsupply.example", "password": SIGN_IN})
        page = client.get("/exceptions").text
    assert "The password was not taken." in page
    assert "It is settled" in page
    assert "/again" not in page


def test_the_command_says_what_is_new_and_what_can_not_be_read(
    server: Dovecot, mailbox: Mailbox, tmp_path: Path
) -> None:
    deliver(server, mailbox.user, mail(1), mail(2))
    told = f"""host = "127.0.0.1"\nport = {server.imap_port}\ntls = "none"\nuser = "{mailbox.user}"\n"""
    path = tmp_path / "mailboxes.toml"
    path.write_text(f"""[mailbox.good]\n{told}password = "env:GOOD"\n[mailbox.bad]\n{told}password = "env:BAD"\n""")
    env = {"BACKHAUL_DATA": str(tmp_path), "BACKHAUL_MAILBOXES": str(path), "GOOD": PASSWORD, "BAD": "guessed"}
    done = CliRunner().invoke(main, ["mail", "check"], env=env)
    assert "good: INBOX holds 2 new" in done.output
    assert "bad: 127.0.0.1 can't be read: the password was not taken" in done.output
    assert done.exit_code == 1
    assert server.mails(mailbox.user) == 2
