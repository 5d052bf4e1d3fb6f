"""What the Lambdas logged: the bot's own JSON lines, and Lambda's word of a crash."""

import json
import math
import re
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import Any

Line = dict[str, Any]
"""At least `timestamp`, `level` and `event`."""

_POLL_SECONDS = 0.05
_FOLLOW_SECONDS = 1.0
_LATE_SECONDS = 20
"""A line may be found that much later than others of its time."""

_ROUTINE = re.compile(r"(START|END|REPORT|INIT_START|EXTENSION)\b(?: RequestId: (\S+))?")
_PLATFORM = {"timeout": "timed_out", "error": "crashed", "failure": "crashed"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Lines with one of these values in one of these fields; `*` stands for anything.

    CloudWatch sorts them out by the pattern. The emulator gives all, so they are looked at again.
    """

    fields: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def patterns(self) -> list[str]:
        """As CloudWatch reads it, such as `{ $.question = "a" || $.message_id = "b" }`.

        It takes 1,024 characters in one.
        """
        paths = [(path, name) for name in self.fields for path in _PATHS.get(name, (name,))]
        each = [f'$.{path} = "{one}"' for path, name in paths for one in sorted(self.fields[name])]
        grouped = [each[at : at + _AT_ONCE] for at in range(0, len(each), _AT_ONCE)]
        return [f"{{ {' || '.join(some)} }}" for some in grouped] or [""]

    def __contains__(self, line: Line) -> bool:
        return not self.fields or any(
            fnmatchcase(str(line.get(name, "")), value)
            for name, values in self.fields.items()
            for value in values
        )


_PATHS = {"request_id": ("request_id", "requestId", "record.requestId")}
"""Lambda calls some things otherwise in its own lines."""

_AT_ONCE = 8
EVERYTHING = Wanted()


@dataclass(frozen=True, slots=True)
class Logs:
    """The logs of both functions, each line with the `function` that it is of."""

    client: Any  # boto3's
    functions: tuple[str, str]  # the names of the ingress and of the worker

    def read(
        self, wanted: Wanted = EVERYTHING, since: float = 0, until: float | None = None
    ) -> list[Line]:
        """What is wanted of both logs, in epoch seconds, by the time of each line."""
        with ThreadPoolExecutor() as pool:
            parts = pool.map(lambda name: self._one(name, wanted, since, until), _NAMES)
            return sorted((line for part in parts for line in part), key=moment)

    def follow(self, since: float, ended: Callable[[], bool] = lambda: False) -> Iterator[Line]:
        """Every line from `since` on as it comes, until `ended`."""
        seen: dict[str, float] = {}
        while not ended():
            for line in self.read(since=since):
                if (key := _key(line)) not in seen:
                    seen[key] = moment(line)
                    yield line
            # By AWS's clock: this machine's may be ahead of it.
            since = max(since, max(seen.values(), default=0) - _LATE_SECONDS)
            seen = {key: at for key, at in seen.items() if at > since - _LATE_SECONDS}
            time.sleep(_FOLLOW_SECONDS)

    def _one(self, name: str, wanted: Wanted, since: float, until: float | None) -> list[Line]:
        function = self.functions[_NAMES.index(name)]
        found = [
            {"function": name, **line}
            for pattern in wanted.patterns()
            for page in pages(self.client, function, pattern, since, until)
            for line in page
            if line in wanted
        ]
        return list({_key(line): line for line in found}.values())


_NAMES = ("ingress", "worker")


def _key(line: Line) -> str:
    return json.dumps(line, sort_keys=True)


def moment(line: Line) -> float:
    """When a line was written, in epoch seconds."""
    return datetime.fromisoformat(line["timestamp"]).timestamp()


def pages(
    client: Any, function: str, pattern: str = "", since: float = 0, until: float | None = None
) -> Iterator[list[Line]]:
    """What one function logged, in the order and in the portions in which CloudWatch tells it."""
    times = {"startTime": int(since * 1000)}
    if until is not None:
        times["endTime"] = math.ceil(until * 1000)
    paginator = client.get_paginator("filter_log_events")
    group = f"/aws/lambda/{function}"
    at_work: dict[str, str] = {}  # whose plain lines a log stream holds now
    for page in paginator.paginate(logGroupName=group, filterPattern=pattern, **times):
        yield [line for event in page["events"] if (line := _parsed(event, at_work))]


def lines(logs: Any, function: str) -> list[Line]:
    """Every line that a function has logged, oldest first. `logs` is boto3's client."""
    return sorted((line for page in pages(logs, function) for line in page), key=moment)


def wait_for(
    logs: Any, function: str, wanted: Callable[[Line], bool], seconds: float = 5.0
) -> Line | None:
    """The newest line that is `wanted`: an invocation's lines come when it has ended."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = [line for line in lines(logs, function) if wanted(line)]
        if found:
            return found[-1]
        time.sleep(_POLL_SECONDS)
    return None


def _parsed(event: Mapping[str, Any], at_work: dict[str, str]) -> Line | None:
    """A line as the bot logs it; Lambda's own where it tells of a failure."""
    message = event["message"].rstrip()
    try:
        told = json.loads(message)
    except ValueError:
        return _plain(event, message, at_work)
    if is_own(told):
        return dict(told)
    if not isinstance(told, dict):
        return _plain(event, message, at_work)
    if isinstance(told.get("record"), dict) and "time" in told:
        return _of_invocation(told)
    if isinstance(told.get("timestamp"), str) and {"errorType", "message"} & told.keys():
        return _of_runtime(told)
    return _plain(event, message, at_work)


def is_own(told: Any) -> bool:
    """Whether bot/runtime/log.py wrote the line; what Slack sends has an `event`, too."""
    named = ("timestamp", "level", "event")
    return isinstance(told, dict) and all(isinstance(told.get(name), str) for name in named)


def _of_invocation(told: Mapping[str, Any]) -> Line | None:
    """What Lambda says in its JSON format of an invocation, where that failed."""
    record = told["record"]
    if told.get("type") != "platform.report" or record.get("status") not in _PLATFORM:
        return None
    about = {"request_id": record.get("requestId"), "error": record.get("errorType")}
    return _failure(told["time"], _PLATFORM[record["status"]], about)


def _of_runtime(told: Mapping[str, Any]) -> Line:
    """An error that nobody caught, or what Python's logging has written."""
    at, about = told["timestamp"], {"request_id": told.get("requestId")}
    if "logger" in told or "errorType" not in told:
        line = _failure(at, "printed", {**about, "text": told.get("message")})
        return {**line, "level": told.get("level", "INFO")}
    reason = {"error": told["errorType"], "why": told.get("errorMessage")}
    return _failure(at, "crashed", {**about, **reason})


def _plain(event: Mapping[str, Any], text: str, at_work: dict[str, str]) -> Line | None:
    """What was printed, such as a traceback, with the request that was served meanwhile."""
    stream = event["logStreamName"]
    if routine := _ROUTINE.match(text):
        if routine[1] == "START":
            at_work[stream] = routine[2]
        return None
    at = datetime.fromtimestamp(event["timestamp"] / 1000, UTC).isoformat(timespec="milliseconds")
    about = {"request_id": at_work.get(stream), "text": text}
    return _failure(at.replace("+00:00", "Z"), "printed", about) if text else None


def _failure(timestamp: str, event: str, about: Mapping[str, Any]) -> Line:
    told = {name: value for name, value in about.items() if value is not None}
    return {"timestamp": timestamp, "level": "ERROR", "event": event, **told}
