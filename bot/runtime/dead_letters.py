"""Deletes people's messages from the dead-letter queue, where they would stay for 14 days."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.runtime.aws import AwsError, Client

_AT_ONCE = 10
_HIDDEN_SECONDS = 30
"""How long others cannot see what is looked at here, should the look be killed."""


@dataclass(frozen=True, slots=True)
class Deleted:
    """How many messages went, and whether more may stand behind others of their thread.

    Of one group a FIFO queue shows ten messages, until they are gone.
    """

    letters: int
    behind: bool


@dataclass(frozen=True, slots=True)
class DeadLetterQueue:
    """`url` is its own. Every call raises `AwsError` where AWS refuses."""

    aws: Client
    url: str

    def delete(self, wanted: Callable[[Mapping[str, Any]], bool]) -> Deleted:
        """Delete the messages that are `wanted`, by what the ingress queued of them."""
        deleted, others = 0, list[Mapping[str, Any]]()
        try:
            for letter in self._letters():
                if wanted(_read(letter["Body"])):
                    self._call("DeleteMessage", ReceiptHandle=letter["ReceiptHandle"])
                    deleted += 1
                else:
                    others.append(letter)
        finally:
            for letter in others:
                self._release(letter)
        groups = [letter["Attributes"]["MessageGroupId"] for letter in others]
        return Deleted(deleted, any(groups.count(group) >= _AT_ONCE for group in set(groups)))

    def _letters(self) -> Iterator[Mapping[str, Any]]:
        """Each that can be seen, once: of thousands the first come in sight again meanwhile."""
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
            return  # in sight again by itself

    def _call(self, operation: str, **payload: Any) -> dict[str, Any]:
        return self.aws.call("sqs", f"AmazonSQS.{operation}", {"QueueUrl": self.url, **payload})


def _read(body: str) -> Mapping[str, Any]:
    """A message; empty where nobody can read it, which may be why it is here."""
    try:
        message = json.loads(body)
    except ValueError:
        return {}
    return message if isinstance(message, dict) else {}
