"""What the worker gave up on: looked at without a trace, and put back without a loss."""

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
"""How long a message is out of other people's sight when a look is killed; else it is at once."""

_SURFACES = {
    "app_mention": "mention",
    "message": "direct message",
    "question_posted": "question posted for somebody",
}


@dataclass(frozen=True, slots=True)
class Letter:
    """One message of the dead-letter queue. `since` is when it came there, in epoch seconds.

    `answer` is the apology (team:channel:ts) below which somebody pressed "Try again", if so.
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
            # A FIFO queue counts anew from the move on.
            since=int(attributes["SentTimestamp"]) / 1000,
            text=text_of(part_of(body, "event") or body, "text"),
            body=received["Body"],
            handle=received["ReceiptHandle"],
        )

    @property
    def reference(self) -> str | None:
        """How the apology in Slack names it."""
        return blocks.reference(self.question) if self.question else None

    @property
    def age(self) -> float:
        """Seconds since it came here."""
        return max(0.0, time.time() - self.since)


@dataclass(frozen=True, slots=True)
class DeadLetters:
    """An environment's dead-letter queue, and the queue that its messages came from."""

    sqs: Any  # boto3's
    url: str
    requests_url: str

    def look(self) -> tuple[list[Letter], int]:
        """What can be seen, threads in order, and how many more are behind those of their thread.

        Of one thread a FIFO queue shows ten, until they are gone.
        """
        with self._in_sight() as batches:
            found = [letter for batch in batches for letter in batch]
            return found, self._waiting()

    def put_back(self, only: str | None = None) -> Iterator[tuple[Letter, str]]:
        """Send each back to the end of its thread, and tell its new id; or `only` the one.

        It is sent before it is deleted, so that none can be lost. Where this is cut off between
        the two, the claim on the question makes the second one harmless, and so does the
        deduplication id for five minutes. What comes back dead meanwhile is left where it is.
        """
        sent: set[str] = set()
        with self._in_sight() as batches:
            for batch in batches:
                for letter in batch:
                    if letter.id in sent or only not in (None, letter.id):
                        continue
                    new = self._send(letter)
                    self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=letter.handle)
                    sent.add(new)
                    yield letter, new
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
        """Batches as long as there are any. Afterwards others see at once what is left of them."""
        seen: list[Letter] = []
        try:
            yield self._batches(seen)
        finally:
            for letter in seen:
                self._let_go(letter)

    def _batches(self, seen: list[Letter]) -> Iterator[list[Letter]]:
        """Until none is left, or the first come in sight again: of thousands they do meanwhile."""
        ids: set[str] = set()
        while batch := self._receive():
            seen += batch
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
            WaitTimeSeconds=1,  # or not all of SQS's servers are asked
            AttributeNames=["All"],
        )
        return [Letter.from_sqs(received) for received in answer.get("Messages", ())]

    def _let_go(self, letter: Letter) -> None:
        try:
            self.sqs.change_message_visibility(
                QueueUrl=self.url, ReceiptHandle=letter.handle, VisibilityTimeout=0
            )
        except self.sqs.exceptions.ClientError:
            return  # deleted, or in sight again

    def _waiting(self) -> int:
        name = "ApproximateNumberOfMessages"
        answer = self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=[name])
        return int(answer["Attributes"][name])


def _read(body: str) -> Json:
    """A message; empty where nobody can read it, which may be why it is here."""
    try:
        message = json.loads(body)
    except ValueError:
        return {}
    return message if isinstance(message, dict) else {}


def _tried_again(body: Mapping[str, Any]) -> str:
    """Where somebody pressed "Try again", if that is what it is."""
    pressed = body.get("actions") or [{}]
    if pressed[0].get("action_id") != blocks.TRY_AGAIN:
        return ""
    container = part_of(body, "container")
    place = text_of(container, "channel_id"), text_of(container, "message_ts")
    return ":".join((team_of(body), *place))


def _surface(kind: str, body: Mapping[str, Any]) -> str:
    """Where in Slack it came from."""
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
