"""The writer: one answer, whole, in its thread. Never two, never cut off, never silent.

A first attempt streams. Whatever comes after a failure rewrites: a second run of a model says
something else, so an answer is never continued mid-sentence.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from slack_sdk import WebClient

from bot import blocks
from bot.answering.events import AnswerEvent, Quoted, Rewrite, Sources, Text
from bot.state.claims import Claim
from bot.streams import NotStreaming, Place, StoppedByPerson, Stream, end_stream


class Reply:
    """The messages of one answer."""

    def __init__(self, slack: WebClient, place: Place, claim: Claim) -> None:
        self._slack, self._place, self._claim = slack, place, claim

    def adopt_orphans(self) -> None:
        """Take over messages that a killed attempt posted before it could save their `ts`.

        Within a thread one question is answered at a time, so whatever the bot posted there since
        the first attempt began belongs to this answer.
        """
        thread = self._slack.conversations_replies(
            channel=self._place.channel, ts=self._place.thread, oldest=f"{self._claim.since:.6f}"
        )
        for message in thread["messages"]:
            ts = str(message["ts"])
            own = message.get("user") == self._place.bot_user_id
            if own and float(ts) >= self._claim.since and ts not in self._claim.posted:
                self._claim.remember(ts)

    def write(self, events: Iterator[AnswerEvent]) -> None:
        """Write the answer as it comes.

        Raises `StoppedByPerson`; any other error leaves the answer to the next delivery.
        """
        try:
            if self._claim.attempt > 1:
                self._write_whole(events)
            else:
                self._stream(events)
        except StoppedByPerson:
            for ts in self._claim.posted[-1:]:
                end_stream(self._slack, self._place.channel, ts)
            raise

    def write_instead(self, text: str) -> None:
        """Put one text in the place of all that was posted: the apology of a last attempt."""
        self._put([text], [])

    def _stream(self, events: Iterator[AnswerEvent]) -> None:
        stream = Stream(self._slack, self._place, self._claim.remember)
        below = _Below()
        try:
            for event in events:
                match event:
                    case Text(text):
                        stream.append(blocks.harmless(text))
                    case Rewrite():
                        return self._write_whole(events)
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
                    text += blocks.harmless(more)
                case Rewrite():
                    text, below = "", _Below()
                case _:
                    below.note(event)
        self._put(blocks.roll_over(text), below.blocks())

    def _put(self, parts: Sequence[str], below: Sequence[dict[str, Any]]) -> None:
        """Bring Slack to show exactly `parts`: update what is there, post or delete the rest."""
        there = list(self._claim.posted)
        for number, part in enumerate(parts):
            content: dict[str, Any] = {
                "text": part[:3_900],
                "blocks": blocks.message(part, below if number == len(parts) - 1 else ()),
            }
            if number < len(there):
                end_stream(self._slack, self._place.channel, there[number])
                self._slack.chat_update(channel=self._place.channel, ts=there[number], **content)
            else:
                self._post(content)
        for ts in there[len(parts) :]:
            end_stream(self._slack, self._place.channel, ts)
            self._slack.chat_delete(channel=self._place.channel, ts=ts)
            self._claim.forget(ts)

    def _post(self, content: dict[str, Any]) -> None:
        posted = self._slack.chat_postMessage(
            channel=self._place.channel,
            thread_ts=self._place.thread,
            unfurl_links=False,
            unfurl_media=False,
            **content,
        )
        self._claim.remember(str(posted["ts"]))


class _Below:
    """What stands below an answer: who wrote it, where not a model, and its sources."""

    def __init__(self) -> None:
        self._quoted: Quoted | None = None
        self._sources = Sources(())

    def note(self, event: AnswerEvent) -> None:
        match event:
            case Quoted():
                self._quoted = event
            case Sources():
                self._sources = event
            case _:
                pass

    def blocks(self) -> list[dict[str, Any]]:
        named = [f"[{n}] {source}" for n, source in enumerate(self._sources.sources, start=1)]
        because = [self._quoted.because] if self._quoted else []
        return blocks.notes(because, named)
