"""The page in a browser, on a simulated Slack, with a little bot behind it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from slack_simulator import Control, Simulator
from slack_simulator.apps.manifest import SAMPLE
from tests.page.bot import PageBot
from tests.page.browser import find_chromium, running_chromium

NAMED = SAMPLE | {
    "display_information": {"name": "StackBot"},
    "features": SAMPLE["features"]
    | {"bot_user": {"display_name": "StackBot", "always_online": True}},
}

collect_ignore_glob = [] if find_chromium() else ["test_*.py"]

PATIENCE_MS = 20_000

OpenPage = Callable[..., Page]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE_MS)
    with running_chromium() as browser:
        yield browser


@pytest.fixture(scope="package")
def simulator() -> Iterator[Simulator]:
    with Simulator(manifest=NAMED) as simulator:
        yield simulator


@pytest.fixture(scope="package")
def running_bot(simulator: Simulator) -> Iterator[PageBot]:
    with PageBot(simulator) as bot:
        simulator.control.set_request_url(bot.url)
        yield bot


@pytest.fixture
def bot(running_bot: PageBot, slack: Control) -> Iterator[PageBot]:  # noqa: ARG001 - reset first
    running_bot.go.clear()
    running_bot.actions.queue.clear()
    yield running_bot
    running_bot.go.set()


@pytest.fixture
def slack(simulator: Simulator) -> Control:
    """The simulator's control API, with nothing in the workspace yet."""
    simulator.control.reset()
    return simulator.control


@dataclass
class Visits:
    """Browser windows on the page, and what went wrong in any of them."""

    browser: Browser
    url: str
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def window(self, **options: Any) -> Page:
        """A window of a visitor who has never been here."""
        size = {"width": 1280, "height": 800}
        usual = {"viewport": size, "reduced_motion": "reduce"}
        context = self.browser.new_context(**(usual | options))
        context.set_default_timeout(PATIENCE_MS)
        context.on("request", lambda request: self.requests.append(request.url))
        page = context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.enter(page)
        return page

    def enter(self, page: Page) -> None:
        page.goto(self.url)
        page.get_by_role("main").get_by_role("textbox").wait_for()

    def check(self) -> None:
        """Nothing failed, and no request went beyond this machine."""
        assert [url for url in self.requests if not url.startswith(f"{self.url}/")] == []
        assert self.errors == []
        self.requests.clear()


@pytest.fixture(scope="package")
def visits(browser: Browser, simulator: Simulator) -> Visits:
    return Visits(browser, simulator.url)


@pytest.fixture(scope="package")
def window(visits: Visits) -> Page:
    """One window for most tests: its cache spares them the loading."""
    return visits.window()


@pytest.fixture
def page(window: Page, visits: Visits, bot: PageBot) -> Iterator[Page]:  # noqa: ARG001 - it hears
    """The page as somebody sees it who has never been here."""
    visits.enter(window)
    yield window
    window.evaluate("localStorage.clear()")
    window.goto("about:blank")
    visits.check()


@pytest.fixture(scope="package")
def drawing(visits: Visits) -> Page:
    """A window whose modules are used by themselves, whatever happens in the workspace."""
    return visits.window()


@pytest.fixture
def open_page(visits: Visits, bot: PageBot) -> Iterator[OpenPage]:  # noqa: ARG001 - it hears
    """Opens more windows, each another visitor's: `open_page(color_scheme="dark")`."""
    opened: list[Page] = []

    def open_page(**options: Any) -> Page:
        opened.append(visits.window(**options))
        return opened[-1]

    yield open_page
    for page in opened:
        page.context.close()
    visits.check()
