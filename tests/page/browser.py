"""A headless Chromium, where the machine has one."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_chromium() -> str | None:
    """The browser's path, or None."""
    found = (shutil.which(name) for name in _NAMES)
    return next(filter(None, found), str(_MAC) if _MAC.exists() else None)


@contextmanager
def running_chromium() -> "Iterator[Browser]":
    """A browser that calls nobody, as long as the `with` lasts."""
    from playwright.sync_api import sync_playwright  # half a second, of no use to quick tests

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=QUIET)
        try:
            yield browser
        finally:
            browser.close()
