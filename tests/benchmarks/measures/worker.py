"""The worker from a fresh process to its first call to Slack, where people see that it works."""

import json
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from infra.environments import LOCAL
from infra.names import KNOWLEDGE_KEY
from tests.benchmarks.figures import Hold, Row, interleave
from tests.benchmarks.processes.fresh import Lambdas, lambda_variables
from tests.benchmarks.processes.loopback import Json, Loopback, loopback

_ROUNDS = 7
_SECONDS = 30
_OURS, _EVERYTHING = "bot.worker.handler", "worker_everything"


def measure() -> list[Row]:
    """With bytecode in the layer, and without, as AWS pays for it: its Python is another one."""
    with tempfile.TemporaryDirectory(prefix="stackbot-bench-") as scratch, loopback() as aws:
        lambdas = Lambdas.laid_out(Path(scratch))

        def contestant(module: str, bytecode: bool) -> Callable[[], float]:
            return lambda: _until_status(lambdas, aws, module, bytecode)

        contestants = {
            f"{module} {bytecode}": contestant(module, bytecode)
            for bytecode in (True, False)
            for module in (_OURS, _EVERYTHING)
        }
        interleave(contestants, 1)  # what comes from the disk the first time
        series = interleave(contestants, _ROUNDS)
    with_it, without = series[f"{_EVERYTHING} True"], series[f"{_EVERYTHING} False"]
    name = "everything first"
    return [
        Row("first status", "s", series[f"{_OURS} True"], name, with_it, Hold(0.55, 2)),
        Row("first status, no .pyc", "s", series[f"{_OURS} False"], name, without, Hold(ratio=2)),
    ]


def _until_status(lambdas: Lambdas, aws: Loopback, module: str, bytecode: bool) -> float:
    aws.calls.clear()
    event, variables = _delivery(), _variables(aws.url)
    with lambdas.started(module, event, variables, bytecode=bytecode) as epoch:
        return aws.first("setStatus", _SECONDS) - epoch


def _variables(url: str) -> dict[str, str]:
    return {
        **lambda_variables(url),
        "BOT_DEAD_LETTERS_URL": f"{url}/000000000000/dead-letters.fifo",
        "BOT_KNOWLEDGE_BUCKET": "knowledge",
        "BOT_KNOWLEDGE_KEY": KNOWLEDGE_KEY,
        "BOT_SLACK_PARAMETER": "/stackbot/bench/slack",
        "BOT_OPENAI_PARAMETER": "/stackbot/bench/openai-api-key",
        **replace(LOCAL, model_url=f"{url}/v1", slack_api_url=f"{url}/api/").settings,
    }


def _delivery() -> Json:
    """A mention, as the queue hands it to the worker."""
    event = {"type": "app_mention", "channel": "C1", "user": "U1", "text": "<@UBOT> Is Friday off?"}
    body = {"type": "event_callback", "team_id": "T1", "api_app_id": "A1", "event_id": "Ev1"}
    message = {
        "v": 1,
        "kind": "event",
        "question": "T1:C1:1.1",
        "body": {**body, "event": {**event, "ts": "1.1", "event_ts": "1.1"}},
        "headers": {"content-type": "application/json"},
        "received": time.time(),
        "request_id": "request-1",
    }
    record = {
        "messageId": "m1",
        "receiptHandle": "r1",
        "body": json.dumps(message),
        "attributes": {"ApproximateReceiveCount": "1"},
    }
    return {"Records": [record]}
