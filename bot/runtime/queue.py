"""The worker's way back into the queue: to a place in the order of another thread."""

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.runtime.aws import Client
from bot.runtime.log import log

_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Queue:
    """`url` is the queue that the worker is fed from."""

    aws: Client
    url: str

    def send(self, team: str, event: Mapping[str, Any]) -> None:
        """Let the worker hear of an event with `channel`, `ts` and `thread_ts`, in its thread's
        turn, as if Slack had told of it. The same one within 5 minutes is taken once.

        Raises `AwsError`.
        """
        place = f"{team}:{event['channel']}"
        question = f"{place}:{event['ts']}"
        message = {
            "v": _FORMAT,
            "kind": "event",
            "question": question,
            "received": time.time(),
            "body": {"type": "event_callback", "team_id": team, "event": event},
            "headers": {"content-type": "application/json"},
        }
        answer = self.aws.call(
            "sqs",
            "AmazonSQS.SendMessage",
            {
                "QueueUrl": self.url,
                "MessageBody": json.dumps(message, ensure_ascii=False),
                "MessageGroupId": f"{place}:{event['thread_ts']}",
                "MessageDeduplicationId": hashlib.sha256(question.encode()).hexdigest(),
            },
        )
        log("enqueued", question=question, enqueued_as=answer.get("MessageId"))
