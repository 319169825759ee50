"""Headless Chromium through Playwright, where both are installed."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
]
HOW_TO_GET_IT = "sudo apt-get install chromium; pip install playwright"


def missing() -> str:
    """Return why there is no browser to test with, empty where there is one."""
    try:
        import playwright.sync_api  # noqa: F401 - to learn whether it is there
    except ImportError:
        return f"Playwright is not installed: {HOW_TO_GET_IT}"
    if executable() is None:
        return f"Chromium is not installed: {HOW_TO_GET_IT}"
    return ""


def executable() -> str | None:
    """Return the path of the system's Chromium."""
    found = (shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))
    return next((path for path in found if path), None)


@contextmanager
def launched() -> Iterator[Any]:
    """A running browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=executable(), args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()
