"""Messages for one person alone, by the response URL of an interaction: 5 uses in 30 minutes.

https://docs.slack.dev/interactivity/handling-user-interaction has the rules. Only fixed texts are
sent there, never documents: the URL is part of the request, so whoever has the signing secret
could insert one of their own workspace.
"""

import json
from collections.abc import Sequence
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from slack_sdk import WebClient

from bot.slack.origin import is_response_url

_TIMEOUT = 10
"""Seconds."""


class NotTaken(Exception):
    """Slack refused the message. `status` is HTTP's: 404 if the URL has expired or is used up."""

    def __init__(self, status: int) -> None:
        super().__init__(f"a response URL answered {status}")
        self.status = status


class NotSlacks(Exception):
    """The URL is not Slack's. The error's message leaves it out, so that it gets into no log."""


def send(slack: WebClient, url: str, text: str, blocks: Sequence[dict[str, Any]] = ()) -> None:
    """Show a message to the person behind the URL. Raises `NotTaken`, `NotSlacks`, `OSError`."""
    content = {"blocks": list(blocks)} if blocks else {}
    switches = {"unfurl_links": False, "unfurl_media": False}
    _use(slack, url, text=text, response_type="ephemeral", **content, **switches)


def take_back(slack: WebClient, url: str) -> None:
    """Remove the message that the interaction came from. Raises as above."""
    _use(slack, url, delete_original=True)


def _use(slack: WebClient, url: str, **answer: Any) -> None:
    if not is_response_url(url, slack.base_url):
        raise NotSlacks
    headers = {"content-type": "application/json;charset=utf-8"}
    request = Request(url, json.dumps(answer).encode(), headers)  # noqa: S310 - checked above
    try:
        build_opener(_NoRedirects).open(request, timeout=_TIMEOUT).close()
    except HTTPError as error:
        error.close()
        raise NotTaken(error.code) from None


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Treat every redirect as an error."""
