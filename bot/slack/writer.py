"""Writes one answer into its thread: never two, never half of one, never none.

The first attempt streams. Later attempts replace its messages: a model says something else the
second time, so an answer is never continued mid-sentence.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.answering.events import (
    Abstained,
    AnswerEvent,
    Quoted,
    Remark,
    Rewrite,
    Sources,
    Task,
    Text,
    Waiting,
)
from bot.markdown import SlackMarkdown, roll_over
from bot.slack.client import error_code
from bot.slack.stream import Destination, NotStreaming, Stream, end_stream
from bot.slack.ui import blocks, buttons, sources
from bot.state.claims import Claim

_NOT_FOUND = "message_not_found"
_STILL_STREAMING = ("streaming_state_conflict", "cant_delete_message")


class Reply:
    """The messages of one answer. `may_stream` is called before each streamed message."""

    def __init__(
        self,
        slack: WebClient,
        place: Destination,
        claim: Claim,
        may_stream: Callable[[], bool],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._slack, self._place, self._claim = slack, place, claim
        self._may_stream, self._clock = may_stream, clock

    def adopt(self, posts: Iterable[str]) -> None:
        """Save messages that a killed attempt posted before it could save their `ts`."""
        for ts in posts:
            if ts not in self._claim.posted:
                self._claim.remember(ts)

    def write(self, events: Iterator[AnswerEvent]) -> None:
        """Write the answer while its events come. After an error the next delivery writes it."""
        if self._claim.attempt > 1:
            self._write_whole(for_slack(events))
        else:
            self._stream(for_slack(events))

    def write_instead(self, text: str, below: Sequence[dict[str, Any]] = ()) -> None:
        """Replace all posted messages by one text, such as the apology."""
        self._put([text], below)

    def mark_stopped(self) -> None:
        """Leave the text, and say below it that it was stopped."""
        if not self._claim.posted:
            self._post({"text": blocks.STOPPED, "blocks": [blocks.stopped()]})
            return
        last = self._claim.posted[-1]
        thread = self._slack.conversations_replies(
            channel=self._place.channel,
            ts=self._place.thread,
            oldest=last,
            latest=last,
            inclusive=True,
        )
        for message in thread["messages"]:
            if message["ts"] == last and not blocks.is_stopped(message):
                below = [*blocks.without_running_tasks(message.get("blocks", ())), blocks.stopped()]
                text = message.get("text") or blocks.STOPPED
                content = {**blocks.content(text), "blocks": below}
                self._change(self._slack.chat_update, last, **content)

    def withdraw(self) -> None:
        """Delete the answer, since its question was deleted."""
        self._put([], ())

    def _stream(self, events: Iterator[AnswerEvent]) -> None:
        stream = Stream(
            self._slack, self._place, self._claim.remember, self._may_stream, self._clock
        )
        below = _Below()
        try:
            for event in events:
                match event:
                    case Text(text):
                        stream.append(text)
                    case Task():
                        stream.show(event)
                    case Waiting():
                        stream.catch_up()
                    case Rewrite():
                        return self._write_whole(events)
                    case Quoted() if not stream.text:
                        # A quote comes in one piece, so a stream would only be one more call.
                        below.note(event)
                        return self._write_whole(events, below=below)
                    case _:
                        below.note(event)
            stream.stop(below.blocks())
        except NotStreaming:
            self._write_whole(events, stream.text, below)

    def _write_whole(
        self, events: Iterable[AnswerEvent], text: str = "", below: "_Below | None" = None
    ) -> None:
        below = below or _Below()
        for event in events:
            match event:
                case Text(more):
                    text += more
                case Rewrite():
                    text, below = "", _Below()
                case _:
                    below.note(event)
        self._put(roll_over(text), below.blocks())

    def _put(self, parts: Sequence[str], below: Sequence[dict[str, Any]]) -> None:
        """Make Slack show exactly `parts`: update posted messages, post or delete the rest."""
        posted = list(self._claim.posted)
        for number, part in enumerate(parts):
            content = blocks.content(part, below if number == len(parts) - 1 else ())
            if number >= len(posted):
                self._post(content)
            elif not self._change(self._slack.chat_update, posted[number], **content):
                # Somebody deleted it. The parts below move up a message, so that the order stays.
                self._claim.forget(posted[number])
                return self._put(parts, below)
        for ts in posted[len(parts) :]:
            self._change(self._slack.chat_delete, ts)
            self._claim.forget(ts)
        return None

    def _post(self, content: dict[str, Any]) -> None:
        posted = self._slack.chat_postMessage(
            channel=self._place.channel,
            thread_ts=self._place.thread,
            unfurl_links=False,
            unfurl_media=False,
            **content,
        )
        self._claim.remember(str(posted["ts"]))

    def _change(self, method: Callable[..., Any], ts: str, **content: Any) -> bool:
        """Update or delete a message, after ending its stream; False if it was deleted."""
        where = {"channel": self._place.channel, "ts": ts}
        try:
            try:
                method(**where, **content)
            except SlackApiError as error:
                if error_code(error) not in _STILL_STREAMING:
                    raise
                end_stream(self._slack, **where)
                method(**where, **content)
        except SlackApiError as error:
            if error_code(error) != _NOT_FOUND:
                raise
            return False
        return True


def for_slack(events: Iterable[AnswerEvent]) -> Iterator[AnswerEvent]:
    """The same events, with their text translated for Slack."""
    markdown = SlackMarkdown()
    for event in events:
        match event:
            case Text(text):
                if translated := markdown.feed(text):
                    yield Text(translated)
            case Rewrite():
                markdown = SlackMarkdown()
                yield event
            case _:
                yield event
    if rest := markdown.finish():
        yield Text(rest)


class _Below:
    """Collects what is shown below an answer: remarks, sources, a contact, and buttons."""

    def __init__(self) -> None:
        self._quoted: Quoted | None = None
        self._abstained: Abstained | None = None
        self._sources = Sources()
        self._remarks: list[str] = []

    def note(self, event: AnswerEvent) -> None:
        match event:
            case Quoted():
                self._quoted = event
            case Abstained():
                self._abstained = event
            case Sources():
                self._sources = event
            case Remark(text):
                self._remarks.append(text)
            case _:
                pass

    def blocks(self) -> list[dict[str, Any]]:
        label = "Nearest in the documents" if self._abstained else "Sources"
        source_list = sources.listed(self._sources.citations, label)
        because = [self._quoted.because] if self._quoted else []
        return [
            *blocks.notes([*because, *self._remarks], source_list),
            *blocks.ask_instead(self._abstained.contact if self._abstained else ""),
            *buttons.below_answer(sources=bool(source_list)),
        ]
