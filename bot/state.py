"""What StackBot remembers between invocations: claims and stop flags, in one DynamoDB table."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.aws import AwsError, Client

State = Literal["done", "stopped", "apologised"]
_DAY = 86_400
_CLAIM_DAYS = 30
"""Longer than the dead-letter queue keeps a message (14 days): a redrive finds its claim."""


class Busy(Exception):
    """An earlier delivery of the same message may still be at work: fail, and come back later."""


class LostClaim(Exception):
    """Another attempt has taken the question over: stop writing."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One time that the queue hands a message over. `number` counts from 1."""

    message_id: str
    number: int
    last: bool


@dataclass(slots=True)
class Claim:
    """The right to answer one question, held by one attempt at a time."""

    _table: "Table"
    question: str
    attempt: int
    since: float
    posted: list[str] = field(default_factory=list)

    def remember(self, ts: str) -> None:
        """Save the `ts` of a message that was posted as part of the answer."""
        self._update("SET posted = list_append(posted, :posted)", {":posted": {"L": [{"S": ts}]}})
        self.posted.append(ts)

    def forget(self, ts: str) -> None:
        """Drop the `ts` of a message that was deleted."""
        kept = [other for other in self.posted if other != ts]
        self._update("SET posted = :posted", {":posted": {"L": [{"S": other} for other in kept]}})
        self.posted = kept

    def finish(self, state: State) -> None:
        """Close the claim: whatever comes for this question from now on is a duplicate."""
        self._update("SET #state = :end", {":end": {"S": state}})

    def release(self) -> None:
        """Give the lease back after a failure, so that the next delivery need not wait for it."""
        self._update("SET lease = :now", {":now": _number(0)})

    def _update(self, expression: str, values: Mapping[str, Any]) -> None:
        try:
            self._table.update(
                _claim_key(self.question),
                expression,
                {**values, ":attempt": _number(self.attempt), ":working": {"S": "working"}},
                condition="attempt = :attempt AND #state = :working",
                names={"#state": "state"},
            )
        except AwsError as error:
            if error.code == "ConditionalCheckFailedException":
                raise LostClaim(self.question) from None
            raise


@dataclass(frozen=True, slots=True)
class Table:
    """The table, and what can be asked of it. `lease` is in seconds."""

    aws: Client
    name: str
    lease: int

    def claim(self, question: str, delivery: Delivery) -> Claim | None:
        """Take `question` (team:channel:ts), or None where it is a duplicate.

        Raises `Busy` where an earlier delivery of the same queue message still holds the lease.
        """
        now = time.time()
        try:
            item = self.update(
                _claim_key(question),
                "SET #state = :working, message_id = :message, lease = :lease, #ttl = :ttl,"
                " attempt = if_not_exists(attempt, :none) + :one,"
                " since = if_not_exists(since, :now), posted = if_not_exists(posted, :empty)",
                {
                    ":working": {"S": "working"},
                    ":message": {"S": delivery.message_id},
                    ":lease": _number(now + self.lease),
                    ":ttl": _number(int(now) + _CLAIM_DAYS * _DAY),
                    ":none": _number(0),
                    ":one": _number(1),
                    ":now": _number(now),
                    ":empty": {"L": []},
                },
                condition="attribute_not_exists(pk) OR (#state = :working AND lease <= :now)",
                names={"#state": "state", "#ttl": "ttl"},
            )
        except AwsError as error:
            if error.code != "ConditionalCheckFailedException":
                raise
            self._refuse(question, delivery)
            return None
        return Claim(
            self,
            question,
            attempt=int(item["attempt"]["N"]),
            since=float(item["since"]["N"]),
            posted=[ts["S"] for ts in item["posted"]["L"]],
        )

    def _refuse(self, question: str, delivery: Delivery) -> None:
        held = self.get(_claim_key(question))
        same_message = held.get("message_id", {}).get("S") == delivery.message_id
        if held.get("state", {}).get("S") == "working" and same_message:
            raise Busy(question)

    def stopped(self, team: str, channel: str, thread: str, asked: str) -> bool:
        """Whether a person pressed stop in the thread after the question's `ts`, `asked`."""
        flag = self.get(f"stop#{team}:{channel}:{thread}")
        return bool(flag) and float(flag["at"]["N"]) >= float(asked)

    def get(self, key: str) -> dict[str, Any]:
        """One item by its key, read consistently; empty where there is none."""
        answer = self.aws.call(
            "dynamodb",
            "DynamoDB_20120810.GetItem",
            {"TableName": self.name, "Key": {"pk": {"S": key}}, "ConsistentRead": True},
        )
        item: dict[str, Any] = answer.get("Item", {})
        return item

    def update(
        self,
        key: str,
        expression: str,
        values: Mapping[str, Any],
        *,
        condition: str,
        names: Mapping[str, str],
    ) -> dict[str, Any]:
        """Write one item where `condition` holds, and return it as it then is."""
        answer = self.aws.call(
            "dynamodb",
            "DynamoDB_20120810.UpdateItem",
            {
                "TableName": self.name,
                "Key": {"pk": {"S": key}},
                "UpdateExpression": expression,
                "ConditionExpression": condition,
                "ExpressionAttributeNames": names,
                "ExpressionAttributeValues": values,
                "ReturnValues": "ALL_NEW",
            },
        )
        item: dict[str, Any] = answer["Attributes"]
        return item


def _claim_key(question: str) -> str:
    return f"question#{question}"


def _number(value: float) -> dict[str, str]:
    return {"N": str(value)}
