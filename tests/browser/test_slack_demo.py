"""The demo as it stands after `make run`: Maya tells of a return in the stand-in for Slack, Rick approves it there."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.looking import BROWSER, NARROW, WIDE, browser, fits, picture
from tests.journeys.backhaul import served, until

pytestmark = BROWSER
REQUEST = "@Backhaul Fennimore Plumbing sends back 3 PRV-34 from order KS-700121, no longer needed. Please credit."


@pytest.mark.timeout(400)
def test_a_return_is_told_and_approved_in_the_stand_in(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with served(data) as backhaul, browser() as page:
        until(lambda: sum(backhaul.health()["cases"].values()) >= 14, seconds=60)
        page.goto(backhaul.slack)
        page.get_by_label("Message", exact=True).fill(REQUEST)
        page.keyboard.press("Enter")
        page.get_by_role("button", name="1 reply").click(timeout=60_000)
        thread = page.get_by_label("Thread", exact=True)
        expect(thread.locator("article")).to_have_count(2)
        picture(page, tmp_path, "slack-request", for_documents=True)
        page.get_by_label("You are").select_option("U0RICK")
        page.get_by_role("button", name="credit-desk").click()
        case = page.locator("article", has_text="3 EA × PRV-34")
        case.scroll_into_view_if_needed(timeout=60_000)
        picture(page, tmp_path, "slack-review", for_documents=True)
        assert fits(page)
        page.set_viewport_size(NARROW)
        case.scroll_into_view_if_needed()
        picture(page, tmp_path, "slack-narrow", for_documents=True)
        assert fits(page)
        page.set_viewport_size(WIDE)
        case.get_by_role("button", name="Approve").click()
        expect(case).to_contain_text("RMA-", timeout=60_000)
    kept = json.loads((data / "slack-stand-in.json").read_text())
    assert REQUEST.removeprefix("@Backhaul ") in json.dumps(kept["messages"]["C0RETURNS"])
    with served(data, BACKHAUL_SLACK_DEMO_PORT=backhaul.env["BACKHAUL_SLACK_DEMO_PORT"]) as again, browser() as page:
        page.goto(again.slack)
        expect(page.locator("article").first).to_contain_text("3 PRV-34")
