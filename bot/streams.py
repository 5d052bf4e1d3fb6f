"""One answer streamed into Slack: started at its first text, rolled over before Slack ends it."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot import blocks

_FLUSH_CHARACTERS = 256
_FLUSH_SECONDS = 0.7
"""Slack takes about 100 appends a minute (tier 4)."""

_ENDED = "message_not_in_streaming_state"
_STOPPED = "stopped_by_user"


class NotStreaming(Exception):
    """Slack would not start a stream here or now: write whole messages instead."""


class StoppedByPerson(Exception):
    """A person pressed stop: what was written stays, and nothing is replayed."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an answer goes, from whom, and to whom: a stream in a channel names its reader."""

    team: str
    channel: str
    thread: str
    user: str
    bot_user_id: str


class Stream:
    """The growing text of one answer. `posted` is called with the `ts` of each new message."""

    def __init__(self, slack: WebClient, place: Place, posted: Callable[[str], None]) -> None:
        self._slack, self._place, self._posted = slack, place, posted
        self.text = ""
        self._pending = ""
        self._shown = ""
        self._ts: str | None = None
        self._flushed_at = 0.0

    def append(self, text: str) -> None:
        """Add text, and show it when there is enough of it or enough time has passed.

        Raises `NotStreaming` with the text kept in `text`, or `StoppedByPerson`.
        """
        self.text += text
        self._pending += text
        waited = time.monotonic() - self._flushed_at
        if len(self._pending) >= _FLUSH_CHARACTERS or waited >= _FLUSH_SECONDS:
            self._flush()

    def stop(self, below: Sequence[dict[str, Any]]) -> None:
        """Show the rest, put the blocks `below` it, and end the stream.

        Raises `NotStreaming` where the stream never began or has died meanwhile.
        """
        self._flush(final=True)
        if self._ts is None:
            raise NotStreaming
        try:
            self._call(self._slack.chat_stopStream, ts=self._ts, blocks=below or None)
        except SlackApiError as error:
            if error_code(error) == _ENDED:
                raise NotStreaming from error
            raise

    def _flush(self, *, final: bool = False) -> None:
        while self._pending.strip():
            fits = blocks.room_for(self._shown, self._pending, final=final)
            text = self._pending[:fits]
            if fits and self._show(text):
                self._shown += text
                self._pending = self._pending[fits:]
            elif not fits and not final and blocks.fits(self._shown, self._pending):
                break  # the rest of its last line is still to come
            else:
                self._roll_over()
        self._flushed_at = time.monotonic()

    def _show(self, text: str) -> bool:
        """Send text to Slack; False where Slack has ended the stream without taking it."""
        if self._ts is None:
            self._start(text)
            return True
        try:
            self._call(self._slack.chat_appendStream, ts=self._ts, markdown_text=text)
        except SlackApiError as error:
            if error_code(error) != _ENDED:
                raise
            self._ts = None
            return False
        return True

    def _start(self, text: str) -> None:
        try:
            started = self._slack.chat_startStream(
                channel=self._place.channel,
                thread_ts=self._place.thread,
                markdown_text=text,
                recipient_team_id=self._place.team,
                recipient_user_id=self._place.user,
            )
        except SlackApiError as error:
            raise NotStreaming(error_code(error)) from error
        self._ts = str(started["ts"])
        self._posted(self._ts)

    def _roll_over(self) -> None:
        """End this message and let the next text begin another, inside the same code fence."""
        fence = blocks.open_fence(self._shown)
        if self._ts is not None:
            end = blocks.closing(fence) or None
            self._call(self._slack.chat_stopStream, ts=self._ts, markdown_text=end)
        self._ts, self._shown = None, ""
        if fence:
            self._pending = f"{fence}\n{self._pending}"

    def _call(self, method: Callable[..., Any], **arguments: Any) -> None:
        try:
            method(channel=self._place.channel, **arguments)
        except SlackApiError as error:
            if error_code(error) == _STOPPED:
                raise StoppedByPerson from error
            raise


def end_stream(slack: WebClient, channel: str, ts: str) -> None:
    """Make sure that a message no longer streams, so that it can be updated or deleted."""
    try:
        slack.chat_stopStream(channel=channel, ts=ts)
    except SlackApiError as error:
        if error_code(error) not in (_ENDED, _STOPPED):
            raise


def error_code(error: SlackApiError) -> str:
    """Slack's name for what went wrong, such as `ratelimited`."""
    return str(error.response.get("error", ""))
