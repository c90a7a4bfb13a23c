"""A reviewer's browser: sign in, see the words behind each value, approve."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from assistant.demo.people import PASSWORD
from tests.journeys.backhaul import served, until

CHROMIUM = shutil.which("chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed"),
]


@pytest.fixture
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser.new_page(viewport={"width": 1280, "height": 900})
        browser.close()


def test_a_reviewer_sees_the_words_and_approves(page: Page, tmp_path: Path) -> None:
    with served(tmp_path / "data") as backhaul:
        until(lambda: sum(backhaul.health()["cases"].values()) >= 14)
        page.goto(backhaul.base)
        page.get_by_label("Email address").fill("rick@kestrelsupply.example")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("row", name="Return from order KS-700100").get_by_role("link").click()
        words = page.locator(".proof a", has_text="FSK-0440").first
        words.click()
        assert page.locator("mark:target").inner_text() == "FSK-0440"
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        if folder := os.environ.get("BACKHAUL_SCREENSHOTS"):
            page.screenshot(path=Path(folder) / "case.png", full_page=True)
        with page.expect_navigation():
            page.get_by_role("button", name="Approve").click()
        until(lambda: page.reload() and page.get_by_text("RMA-1001").count())
        page.set_viewport_size({"width": 400, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
