"""The page customers ask on: anybody may, it becomes a mail, and it discloses nothing."""

import re
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from assistant import serve
from assistant.bootstrap import App
from assistant.domain.draft import Reason
from assistant.domain.message import Message
from assistant.domain.person import program
from assistant.drafting.offline import OfflineDrafter
from assistant.settings import OutsideSettings
from assistant.steps.read import read
from assistant.workbench.portal import in_words
from tests.unit.test_webhooks import LaterClock

FORM = {
    "email": "joe@fennimoreplumbing.example", "customer": "K-304", "name": "Joe Fennimore", "order": "KS-700121",
    "item-1": "PRV-34", "qty-1": "3", "reason-1": "No longer needed", "text": "A label would help.", "website": "",
}  # fmt: skip


@pytest.fixture
def clock() -> LaterClock:
    return LaterClock()


def visitor(app: App, clock: LaterClock, outside: OutsideSettings = OutsideSettings()) -> TestClient:  # noqa: B008 - it is frozen
    settings = replace(app.settings, outside=outside)
    return TestClient(serve.web(replace(app, settings=settings, clock=clock), demo=False))  # type: ignore[arg-type] # a clock is a clock


@pytest.fixture
def browser(app: App, clock: LaterClock) -> TestClient:
    return visitor(app, clock)


def sent(
    browser: TestClient,
    clock: LaterClock,
    more: dict[str, str] | None = None,
    seconds: float = 30,
    files: object = None,
) -> httpx2.Response:
    page = browser.get("/request").text
    token = re.search(r'name="token" value="(\w+)"', page)
    assert token is not None
    clock.wait(timedelta(seconds=seconds))
    data = {"token": token[1], **FORM, **(more or {})}
    return browser.post("/request", data=data, files=files)  # type: ignore[arg-type] # as the client takes them


def recorded(app: App) -> tuple[Message, ...]:
    with app.store.unit(program("test")) as unit:
        return unit.messages.list()


def test_a_request_becomes_a_mail_that_is_drafted_as_any_other(
    app: App, browser: TestClient, clock: LaterClock
) -> None:
    answer = sent(browser, clock, files=[("files", ("slip.txt", b"packing slip", "text/plain"))])
    (message,) = recorded(app)
    assert message.id in answer.text
    assert (message.channel, message.sender) == ("portal", "joe@fennimoreplumbing.example")
    with app.store.unit(program("test")) as unit:
        raw = unit.messages.raw(message.id)
    mail = message_from_bytes(raw, policy=policy.default)
    assert [part.get_filename() for part in mail.iter_attachments()] == ["slip.txt"]
    _, request = read(raw, app.clock.today())
    draft = OfflineDrafter(app.erp).draft(request)
    assert (draft.customer_id, draft.order_nos) == ("K-304", ("KS-700121",))
    (line,) = draft.lines
    assert (line.sku, str(line.quantity), line.reason_code) == ("PRV-34", "3", Reason.NO_LONGER_NEEDED)


def test_nothing_tells_a_known_customer_from_a_stranger(app: App, browser: TestClient, clock: LaterClock) -> None:
    def told(more: dict[str, str]) -> str:
        return re.sub(r"m-[0-9a-f]+", "REFERENCE", sent(browser, clock, more).text)

    stranger = {"email": "nobody@nowhere.example", "customer": "K-999999", "order": "KS-0", "item-1": "XX-1"}
    assert told({}) == told(stranger)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"website": "http://spam.example"}, "Leave the field"),
        ({"token": "0" * 32}, "too old"),
        ({"email": "joe"}, "email address"),
        ({"email": "joe@x.example\r\nBcc: all@x.example"}, "email address"),
        ({"order": "", "item-1": " ", "text": ""}, "what it is about"),
    ],
)
def test_what_is_refused_is_said_kept_on_the_page_and_not_recorded(
    app: App, browser: TestClient, clock: LaterClock, more: dict[str, str], words: str
) -> None:
    answer = sent(browser, clock, more)
    assert (answer.status_code, words in answer.text) == (422, True)
    assert "K-304" in answer.text
    assert recorded(app) == ()


def test_a_form_filled_in_no_time_or_sent_twice_is_refused(app: App, browser: TestClient, clock: LaterClock) -> None:
    assert sent(browser, clock, seconds=0.5).status_code == 422
    assert sent(browser, clock).status_code == 200
    token = browser.get("/request/received").text
    assert "m-" in token
    assert browser.post("/request", data={**FORM, "token": "x"}).status_code == 422
    assert len(recorded(app)) == 1


def test_an_address_sends_so_many_an_hour(app: App, clock: LaterClock) -> None:
    browser = visitor(app, clock, OutsideSettings(forms_per_hour=2))
    assert [sent(browser, clock, {"text": str(n)}).status_code for n in range(3)] == [200, 200, 422]
    assert len(recorded(app)) == 2


def test_more_bytes_than_allowed_are_not_taken(app: App, clock: LaterClock) -> None:
    browser = visitor(app, clock, OutsideSettings(form_bytes=2_000_000))
    answer = sent(browser, clock, files=[("files", ("big.bin", b"x" * 2_100_000, "application/octet-stream"))])
    assert (answer.status_code, "more than 2 MB" in answer.text) == (413, True)
    many = [("files", (f"{n}.txt", b"x", "text/plain")) for n in range(11)]
    assert "up to 10 files" in sent(browser, clock, files=many).text
    assert recorded(app) == ()


def test_who_has_sent_nothing_is_shown_the_form(browser: TestClient) -> None:
    assert browser.get("/request/received").url.path == "/request"


@given(st.dictionaries(st.sampled_from(["order", "item-1", "qty-1", "name"]), st.text(max_size=60)))
def test_no_field_grows_a_line_of_its_own(typed: dict[str, str]) -> None:
    lines = [line for line in in_words(typed).split("\n") if line]
    assert len(lines) <= len(typed)
    assert all(line.partition(":")[0] in {"Order Number", "Item", "Qty", "Contact"} for line in lines)
