"""The session's status, which shows under a thread that the bot is at work, or no longer."""

from collections.abc import Iterator
from contextlib import contextmanager

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.log import log
from bot.slack import is_revoked
from bot.streams import Place


@contextmanager
def at_work(slack: WebClient, place: Place, title: str) -> Iterator[None]:
    """Show that the bot is at work. Slack does not clear `processing` by itself for an hour.

    The first question of a thread gives its session the title: Slack ignores any later one.
    """
    _set_status(slack, place, "processing", title)
    try:
        yield
    finally:
        _set_status(slack, place, "active")


def _set_status(slack: WebClient, place: Place, status: str, title: str = "") -> None:
    try:
        slack.agents_sessions_setStatus(
            channel_id=place.channel, thread_ts=place.thread, status=status, title=title or None
        )
    except (SlackApiError, OSError) as error:
        if is_revoked(error):
            raise
        # A courtesy: an answer without it is better than none.
        log("status_failed", level="WARNING", error=type(error).__name__)
