"""Letters through a real mail server (aiosmtpd): encrypted, signed in, and never in clear to who can't prove itself."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from assistant.bootstrap import App
from assistant.channels.outgoing import SmtpPost, post_for
from assistant.domain.errors import LetterNotTaken, OperatorMustAct
from assistant.domain.person import program
from assistant.settings import RelaySettings, from_environment
from assistant.steps.send import Sender
from tests.certificates import certificate
from tests.dovecot import free_port
from tests.unit.test_outgoing import LETTER, SENDER, queued

Security = Literal["starttls", "tls"]
USER, PASSWORD = "backhaul", "not-a-secret"  # of a server that lives for one test


@dataclass
class Relay:
    """What it was given: letters with how they came, and sign-ins."""

    letters: list[tuple[bytes, bool]] = field(default_factory=list)
    signed_in: list[str] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        assert isinstance(envelope.original_content, bytes)
        assert server.transport is not None
        encrypted = server.transport.get_extra_info("ssl_object") is not None
        self.letters.append((envelope.original_content, encrypted))
        return "250 taken"

    def authenticate(self, _server: SMTP, _session: Session, _envelope: Envelope, how: str, data: Any) -> AuthResult:
        good = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        self.signed_in.append(how if good else "refused")
        return AuthResult(success=good, handled=good)  # where it is not, aiosmtpd says so


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return certificate(tmp_path_factory.mktemp("relay"))


@contextmanager
def running(relay: Relay, security: Security | None, chain: tuple[Path, Path], without: str = "") -> Iterator[int]:
    port = free_port()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*chain)
    more: dict[str, Any] = {"auth_exclude_mechanism": [without]} if without else {}
    if security == "tls":
        more |= {"ssl_context": context, "auth_require_tls": False}
    else:
        more |= {"tls_context": context, "require_starttls": True} if security else {"auth_require_tls": False}
    server = Controller(
        relay, "127.0.0.1", port, authenticator=relay.authenticate, auth_required=security == "starttls", **more
    )
    server.start()
    try:
        yield port
    finally:
        server.stop()


def post(port: int, security: Security, authority: Path | None, password: str = PASSWORD) -> SmtpPost:
    relay = RelaySettings(security=security, user=USER, password=password, authority=authority)
    return SmtpPost("127.0.0.1", port, SENDER, lambda raw: raw, relay)


@pytest.mark.parametrize(("without", "how"), [("LOGIN", "PLAIN"), ("PLAIN", "LOGIN")])
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_letter_leaves_encrypted_and_signed_in(
    security: Security, without: str, how: str, chain: tuple[Path, Path]
) -> None:
    relay = Relay()
    with running(relay, security, chain, without) as port:
        post(port, security, chain[0]).send(queued())
    assert [encrypted for _, encrypted in relay.letters] == [True]
    assert b"Message-ID: <own@kestrelsupply.example>" in relay.letters[0][0]
    assert relay.signed_in == [how]


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_server_that_cant_prove_itself_gets_nothing_and_the_letter_waits(
    app: App, security: Security, chain: tuple[Path, Path]
) -> None:
    relay = Relay()
    with app.store.unit(program("test")) as unit:
        mail = unit.outbox.queue(LETTER, "k")
    with running(relay, security, chain) as port:
        assert Sender(app.store, post(port, security, None), app.clock).send(mail.id) == "waiting"
    assert (relay.letters, relay.signed_in) == ([], [])
    with app.store.unit(program("test")) as unit:
        shown = unit.outbox.get(mail.id)
    assert "certificate verify failed" in shown.note
    assert shown.next_try_at is not None


def test_a_server_without_starttls_gets_nothing(chain: tuple[Path, Path]) -> None:
    relay = Relay()
    with running(relay, None, chain) as port, pytest.raises(LetterNotTaken, match="STARTTLS") as refused:
        post(port, "starttls", chain[0]).send(queued())
    assert (relay.letters, relay.signed_in, refused.value.lasting) == ([], [], False)


def test_a_refused_sign_in_is_no_letters_fault(chain: tuple[Path, Path]) -> None:
    relay = Relay()
    with running(relay, "starttls", chain) as port, pytest.raises(LetterNotTaken, match="535") as refused:
        post(port, "starttls", chain[0], "guessed").send(queued())
    assert (relay.letters, set(relay.signed_in), refused.value.lasting) == ([], {"refused"}, False)
    assert "guessed" not in str(refused.value)


def test_an_authority_that_is_none_is_found_at_the_start(tmp_path: Path, chain: tuple[Path, Path]) -> None:
    env = {"BACKHAUL_DATA": str(tmp_path), "BACKHAUL_SMTP_HOST": "127.0.0.1", "BACKHAUL_SMTP_USER": USER}
    good = from_environment({**env, "BACKHAUL_SMTP_AUTHORITY": str(chain[0])})
    assert (good.letters.relay.authority, good.letters.relay.security) == (chain[0], "starttls")
    assert isinstance(post_for(good, SENDER), SmtpPost)
    with pytest.raises(OperatorMustAct, match="BACKHAUL_SMTP_AUTHORITY"):
        post_for(from_environment({**env, "BACKHAUL_SMTP_AUTHORITY": str(tmp_path / "none.pem")}), SENDER)
