"""The health of the traffic: queue, dead letters, both functions' last hour, today's questions."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from scripts.aws.deployment import Deployed
from scripts.operate import log_lines
from scripts.operate.health import Finding
from scripts.operate.log_lines import Line, LogFilter

_HOUR, _DAY = 3_600, 86_400
_PATIENCE = 1.5
"""Seconds after which reading a large log stops; the figures then say that they are partial."""

_TOO_MANY = 0.05
"""The largest share of failures with which an hour counts as well."""

_FAILURES = ("failed", "crashed", "timed_out")
_COUNTS = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")


def queue(deployed: Deployed) -> Finding:
    waiting, in_flight = _depth(deployed, "QueueUrl")
    age = _oldest(deployed)
    summary = f"{waiting} waiting, {in_flight} at work; " + (
        "no figures of the oldest" if age is None else f"the oldest {age:.0f} s"
    )
    figures = {"waiting": waiting, "at_work": in_flight, "oldest_seconds": age}
    return Finding(summary, (age or 0) < deployed.row.visibility, figures)


def dead_letters(deployed: Deployed) -> Finding:
    count = sum(_depth(deployed, "DeadLetterQueueUrl"))
    summary = f"{count}: ./stackbot redrive {deployed.row.name}" if count else "none"
    return Finding(summary, not count, {"count": count})


def ingress_hour(deployed: Deployed) -> Finding:
    return _hour(deployed, deployed.functions[0], "requests", lambda line: "status" in line)


def worker_hour(deployed: Deployed) -> Finding:
    """From the log: Lambda's own metric lacks the failures that the worker catches and retries."""
    name = deployed.functions[1]
    return _hour(deployed, name, "deliveries", lambda line: line["event"] == "delivered")


def questions(deployed: Deployed) -> Finding:
    midnight = time.time() // _DAY * _DAY
    claims = LogFilter({"event": frozenset(["claimed"])})
    lines, whole = _logged(deployed, deployed.functions[1], claims, midnight)
    count = len({line["question"] for line in lines})
    summary = f"{count} today" if whole else f"at least {count} today"
    return Finding(summary, True, {"today": count, "whole": whole})


def _depth(deployed: Deployed, output: str) -> tuple[int, int]:
    url = deployed.outputs[output]
    response = deployed.client("sqs").get_queue_attributes(
        QueueUrl=url, AttributeNames=list(_COUNTS)
    )
    waiting, in_flight = (int(response["Attributes"][name]) for name in _COUNTS)
    return waiting, in_flight


def _oldest(deployed: Deployed) -> float | None:
    """Seconds that the oldest message has waited, which SQS reports as a metric, each minute."""
    now = datetime.now(UTC)
    points = deployed.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/SQS",
        MetricName="ApproximateAgeOfOldestMessage",
        Dimensions=[
            {"Name": "QueueName", "Value": deployed.outputs["QueueUrl"].rpartition("/")[2]}
        ],
        StartTime=now - timedelta(minutes=5),
        EndTime=now,
        Period=60,
        Statistics=["Maximum"],
    )["Datapoints"]
    return max(points, key=lambda point: point["Timestamp"])["Maximum"] if points else None


def _hour(deployed: Deployed, function: str, kind: str, counts: Callable[[Line], bool]) -> Finding:
    lines, whole = _logged(deployed, function, log_lines.EVERYTHING, time.time() - _HOUR)
    total = sum(map(counts, lines))
    failed = sum(line["event"] in _FAILURES for line in lines)
    share = failed / max(total, failed, 1)
    summary = f"{failed} of {total} {kind} failed" + ("" if whole else ", counted in part")
    figures = {kind: total, "failed": failed, "share": round(share, 4), "whole": whole}
    return Finding(summary, share <= _TOO_MANY, figures)


def _logged(
    deployed: Deployed, function: str, log_filter: LogFilter, since: float
) -> tuple[list[Line], bool]:
    """The matching lines that could be read in time, and whether these are all."""
    lines: list[Line] = []
    until = time.monotonic() + _PATIENCE
    for pattern in log_filter.patterns():
        for page in log_lines.pages(deployed.client("logs"), function, pattern, since):
            lines += [line for line in page if line in log_filter]
            if time.monotonic() > until:
                return lines, False
    return lines, True
