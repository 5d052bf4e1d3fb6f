"""The session's status, which shows under a thread that the bot is at work, or no longer."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.runtime.log import log
from bot.slack.client import asked_to_wait, is_revoked
from bot.slack.stream import Destination

_PATIENCE = 5
"""Seconds that the next question of the thread may wait for the status of the last."""


@contextmanager
def at_work(slack: WebClient, place: Destination, title: str) -> Iterator[None]:
    """Show that the bot is at work. Slack does not clear `processing` by itself for an hour.

    The first question of a thread gives its session the title: Slack ignores any later one.
    """
    _set_status(slack, place.channel, place.thread, "processing", title)
    try:
        yield
    finally:
        show_at_rest(slack, place.channel, place.thread)


def show_at_rest(slack: WebClient, channel: str, thread: str) -> None:
    """Show that the bot is no longer at work, as soon as Slack takes that."""
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
        # A courtesy: an answer without it is better than none.
        log("status_failed", level="WARNING", error=type(error).__name__)
    return None
