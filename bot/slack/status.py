"""Sets the session's status: whether Slack shows below a thread that the bot is at work."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.runtime.log import log
from bot.slack.client import asked_to_wait, is_revoked
from bot.slack.stream import Destination

_PATIENCE = 5
"""Seconds to wait out a rate limit; the thread's next question waits as long."""


@contextmanager
def at_work(slack: WebClient, place: Destination, title: str) -> Iterator[None]:
    """Show that the bot is at work. Slack itself would clear `processing` only after an hour.

    The session gets its title from the thread's first question; Slack ignores later titles.
    """
    _set_status(slack, place.channel, place.thread, "processing", title)
    try:
        yield
    finally:
        show_at_rest(slack, place.channel, place.thread)


def show_at_rest(slack: WebClient, channel: str, thread: str) -> None:
    """Show that the bot is no longer at work."""
    _set_status(slack, channel, thread, "active", patience=_PATIENCE)


def _set_status(
    slack: WebClient, channel: str, thread: str, status: str, title: str = "", patience: float = 0
) -> None:
    try:
        slack.agents_sessions_setStatus(
            channel_id=channel, thread_ts=thread, status=status, title=title or None
        )
        log("status", status=status)
    except (SlackApiError, OSError) as error:
        if is_revoked(error):
            raise
        wait = asked_to_wait(error)
        if 0 < wait <= patience:
            time.sleep(wait)
            return _set_status(slack, channel, thread, status, title)
        # An answer without a status is better than none.
        log("status_failed", level="WARNING", error=type(error).__name__)
    return None
