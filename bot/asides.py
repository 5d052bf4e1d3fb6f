"""The writer for one person alone: by a response URL, whole, since nothing streams there."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from slack_sdk import WebClient

from bot import blocks, whispers
from bot.answering.events import AnswerEvent
from bot.replies import Reply, for_slack
from bot.state.claims import Claim
from bot.streams import Place

_USES = 5
"""Slack takes no more messages by one response URL."""

_AGAIN = "_This was interrupted; here it is from the beginning._\n\n"
_REST = (
    "\n\n_There is more, but Slack shows no more here. Ask in a channel that {name} is in, or in a"
    " direct message, to read it whole._"
)


class Aside(Reply):
    """An answer that nothing can find again: each message is noted only once it is there.

    So a worker killed in between shows that message twice rather than never.
    """

    def __init__(
        self, slack: WebClient, place: Place, claim: Claim, url: str, asked: str, name: str
    ) -> None:
        """`asked` is the question in a line, which Slack shows nowhere else."""
        super().__init__(slack, place, claim, may_stream=lambda: False)
        self._url, self._asked, self._name = url, asked, name

    def adopt(self, posts: Iterable[str]) -> None:
        """There is nothing to be found."""

    def write(self, events: Iterator[AnswerEvent]) -> None:
        """Write the answer whole, as far as five messages hold it."""
        self._write_whole(for_slack(events))

    def write_instead(self, text: str, below: Sequence[dict[str, Any]] = ()) -> None:  # noqa: ARG002
        """Without buttons: "Try again" would look for the question in a thread."""
        super().write_instead(text)

    def _put(self, parts: Sequence[str], below: Sequence[dict[str, Any]]) -> None:
        room = max(1, _USES - len(self._claim.posted))
        start = f"> {blocks.harmless(self._asked)}\n\n"
        start += _AGAIN if self._claim.posted else ""
        rest = _REST.format(name=self._name) if len(parts) > room else ""
        for number, part in enumerate(parts[:room]):
            last = number == min(len(parts), room) - 1
            text = (start if not number else "") + part + (rest if last else "")
            whispers.send(self._url, text, blocks.message(text, below if last else ()))
            self._claim.remember(f"{self._claim.attempt}.{number}")
