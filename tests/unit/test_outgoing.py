"""How letters leave: their headers, their signature, and what a mail server's every answer means."""

import email
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from pathlib import Path

import dkim  # type: ignore[import-untyped] # it has no types
import pytest

from assistant.bootstrap import App
from assistant.channels.outgoing import SmtpPost, bytes_of, post_for
from assistant.channels.signed import signer_for
from assistant.domain.errors import LetterNotTaken, LetterUnconfirmed, OperatorMustAct
from assistant.domain.mail import Letter, Queued
from assistant.domain.person import program
from assistant.settings import DkimSettings, RelaySettings, from_environment
from assistant.steps.send import Sender

SENDER = "returns@kestrelsupply.example"
LONG = f"<{'a' * 120}@mail.outlook.example>"
LETTER = Letter(
    kind="authorised",
    to="joe@fennimoreplumbing.example",
    subject="Re: Rücksendung [BH-1001#k7f3q2m9x4a5b6c7]",
    text="Grüße\n.\n.. dots\nFrom here\n",
    html="<p>Grüße</p>",
    in_reply_to=LONG,
    references=("<first@joe>", LONG),
    reply_to="returns+bh-1001.k7f3q2m9x4a5b6c7@kestrelsupply.example",
    case_id="BH-1001",
)


def queued(letter: Letter = LETTER) -> Queued:
    at = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    return Queued(id="7", letter=letter, state="sending", internet_id="<own@kestrelsupply.example>", queued_at=at)


def read(raw: bytes) -> EmailMessage:
    mail = email.message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def test_a_letter_has_the_headers_of_its_thread_and_of_a_program() -> None:
    raw = bytes_of(queued(), SENDER)
    mail = read(raw)
    assert mail["In-Reply-To"] == LONG
    assert str(mail["References"]).split() == ["<first@joe>", LONG]
    assert LONG.encode() in raw  # not encoded as if it were words
    assert (mail["Auto-Submitted"], mail["X-Loop"]) == ("auto-replied", SENDER)
    assert (mail["Message-ID"], mail["Reply-To"]) == ("<own@kestrelsupply.example>", LETTER.reply_to)
    assert mail["Subject"] == LETTER.subject
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert plain.get_content().replace("\r\n", "\n") == LETTER.text
    assert html.get_content().strip() == "<p>Grüße</p>"
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert raw.isascii()
    assert "List-Unsubscribe" not in mail


def test_a_reminder_of_our_own_answers_nothing() -> None:
    mail = read(bytes_of(queued(Letter(kind="reminder", to=SENDER, subject="x", text="y")), SENDER))
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["In-Reply-To"] is mail["References"] is None


# -- signing


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("dkim") / "key.pem"
    subprocess.run(["openssl", "genrsa", "-traditional", "-out", str(path), "2048"], check=True, capture_output=True)
    return path


def record_of(key: Path) -> bytes:
    command = ["openssl", "rsa", "-in", str(key), "-pubout"]
    pem = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return f"v=DKIM1; k=rsa; p={''.join(pem.splitlines()[1:-1])}".encode()


def test_a_signature_verifies_and_a_changed_letter_does_not(key: Path) -> None:
    sign = signer_for(DkimSettings(key=key, selector="s1"), SENDER)
    raw = sign(bytes_of(queued(), SENDER))
    asked: list[bytes] = []

    def dns(name: bytes, timeout: int = 5) -> bytes:
        asked.append(name)
        return record_of(key)

    assert dkim.verify(raw, dnsfunc=dns)
    assert asked == [b"s1._domainkey.kestrelsupply.example."]
    assert not dkim.verify(raw.replace(b"Gr=C3=BC=C3=9Fe", b"Gr=C3=BC=C3=9Fi"), dnsfunc=dns)
    assert not dkim.verify(raw.replace(b"joe@fennimore", b"jim@fennimore"), dnsfunc=dns)


def test_a_key_that_signs_nothing_is_found_at_the_start(tmp_path: Path, key: Path) -> None:
    bad = tmp_path / "bad.pem"
    bad.write_text("no key")
    for path in (bad, tmp_path / "none.pem"):
        with pytest.raises(OperatorMustAct):
            signer_for(DkimSettings(key=path, selector="s1"), SENDER)
    with pytest.raises(OperatorMustAct, match="SELECTOR"):
        from_environment({"BACKHAUL_DKIM_KEY": str(key)})


# -- what the server says


class Script:
    """A mail server that answers each command by its script, or hangs up where that says so ('')."""

    def __init__(self, **answers: str) -> None:
        self.answers = {
            "": "220 x",
            "EHLO": "250 x",
            "MAIL": "250 ok",
            "RCPT": "250 ok",
            "DATA": "354 go on",
            ".": "250 taken",
            "QUIT": "221 bye",
            **answers,
        }
        self.taken: list[bytes] = []
        self.told: list[str] = []

    @contextmanager
    def running(self) -> Iterator[int]:
        with socket.create_server(("127.0.0.1", 0)) as listening:
            listening.settimeout(20)
            thread = threading.Thread(target=self._serve, args=(listening,), daemon=True)
            thread.start()
            yield int(listening.getsockname()[1])
            thread.join(timeout=20)

    def _serve(self, listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection, connection.makefile("rwb") as file:
            if not self._answer(file, ""):
                return
            while line := file.readline():
                word = line.decode().split()[0].upper() if line.strip() else ""
                self.told.append(word)
                if not self._answer(file, word):
                    return
                if word == "DATA" and self.answers["DATA"].startswith("3"):
                    body = b""
                    while (line := file.readline()) not in (b".\r\n", b""):
                        body += line[1:] if line.startswith(b"..") else line
                    self.taken.append(body)
                    if not self._answer(file, "."):
                        return

    def _answer(self, file: object, word: str) -> bool:
        answer = self.answers.get(word, "250 ok")
        if answer:
            file.write(answer.encode() + b"\r\n")  # type: ignore[attr-defined] # a socket's file
            file.flush()  # type: ignore[attr-defined] # as above
        return bool(answer) and word != "QUIT"


def post(port: int) -> SmtpPost:
    return SmtpPost("127.0.0.1", port, SENDER, lambda raw: raw, RelaySettings())


def test_what_leaves_is_what_was_signed() -> None:
    script = Script()
    with script.running() as port:
        post(port).send(queued())
    assert script.taken == [bytes_of(queued(), SENDER)]


@pytest.mark.parametrize(
    ("answers", "lasting"),
    [
        ({"": "421 busy"}, False),
        ({"": ""}, False),
        ({"MAIL": "451 later"}, False),
        ({"RCPT": "450 greylisted"}, False),
        ({"RCPT": "550 no such user"}, True),
        ({"DATA": "554 no"}, True),
        ({"DATA": ""}, False),
        ({".": "452 disk full"}, False),
        ({".": "550 spam"}, True),
    ],
)
def test_what_was_certainly_not_taken_says_whether_to_try_again(answers: dict[str, str], lasting: bool) -> None:
    with Script(**answers).running() as port, pytest.raises(LetterNotTaken) as refused:
        post(port).send(queued())
    assert refused.value.lasting is lasting


def test_nothing_more_is_said_after_a_no() -> None:
    script = Script(RCPT="450 greylisted")
    with script.running() as port, pytest.raises(LetterNotTaken):
        post(port).send(queued())
    assert script.told == ["EHLO", "MAIL", "RCPT", "QUIT"]


def test_a_server_that_never_said_so_may_have_it() -> None:
    with Script(**{".": ""}).running() as port, pytest.raises(LetterUnconfirmed):
        post(port).send(queued())


def test_an_answer_lost_after_the_letter_was_taken_does_not_send_it_twice(app: App) -> None:
    with app.store.unit(program("test")) as unit:
        mail = unit.outbox.queue(LETTER, "k")
    script = Script(**{".": ""})
    with script.running() as port:
        assert Sender(app.store, post(port), app.clock).send(mail.id) == "sending"
    with app.store.unit(program("test")) as unit:
        assert unit.outbox.waiting() == ()
        assert unit.outbox.get(mail.id).state == "sending"
        assert [t.subject for t in unit.worklist.troubles()] == [f"mail:{mail.id}"]
    assert Sender(app.store, post(1), app.clock).send(mail.id) == "sending"
    assert len(script.taken) == 1


def test_a_letter_put_off_waits_longer_each_time_and_is_shown(app: App) -> None:
    with app.store.unit(program("test")) as unit:
        mail = unit.outbox.queue(LETTER, "k")
    waits = []
    for _ in range(3):
        with Script(RCPT="450 greylisted").running() as port:
            assert Sender(app.store, post(port), app.clock).send(mail.id) == "waiting"
        with app.store.unit(program("test")) as unit:
            now = unit.outbox.get(mail.id)
            assert unit.outbox.waiting() == ()  # not before its time
            assert "greylisted" in now.note
            assert now.next_try_at is not None
            waits.append(now.next_try_at - app.clock.now())
    assert waits == sorted(waits)
    assert waits[-1] > timedelta(minutes=9)


def test_what_is_refused_for_good_is_not_tried_again(app: App) -> None:
    with app.store.unit(program("test")) as unit:
        mail = unit.outbox.queue(LETTER, "k")
    with Script(RCPT="550 no such user").running() as port:
        assert Sender(app.store, post(port), app.clock).send(mail.id) == "failed"
    with app.store.unit(program("test")) as unit:
        (trouble,) = unit.worklist.troubles()
    assert "no such user" in trouble.cause


def test_without_a_server_letters_are_files(app: App) -> None:
    post_for(app.settings, SENDER).send(queued())
    (file,) = (app.settings.data / "outbox").glob("*.eml")
    assert read(file.read_bytes())["To"] == LETTER.to
