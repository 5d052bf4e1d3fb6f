"""Says at the end what was left out for want of a browser."""

from pathlib import Path

import pytest

from tests.page.browser import find_chromium

PAGE = Path(__file__).parent / "page" / "conftest.py"


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    wanted = config.pluginmanager.has_plugin(str(PAGE))
    if wanted and not find_chromium():
        terminalreporter.line("the page's tests were left out: there is no Chromium")
