"""Downloads a file from Slack. The bot's token goes to Slack's own hosts only, redirects included.

See docs/decisions/0014.
"""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPException, HTTPResponse, IncompleteRead
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, HTTPSHandler, ProxyHandler, Request, build_opener

from slack_sdk import WebClient

from bot.runtime.log import log
from bot.slack.origin import may_have_token

ELSEWHERE = "it is kept outside Slack"
GONE = "it was deleted"
REFUSED = "Slack does not let me have it"
SLOW = "it took too long to fetch"

_PIECE = 65_536


class SlackFailed(Exception):
    """Slack did not hand over a file that it has: the queue delivers the question again."""


class NotFetched(Exception):
    """Says in a clause for people why a file is not fetched."""


def download(slack: WebClient, url: str, size: int, most: int, deadline: float) -> bytes:
    """The bytes of a file that has `size` of them, if they are at most so many.

    Raises `NotFetched`, or `SlackFailed` and OSError where another try may help.
    """
    if not may_have_token(url, slack.base_url):
        raise NotFetched(ELSEWHERE)
    try:
        with _opened(slack, url, deadline) as response:
            data = _read(response, most, deadline)
            is_page = response.headers.get_content_type() == "text/html"
    except TimeoutError:
        raise NotFetched(SLOW) from None
    except HTTPException as error:
        raise SlackFailed(type(error).__name__) from None
    if is_page and len(data) != size:
        # Slack's login page, with status 200: the app lacks files:read, or was not installed
        # again since it asks for it.
        log("file_refused", "ERROR", why="login page: is files:read granted?")
        raise NotFetched(REFUSED)
    return data


def too_big(most: int) -> str:
    return f"it is larger than {most // 1_000_000} MB"


@contextmanager
def _opened(slack: WebClient, url: str, deadline: float) -> Iterator[HTTPResponse]:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    request = Request(url, headers={"Authorization": f"Bearer {slack.token}"})  # noqa: S310
    proxies = {"http": slack.proxy, "https": slack.proxy} if slack.proxy else {}
    opener = build_opener(
        ProxyHandler(proxies), HTTPSHandler(context=slack.ssl), _AmongSlacks(slack.base_url)
    )
    try:
        with closing(opener.open(request, timeout=left)) as response:
            yield response
    except HTTPError as error:
        error.close()
        raise _meaning(error.code) from None


def _read(response: HTTPResponse, most: int, deadline: float) -> bytes:
    data = b""
    while piece := response.read1(_PIECE):
        data += piece
        if len(data) > most:
            raise NotFetched(too_big(most))
        if time.monotonic() >= deadline:
            raise TimeoutError
    if response.length:
        raise IncompleteRead(data, response.length)
    return data


def _meaning(status: int) -> Exception:
    if status in (404, 410):
        return NotFetched(GONE)
    if status == 429 or status >= 500:
        return SlackFailed(str(status))
    log("file_refused", "ERROR", why=str(status))
    return NotFetched(REFUSED)


class _AmongSlacks(HTTPRedirectHandler):
    """Follows redirects, which carry the token along, from Slack to Slack only."""

    def __init__(self, api_url: str) -> None:
        self._api_url = api_url

    def redirect_request(
        self, req: Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> Request | None:
        if not may_have_token(newurl, self._api_url):
            return None
        return super().redirect_request(req, fp, code, msg, headers, newurl)
