"""What the bot needs beside Slack, on this machine: a table, a queue, documents and secrets.

They are the emulator's, without a deployment: CDK would take ten times as long.
"""

import json
import os
import secrets
from collections.abc import Mapping
from typing import Any, Self

import boto3

from infra.environments import NAME, SLUG, Environment
from infra.names import KNOWLEDGE_KEY
from scripts.develop import saved
from scripts.documents import knowledge
from scripts.local.emulator import REGION, Emulator
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
            "IndexName": "by-person",
            "KeySchema": [
                {"AttributeName": "person", "KeyType": "HASH"},
                {"AttributeName": "at", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["raters"]},
        }
    ],
}
"""As infra/stack.py has it, which a test compares."""

Record = Mapping[str, Any]
"""A message of the queue, in the shape in which AWS hands it to a worker."""

_NAME = f"{SLUG}-socket"


class Backing:
    """All of it, as long as the `with` lasts. `bot` is the parameter that tells of it."""

    def __init__(self, row: Environment, bot: str, model_key: str) -> None:
        self.signing_secret = secrets.token_hex(16)
        self._row = row
        self._secrets = {"signing-secret": self.signing_secret, "slack": bot}
        if model_key:
            self._secrets["openai-api-key"] = model_key
        self._emulator = Emulator()

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
        """Slack's SDK takes the shell's proxies, whatever NO_PROXY says; empty ones are none."""
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
        """The next record of a group that has none in hand."""
        found = self._sqs.receive_message(QueueUrl=self._queue_url, AttributeNames=["All"])
        for one in found.get("Messages", ()):
            return {f"{name[0].lower()}{name[1:]}": value for name, value in one.items()}
        return None

    def delete(self, record: Record) -> None:
        """Take a record out of the queue that is done with."""
        self._sqs.delete_message(QueueUrl=self._queue_url, ReceiptHandle=record["receiptHandle"])

    @property
    def waiting(self) -> int:
        """How many records are in the queue, those in hand included."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        told = self._sqs.get_queue_attributes(QueueUrl=self._queue_url, AttributeNames=names)
        return sum(map(int, told["Attributes"].values()))

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
        made = self._sqs.create_queue(
            QueueName=f"{_NAME}-{name}.fifo", Attributes={"FifoQueue": "true", **attributes}
        )
        return str(made["QueueUrl"])

    def _client(self, service: str) -> Any:
        return boto3.client(
            service,  # type: ignore[call-overload]
            region_name=REGION,
            endpoint_url=self._emulator.url,
            aws_access_key_id=self._emulator.account,
            aws_secret_access_key="not-a-secret",  # noqa: S106
            aws_session_token=self._emulator.token,
        )


_PARAMETERS = {"SIGNING_SECRET": "signing-secret", "SLACK": "slack", "OPENAI": "openai-api-key"}


def _parameter(name: str) -> str:
    return f"/{SLUG}/socket/{name}"
