"""A browser, and pictures of what it shows."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, ViewportSize, sync_playwright

CHROMIUM = shutil.which("chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
BROWSER = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed"),
]
WIDE, NARROW = ViewportSize(width=1280, height=900), ViewportSize(width=400, height=800)


@contextmanager
def browser() -> Iterator[Page]:
    """A page whose scripts fail the test where they fail."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = chromium.new_page(viewport=WIDE)
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        yield page
        chromium.close()
    assert faults == []


def picture(page: Page, folder: Path, name: str, *, for_documents: bool = False) -> Path:
    """A PNG in the folder; one that documents show goes where BACKHAUL_SCREENSHOTS says, where it says something."""
    asked = os.environ.get("BACKHAUL_SCREENSHOTS")
    path = (Path(asked) if asked and for_documents else folder) / f"{name}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path)
    return path


def fits(page: Page) -> bool:
    """Whether nothing stands beyond the right edge."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))
