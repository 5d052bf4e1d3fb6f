"""Begins with the files that take longest, and says at the end whether tests were left out."""

from pathlib import Path

import pytest

from tests.page.browser import find_chromium

LONGEST = (
    "on_aws/test_three_accounts.py",
    "on_aws/test_watch.py",
    "on_aws/test_pipeline.py",
    "on_aws/test_app.py",
    "on_aws/test_releases.py",
    "end_to_end/test_leaves_nothing.py",
    "end_to_end/test_reload.py",
    "end_to_end/test_lifecycle.py",
    "end_to_end/test_giving_up.py",
    "end_to_end/test_grants.py",
    "end_to_end/test_fairness.py",
    "end_to_end/test_chaos.py",
    "end_to_end/test_socket.py",
)
"""Each takes half a minute and more: begun last, one of them would run alone at the end."""

TESTS = Path(__file__).parent
PAGE = Path(__file__).parent / "page" / "conftest.py"


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    collected = config.pluginmanager.has_plugin(str(PAGE))
    if collected and not find_chromium():
        terminalreporter.line("the page's tests were left out: there is no Chromium")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Bring the longest files forward; the tests of a file stay in their order."""
    places = {TESTS / name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path, len(places)))
