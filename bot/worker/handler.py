"""The queue hands this Lambda one request at a time; it hands it to the Bolt app.

A listener's error fails the record, so the queue delivers it again: the queue is the retry.
"""

import json
import time
import traceback
from functools import cache
from math import ceil
from pathlib import PurePath
from typing import Any

from slack_bolt import App, BoltRequest

from bot.conversation.desk import HelpDesk
from bot.conversation.erasure import is_erased
from bot.runtime.build import build_id
from bot.runtime.deduplication_key import team_of
from bot.runtime.log import at_work_on, log, set_level
from bot.runtime.worker_settings import WorkerSettings
from bot.slack.client import asked_to_wait, is_revoked
from bot.slack.origin import why_foreign
from bot.state.claims import Busy, Delivery
from bot.state.table import Table
from bot.worker.app import FAILURE, create_app, create_dependencies
from bot.worker.dry_run import DryRun, ThreadSoFar

_FORMATS = (1,)
"""The queue's message formats that this build reads: its own and the one before it."""

_BACKOFF_SECONDS = (5, 10, 20)

_LONGEST_WAIT = 900
"""Seconds that a question waits for Slack at most, and its thread with it, whatever Slack asks."""


_FRESH_SECONDS = 10
"""So long a message is answered without asking whether its author has had all deleted since."""


class NotHandled(Exception):
    """Bolt answered, but no listener can have run."""


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer the records of one batch, and name those that failed.

    An event `{"ping": true}` is answered with the build that runs, and warms the worker up.
    `{"dry": …}`, with a message's body, is answered with what would be said in Slack; `asked` may
    tell of the thread that it would stand in.
    Raises `SettingError` where a setting is missing or wrong.
    """
    app = _app()
    if "ping" in event:
        return {"build": build_id()}
    if "dry" in event:
        at_work_on(request_id=context.aws_request_id)
        thread = ThreadSoFar.of(event.get("asked", {}))
        return {"build": build_id(), **_rehearse(json.loads(event["dry"]), thread)}
    failed = [record for record in event["Records"] if not _handle(app, record, context)]
    return {"batchItemFailures": [{"itemIdentifier": record["messageId"]} for record in failed]}


@cache
def _settings() -> WorkerSettings:
    return WorkerSettings.from_env()


@cache
def _app() -> App:
    set_level(_settings().log_level)
    return create_app(_settings())


def _rehearse(message: dict[str, Any], thread: ThreadSoFar) -> dict[str, Any]:
    """Answer a question, and tell nobody. Raises `NotHandled` for whatever else it is."""
    if not message["question"]:
        raise NotHandled("no question")
    dry_run = DryRun(create_dependencies(_settings()), thread)
    desk = HelpDesk(dry_run.dependencies, dry_run.answer)
    _dispatch(create_app(_settings(), desk), message, Delivery("rehearsal", 1, last=False))
    if not dry_run.answers:
        raise NotHandled("no listener")
    return dry_run.answers[0]


def _handle(app: App, record: dict[str, Any], context: Any) -> bool:
    """Whether the record is done with. False has the queue deliver it again."""
    number = int(record["attributes"]["ApproximateReceiveCount"])
    delivery = Delivery(
        record["messageId"], number, last=number >= _settings().cells.times.deliveries
    )
    at_work_on(request_id=context.aws_request_id, message_id=delivery.message_id)
    try:
        message = json.loads(record["body"])
        log("delivered", question=message.get("question"), delivery=number, build=build_id())
        if not _is_dropped(message):
            _dispatch(app, message, delivery)
    except Exception as error:
        log("failed", "ERROR", error=type(error).__name__, at=_frames(error))
        if is_revoked(error):
            # The next delivery reads the token anew: it may have been replaced meanwhile.
            _settings.cache_clear()
            _app.cache_clear()
        _come_back(record, error, delivery)
        return False
    return True


def _is_dropped(message: dict[str, Any]) -> bool:
    """Whether nobody is to answer a message: another installation's, or a forgotten person's."""
    if foreign := why_foreign(message["body"], _settings().slack):
        log("refused", "WARNING", why=f"another installation's, by its {foreign}")
        return True
    table = Table(_settings().aws, _settings().table)
    if _is_old(message) and is_erased(table, message):
        log("erased", question=message.get("question"))
        return True
    return False


def _is_old(message: dict[str, Any]) -> bool:
    """Whether a message has waited or failed for so long that its author may have gone."""
    return bool(time.time() - message.get("received", 0.0) > _FRESH_SECONDS)


def _dispatch(app: App, message: dict[str, Any], delivery: Delivery) -> None:
    """Run the listener for one message of the queue, and raise what it raised."""
    if message["v"] not in _FORMATS:
        raise NotHandled(f"format version {message['v']}")
    request = BoltRequest(
        mode="socket_mode",
        body=message["body"],
        headers=message["headers"],
        context={"delivery": delivery},
    )
    request.context["team_id"] = team_of(message["body"])  # the one that was compared
    response = app.dispatch(request)
    if FAILURE in request.context:
        raise request.context[FAILURE]
    if response.status == 404:
        log("unmatched", "WARNING", kind=message["kind"])
    elif response.status >= 400 or request.context.authorize_result is None:
        # Bolt answers 200 when authorising failed, and the question would be lost.
        raise NotHandled(f"status {response.status}")


def _come_back(record: dict[str, Any], error: Exception, delivery: Delivery) -> None:
    """Have a caught failure delivered again soon: only a killed worker waits the time-out out.

    After the last delivery the queue drops the message only when it would come back, and the
    questions of its thread wait behind it until then.
    """
    if isinstance(error, Busy):
        return
    backoff = min(_BACKOFF_SECONDS[min(delivery.number, 3) - 1], _settings().cells.times.lease)
    wait = min(max(backoff, ceil(asked_to_wait(error))), _LONGEST_WAIT)
    seconds = 0 if delivery.last else wait
    _settings().aws.call(
        "sqs",
        "AmazonSQS.ChangeMessageVisibility",
        {
            "QueueUrl": _settings().queue_url,
            "ReceiptHandle": record["receiptHandle"],
            "VisibilityTimeout": seconds,
        },
    )


def _frames(error: Exception) -> list[str]:
    """Where an error came from. Its text stays out of the logs: it may quote what people wrote."""
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    return [f"{PurePath(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
