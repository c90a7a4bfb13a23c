"""A person at the stand-in's page: types, uploads, clicks, fills in a form; by mouse and by keyboard."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from assistant.demo.slack.people import RETURNS
from assistant.demo.slack.standin import StandIn
from tests.browser.looking import BROWSER, NARROW, browser, fits, picture
from tests.journeys.backhaul import until
from tests.slack_echo import Heard, echo, over_http

pytestmark = BROWSER
MAYA, RICK = "U0MAYA", "U0RICK"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63606060000000040001f61738"
    "550000000049454e44ae426082"
)


@pytest.fixture
def slack(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    with StandIn(retry_seconds=(0.0,)) as running:
        yield running


@pytest.fixture
def heard(slack: StandIn) -> Iterator[Heard]:
    app, kept = echo(slack)
    with over_http(slack, app):
        yield kept


@pytest.fixture
def page(slack: StandIn, heard: Heard) -> Iterator[Page]:
    with browser() as opened:
        opened.goto(slack.url)
        yield opened


def say(page: Page, text: str) -> None:
    page.get_by_label("Message", exact=True).fill(text)
    page.get_by_role("button", name="Send", exact=True).click()


def test_a_person_types_uploads_and_clicks(page: Page, slack: StandIn, heard: Heard, tmp_path: Path) -> None:
    page.get_by_label("Attach").first.set_input_files({"name": "slip.png", "mimeType": "image/png", "buffer": PNG})
    say(page, "@Backhaul 3 PRV-34 from KS-700121 come back & <soon>")
    page.get_by_role("button", name="1 reply").click()
    thread = page.get_by_label("Thread", exact=True)
    expect(thread.get_by_text("RMA-1001")).to_be_visible()
    said = slack.messages(RETURNS)[0]
    assert said.text.endswith("come back &amp; &lt;soon&gt;")
    assert slack.place.files[said.files[0]].content == PNG
    assert page.locator("article .file img").first.evaluate("picture => picture.naturalWidth") == 1
    picture(page, tmp_path, "echo-wide")
    assert fits(page)
    thread.get_by_role("button", name="Approve").click()
    expect(thread.get_by_text("Approved.")).to_be_visible()
    assert heard.actions[0]["actions"][0]["value"] == "case-1"
    thread.get_by_role("button", name="Close thread").click()
    page.set_viewport_size(NARROW)
    picture(page, tmp_path, "echo-narrow")
    assert fits(page)


def test_a_form_says_what_is_wrong_beside_the_field(page: Page, slack: StandIn) -> None:
    say(page, "/returns new")
    form = page.get_by_role("dialog")
    form.get_by_role("button", name="Send").click()
    expect(form.get_by_text("please complete this required field")).to_be_visible()
    form.get_by_label("Order number").fill("700121")
    page.keyboard.press("Enter")
    expect(form.get_by_text("An order number begins with KS-.")).to_be_visible()
    assert form.get_by_label("Order number").input_value() == "700121"
    form.get_by_label("Order number").fill("KS-700121")
    page.keyboard.press("Enter")
    expect(form).to_be_hidden()
    assert slack.views(MAYA) == []


def test_what_is_for_one_is_shown_to_one(page: Page) -> None:
    say(page, "/returns status RMA-1001")
    expect(page.get_by_text("Only visible to you")).to_be_visible()
    page.get_by_label("You are").select_option(RICK)
    expect(page.get_by_text("Nobody has said anything here yet.")).to_be_visible()


def test_a_message_becomes_a_return_by_keyboard(page: Page) -> None:
    say(page, "2 valves come back")
    expect(page.locator("article")).to_have_count(1)
    more = page.locator("article summary")
    more.focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Make this a return case").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_home_and_a_conversation_with_the_app(page: Page, slack: StandIn, heard: Heard) -> None:
    page.get_by_role("button", name="Backhaul").click()
    page.get_by_role("button", name="Home").click()
    expect(page.get_by_text("Backhaul has put nothing here yet.")).to_be_visible()
    until(lambda: heard.of("app_home_opened"))
    page.get_by_role("button", name="New conversation").click()
    page.get_by_label("Reply", exact=True).fill("where is RMA-1001?")
    page.keyboard.press("Enter")
    event = until(lambda: heard.of("message"))[0]
    assert (event["text"], event["channel_type"]) == ("where is RMA-1001?", "im")
    assert event["thread_ts"] == heard.of("assistant_thread_started")[0]["assistant_thread"]["thread_ts"]


def test_an_app_that_is_away_is_said(slack: StandIn, heard: Heard, page: Page) -> None:
    slack.deliver_to("http://127.0.0.1:9/slack/events")
    say(page, "/returns new")
    expect(page.get_by_role("alert")).to_contain_text("Backhaul can't be reached")
    assert page.get_by_label("Message", exact=True).input_value() == "/returns new"


def test_no_word_of_a_person_becomes_markup(page: Page, slack: StandIn) -> None:
    slack.say(RICK, RETURNS, "<img src=x onerror=document.title='gone'> *<b>bold</b>* <javascript:alert(1)|x>")
    expect(page.get_by_text("<img src=x")).to_be_visible()
    assert "gone" not in page.title()
    assert page.locator("article b, article img[src=x], article a").count() == 0
