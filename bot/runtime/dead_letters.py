"""Deletes people's messages from the dead-letter queue, where they would stay for 14 days."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.runtime.aws import AwsError, Client

_AT_ONCE = 10
"""The most that SQS hands over in one call."""

_HIDDEN_SECONDS = 30
"""A batch that is read here is visible again after this time if the worker is killed meanwhile."""


@dataclass(frozen=True, slots=True)
class Deleted:
    """How many messages were deleted, and whether more may stand `behind` others of their thread.

    A FIFO queue hands out no more than ten messages of a group before some of them are deleted.
    """

    letters: int
    behind: bool


@dataclass(frozen=True, slots=True)
class DeadLetterQueue:
    """The queue at `url`. Every call raises `AwsError` where AWS refuses."""

    aws: Client
    url: str

    def delete(self, matches: Callable[[Mapping[str, Any]], bool]) -> Deleted:
        """Delete the messages whose queued body `matches`."""
        deleted, unmatched = 0, list[Mapping[str, Any]]()
        try:
            for letter in self._letters():
                if matches(_read(letter["Body"])):
                    self._call("DeleteMessage", ReceiptHandle=letter["ReceiptHandle"])
                    deleted += 1
                else:
                    unmatched.append(letter)
        finally:
            for letter in unmatched:
                self._release(letter)
        groups = [letter["Attributes"]["MessageGroupId"] for letter in unmatched]
        return Deleted(deleted, any(groups.count(group) >= _AT_ONCE for group in set(groups)))

    def _letters(self) -> Iterator[Mapping[str, Any]]:
        """Yield each visible message once: of thousands, the first come back before the last."""
        ids: set[str] = set()
        while batch := self._receive():
            fresh = [letter for letter in batch if letter["MessageId"] not in ids]
            if not fresh:
                return
            ids |= {letter["MessageId"] for letter in fresh}
            yield from fresh

    def _receive(self) -> list[Mapping[str, Any]]:
        answer = self._call(
            "ReceiveMessage",
            MaxNumberOfMessages=_AT_ONCE,
            VisibilityTimeout=_HIDDEN_SECONDS,
            WaitTimeSeconds=1,  # or not all of SQS's servers are asked
            AttributeNames=["MessageGroupId"],
        )
        letters: list[Mapping[str, Any]] = answer.get("Messages", [])
        return letters

    def _release(self, letter: Mapping[str, Any]) -> None:
        try:
            handle = letter["ReceiptHandle"]
            self._call("ChangeMessageVisibility", ReceiptHandle=handle, VisibilityTimeout=0)
        except AwsError:
            return  # it is visible again after _HIDDEN_SECONDS

    def _call(self, operation: str, **payload: Any) -> dict[str, Any]:
        return self.aws.call("sqs", f"AmazonSQS.{operation}", {"QueueUrl": self.url, **payload})


def _read(body: str) -> Mapping[str, Any]:
    """Read a message; empty where it is no JSON object, which may be why it is here."""
    try:
        message = json.loads(body)
    except ValueError:
        return {}
    return message if isinstance(message, dict) else {}
