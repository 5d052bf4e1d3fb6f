"""Downloads a file from Slack, and sends the bot's token to Slack's hosts only, also by redirects.

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
DELETED = "it was deleted"
REFUSED = "Slack does not let me have it"
SLOW = "it took too long to fetch"

_CHUNK_BYTES = 65_536


class SlackFailed(Exception):
    """Slack failed to send a file that it has: the queue delivers the question again."""


class NotFetched(Exception):
    """A file is not fetched; the message says why, as a clause for people."""


def download(slack: WebClient, url: str, size: int, max_bytes: int, deadline: float) -> bytes:
    """The content of a file of `size` bytes, until `deadline` on the monotonic clock.

    Raises `NotFetched`, also where it has more than `max_bytes`; `SlackFailed` or OSError where
    another try may help.
    """
    if not may_have_token(url, slack.base_url):
        raise NotFetched(ELSEWHERE)
    try:
        with _opened(slack, url, deadline) as response:
            data = _read(response, max_bytes, deadline)
            is_page = response.headers.get_content_type() == "text/html"
    except TimeoutError:
        raise NotFetched(SLOW) from None
    except HTTPException as error:
        raise SlackFailed(type(error).__name__) from None
    if is_page and len(data) != size:
        # Slack's login page, with status 200: the app lacks files:read, or was not reinstalled
        # since files:read was added to its scopes.
        log("file_refused", "ERROR", why="login page: is files:read granted?")
        raise NotFetched(REFUSED)
    return data


def too_big(max_bytes: int) -> str:
    return f"it is larger than {max_bytes // 1_000_000} MB"


@contextmanager
def _opened(slack: WebClient, url: str, deadline: float) -> Iterator[HTTPResponse]:
    timeout = deadline - time.monotonic()
    if timeout <= 0:
        raise TimeoutError
    request = Request(url, headers={"Authorization": f"Bearer {slack.token}"})  # noqa: S310
    proxies = {"http": slack.proxy, "https": slack.proxy} if slack.proxy else {}
    opener = build_opener(
        ProxyHandler(proxies), HTTPSHandler(context=slack.ssl), _SlackRedirects(slack.base_url)
    )
    try:
        with closing(opener.open(request, timeout=timeout)) as response:
            yield response
    except HTTPError as error:
        error.close()
        raise _error_of(error.code) from None


def _read(response: HTTPResponse, max_bytes: int, deadline: float) -> bytes:
    data = b""
    while chunk := response.read1(_CHUNK_BYTES):
        data += chunk
        if len(data) > max_bytes:
            raise NotFetched(too_big(max_bytes))
        if time.monotonic() >= deadline:
            raise TimeoutError
    if response.length:
        raise IncompleteRead(data, response.length)
    return data


def _error_of(status: int) -> Exception:
    if status in (404, 410):
        return NotFetched(DELETED)
    if status == 429 or status >= 500:
        return SlackFailed(str(status))
    log("file_refused", "ERROR", why=str(status))
    return NotFetched(REFUSED)


class _SlackRedirects(HTTPRedirectHandler):
    """Follows redirects to Slack's hosts only, since the token goes along with them."""

    def __init__(self, api_url: str) -> None:
        self._api_url = api_url

    def redirect_request(
        self, req: Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> Request | None:
        if not may_have_token(newurl, self._api_url):
            return None
        return super().redirect_request(req, fp, code, msg, headers, newurl)
