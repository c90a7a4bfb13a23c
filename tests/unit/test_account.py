"""A person's own page; and that who only looks changes nothing."""

import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from assistant import serve
from assistant.bootstrap import App
from assistant.demo import files
from assistant.demo.people import PASSWORD, PEOPLE
from assistant.domain.identity import KeyScope
from assistant.domain.lifecycle import MessageEvent, MessageState
from assistant.domain.message import Arrival
from assistant.domain.person import Person, Role, program
from assistant.steps.link import Linker
from tests.passwords import quick
from tests.unit.test_workbench import field, sign_in

RICK = next(person for person in PEOPLE if Role.RETURNS_APPROVER in person.roles)
AUDREY = Person(id="audrey@kestrelsupply.example", name="Audrey", roles=frozenset({Role.AUDITOR}))


@pytest.fixture
def browser(app: App) -> Iterator[TestClient]:
    with TestClient(serve.web(app, demo=False), follow_redirects=True) as client:
        yield client


def test_a_code_from_ones_own_page_links_a_slack_account(browser: TestClient, app: App) -> None:
    assert "Sign in" in browser.get("/account").text
    assert sign_in(browser) == 200
    page = browser.get("/account").text
    assert "None is linked." in page
    shown = browser.post("/account/slack-code", data={"token": field(page, "token")}).text
    code = re.search(r'id="code">([A-Z0-9]+)<', shown)
    assert code is not None
    assert Linker(app.store, app.clock).redeem("slack", "T1/U1", code[1]) == RICK
    assert "T1/U1" in browser.get("/account").text


def test_a_code_is_given_to_nobody_without_our_form(browser: TestClient, app: App) -> None:
    assert sign_in(browser) == 200
    answer = browser.post("/account/slack-code", data={"token": "0" * 32})
    assert (answer.status_code, 'id="code"' in answer.text) == (409, False)
    assert browser.post("/account/end-sessions", data={"token": ""}).status_code == 409
    assert browser.get("/account", follow_redirects=False).status_code == 200


def test_ending_ones_sessions_ends_them_everywhere(browser: TestClient, app: App) -> None:
    elsewhere = app.doorman.start(RICK, "password", "10.0.0.9")
    assert sign_in(browser) == 200
    page = browser.get("/account").text
    assert "10.0.0.9" in page
    browser.post("/account/end-sessions", data={"token": field(page, "token")})
    assert app.doorman.who(elsewhere) is None
    assert browser.get("/account", follow_redirects=False).status_code == 303


def test_an_auditor_looks_and_changes_nothing(browser: TestClient, app: App) -> None:
    with app.store.unit(program("test")) as unit:
        unit.people.add(AUDREY, quick(PASSWORD))
        message, _ = unit.messages.record(Arrival(channel="email", raw=b"x"))
        unit.messages.move(message.id, MessageEvent.CLAIM)
        unit.messages.move(message.id, MessageEvent.FAIL, "broke")
        inquiry = unit.worklist.ask_agent("reply", message.id, None, "when?")
        trouble = unit.worklist.raise_trouble(f"message:{message.id}", "broke", "", "")
    page = browser.get("/sign-in").text
    browser.post("/sign-in", data={"token": field(page, "token"), "person": AUDREY.id, "password": PASSWORD})
    page = browser.get("/messages").text
    assert "broke" in page
    token = {"token": field(page, "token")}
    for path in (
        f"/messages/{message.id}/run-again",
        f"/inquiries/{inquiry.id}/close",
        f"/exceptions/{trouble.id}/again",
        f"/exceptions/{trouble.id}/done",
    ):
        assert browser.post(path, data=token).status_code == 409, path
    raw, mail = files.mailbox()[0].read_bytes(), {"Content-Type": "message/rfc822"}
    assert browser.post("/v1/messages", content=raw, headers=mail, auth=(AUDREY.id, PASSWORD)).status_code == 403
    _, words = app.keys.make("portal", AUDREY.id, [KeyScope.MESSAGES_WRITE], 1, program("test"))
    bearer = {"Authorization": f"Bearer {words}"}
    assert browser.post("/v1/messages", content=raw, headers=mail | bearer).status_code == 403
    with app.store.unit(program("test")) as unit:
        assert unit.messages.get(message.id).state is MessageState.FAILED
        assert unit.messages.counts() == {"failed": 1}
        assert len(unit.worklist.inquiries()) == len(unit.worklist.troubles()) == 1
