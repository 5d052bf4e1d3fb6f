"""Reads what the Lambdas logged: the bot's own JSON lines, and Lambda's lines about failures."""

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
"""CloudWatch may deliver a line this much later than others of the same time."""

# "START RequestId: 8f50… Version: 7", and "REPORT RequestId: 8f50…\tDuration: …"
_ROUTINE = re.compile(r"(START|END|REPORT|INIT_START|EXTENSION)\b(?: RequestId: (\S+))?")
_PLATFORM = {"timeout": "timed_out", "error": "crashed", "failure": "crashed"}


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Matches lines with one of these values in one of these fields; `*` stands for anything.

    CloudWatch filters by `patterns`. The emulator ignores them, so each line is checked again.
    """

    fields: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def patterns(self) -> list[str]:
        """Filter patterns, such as `{ $.question = "a" || $.message_id = "b" }`.

        CloudWatch takes 1,024 characters in each:
        https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
        """
        paths = [(path, name) for name in self.fields for path in _PATHS.get(name, (name,))]
        conditions = [
            f'$.{path} = "{value}"' for path, name in paths for value in sorted(self.fields[name])
        ]
        grouped = [conditions[at : at + _AT_ONCE] for at in range(0, len(conditions), _AT_ONCE)]
        return [f"{{ {' || '.join(group)} }}" for group in grouped] or [""]

    def __contains__(self, line: Line) -> bool:
        return not self.fields or any(
            fnmatchcase(str(line.get(name, "")), value)
            for name, values in self.fields.items()
            for value in values
        )


_PATHS = {"request_id": ("request_id", "requestId", "record.requestId")}
"""Lambda's own lines have other names for some fields."""

_AT_ONCE = 8
"""Conditions in one pattern: ids of 36 characters keep it below CloudWatch's limit."""

EVERYTHING = LogFilter()


@dataclass(frozen=True, slots=True)
class Logs:
    """The logs of both functions. Each line has a field `function`: "ingress" or "worker"."""

    client: Any  # boto3's
    functions: tuple[str, str]  # the names of the ingress and of the worker

    def read(
        self, log_filter: LogFilter = EVERYTHING, since: float = 0, until: float | None = None
    ) -> list[Line]:
        """The matching lines of both logs, oldest first. `since` and `until` are epoch seconds."""
        with ThreadPoolExecutor() as pool:
            parts = pool.map(lambda name: self._of_function(name, log_filter, since, until), _NAMES)
            return sorted((line for part in parts for line in part), key=moment)

    def follow(self, since: float, is_over: Callable[[], bool] = lambda: False) -> Iterator[Line]:
        """Yield every line from `since` on as it is logged, until `is_over`."""
        printed: dict[str, float] = {}
        while not is_over():
            for line in self.read(since=since):
                if (key := _key(line)) not in printed:
                    printed[key] = moment(line)
                    yield line
            # By AWS's clock: this machine's may be ahead of it.
            since = max(since, max(printed.values(), default=0) - _LATE_SECONDS)
            printed = {key: at for key, at in printed.items() if at > since - _LATE_SECONDS}
            time.sleep(_FOLLOW_SECONDS)

    def _of_function(
        self, name: str, log_filter: LogFilter, since: float, until: float | None
    ) -> list[Line]:
        function = self.functions[_NAMES.index(name)]
        lines = [
            {"function": name, **line}
            for pattern in log_filter.patterns()
            for page in pages(self.client, function, pattern, since, until)
            for line in page
            if line in log_filter
        ]
        return list({_key(line): line for line in lines}.values())


_NAMES = ("ingress", "worker")


def _key(line: Line) -> str:
    return json.dumps(line, sort_keys=True)


def moment(line: Line) -> float:
    """When a line was written, in epoch seconds."""
    return datetime.fromisoformat(line["timestamp"]).timestamp()


def pages(
    client: Any, function: str, pattern: str = "", since: float = 0, until: float | None = None
) -> Iterator[list[Line]]:
    """What one function logged, page by page, in CloudWatch's order."""
    times = {"startTime": int(since * 1000)}
    if until is not None:
        times["endTime"] = math.ceil(until * 1000)
    paginator = client.get_paginator("filter_log_events")
    group = f"/aws/lambda/{function}"
    at_work: dict[str, str] = {}  # log stream → request id, for lines without one
    for page in paginator.paginate(logGroupName=group, filterPattern=pattern, **times):
        yield [line for event in page["events"] if (line := _parsed(event, at_work))]


def lines(logs: Any, function: str) -> list[Line]:
    """Every line that a function has logged, oldest first. `logs` is boto3's client."""
    return sorted((line for page in pages(logs, function) for line in page), key=moment)


def wait_for(
    logs: Any, function: str, matches: Callable[[Line], bool], seconds: float = 5.0
) -> Line | None:
    """Wait for a line that `matches`, and return the newest; None after `seconds`.

    The lines of an invocation are there once it has ended.
    """
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        matching = [line for line in lines(logs, function) if matches(line)]
        if matching:
            return matching[-1]
        time.sleep(_POLL_SECONDS)
    return None


def _parsed(event: Mapping[str, Any], at_work: dict[str, str]) -> Line | None:
    """The bot's own line as it is, Lambda's where it reports a failure; else None."""
    message = event["message"].rstrip()
    try:
        value = json.loads(message)
    except ValueError:
        return _plain(event, message, at_work)
    if is_own(value):
        return dict(value)
    if not isinstance(value, dict):
        return _plain(event, message, at_work)
    if isinstance(value.get("record"), dict) and "time" in value:
        return _of_invocation(value)
    if isinstance(value.get("timestamp"), str) and {"errorType", "message"} & value.keys():
        return _of_runtime(value)
    return _plain(event, message, at_work)


def is_own(value: Any) -> bool:
    """Whether bot/runtime/log.py wrote the line; Slack's payloads have an `event`, too."""
    names = ("timestamp", "level", "event")
    return isinstance(value, dict) and all(isinstance(value.get(name), str) for name in names)


def _of_invocation(entry: Mapping[str, Any]) -> Line | None:
    """The failure that a `platform.report` of Lambda's JSON format reports, or None.

    https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html
    """
    record = entry["record"]
    if entry.get("type") != "platform.report" or record.get("status") not in _PLATFORM:
        return None
    fields = {"request_id": record.get("requestId"), "error": record.get("errorType")}
    return _failure(entry["time"], _PLATFORM[record["status"]], fields)


def _of_runtime(entry: Mapping[str, Any]) -> Line:
    """An uncaught error, or a line of Python's own logging."""
    at, fields = entry["timestamp"], {"request_id": entry.get("requestId")}
    if "logger" in entry or "errorType" not in entry:
        line = _failure(at, "printed", {**fields, "text": entry.get("message")})
        return {**line, "level": entry.get("level", "INFO")}
    reason = {"error": entry["errorType"], "why": entry.get("errorMessage")}
    return _failure(at, "crashed", {**fields, **reason})


def _plain(event: Mapping[str, Any], text: str, at_work: dict[str, str]) -> Line | None:
    """Plain text, such as a traceback, with the id of the request during which it was printed."""
    stream = event["logStreamName"]
    if routine := _ROUTINE.match(text):
        if routine[1] == "START":
            at_work[stream] = routine[2]
        return None
    at = datetime.fromtimestamp(event["timestamp"] / 1000, UTC).isoformat(timespec="milliseconds")
    fields = {"request_id": at_work.get(stream), "text": text}
    return _failure(at.replace("+00:00", "Z"), "printed", fields) if text else None


def _failure(timestamp: str, event: str, details: Mapping[str, Any]) -> Line:
    fields = {name: value for name, value in details.items() if value is not None}
    return {"timestamp": timestamp, "level": "ERROR", "event": event, **fields}
