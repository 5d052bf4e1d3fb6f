"""Calls to Slack from commands: an error becomes a sentence, and rate limits are waited for."""

from collections.abc import Callable
from http.client import HTTPException
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

from infra.environments import Environment
from scripts.local.proxies import is_loopback
from scripts.terminal.problem import Problem
from scripts.terminal.steps import say

_SECONDS = 30
_REASONS = 5


class SlackRefused(Problem):
    """Slack's error, with its `code`, such as "invalid_auth"."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


def ask_slack(row: Environment, token: str, method: Callable[[WebClient], Any]) -> Any:
    """Call one method. Raises `SlackRefused`, or `Problem` where Slack cannot be reached.

    A call is not repeated when its connection breaks: some cannot be made twice.
    """
    client = WebClient(
        token, base_url=row.slack_api_url, timeout=_SECONDS, retry_handlers=[_Patient(2)]
    )
    if is_loopback(row.slack_api_url):
        client.proxy = None  # which the SDK takes from the shell, whatever NO_PROXY says
    try:
        return method(client)
    except SlackApiError as error:
        raise _refused(error) from None
    except (OSError, HTTPException) as error:
        raise Problem(
            f"Slack cannot be reached at {row.slack_api_url} ({error}): try again."
        ) from (None)


class _Patient(RateLimitErrorRetryHandler):
    def prepare_for_next_attempt(self, *, response: Any, **arguments: Any) -> None:  # type: ignore[override]
        if response is not None:
            seconds = next(iter(response.headers.get("retry-after") or ["1"]))
            say(f"  Slack wants {seconds} s between such calls: waiting.")
        super().prepare_for_next_attempt(response=response, **arguments)


def _refused(error: SlackApiError) -> SlackRefused:
    code, errors = str(error.response.get("error")), error.response.get("errors") or []
    reasons = [f"{e.get('pointer', '/')}: {e['message']}" for e in errors if "message" in e]
    details = "; ".join(reasons[:_REASONS])
    method = error.response.api_url.rsplit("/", 1)[-1]
    suffix = f" ({details})" if details else ""
    return SlackRefused(code, f"Slack refuses {method}: {code}{suffix}")
