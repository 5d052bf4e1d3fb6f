"""What the bot needs beside Slack, on this machine: a table, a queue, documents and secrets.

They are made in the emulator by calls, since a deployment by the CDK takes ten times as long.
"""

import json
import os
import secrets
from collections.abc import Mapping
from typing import Any, Self

from infra.environments import NAME, Environment
from infra.names import BY_PERSON, KNOWLEDGE_KEY, parameter_name, stack_name
from scripts.aws.account import Account
from scripts.develop import saved
from scripts.documents import knowledge
from scripts.local.emulator import Emulator
from scripts.local.proxies import for_lambdas, is_loopback

TABLE: dict[str, Any] = {
    "BillingMode": "PAY_PER_REQUEST",
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    "AttributeDefinitions": [
        {"AttributeName": "pk", "AttributeType": "S"},
        {"AttributeName": "person", "AttributeType": "S"},
        {"AttributeName": "at", "AttributeType": "N"},
    ],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": BY_PERSON,
            "KeySchema": [
                {"AttributeName": "person", "KeyType": "HASH"},
                {"AttributeName": "at", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["raters"]},
        }
    ],
}
"""The table of infra/stack.py; a test compares them."""

Record = Mapping[str, Any]
"""A message of the queue, as Lambda passes it to a worker:
https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html"""

_NAME = stack_name("socket")


class Backing:
    """All of it, as long as the `with` lasts.

    `bot` is the value of the parameter with the bot's token and ids.
    """

    def __init__(self, row: Environment, bot: str, model_key: str) -> None:
        self.signing_secret = secrets.token_hex(16)
        self._row = row
        self._secrets = {"signing-secret": self.signing_secret, "slack": bot}
        if model_key:
            self._secrets["openai-api-key"] = model_key
        self._emulator = Emulator()
        self._client = Account.of_emulator(row, self._emulator.variables).client

    def __enter__(self) -> Self:
        self._emulator.__enter__()
        try:
            self._make()
        except BaseException:
            self._emulator.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._emulator.__exit__()

    @property
    def variables(self) -> dict[str, str]:
        """The environment of both functions."""
        return {
            **self._emulator.variables,
            **self._proxies,
            **self._row.settings,
            "BOT_NAME": NAME,
            "BOT_ENVIRONMENT": self._row.name,
            "BOT_LOG_LEVEL": self._row.log_level,
            "BOT_QUEUE_URL": self._queue_url,
            "BOT_DEAD_LETTERS_URL": self._dead_letters_url,
            "BOT_TABLE": _NAME,
            "BOT_KNOWLEDGE_BUCKET": _NAME,
            "BOT_KNOWLEDGE_KEY": KNOWLEDGE_KEY,
            **{f"BOT_{name}_PARAMETER": _parameter(path) for name, path in _PARAMETERS.items()},
        }

    @property
    def _proxies(self) -> dict[str, str]:
        """Empty proxies where Slack is on this machine: its SDK does not read NO_PROXY."""
        if not is_loopback(self._row.slack_api_url):
            return {}
        names = ("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy")
        return {**dict.fromkeys(names, ""), **for_lambdas(os.environ)}

    def upload_knowledge(self) -> None:
        """Make the index of `knowledge/` and put it where the worker looks for it."""
        documents = saved.documents()
        knowledge.upload(self._s3, _NAME)
        self.documents = documents

    def receive(self) -> Record | None:
        """The next record of a message group of which no record is in work; None without one."""
        response = self._sqs.receive_message(QueueUrl=self._queue_url, AttributeNames=["All"])
        for message in response.get("Messages", ()):
            return {f"{name[0].lower()}{name[1:]}": value for name, value in message.items()}
        return None

    def delete(self, record: Record) -> None:
        """Delete an answered record from the queue."""
        self._sqs.delete_message(QueueUrl=self._queue_url, ReceiptHandle=record["receiptHandle"])

    @property
    def waiting(self) -> int:
        """How many records are in the queue, those in work included."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        response = self._sqs.get_queue_attributes(QueueUrl=self._queue_url, AttributeNames=names)
        return sum(map(int, response["Attributes"].values()))

    def _make(self) -> None:
        self._sqs, self._s3 = self._client("sqs"), self._client("s3")
        self._client("dynamodb").create_table(TableName=_NAME, **TABLE)
        for name, value in self._secrets.items():
            self._client("ssm").put_parameter(
                Name=_parameter(name), Value=value, Type="SecureString"
            )
        self._s3.create_bucket(Bucket=_NAME)
        self.upload_knowledge()
        self._dead_letters_url = self._queue("dead-letters")
        arn = self._sqs.get_queue_attributes(
            QueueUrl=self._dead_letters_url, AttributeNames=["QueueArn"]
        )
        redrive = {
            "deadLetterTargetArn": arn["Attributes"]["QueueArn"],
            "maxReceiveCount": self._row.deliveries,
        }
        self._queue_url = self._queue(
            "requests",
            VisibilityTimeout=str(self._row.visibility),
            RedrivePolicy=json.dumps(redrive),
        )

    def _queue(self, name: str, **attributes: str) -> str:
        response = self._sqs.create_queue(
            QueueName=f"{_NAME}-{name}.fifo", Attributes={"FifoQueue": "true", **attributes}
        )
        return str(response["QueueUrl"])


_PARAMETERS = {"SIGNING_SECRET": "signing-secret", "SLACK": "slack", "OPENAI": "openai-api-key"}


def _parameter(name: str) -> str:
    return parameter_name("socket", name)
