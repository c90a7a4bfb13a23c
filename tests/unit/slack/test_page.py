"""The page's own door: this machine's page alone, each person's own view, files as bytes and never as pages."""

import socket
from pathlib import Path

import httpx
import pytest

from assistant.demo.slack import kept
from assistant.demo.slack.beside import beside
from assistant.demo.slack.people import COUNTER, CREDIT, GUEST, RETURNS
from assistant.demo.slack.seen import with_mentions
from assistant.demo.slack.standin import StandIn
from assistant.demo.slack.typed import rich_text, typed
from assistant.domain.errors import OperatorMustAct
from assistant.settings import from_environment

MAYA, RICK = "U0MAYA", "U0RICK"


@pytest.fixture
def page(slack: StandIn) -> httpx.Client:
    return httpx.Client(base_url=slack.url, trust_env=False)


def test_a_name_of_elsewhere_is_not_answered(page: httpx.Client) -> None:
    """A page elsewhere may point a name of its own at this machine."""
    asked = [("GET", "/"), ("GET", "/client/state?as=U0MAYA"), ("POST", "/client/say"), ("POST", "/api/auth.test")]
    with page:
        for verb, path in asked:
            assert page.request(verb, path, headers={"Host": "evil.example"}).status_code == 400


def test_a_page_of_elsewhere_may_not_act(slack: StandIn, page: httpx.Client) -> None:
    with page:
        told = {"as": MAYA, "channel": RETURNS, "text": "hello"}
        origin = {"Origin": "https://evil.example"}
        assert page.post("/client/say", data=told, headers=origin).status_code == 403
        assert page.post("/client/home", json={"as": MAYA}, headers=origin).status_code == 403
        assert slack.messages(RETURNS) == []
        assert page.post("/client/say", data=told, headers={"Origin": slack.url}).status_code == 200
        assert [m.text for m in slack.messages(RETURNS)] == ["hello"]


def test_the_page_takes_nothing_from_elsewhere(page: httpx.Client) -> None:
    with page:
        shown = page.get("/")
        assert shown.headers["content-security-policy"].startswith("default-src 'self'")
        assert "<script>" not in shown.text
        assert "style=" not in shown.text


def test_a_person_sees_what_is_theirs(slack: StandIn, page: httpx.Client) -> None:
    slack.say(RICK, CREDIT, "the credit for Fennimore")
    with page:
        seen = page.get("/client/state", params={"as": GUEST, "channel": CREDIT}).json()
        assert seen["channel"]["id"] == COUNTER
        assert [c["name"] for c in seen["channels"]] == ["counter"]
        after = page.get("/client/state", params={"as": GUEST, "after": str(seen["changes"])})
        assert after.status_code in (200, 204)
        assert page.get("/client/state", params={"as": "U0NOBODY"}).status_code == 404


def test_a_shared_page_is_a_download(slack: StandIn, page: httpx.Client) -> None:
    said = slack.say(RICK, CREDIT, "", files=[("slip.html", b"<script>alert(1)</script>")])
    path = f"/client/file/{said.files[0]}"
    with page:
        given = page.get(path, params={"as": MAYA})
        assert given.headers["content-type"] == "application/octet-stream"
        assert given.headers["content-disposition"].startswith("attachment")
        assert page.get(path, params={"as": GUEST}).status_code == 404


def test_what_a_person_may_not_do_is_said(slack: StandIn, page: httpx.Client) -> None:
    with page:
        told = page.post("/client/say", data={"as": GUEST, "channel": CREDIT, "text": "hello"})
        assert (told.status_code, told.json()["error"]) == (409, f"Gus Tan is not in {CREDIT}.")
        gone = page.post("/client/click", json={"as": MAYA, "channel": RETURNS, "ts": "1.000001", "action_id": "a"})
        assert gone.status_code == 409
        assert page.post("/client/fly", json={}).status_code == 404


def test_the_workspace_is_kept_and_goes_on(slack: StandIn, tmp_path: Path) -> None:
    asked = slack.mention(MAYA, RETURNS, "3 PRV-34", files=[("slip.pdf", b"%PDF\xff")])
    slack.direct(MAYA, "hello")
    slack.open_assistant_thread(RICK)
    path = tmp_path / "kept.json"
    kept.save(slack.place, path)
    with StandIn() as again:
        assert kept.load(again.place, path)
        assert again.messages(RETURNS) == [asked]
        assert again.place.files[asked.files[0]].content == b"%PDF\xff"
        assert again.place.direct(MAYA).id == slack.place.direct(MAYA).id
        assert again.place.threads == slack.place.threads
        path.write_bytes(b"{")
        assert not kept.load(again.place, path)
        assert not kept.load(again.place, tmp_path / "none.json")


def test_a_taken_port_is_said(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        settings = from_environment({"BACKHAUL_DATA": str(tmp_path), "BACKHAUL_SLACK_DEMO_PORT": port})
        with pytest.raises(OperatorMustAct, match="BACKHAUL_SLACK_DEMO_PORT"), beside(settings):
            pass


def test_typed_words_are_escaped_and_linked() -> None:
    assert typed("a < b & c <@U0RICK>") == "a &lt; b &amp; c <@U0RICK>"
    assert typed("mail joe@fennimoreplumbing.example.") == (
        "mail <mailto:joe@fennimoreplumbing.example|joe@fennimoreplumbing.example>."
    )
    assert typed("see https://kestrelsupply.example/a?b=1, please") == (
        "see <https://kestrelsupply.example/a?b=1>, please"
    )
    (block,) = rich_text(typed("<@U0RICK> a < b"), "x")
    assert block["elements"][0]["elements"] == [
        {"type": "user", "user_id": "U0RICK"},
        {"type": "text", "text": " a < b"},
    ]


def test_names_become_mentions(slack: StandIn) -> None:
    text = with_mentions(slack.place, "@Backhaul ask @rick. Not @nobody or joe@fennimoreplumbing.example")
    assert text == f"<@{slack.app.bot_user}> ask <@U0RICK>. Not @nobody or joe@fennimoreplumbing.example"
