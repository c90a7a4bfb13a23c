"""Programs that answer each other stop by themselves: two Backhauls, and a responder that knows no rules."""

import email
import itertools
import smtplib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from assistant import bootstrap
from assistant.bootstrap import App
from assistant.channels.email.smtp import Listeners
from assistant.channels.outgoing import bytes_of, post_for
from assistant.demo import files
from assistant.domain.lifecycle import MessageState
from assistant.domain.mail import Queued
from assistant.domain.message import Message
from assistant.domain.person import program
from assistant.settings import Settings
from assistant.steps.send import Sender
from assistant.steps.work import Desk
from extractors.mail.reader import read_message
from tests.journeys.backhaul import free_port

TEST = program("test")
KESTREL, OSPREY = "returns@kestrelsupply.example", "returns@ospreytrading.example"
ROUNDS = 12
ASKED = "Hi, we no longer need some PRV-34 from order KS-700121, please credit us.\n"
WHOLE = "Hi, we no longer need 3 PRV-34 from order KS-700121, please credit us.\n"
# What a gateway or a careless forwarder may take away.
MARKS = ("Auto-Submitted", "X-Auto-Response-Suppress", "X-Loop", "Precedence", "In-Reply-To", "References")

pytestmark = pytest.mark.slow


@dataclass
class House:
    """A whole Backhaul without its engine: it listens, and works when told to. ``sends``: mails that left it."""

    app: App
    port: int
    strip: tuple[str, ...] = ()
    sends: list[EmailMessage] = field(default_factory=list)

    def work(self) -> None:
        desk: Desk = replace(self.app.desk, reader=read_message)
        with self.app.store.unit(TEST) as unit:
            waiting = unit.messages.unfinished()
        for message in waiting:
            if desk.claim(message.id) and (drafted := desk.draft(message.id)) is not None:
                saved = desk.save(message.id, drafted)
                if saved is not None:
                    desk.propose(*saved)

    def deliver(self, hand_over: Callable[[EmailMessage], None]) -> None:
        with self.app.store.unit(TEST) as unit:
            letters = unit.outbox.waiting()
        for letter in letters:
            Sender(self.app.store, Carrier(self, hand_over), self.app.clock).send(letter.id)

    def messages(self) -> tuple[Message, ...]:
        with self.app.store.unit(TEST) as unit:
            return unit.messages.list()


@dataclass
class Carrier:
    """Carries a letter as it leaves to whoever it is for, without the headers that get lost on the way."""

    house: House
    hand_over: Callable[[EmailMessage], None]

    def send(self, mail: Queued) -> None:
        made = email.message_from_bytes(bytes_of(mail, self.house.app.erp.company().intake_address), policy=policy.SMTP)
        assert isinstance(made, EmailMessage)
        for name in self.house.strip:
            del made[name]
        self.house.sends.append(made)
        self.hand_over(made)


def by_smtp(port: int) -> Callable[[EmailMessage], None]:
    def send(mail: EmailMessage) -> None:
        with smtplib.SMTP("127.0.0.1", port, timeout=30) as server:
            server.send_message(mail)

    return send


def erp(own: str, other: str) -> dict[str, Any]:
    """The sample distributor under another name, whose customer Fennimore writes from the other house's address."""
    data: dict[str, Any] = dict(bootstrap.erp_file(files.erp_file()))
    data["company"] = {**data["company"], "intake_address": own}
    data["customers"] = [
        {**customer, "contacts": [*customer["contacts"], {"name": "Other house", "email": other, "phone": ""}]}
        if customer["id"] == "K-304"
        else customer
        for customer in data["customers"]
    ]
    return data


@contextmanager
def house(folder: Path, own: str, other: str, strip: tuple[str, ...] = ()) -> Iterator[House]:
    folder.mkdir()
    settings = Settings(
        data=folder,
        database_url=f"sqlite:///{folder / 'backhaul.sqlite'}",
        workflow_url=f"sqlite:///{folder / 'workflow.sqlite'}",
        erp=folder / "erp.sqlite",
        today=date(2026, 11, 20),
        memory="",
    )
    sandbox = bootstrap.sandbox(settings)
    sandbox.load(erp(own, other))
    sandbox.close()
    app = bootstrap.app(settings, post_for)
    port = free_port()
    listener = Listeners(app.store, settings.listening, port, settings.message_bytes, app.erp.company().domain)
    listener.start()
    try:
        yield House(app, port, strip)
    finally:
        listener.stop()
        app.close()


def opening(text: str, sender: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, KESTREL, "valves back"
    mail["Message-ID"], mail["Date"] = "<opening@ospreytrading.example>", "Thu, 19 Nov 2026 10:00:00 +0000"
    mail.set_content(text)
    return mail


@pytest.mark.parametrize("strip", [(), MARKS[:4], MARKS], ids=["as sent", "without marks", "without thread"])
@pytest.mark.parametrize("text", [ASKED, WHOLE], ids=["asked", "acknowledged"])
def test_two_backhauls_stop_by_themselves(tmp_path: Path, text: str, strip: tuple[str, ...]) -> None:
    with ExitStack() as stack:
        one = stack.enter_context(house(tmp_path / "one", KESTREL, OSPREY, strip))
        two = stack.enter_context(house(tmp_path / "two", OSPREY, KESTREL, strip))
        by_smtp(one.port)(opening(text, OSPREY))
        for _ in range(ROUNDS):
            for each, other in ((one, two), (two, one)):
                each.work()
                each.deliver(by_smtp(other.port))
        assert 1 + len(one.sends) + len(two.sends) <= 3
        assert one.sends
        for each in (one, two):
            assert {m.state for m in each.messages()} <= {MessageState.DRAFTED, MessageState.PARKED}
            assert all(m.reason for m in each.messages() if m.state is MessageState.PARKED)


class Responder:
    """Answers every mail, as programs did before there were rules: no mark, no thread, a new id each time."""

    def __init__(self, says: Callable[[EmailMessage], str], subject: str) -> None:
        self._says, self._subject = says, subject
        self._numbers = itertools.count()
        self.answers: list[EmailMessage] = []

    def take(self, mail: EmailMessage) -> None:
        made = EmailMessage()
        made["From"], made["To"] = OSPREY, str(mail["Reply-To"] if self._subject == "re" else mail["From"])
        made["Subject"] = f"Re: {mail['Subject']}" if self._subject == "re" else "Your request"
        made["Message-ID"] = f"<auto-{next(self._numbers)}@ospreytrading.example>"
        made.set_content(self._says(mail))
        self.answers.append(made)


def plain_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


TICKET = "Thank you for contacting Osprey Trading. We have received your message. Your ticket is 88123.\n"
SAYS: dict[str, Callable[[EmailMessage], str]] = {
    "a ticket": lambda _: TICKET,
    "what it got": plain_of,
    "a ticket and what it got": lambda mail: TICKET + "\n" + plain_of(mail),
    "the request again": lambda _: ASKED,
}


@pytest.mark.parametrize("subject", ["re", "new"])
@pytest.mark.parametrize("says", SAYS)
def test_a_responder_that_knows_no_rules_is_answered_once_or_twice(tmp_path: Path, says: str, subject: str) -> None:
    with house(tmp_path / "one", KESTREL, OSPREY, MARKS) as one:
        responder = Responder(SAYS[says], subject)
        send = by_smtp(one.port)
        send(opening(ASKED, OSPREY))
        for _ in range(ROUNDS):
            one.work()
            one.deliver(responder.take)
            answers, responder.answers = responder.answers, []
            for answer in answers:
                send(answer)
        assert one.sends
        if says != "the request again":
            assert len(one.sends) == 1  # the opening, our letter, its answer: three messages
        assert len(one.sends) <= one.app.settings.letters.limits.to_address
        assert {m.state for m in one.messages()} <= {MessageState.DRAFTED, MessageState.PARKED}
