"""`./stackbot load`: a burst of questions from many people, and how long each of them waited."""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from dataclasses import dataclass
from statistics import quantiles
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scripts.local.stack import LocalStack
    from slack_simulator import Call, Posted

_CHANNELS = ("@bot", "@bot", "@bot", "#general", "#help")
"""Where people ask in turn: Slack takes about one message a second in each channel."""

_SIZE = 600
_LAST_SECONDS = 300.0
_ACK_SECONDS = 1.0
_ONE_BY_ONE = "The emulator runs one message of a FIFO queue at a time; AWS runs five."


@dataclass(frozen=True, slots=True)
class Wait:
    """One question's waits, in seconds from when it was asked; None where it never came."""

    ack: float
    queue: float | None
    first_text: float | None
    finish: float | None


def run(options: argparse.Namespace) -> int:
    """Ask, measure and print. The status is 1 where an ack took 1 s or an answer is missing."""
    from scripts.local.models import Model
    from scripts.local.stack import LocalStack
    from tests.campaigns.chaos.trouble import FaultlessModel

    with FaultlessModel(_SIZE) as model:
        scripted = Model("openai", "scripted", model.url, "not-a-real-key")
        context = (f"streams_per_minute={20 if options.rates else 1_000_000}",)
        with LocalStack(scripted, context=context, crowd=options.people) as stack:
            stack.slack.control.set_limits(rates=options.rates)
            numbers = _ask(stack, options)
            results = _judged(stack, numbers, options)
    if options.json:
        options.json.print(results)
    else:
        _show(results)
    return 0 if results["passed"] else 1


def _ask(stack: LocalStack, options: argparse.Namespace) -> dict[Posted, int]:
    """Ask evenly over the time, and wait until the queue is empty; the numbers by their threads."""
    from scripts.terminal.steps import console
    from tests.campaigns.chaos import answers

    slack, numbers = stack.slack.control, {}
    started = time.monotonic()
    with console.status("") as line:
        for number in range(1, options.questions + 1):
            due = started + options.seconds * (number - 1) / options.questions
            time.sleep(max(0.0, due - time.monotonic()))
            person = f"crowd{number % options.people + 1}"
            channel = _CHANNELS[number % len(_CHANNELS)]
            text = f"<@bot> {answers.question(number)}"
            numbers[slack.say(person, channel, text)] = number
            line.update(f"{number} of {options.questions} asked")
        until = time.monotonic() + _LAST_SECONDS
        while (waiting := _waiting(stack)) and time.monotonic() < until:
            line.update(f"{options.questions} asked, {waiting} waiting")
            time.sleep(0.2)
    slack.wait_until_idle(60)
    return numbers


def _waiting(stack: LocalStack) -> int:
    counts = [f"ApproximateNumberOfMessages{kind}" for kind in ("", "NotVisible")]
    answer = stack.client("sqs").get_queue_attributes(
        QueueUrl=stack.outputs["QueueUrl"], AttributeNames=counts
    )
    return sum(int(answer["Attributes"][name]) for name in counts)


def _judged(
    stack: LocalStack, numbers: Mapping[Posted, int], options: argparse.Namespace
) -> dict[str, Any]:
    from tests.campaigns.chaos.verdict import judge

    slack = stack.slack.control
    messages = [m for channel in {p.channel for p in numbers} for m in slack.messages(channel)]
    threads = {posted: {"": number} for posted, number in numbers.items()}
    verdict = judge(threads, messages, {})
    waits = list(_waits(stack, numbers).values())
    slowest = max(wait.ack for wait in waits)
    limited = [call for call in slack.calls() if call.error == "ratelimited"]
    return {
        "asked": len(verdict.asked),
        "answered": len(verdict.answered),
        "people": options.people,
        "seconds": options.seconds,
        "rates": "Slack's own" if options.rates else "none",
        "rate_limited": len(limited),
        "waits": {
            name: _percentiles([w for wait in waits if (w := getattr(wait, name)) is not None])
            for name in Wait.__slots__
        },
        "note": _ONE_BY_ONE,
        "passed": slowest < _ACK_SECONDS and verdict.answered == verdict.asked,
    }


def _waits(stack: LocalStack, numbers: Mapping[Posted, int]) -> dict[int, Wait]:
    slack = stack.slack.control
    acks: dict[tuple[str, str], float] = {}
    for delivery in slack.deliveries():
        event = delivery.body.get("event", {})
        key = (str(event.get("channel")), str(event.get("ts")))
        acks[key] = max(acks.get(key, 0.0), delivery.duration / 1_000)
    calls = _calls_by_thread(slack.calls())
    return {
        number: _wait(posted, acks[posted.channel, posted.ts], calls[posted.channel, posted.ts])
        for posted, number in numbers.items()
    }


def _wait(posted: Posted, ack: float, calls: list[Call]) -> Wait:
    since = float(posted.ts)
    texts = [c for c in calls if c.ok and c.method in ("chat.startStream", "chat.postMessage")]
    ends = [c for c in calls if c.ok and c.method in ("chat.stopStream", "chat.postMessage")]
    return Wait(
        ack,
        calls[0].started - since if calls else None,
        _end(texts[0]) - since if texts else None,
        _end(ends[-1]) - since if ends else None,
    )


def _end(call: Call) -> float:
    return call.started + call.duration / 1_000


def _calls_by_thread(calls: list[Call]) -> dict[tuple[str, str], list[Call]]:
    """The calls about each thread; those about a message go to the thread that it was posted in."""
    threads: dict[tuple[str, str], list[Call]] = defaultdict(list)
    of_message: dict[tuple[str, str], str] = {}
    for call in calls:
        channel = str(call.args.get("channel") or call.args.get("channel_id"))
        thread = str(call.args.get("thread_ts") or "")
        thread = thread or of_message.get((channel, str(call.args.get("ts"))), "")
        if thread and call.response.get("ts"):
            of_message[channel, str(call.response["ts"])] = thread
        threads[channel, thread].append(call)
    return threads


def _percentiles(values: list[float]) -> dict[str, float]:
    cuts = quantiles(values, n=100, method="inclusive") if len(values) > 1 else values * 99
    percentiles = {"p50": cuts[49], "p95": cuts[94], "p99": cuts[98], "max": max(values)}
    return {name: round(value, 3) for name, value in percentiles.items()}


def _show(results: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    table = Table("seconds", "p50", "p95", "p99", "max", box=None, pad_edge=False)
    for name, waits in results["waits"].items():
        table.add_row(name.replace("_", " "), *(f"{value:.2f}" for value in waits.values()))
    console.print(table)
    mark = "[green]✓[/]" if results["passed"] else "[red]✗[/]"
    console.print(
        f"{mark} {results['answered']} of {results['asked']} questions of {results['people']}"
        f" people, asked within {results['seconds']:g} s, answered once and whole"
    )
    console.print(
        f"Rates that stood: {results['rates']} ({results['rate_limited']} calls limited)."
    )
    console.print(results["note"])
