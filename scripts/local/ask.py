"""Asks one question as a person in a channel, and follows it through Slack and both functions."""

import html
import re
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from scripts.local.stack import LocalStack
from scripts.operate import log_lines
from scripts.terminal.problem import Problem
from slack_simulator import Control, Delivery, Message, Posted, Refused

PERSON, CHANNEL = "ada", "#general"
_PATIENCE_SECONDS = 150
_LINK = re.compile(r"<(https?://[^|>]+)\|([^>]*)>")  # "<https://acme.example/deploy|Deploying>"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one question was answered.

    Times are in seconds since its event was sent, or None for what never happened.
    """

    question: str
    answer: str
    sources: list[str]
    timeline: dict[str, float | None]
    message_id: str | None
    request_ids: dict[str, str | None]
    builds: dict[str, str | None]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def as_text(self) -> str:
        if not self.answer:
            return f"No answer came within {_PATIENCE_SECONDS} s. The emulator's logs say why."
        steps = [
            f"  {name.replace('_', ' '):<16}{'-' if at is None else f'{at:7.3f} s'}"
            for name, at in self.timeline.items()
        ]
        return "\n".join(["", self.answer, "", *self.sources, "", *steps])


def ask(stack: LocalStack, text: str) -> Outcome:
    """Ask in a channel and wait for the answer. Raises `Problem` where Slack takes no such text."""
    slack = stack.slack.control
    try:
        posted = slack.say(PERSON, CHANNEL, f"<@bot> {text}")
    except Refused as refused:
        raise Problem(str(refused)) from None
    with suppress(TimeoutError):
        slack.wait_for_answer(posted.channel, posted.ts, _PATIENCE_SECONDS)
    messages = [m for m in slack.messages(posted.channel, posted.ts) if m.bot]
    ingress = _accepted(stack, posted)
    worker = _delivered(stack, ingress.get("message_id"))
    return Outcome(
        question=text,
        answer="\n".join(_markdown(message) for message in messages).strip(),
        sources=[note for message in messages for note in _notes(message)],
        timeline=_timeline(slack, posted, worker),
        message_id=ingress.get("message_id"),
        request_ids={"ingress": ingress.get("request_id"), "worker": worker.get("request_id")},
        builds={"ingress": ingress.get("build"), "worker": worker.get("build")},
    )


def _timeline(slack: Control, posted: Posted, worker: log_lines.Line) -> dict[str, float | None]:
    delivery = _delivery(slack, posted)
    streams = slack.calls("chat.startStream") + slack.calls("chat.postMessage")
    ends = slack.calls("chat.stopStream") or streams
    started = worker.get("timestamp")
    moments = {
        "event_sent": delivery.started,
        "acked": delivery.started + delivery.duration / 1000 if delivery.ok else None,
        "worker_started": datetime.fromisoformat(started).timestamp() if started else None,
        "first_text": streams[0].started + streams[0].duration / 1000 if streams else None,
        "finished": ends[-1].started + ends[-1].duration / 1000 if ends else None,
    }
    return {
        name: None if at is None else round(at - delivery.started, 3)
        for name, at in moments.items()
    }


def _delivery(slack: Control, posted: Posted) -> Delivery:
    """Slack's first attempt to deliver the question's event."""
    events = ((d, d.body.get("event", {})) for d in slack.deliveries())
    return next(d for d, event in events if event.get("ts") == posted.ts)


def _accepted(stack: LocalStack, posted: Posted) -> log_lines.Line:
    """What the ingress logged of the question, or nothing."""
    suffix = f":{posted.channel}:{posted.ts}"  # of "T0001:C0001:1700000000.000100"
    line = log_lines.wait_for(
        stack.client("logs"),
        stack.functions[0],
        lambda line: str(line.get("question")).endswith(suffix),
    )
    return line or {}


def _delivered(stack: LocalStack, message_id: str | None) -> log_lines.Line:
    """What the worker logged when it received the queue's message, or nothing."""
    line = log_lines.wait_for(
        stack.client("logs"),
        stack.functions[1],
        lambda line: line["event"] == "delivered" and line["message_id"] == message_id,
    )
    return line or {}


def _markdown(message: Message) -> str:
    return "\n".join(block["text"] for block in message.blocks if block["type"] == "markdown")


def _notes(message: Message) -> list[str]:
    """The context lines below an answer, with each link's URL in brackets behind its text."""
    return [
        html.unescape(_LINK.sub(r"\2 (\1)", str(element["text"])))
        for block in message.blocks
        if block["type"] == "context"
        for element in block["elements"]
    ]
