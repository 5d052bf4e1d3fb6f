"""Slack's Web API: a client that knows which calls may be repeated, and what its errors mean."""

from http.client import RemoteDisconnected
from urllib.error import URLError

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler
from slack_sdk.http_retry.handler import RetryHandler
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState

_TIMEOUT = 10
"""Seconds for one call."""
_NOT_WAITED_FOR = (
    "agents.sessions.setStatus",
    "chat.appendStream",
    "chat.startStream",
    "usergroups.list",
)
"""Calls that are not repeated after a rate limit: their callers go on without; see stream.py."""
_REPEATABLE = (
    "agents.sessions.setStatus",
    "assistant.threads.setSuggestedPrompts",
    "chat.delete",
    "chat.stopStream",
    "chat.update",
    "conversations.info",
    "conversations.members",
    "conversations.open",
    "conversations.replies",
    "files.info",
    "usergroups.list",
    "users.info",
    "users.list",
    "views.publish",
)
"""Calls that may be repeated. A message posted again would be there twice."""
_UNSURE = ("fatal_error", "internal_error", "request_timeout", "service_unavailable")
"""Errors after which Slack may have done what was asked; each method's page lists them."""
_REVOKED = ("account_inactive", "invalid_auth", "not_authed", "token_expired", "token_revoked")


def create_client(api_url: str, longest_wait: float) -> WebClient:
    """A client that waits up to `longest_wait` seconds where Slack limits its rate.

    After a lost connection nobody knows whether a message was posted. That is left to the queue:
    the next delivery finds the message in the thread and goes on with it.
    """
    handlers = [_WaitOut(longest_wait), _Repeat(max_retry_count=1)]
    return WebClient(base_url=api_url, timeout=_TIMEOUT, retry_handlers=handlers)


def error_code(error: SlackApiError) -> str:
    """Slack's error code, such as `ratelimited`."""
    return str(error.response.get("error", ""))


def is_revoked(error: Exception) -> bool:
    """Whether Slack refused the token itself, so that no call will work with it."""
    return isinstance(error, SlackApiError) and error_code(error) in _REVOKED


def is_refusal(error: SlackApiError) -> bool:
    """Whether Slack certainly did nothing. After other errors it may have."""
    if error.response.status_code == 429:
        return True
    return error.response.status_code < 500 and error_code(error) not in _UNSURE


def asked_to_wait(error: Exception) -> float:
    """The seconds that Slack asks to wait; 0 if the error is no rate limit."""
    if not isinstance(error, SlackApiError) or error.response.status_code != 429:
        return 0.0
    return _retry_after(error.response.headers)


class _WaitOut(RateLimitErrorRetryHandler):
    def __init__(self, longest: float) -> None:
        super().__init__(max_retry_count=3)
        self._longest = longest

    def _can_retry(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        limited = super()._can_retry(state=state, request=request, response=response, error=error)
        if not limited or response is None or request.url.endswith(_NOT_WAITED_FOR):
            return False
        return _retry_after(response.headers) <= self._longest


class _Repeat(RetryHandler):
    def _can_retry(
        self,
        *,
        state: RetryState,  # noqa: ARG002 - the interface's
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        is_lost = isinstance(error, URLError | ConnectionError | RemoteDisconnected | TimeoutError)
        failed = response.status_code >= 500 if response else is_lost
        return failed and request.url.endswith(_REPEATABLE)


def _retry_after(headers: object) -> float:
    """Slack's `Retry-After` header in seconds; 1 if there is none."""
    lowercased = {str(name).lower(): value for name, value in dict(headers).items()}  # type: ignore[call-overload]
    value = lowercased.get("retry-after", 1)
    try:
        return float(value[0] if isinstance(value, list) else value)
    except ValueError:
        return 1.0
