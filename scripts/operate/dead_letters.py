"""The dead-letter queue: messages that the worker gave up on, to be read and put back.

A look leaves every message as it was, and no message is lost on its way back.
"""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Self

from bot.runtime.deduplication_key import part_of, team_of, text_of
from bot.slack.ui import blocks

Json = dict[str, Any]

_AT_ONCE = 10
_LOOK_SECONDS = 30
"""The visibility timeout of a look that is killed; otherwise it ends with the look."""

_SURFACES = {
    "app_mention": "mention",
    "message": "direct message",
    "question_posted": "question posted for somebody",
}


@dataclass(frozen=True, slots=True)
class Letter:
    """One message of the dead-letter queue. `since` is when it arrived there, in epoch seconds.

    `answer` is the apology (team:channel:ts) whose button "Try again" was pressed, or "".
    """

    id: str
    group: str
    question: str | None
    answer: str
    surface: str
    since: float
    text: str
    body: str
    handle: str

    @classmethod
    def from_sqs(cls, received: Mapping[str, Any]) -> Self:
        message, attributes = _read(received["Body"]), received["Attributes"]
        body = part_of(message, "body")
        return cls(
            id=received["MessageId"],
            group=attributes["MessageGroupId"],
            question=message.get("question"),
            answer=_tried_again(body),
            surface=_surface(text_of(message, "kind") or "unreadable", body),
            # SQS sets it anew when it moves a message to a FIFO dead-letter queue.
            since=int(attributes["SentTimestamp"]) / 1000,
            text=text_of(part_of(body, "event") or body, "text"),
            body=received["Body"],
            handle=received["ReceiptHandle"],
        )

    @property
    def reference(self) -> str | None:
        """The reference that the apology in Slack shows."""
        return blocks.reference(self.question) if self.question else None

    @property
    def age(self) -> float:
        """Seconds since it arrived here."""
        return max(0.0, time.time() - self.since)


@dataclass(frozen=True, slots=True)
class DeadLetters:
    """An environment's dead-letter queue, and the queue that its messages came from."""

    sqs: Any  # boto3's
    url: str
    requests_url: str

    def look(self) -> tuple[list[Letter], int]:
        """The visible letters, in order within each thread, and how many more there are.

        A FIFO queue shows the first ten of a thread, until they are gone.
        """
        with self._in_sight() as batches:
            letters = [letter for batch in batches for letter in batch]
            return letters, self._waiting()

    def put_back(self, only: str | None = None) -> Iterator[tuple[Letter, str]]:
        """Send each letter to the end of its thread, and yield it with its new message id.

        `only` limits that to one id. A letter is sent before it is deleted, so that none is lost:
        after an interruption between the two, the claim on the question makes the copy harmless,
        as the deduplication id does for five minutes. What fails again meanwhile stays.
        """
        redriven: set[str] = set()
        with self._in_sight() as batches:
            for batch in batches:
                for letter in batch:
                    if letter.id in redriven or only not in (None, letter.id):
                        continue
                    new_id = self._send(letter)
                    self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=letter.handle)
                    redriven.add(new_id)
                    yield letter, new_id
                    if only:
                        return

    def _send(self, letter: Letter) -> str:
        answer = self.sqs.send_message(
            QueueUrl=self.requests_url,
            MessageBody=letter.body,
            MessageGroupId=letter.group,
            MessageDeduplicationId=f"redriven-{letter.id}",
        )
        return str(answer["MessageId"])

    @contextmanager
    def _in_sight(self) -> Iterator[Iterator[list[Letter]]]:
        """Receive batch after batch; in the end make what is left visible to others at once."""
        received: list[Letter] = []
        try:
            yield self._batches(received)
        finally:
            for letter in received:
                self._release(letter)

    def _batches(self, received: list[Letter]) -> Iterator[list[Letter]]:
        """Yield until the queue is empty, or only letters come that were received before.

        In a queue of thousands the first are visible again before the last is received.
        """
        ids: set[str] = set()
        while batch := self._receive():
            received += batch
            fresh = [letter for letter in batch if letter.id not in ids]
            if not fresh:
                return
            ids |= {letter.id for letter in fresh}
            yield fresh

    def _receive(self) -> list[Letter]:
        answer = self.sqs.receive_message(
            QueueUrl=self.url,
            MaxNumberOfMessages=_AT_ONCE,
            VisibilityTimeout=_LOOK_SECONDS,
            WaitTimeSeconds=1,  # long polling: it asks all of SQS's servers
            AttributeNames=["All"],
        )
        return [Letter.from_sqs(received) for received in answer.get("Messages", ())]

    def _release(self, letter: Letter) -> None:
        try:
            self.sqs.change_message_visibility(
                QueueUrl=self.url, ReceiptHandle=letter.handle, VisibilityTimeout=0
            )
        except self.sqs.exceptions.ClientError:
            return  # deleted, or visible again

    def _waiting(self) -> int:
        name = "ApproximateNumberOfMessages"
        answer = self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=[name])
        return int(answer["Attributes"][name])


def _read(body: str) -> Json:
    """The queue's message as JSON; {} where it is none, which may be why it failed."""
    try:
        message = json.loads(body)
    except ValueError:
        return {}
    return message if isinstance(message, dict) else {}


def _tried_again(body: Mapping[str, Any]) -> str:
    """The apology (team:channel:ts) whose button "Try again" was pressed, or ""."""
    pressed = body.get("actions") or [{}]
    if pressed[0].get("action_id") != blocks.TRY_AGAIN:
        return ""
    container = part_of(body, "container")
    place = text_of(container, "channel_id"), text_of(container, "message_ts")
    return ":".join((team_of(body), *place))


def _surface(kind: str, body: Mapping[str, Any]) -> str:
    """The surface in Slack that the message came from, such as "mention" or "command /ask"."""
    if kind == "event":
        name = text_of(part_of(body, "event"), "type")
        return _SURFACES.get(name, name)
    pressed = body.get("actions") or [{}]
    names = (
        text_of(body, "command"),
        text_of(pressed[0], "action_id"),
        text_of(body, "callback_id"),
        text_of(part_of(body, "view"), "callback_id"),
    )
    return f"{kind} {next(filter(None, names), '')}".strip()
