"""Streams one answer into Slack: begins with the first text, and rolls over before Slack ends it.

A stream takes either text or chunks, as its first call decides. Only chunks can show tools at work,
so everything is sent as chunks, as slack_sdk's own helper does; see docs/decisions/0030.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.answering.events import Task
from bot.markdown import Parts
from bot.runtime.log import log
from bot.slack.client import asked_to_wait, error_code, is_refusal, is_revoked
from bot.slack.ui import blocks
from bot.state.changes import Stopped

_FIRST_PAUSE, _LONGEST_PAUSE, _GROWTH = 0.5, 3.0, 1.25
"""Seconds between two appends. Slack takes about 100 a minute of a whole workspace (tier 4): with
these growing pauses, 20 answers of 5 s need as many."""

_OLD, _TOO_OLD = 240.0, 280.0
"""Seconds after which a message ends at the next line, or anywhere. Slack ends it at about 300."""

_BAD_CHUNKS = ("invalid_chunks", "invalid_blocks", "invalid_arguments")
_NOT_STREAMING = "message_not_in_streaming_state"
_STOPPED = "stopped_by_user"
_NOT_FOUND = "message_not_found"


class NotStreaming(Exception):
    """Slack would not start or continue a stream: write whole messages instead."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Where an answer goes. `user` asked: a stream in a channel needs its reader's id."""

    team: str
    channel: str
    thread: str
    user: str
    bot_user_id: str


class Stream:
    """The growing text of one answer.

    `posted` is called with the `ts` of each new message, `may_start` before each.
    """

    def __init__(
        self,
        slack: WebClient,
        place: Destination,
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
        self._tasks: dict[str, Task] = {}
        """Changes of tasks that are not shown yet, by id."""
        self._cards: dict[str, Task] = {}
        """The tasks that the current message shows, by id, in the state that it shows."""

    def append(self, text: str) -> None:
        """Add text, and show it unless the last append was too short ago.

        Raises `NotStreaming`, with all text in `text`, or `Stopped`.
        """
        self.text += text
        self._parts.add(text)
        if self._clock() >= self._next:
            self._show_now()
            self._pause = min(self._pause * _GROWTH, _LONGEST_PAUSE)

    def catch_up(self) -> None:
        """Show changes of tasks, as often as text. Raises as above."""
        if self._tasks and self._clock() >= self._next:
            self._show_now()

    def show(self, task: Task) -> None:
        """Show a task, below the text so far. Raises as above.

        Its end is shown with the next text, which the model has been called for by then.
        """
        if task.state != "running":
            self._tasks[task.id] = task
            return
        self._show_now()
        self._tasks[task.id] = task
        self._show_now()

    def _show_now(self) -> None:
        self._next = self._clock() + self._pause
        try:
            self._flush()
        except _Limited as limited:
            self._next = self._clock() + limited.seconds

    def stop(self, below: Sequence[dict[str, Any]]) -> None:
        """Show the rest, with the blocks `below` it, and end the stream.

        Raises `NotStreaming` if the stream never began, or Slack has ended it.
        """
        try:
            self._flush(final=True)
            if self._ts is None:
                raise NotStreaming
            rest = (self._parts.ready(final=True) or "").rstrip()
            self._send(self._slack.chat_stopStream, rest, blocks=below or None)
        except (_Limited, _StreamEnded) as error:
            raise NotStreaming from error

    def _flush(self, *, final: bool = False) -> None:
        """Show all text that is ready. If `final`, its last part is left to `stop`."""
        while (text := self._parts.ready(final=final, ending=self._age() > _OLD)) != "":
            if self._is_old():
                self._roll_over()
            elif final and text and self._ts and self._parts.leaves_nothing:
                return
            elif text and self._show(text):
                self._parts.note_shown()
            else:
                self._roll_over()
        if self._tasks and not final and (self._age() > _OLD or not self._show("")):
            self._roll_over()
            self._show("")

    def _age(self) -> float:
        return self._clock() - self._started if self._ts else 0.0

    def _is_old(self) -> bool:
        return self._age() > (_OLD if self._parts.at_line_end else _TOO_OLD)

    def _show(self, text: str) -> bool:
        """Send text to Slack; False if Slack has ended the stream without taking it."""
        if self._ts is None:
            self._start(text)
            return True
        try:
            self._send(self._slack.chat_appendStream, text)
        except _StreamEnded:
            return False
        return True

    def _start(self, text: str) -> None:
        if not self._may_start():
            raise NotStreaming("enough streams for this minute")
        try:
            started = self._slack.chat_startStream(
                channel=self._place.channel,
                thread_ts=self._place.thread,
                chunks=self._chunks(text),
                task_display_mode="timeline",
                recipient_team_id=self._place.team,
                recipient_user_id=self._place.user,
            )
        except SlackApiError as error:
            if not is_refusal(error) or is_revoked(error):
                raise
            raise NotStreaming(error_code(error)) from error
        self._ts, self._started = str(started["ts"]), self._clock()
        self._posted(self._ts)
        self._note_tasks_as_shown()

    def _send(self, method: Callable[..., Any], text: str, **more: Any) -> None:
        """Send text and the changes of tasks, with a call about this stream."""
        try:
            self._call(method, ts=self._ts, chunks=self._chunks(text) or None, **more)
        except SlackApiError as error:
            if not self._tasks or error_code(error) not in _BAD_CHUNKS:
                raise
            # The answer goes on without the tasks.
            log("task_not_shown", "WARNING", error=error_code(error))
            self._tasks.clear()
            if text or more:
                self._send(method, text, **more)
        self._note_tasks_as_shown()

    def _chunks(self, text: str) -> list[dict[str, Any]]:
        tasks = [
            blocks.task_update(task, new=task.id not in self._cards)
            for task in self._tasks.values()
        ]
        return [*tasks, *([{"type": "markdown_text", "text": text}] if text else [])]

    def _note_tasks_as_shown(self) -> None:
        new = [task for task in self._tasks.values() if task.id not in self._cards]
        self._parts.reserve(sum(map(blocks.task_size, new)))
        self._cards |= self._tasks
        self._tasks.clear()

    def _roll_over(self) -> None:
        """End this message; the next text begins another, which re-opens what was open."""
        text, end = self._parts.message, self._parts.turn()
        if self._ts is None:
            return
        new = {name: task for name, task in self._tasks.items() if name not in self._cards}
        self._tasks = self._last_of_cards()
        try:
            self._send(self._slack.chat_stopStream, end)
        except _StreamEnded:
            if end or self._tasks:
                self._call(self._slack.chat_update, ts=self._ts, **blocks.content(text + end))
        except _Limited as error:
            raise NotStreaming from error
        self._ts = None
        self._tasks, self._cards = new, {}

    def _last_of_cards(self) -> dict[str, Task]:
        """The last states of this message's running tasks: Slack would let them spin for ever."""
        latest = self._cards | self._tasks
        running = [name for name, task in self._cards.items() if task.state == "running"]
        return {
            name: replace(latest[name], state="done")
            if latest[name].state == "running"
            else latest[name]
            for name in running
        }

    def _call(self, method: Callable[..., Any], **arguments: Any) -> None:
        try:
            method(channel=self._place.channel, **arguments)
        except SlackApiError as error:
            if error_code(error) == _STOPPED:
                raise Stopped from error
            if error_code(error) == _NOT_STREAMING:
                raise _StreamEnded from error
            if seconds := asked_to_wait(error):
                raise _Limited(seconds) from error
            raise


class _StreamEnded(Exception):
    """Slack has ended the stream, without taking the text."""


class _Limited(Exception):
    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def end_stream(slack: WebClient, channel: str, ts: str) -> None:
    """End a message's stream if it still runs, so that the message can be updated or deleted."""
    try:
        slack.chat_stopStream(channel=channel, ts=ts)
    except SlackApiError as error:
        if error_code(error) not in (_NOT_STREAMING, _STOPPED, _NOT_FOUND):
            raise
