"""One answer streamed into Slack: started at its first text, rolled over before Slack ends it."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot import blocks
from bot.markdown import Parts
from bot.slack import asked_to_wait, error_code, is_refusal, is_revoked
from bot.state.changes import Stopped

_FIRST_PAUSE, _LONGEST_PAUSE, _GROWTH = 0.5, 3.0, 1.25
"""Seconds between two appends. Slack takes about 100 a minute of a whole workspace (tier 4): as
the pauses grow, 20 answers of 5 s spend as many."""

_OLD, _TOO_OLD = 240.0, 280.0
"""Seconds after which a message ends at the next line, or anywhere. Slack ends it at about 300."""

_ENDED = "message_not_in_streaming_state"
_STOPPED = "stopped_by_user"
_GONE = "message_not_found"


class NotStreaming(Exception):
    """Slack would not start or go on with a stream here or now: write whole messages instead."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an answer goes, from whom, and to whom: a stream in a channel names its reader."""

    team: str
    channel: str
    thread: str
    user: str
    bot_user_id: str


class Stream:
    """The growing text of one answer.

    `posted` is called with the `ts` of each new message, `may_start` asked before each.
    """

    def __init__(
        self,
        slack: WebClient,
        place: Place,
        posted: Callable[[str], None],
        may_start: Callable[[], bool],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._slack, self._place, self._posted = slack, place, posted
        self._may_start, self._clock = may_start, clock
        self.text = ""
        self._parts = Parts()
        self._ts: str | None = None
        self._started = 0.0
        self._next = float("-inf")
        self._pause = _FIRST_PAUSE

    def append(self, text: str) -> None:
        """Add text, and show it where the last was shown long enough ago.

        Raises `NotStreaming` with the text kept in `text`, or `Stopped`.
        """
        self.text += text
        self._parts.add(text)
        if self._clock() >= self._next:
            self._next = self._clock() + self._pause
            self._pause = min(self._pause * _GROWTH, _LONGEST_PAUSE)
            try:
                self._flush()
            except _Limited as limited:
                self._next = self._clock() + limited.seconds

    def stop(self, below: Sequence[dict[str, Any]]) -> None:
        """Show the rest, put the blocks `below` it, and end the stream.

        Raises `NotStreaming` where the stream never began or has died meanwhile.
        """
        try:
            self._flush(final=True)
            if self._ts is None:
                raise NotStreaming
            rest = (self._parts.ready(final=True) or "").rstrip() or None
            self._call(
                self._slack.chat_stopStream, ts=self._ts, markdown_text=rest, blocks=below or None
            )
        except (_Limited, _Ended) as error:
            raise NotStreaming from error

    def _flush(self, *, final: bool = False) -> None:
        """Show what may be shown now. When `final`, the last of it is left to the stream's end."""
        while (text := self._parts.ready(final=final, ending=self._age() > _OLD)) != "":
            if self._is_old():
                self._roll_over()
            elif final and text and self._ts and self._parts.leaves_nothing:
                return
            elif text and self._show(text):
                self._parts.shown()
            else:
                self._roll_over()

    def _age(self) -> float:
        return self._clock() - self._started if self._ts else 0.0

    def _is_old(self) -> bool:
        return self._age() > (_OLD if self._parts.at_line_end else _TOO_OLD)

    def _show(self, text: str) -> bool:
        """Send text to Slack; False where Slack has ended the stream without taking it."""
        if self._ts is None:
            self._start(text)
            return True
        try:
            self._call(self._slack.chat_appendStream, ts=self._ts, markdown_text=text)
        except _Ended:
            return False
        return True

    def _start(self, text: str) -> None:
        if not self._may_start():
            raise NotStreaming("enough streams for this minute")
        try:
            started = self._slack.chat_startStream(
                channel=self._place.channel,
                thread_ts=self._place.thread,
                markdown_text=text,
                recipient_team_id=self._place.team,
                recipient_user_id=self._place.user,
            )
        except SlackApiError as error:
            if not is_refusal(error) or is_revoked(error):
                raise
            raise NotStreaming(error_code(error)) from error
        self._ts, self._started = str(started["ts"]), self._clock()
        self._posted(self._ts)

    def _roll_over(self) -> None:
        """End this message and let the next text begin another, inside what was open."""
        shown, end = self._parts.message, self._parts.turn()
        if self._ts is None:
            return
        try:
            self._call(self._slack.chat_stopStream, ts=self._ts, markdown_text=end or None)
        except _Ended:
            if end:
                self._call(self._slack.chat_update, ts=self._ts, **blocks.content(shown + end))
        except _Limited as error:
            raise NotStreaming from error
        self._ts = None

    def _call(self, method: Callable[..., Any], **arguments: Any) -> None:
        try:
            method(channel=self._place.channel, **arguments)
        except SlackApiError as error:
            if error_code(error) == _STOPPED:
                raise Stopped from error
            if error_code(error) == _ENDED:
                raise _Ended from error
            if seconds := asked_to_wait(error):
                raise _Limited(seconds) from error
            raise


class _Ended(Exception):
    """Slack has ended the stream meanwhile, without taking what was to be shown."""


class _Limited(Exception):
    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def end_stream(slack: WebClient, channel: str, ts: str) -> None:
    """Make sure that a message no longer streams, so that it can be updated or deleted."""
    try:
        slack.chat_stopStream(channel=channel, ts=ts)
    except SlackApiError as error:
        if error_code(error) not in (_ENDED, _STOPPED, _GONE):
            raise
