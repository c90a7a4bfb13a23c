"""Webhooks, end to end: signed as the standard's own library checks, tried again, given up, replayed, and kept out of
private networks."""

import json
import re
import socket
import ssl
import stat
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from standardwebhooks import Webhook as Standard
from standardwebhooks import WebhookVerificationError
from starlette.testclient import TestClient

from assistant import serve
from assistant.bootstrap import App
from assistant.commands.events import example, page
from assistant.demo.people import PASSWORD, PEOPLE
from assistant.domain.errors import NotAllowedToYou, OperatorMustAct, ReviewerMustAct
from assistant.domain.event import TYPES, type_of
from assistant.domain.identity import KeyScope
from assistant.domain.lifecycle import CASE_TRANSITIONS
from assistant.domain.person import Person, Role, program
from assistant.steps.announce import TRIES, Announcer, wait_after
from assistant.store.sealing import Seal
from assistant.webhooks.address import addresses, place_of
from assistant.webhooks.carry import HttpCourier
from tests.passwords import quick
from tests.receiver import Receiver, receiving
from tests.worked import back, submitted

ADA = Person(id="ada@kestrelsupply.example", name="Ada", roles=frozenset({Role.ADMIN}))
AGENT = next(each for each in PEOPLE if Role.AGENT in each.roles)


@dataclass
class LaterClock:
    """The machine's, ahead by what was waited."""

    ahead: timedelta = field(default=timedelta())

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def today(self) -> date:
        return self.now().date()

    def wait(self, longer: timedelta) -> None:
        self.ahead += longer


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as known:
        yield known


@pytest.fixture
def announcer(app: App) -> Announcer:
    with app.store.unit(program("test")) as unit:
        unit.people.add(ADA, quick(PASSWORD))
    return replace(app.announcer, courier=HttpCourier(private=True, seconds=2))


def sent(app: App, announcer: Announcer) -> list[str]:
    """Everything that is due, delivered once; answers what became of each."""
    with app.store.unit(program("test")) as unit:
        due = unit.webhooks.due()
    return [announcer.deliver(each.id) for each in due]


def test_a_delivery_is_a_cloud_event_that_the_standards_library_believes(
    app: App, announcer: Announcer, receiver: Receiver
) -> None:
    _, secret = announcer.subscribe(ADA, receiver.url, ["case.in_review"])
    case = submitted(app, back())
    assert sent(app, announcer) == ["delivered"]
    ((headers, body),) = receiver.got
    told = Standard(secret).verify(body, headers)
    assert (told["specversion"], told["type"], told["subject"]) == ("1.0", "case.in_review", case.id)
    assert (told["id"], told["source"]) == (headers["webhook-id"], "http://127.0.0.1:8700/v1")
    assert headers["content-type"].startswith("application/cloudevents+json")
    assert "joe" not in body.decode().lower()
    with pytest.raises(WebhookVerificationError):
        Standard(secret).verify(body.replace(b"in_review", b"approved"), headers)
    assert sent(app, announcer) == []


def test_a_secret_is_kept_encrypted_and_a_new_one_counts_beside_the_old_for_a_day(
    app: App, announcer: Announcer, receiver: Receiver
) -> None:
    webhook, first = announcer.subscribe(ADA, receiver.url, [])
    kept = (app.settings.data / "backhaul.sqlite").read_bytes() + b"".join(
        path.read_bytes() for path in app.settings.data.glob("backhaul.sqlite-*")
    )
    assert first.removeprefix("whsec_").encode() not in kept
    key = app.settings.data / "webhook-key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    second = announcer.new_secret(ADA, webhook.id)
    submitted(app, back())
    sent(app, announcer)
    for secret in (first, second):
        Standard(secret).verify(receiver.got[0][1], receiver.got[0][0])
    later = LaterClock()
    later.wait(timedelta(days=2))
    with app.store.unit(program("test")) as unit:
        unit.webhooks.replay(webhook.id, unit.events.list())
    sent(app, replace(announcer, clock=later))
    headers, _ = receiver.got[-1]
    assert len(headers["webhook-signature"].split()) == 1


def test_with_another_key_nothing_is_signed_and_the_operator_is_told(tmp_path: Path) -> None:
    sealed = Seal(tmp_path / "one").close("whsec_x", "a webhook")
    assert Seal(tmp_path / "one").open(sealed, "a webhook") == "whsec_x"
    for key, name in (("two", "a webhook"), ("one", "another")):
        with pytest.raises(OperatorMustAct, match="can't be opened"):
            Seal(tmp_path / key).open(sealed, name)
    (tmp_path / "three").write_text("no key")
    with pytest.raises(OperatorMustAct, match="is no key"):
        Seal(tmp_path / "three").close("x", "a webhook")


def test_what_fails_is_tried_later_then_given_up_and_a_person_sends_it_again(
    app: App, announcer: Announcer, receiver: Receiver
) -> None:
    later = LaterClock()
    app.store._clock = later  # the store's and the announcer's time go together
    announcer = replace(announcer, clock=later)
    announcer.subscribe(ADA, receiver.url, ["case.in_review"])
    submitted(app, back())
    receiver.answers = [500] * TRIES
    outcomes = []
    for attempt in range(1, TRIES + 1):
        outcomes += sent(app, announcer)
        assert sent(app, announcer) == []  # not before its time
        later.wait(wait_after(attempt) + timedelta(seconds=1))
    assert outcomes == ["waiting"] * (TRIES - 1) + ["dead"]
    assert sent(app, announcer) == []
    with app.store.unit(program("test")) as unit:
        (trouble,) = unit.worklist.troubles()
    assert "did not reach" in trouble.cause
    browser = TestClient(serve.web(app, demo=False))
    token = re.search(r'name="token" value="(\w+)"', browser.get("/sign-in").text)
    assert token is not None
    browser.post("/sign-in", data={"token": token[1], "person": AGENT.id, "password": PASSWORD})
    assert "Send it again" in browser.get("/exceptions").text
    app.mender.again(AGENT, trouble.id)
    assert sent(app, announcer) == ["delivered"]
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
    assert len({body for _, body in receiver.got}) == 1


def test_waits_grow_and_are_capped() -> None:
    waits = [wait_after(n) for n in range(1, 40)]
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (timedelta(seconds=5), timedelta(hours=6))


def test_a_receiver_that_is_gone_is_told_no_more(app: App, announcer: Announcer, receiver: Receiver) -> None:
    announcer.subscribe(ADA, receiver.url, [])
    submitted(app, back())
    receiver.answers = [410]
    assert sent(app, announcer) == ["dropped", "done already"]
    with app.store.unit(program("test")) as unit:
        assert unit.webhooks.list() == ()


def test_a_redirect_is_not_followed(app: App, announcer: Announcer, receiver: Receiver) -> None:
    announcer.subscribe(ADA, receiver.url, ["case.in_review"])
    submitted(app, back())
    receiver.answers = [302]
    assert sent(app, announcer) == ["waiting"]
    assert len(receiver.got) == 1


def test_a_receiver_that_drips_its_answer_is_cut_off(receiver: Receiver) -> None:
    receiver.drip_seconds = 20
    with pytest.raises(OperatorMustAct, match=r"no answer in 0\.5 s"):
        HttpCourier(private=True, seconds=0.5).carry(receiver.url, {}, b"{}")


def test_a_certificate_nobody_vouches_for_is_refused_and_a_good_one_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = own_certificate(tmp_path)
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(certificate)
    with receiving(serving) as known:
        courier = HttpCourier(private=True, seconds=10)
        with pytest.raises(OperatorMustAct, match="certificate"):
            courier.carry(known.url, {}, b"{}")
        assert known.got == []
        trusting = ssl.create_default_context(cafile=str(certificate))
        monkeypatch.setattr(ssl, "create_default_context", lambda: trusting)
        assert courier.carry(known.url, {"webhook-id": "1"}, b"{}") == 200
    ((headers, _),) = known.got
    assert headers["host"].startswith("localhost:")


def own_certificate(folder: Path) -> Path:
    """For localhost, signed by itself; with its key in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "own.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


def test_a_receiver_that_is_not_there_is_said(receiver: Receiver) -> None:
    with pytest.raises(OperatorMustAct, match="did not take it"):
        HttpCourier(private=True, seconds=2).carry("http://127.0.0.1:9/", {}, b"{}")


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example/", "ftp://hooks.example/", "hooks.example", "https://", "https://u:p@hooks.example/",
        "https://hooks.example/#part", "https://hooks.example/\r\nX: 1", "https://hooks.example/ x", "https://[::1",
        "https://hooks.example:99999/", "https://127.0.0.1/", "https://10.1.2.3/", "https://169.254.169.254/latest",
        "https://[::1]/", "https://[fd00::1]/", "https://[::ffff:10.0.0.1]/", "https://[64:ff9b::a00:1]/",
        "https://[2002:a00:1::]/", "https://0.0.0.0/", "https://224.0.0.1/", "https://[fe80::1%25eth0]/",
        "https://hööks.example/", "https://hooks.example/" + "a" * 2_000,
    ],
)  # fmt: skip
def test_what_is_no_public_address_over_tls_is_refused(url: str) -> None:
    with pytest.raises(ReviewerMustAct):
        place_of(url, private=False)


@pytest.mark.parametrize("name", ["localhost", "127.1", "2130706433", "0x7f000001", "0"])
def test_a_name_that_stands_for_this_machine_is_found_when_it_is_looked_up(name: str) -> None:
    place = place_of(f"https://{name}/", private=False)
    with pytest.raises(OperatorMustAct, match=r"no public address|is not known"):
        addresses(place, private=False)


class Resolver:
    """Answers for ``hooks.example`` what it is told, one list after the other; literals stand for themselves."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self._own = socket.getaddrinfo

    def __call__(self, host: str, port: int, *more: Any, **named: Any) -> Any:
        if host != "hooks.example":
            return self._own(host, port, *more, **named)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in self.answers.pop(0)]


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that were called; none answers."""
    found: list[str] = []

    def call(address: tuple[str, int], *_more: Any) -> socket.socket:
        found.append(address[0])
        raise ConnectionRefusedError("nobody is there")

    monkeypatch.setattr(socket, "create_connection", call)
    return found


def test_a_name_that_changes_between_look_up_and_call_is_called_by_what_was_checked(
    monkeypatch: pytest.MonkeyPatch, called: list[str]
) -> None:
    resolver = Resolver(["93.184.215.14"], ["127.0.0.1"])
    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    with pytest.raises(OperatorMustAct, match="did not take it"):
        HttpCourier().carry("https://hooks.example/", {}, b"{}")
    assert (called, resolver.answers) == (["93.184.215.14"], [["127.0.0.1"]])


def test_a_name_one_of_whose_addresses_is_ours_is_not_called(
    monkeypatch: pytest.MonkeyPatch, called: list[str]
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", Resolver(["93.184.215.14", "10.0.0.7"]))
    with pytest.raises(OperatorMustAct, match="no public address"):
        HttpCourier().carry("https://hooks.example/", {}, b"{}")
    assert called == []


def test_a_dns_that_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch, called: list[str]) -> None:
    over = threading.Event()

    def silent(*_more: Any, **_named: Any) -> list[Any]:
        over.wait(30)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", silent)
    try:
        with pytest.raises(OperatorMustAct, match=r"no answer from the DNS in 0\.05 s"):
            HttpCourier(seconds=0.05).carry("https://hooks.example/", {}, b"{}")
        assert not over.is_set()
    finally:
        over.set()
    assert called == []


def test_public_addresses_pass() -> None:
    assert place_of("https://hooks.example/a?b=c", private=False).path == "/a?b=c"
    for literal in ("93.184.215.14", "[2606:2800:21f:cb07:6820:80da:af6b:8b2c]"):
        assert addresses(place_of(f"https://{literal}/", private=False), private=False) == (literal.strip("[]"),)


def test_only_administrators_say_who_is_told(app: App, announcer: Announcer) -> None:
    for refused in (lambda: announcer.subscribe(AGENT, "https://x.example/", []), lambda: announcer.end(AGENT, "wh_1")):
        with pytest.raises(NotAllowedToYou):
            refused()
    with pytest.raises(ReviewerMustAct, match=r"no events case\.vanished"):
        announcer.subscribe(ADA, "https://x.example/", ["case.vanished"])


def test_over_the_api(app: App, announcer: Announcer, receiver: Receiver) -> None:
    client = TestClient(serve.web(replace(app, announcer=announcer), demo=False))
    _, words = app.keys.make("erp", ADA.id, [KeyScope.WEBHOOKS_WRITE, KeyScope.EVENTS_READ], 1, program("test"))
    key = {"Authorization": f"Bearer {words}"}
    made = client.post("/v1/webhooks", json={"url": receiver.url, "types": ["case.in_review"]}, headers=key)
    assert (made.status_code, made.json()["secret"][:6]) == (201, "whsec_")
    at = f"/v1/webhooks/{made.json()['id']}"
    (listed,) = client.get("/v1/webhooks", headers=key).json()
    assert "secret" not in listed
    for quantity in (1, 2):
        submitted(app, back(quantity=quantity))
    assert sent(app, announcer) == ["delivered", "delivered"]
    told = client.get("/v1/events?type=case.in_review&limit=1", headers=key)
    assert [each["type"] for each in told.json()] == ["case.in_review"]
    assert client.get(told.links["next"]["url"], headers=key).json()[0]["id"] != told.json()[0]["id"]
    assert client.get(f"/v1/events/{told.json()[0]['id']}", headers=key).json() == told.json()[0]
    states = [each["state"] for each in client.get(f"{at}/deliveries", headers=key).json()]
    assert states == ["delivered", "delivered"]
    one = {"events": [told.json()[0]["id"]]}
    assert client.post(f"{at}/replay", json=one, headers=key).json() == {"queued": 1}
    since = {"since": told.json()[0]["time"]}
    assert client.post(f"{at}/replay", json=since, headers=key).json() == {"queued": 1}
    assert sent(app, announcer) == ["delivered", "delivered"]
    assert [json.loads(body)["id"] for _, body in receiver.got[2:]] == [
        json.loads(b)["id"] for _, b in receiver.got[:2]
    ]
    assert client.post(f"{at}/secret", headers=key).json()["secret"] != made.json()["secret"]
    assert client.delete(at, headers=key).status_code == 204
    assert client.get("/v1/webhooks", headers=key).json() == []
    assert client.post("/v1/webhooks", json={"url": "ftp://x.example/"}, headers=key).status_code == 409
    assert client.get("/v1/webhooks", auth=(AGENT.id, PASSWORD)).status_code == 403
    assert client.get(f"{at}/deliveries", auth=(AGENT.id, PASSWORD)).status_code == 403
    assert client.post("/v1/webhooks", json={"url": receiver.url}, auth=(AGENT.id, PASSWORD)).status_code == 403


def test_the_catalogue_has_every_state_a_case_comes_into_and_its_page_is_made_of_it() -> None:
    assert {type_of(state) for state in CASE_TRANSITIONS.values()} <= set(TYPES)
    for kind in TYPES:
        assert example(kind).type == kind
    written = Path(__file__).parents[2] / "docs" / "events.md"
    assert written.read_text() == page()
