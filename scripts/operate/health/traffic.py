"""What goes through: the queue, the dead letters, the last hour of both functions, the day."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from scripts.aws.deployment import Deployed
from scripts.operate import log_lines
from scripts.operate.health import Finding
from scripts.operate.log_lines import Line, Wanted

_HOUR, _DAY = 3_600, 86_400
_PATIENCE = 1.5
"""Seconds that a large log is read for: what was counted by then is said to be a part."""

_TOO_MANY = 0.05
"""The share of failures from which on an hour was no good one."""

_FAILURES = ("failed", "crashed", "timed_out")
_COUNTS = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")


def queue(deployed: Deployed) -> Finding:
    waiting, in_flight = _depth(deployed, "QueueUrl")
    age = _oldest(deployed)
    told = f"{waiting} waiting, {in_flight} at work; " + (
        "no figures of the oldest" if age is None else f"the oldest {age:.0f} s"
    )
    figures = {"waiting": waiting, "at_work": in_flight, "oldest_seconds": age}
    return Finding(told, (age or 0) < deployed.row.visibility, figures)


def dead_letters(deployed: Deployed) -> Finding:
    count = sum(_depth(deployed, "DeadLetterQueueUrl"))
    told = f"{count}: ./stackbot redrive {deployed.row.name}" if count else "none"
    return Finding(told, not count, {"count": count})


def ingress_hour(deployed: Deployed) -> Finding:
    return _hour(deployed, deployed.functions[0], "requests", lambda line: "status" in line)


def worker_hour(deployed: Deployed) -> Finding:
    """Lambda's own metric leaves out what the worker caught: the queue delivers it again."""
    name = deployed.functions[1]
    return _hour(deployed, name, "deliveries", lambda line: line["event"] == "delivered")


def questions(deployed: Deployed) -> Finding:
    midnight = time.time() // _DAY * _DAY
    wanted = Wanted({"event": frozenset(["claimed"])})
    found, whole = _logged(deployed, deployed.functions[1], wanted, midnight)
    count = len({line["question"] for line in found})
    told = f"{count} today" if whole else f"at least {count} today"
    return Finding(told, True, {"today": count, "whole": whole})


def _depth(deployed: Deployed, output: str) -> tuple[int, int]:
    url = deployed.outputs[output]
    found = deployed.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=list(_COUNTS))
    waiting, in_flight = (int(found["Attributes"][name]) for name in _COUNTS)
    return waiting, in_flight


def _oldest(deployed: Deployed) -> float | None:
    """Seconds that the oldest message has waited; SQS tells it as a metric alone, by the minute."""
    now = datetime.now(UTC)
    found = deployed.client("cloudwatch").get_metric_statistics(
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
    return max(found, key=lambda point: point["Timestamp"])["Maximum"] if found else None


def _hour(deployed: Deployed, function: str, what: str, counts: Callable[[Line], bool]) -> Finding:
    found, whole = _logged(deployed, function, log_lines.EVERYTHING, time.time() - _HOUR)
    all_of_them = sum(map(counts, found))
    failed = sum(line["event"] in _FAILURES for line in found)
    share = failed / max(all_of_them, failed, 1)
    told = f"{failed} of {all_of_them} {what} failed" + ("" if whole else ", counted in part")
    figures = {what: all_of_them, "failed": failed, "share": round(share, 4), "whole": whole}
    return Finding(told, share <= _TOO_MANY, figures)


def _logged(
    deployed: Deployed, function: str, wanted: Wanted, since: float
) -> tuple[list[Line], bool]:
    """What is wanted of a log, as far as patience goes, and whether that is all."""
    found: list[Line] = []
    until = time.monotonic() + _PATIENCE
    for pattern in wanted.patterns():
        for page in log_lines.pages(deployed.client("logs"), function, pattern, since):
            found += [line for line in page if line in wanted]
            if time.monotonic() > until:
                return found, False
    return found, True
