"""What is made of CloudWatch's lines where the emulator writes them otherwise than AWS."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from scripts.operate.log_lines import LogFilter, Logs, moment

Json = dict[str, Any]

REPORT = {
    "time": "2026-11-22T16:41:30.000Z",
    "type": "platform.report",
    "record": {"requestId": "r-1", "status": "timeout", "metrics": {"durationMs": 120000}},
}
LINE = {"timestamp": "2026-11-22T16:41:28.000Z", "level": "INFO", "event": "delivered"}
CRASH = {
    "timestamp": "2026-11-22T16:41:29Z",
    "level": "ERROR",
    "errorType": "SettingError",
    "errorMessage": "BOT_TABLE is not set.",
    "requestId": "r-2",
}


@dataclass
class CloudWatch:
    """boto3's client, as far as reading logs needs it: one page for each line."""

    lines: list[Json | str]
    patterns: list[str] = field(default_factory=list)
    since: list[float] = field(default_factory=list)

    def get_paginator(self, operation: str) -> "CloudWatch":
        assert operation == "filter_log_events"
        return self

    def paginate(self, **arguments: Any) -> Iterator[Json]:
        self.patterns.append(arguments["filterPattern"])
        self.since.append(arguments["startTime"])
        for line in self.lines if arguments["logGroupName"].endswith("worker") else ():
            message = line if isinstance(line, str) else json.dumps(line)
            yield {"events": [{"message": message, "timestamp": 1, "logStreamName": "one"}]}


def read(*lines: Json | str, log_filter: LogFilter | None = None) -> list[Json]:
    client = CloudWatch([*lines])
    return Logs(client, ("ingress", "worker")).read(log_filter or LogFilter())


def test_an_invocation_that_ran_out_of_time_is_told_by_lambda_alone() -> None:
    (line,) = read(REPORT)
    assert (line["function"], line["level"], line["event"]) == ("worker", "ERROR", "timed_out")
    assert (line["timestamp"], line["request_id"]) == (REPORT["time"], "r-1")


def test_what_goes_well_is_not_repeated_in_lambdas_words() -> None:
    well = {**REPORT, "record": {"requestId": "r-1", "status": "success"}}
    start = {"time": REPORT["time"], "type": "platform.start", "record": {"requestId": "r-1"}}
    assert read(start, well, "START RequestId: r-1 Version: 7", "END RequestId: r-1") == []


def test_an_error_that_nobody_caught_is_a_crash_with_its_reason() -> None:
    (line,) = read(CRASH)
    assert (line["event"], line["error"], line["request_id"]) == ("crashed", "SettingError", "r-2")
    assert line["why"] == "BOT_TABLE is not set."


def test_lines_are_in_the_order_of_their_time() -> None:
    assert [line["event"] for line in read(REPORT, CRASH, LINE)] == [
        *("delivered", "crashed", "timed_out")
    ]


def test_cloudwatch_is_asked_for_no_more_than_what_is_wanted() -> None:
    log_filter = LogFilter({"question": frozenset(["*:C0:1.1"]), "request_id": frozenset(["r-1"])})
    assert log_filter.patterns() == [
        '{ $.question = "*:C0:1.1" || $.request_id = "r-1" || $.requestId = "r-1"'
        ' || $.record.requestId = "r-1" }'
    ]
    assert [line["request_id"] for line in read(REPORT, CRASH, LINE, log_filter=log_filter)] == [
        "r-1"
    ]


def test_no_pattern_is_longer_than_cloudwatch_takes() -> None:
    ids = frozenset(f"{number:08}-0000-0000-0000-000000000000" for number in range(50))
    patterns = LogFilter({"request_id": ids, "message_id": ids}).patterns()
    assert max(map(len, patterns)) <= 1_024
    assert all(id_ in " ".join(patterns) for id_ in ids)


@pytest.mark.parametrize("printed", ["3", "null", '{"event": {"type": "app_mention"}}'])
def test_what_is_printed_is_shown_though_it_is_json(printed: str) -> None:
    (line,) = read(printed)
    assert (line["event"], line["text"]) == ("printed", printed)


def test_what_pythons_logging_writes_is_shown_by_its_level() -> None:
    warning = {
        "timestamp": LINE["timestamp"],
        "level": "WARNING",
        "message": "Careful.",
        "logger": "x",
    }
    (line,) = read(warning, {**REPORT, "record": {"status": "success"}})
    assert (line["level"], line["event"], line["text"]) == ("WARNING", "printed", "Careful.")


def test_what_comes_is_followed_by_awss_clock() -> None:
    client = CloudWatch([LINE])
    followed = Logs(client, ("ingress", "worker")).follow(0)
    assert next(followed)["event"] == "delivered"
    client.lines.append({**LINE, "event": "done"})
    assert next(followed)["event"] == "done"
    logged_at = moment({**LINE})
    assert 0 < client.since[-1] < logged_at * 1_000


def test_many_lines_are_read_in_a_moment() -> None:
    lines = [{**LINE, "number": number} for number in range(20_000)]
    assert len(read(*lines, *lines[:10])) == len(lines)
