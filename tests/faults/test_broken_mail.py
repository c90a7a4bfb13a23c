"""Mail in any state is recorded, worked within bounds, and shown with its state, its reason and what can be done."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from html import unescape

import pytest
from starlette.testclient import TestClient

from assistant import serve
from assistant.bootstrap import App
from assistant.channels.email.recording import record
from assistant.demo.people import PASSWORD
from assistant.domain.lifecycle import MessageState
from assistant.domain.message import Arrival, Message
from assistant.domain.person import program
from assistant.steps.work import Desk
from tests.faults.broken_mail import BY_DEFECT, OTHERS, defects, named

EVERY: dict[str, Callable[[], bytes]] = {**{name: partial(bytes, raw) for name, raw in BY_DEFECT.items()}, **OTHERS}
ENDED = {MessageState.DRAFTED, MessageState.PARKED, MessageState.FAILED}
LONGEST_PAGE = 6_000_000  # characters: what is read of a mail is bounded, and so is its page


def test_every_defect_that_the_library_names_is_among_them() -> None:
    assert set(BY_DEFECT) == named()
    assert {name: defects(raw) for name, raw in BY_DEFECT.items() if name not in defects(raw)} == {}


@pytest.fixture
def pages(app: App) -> Iterator[TestClient]:
    with TestClient(serve.web(app, demo=True)) as client:
        token = re.search(r'name="token" value="([^"]+)"', client.get("/sign-in").text)
        assert token is not None
        client.post("/sign-in", data={"token": token[1], "person": "maya@kestrelsupply.example", "password": PASSWORD})
        yield client


def worked(app: App, desk: Desk, raw: bytes) -> Message:
    """Recorded, and worked by the stages of the workflow."""
    message, _ = record(app.store, Arrival(channel="email", raw=raw))
    assert desk.claim(message.id)
    if (drafted := desk.draft(message.id)) is not None and (saved := desk.save(message.id, drafted)) is not None:
        desk.propose(*saved)
    with app.store.unit(program("test")) as unit:
        return unit.messages.get(message.id)


@pytest.mark.slow
def test_broken_mail_is_recorded_worked_and_shown(app: App, pages: TestClient) -> None:
    desk = app.desk
    seen: dict[str, str] = {}
    for name, made in EVERY.items():
        raw = made()
        message = worked(app, desk, raw)
        assert message.state in ENDED, name
        assert message.state is MessageState.DRAFTED or message.reason, name
        assert max(len(message.sender), len(message.subject), len(message.internet_id)) <= 500, name
        with app.store.unit(program("test")) as unit:
            assert unit.messages.raw(message.id) == raw, name
        shown = pages.get(f"/messages/{message.id}")
        assert shown.status_code == 200, name
        assert len(shown.text) < LONGEST_PAGE, name
        seen[name] = message.id
    assert len(set(seen.values())) == len(EVERY)
    listed = unescape(pages.get("/messages").text)
    for name, message_id in seen.items():
        assert message_id in listed, name
    assert len(listed) < LONGEST_PAGE


def test_what_was_parked_is_run_again_from_the_list(app: App, pages: TestClient) -> None:
    desk = app.desk
    message = worked(app, desk, b"Auto-Submitted: auto-replied\r\n" + OTHERS["no Message-ID"]())
    assert message.state is MessageState.PARKED
    page = pages.get("/messages?state=parked").text
    assert message.reason in unescape(page)
    token = re.search(rf'/messages/{message.id}/run-again"><input type="hidden" name="token" value="([^"]+)"', page)
    assert token is not None
    assert pages.post(f"/messages/{message.id}/run-again", data={"token": token[1]}).status_code == 200
    with app.store.unit(program("test")) as unit:
        again = unit.messages.get(message.id)
    assert (again.state, again.attempt) == (MessageState.RECORDED, 2)
