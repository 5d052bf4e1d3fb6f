"""The story of one question: the lines that both functions logged about it, in order of time."""

import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self

from scripts.operate.log_lines import Line, LogFilter, Logs, moment
from scripts.terminal.problem import Problem

# "https://acme.slack.com/archives/C0123/p1700000000123456?thread_ts=…", as "Copy link" has it
_LINK = re.compile(r"https://[\w.-]+/archives/(\w+)/p(\d{10})(\d{6})(?:\?.*)?")
_PLACE = re.compile(r"(?:(\w+):)?(\w+):(\d+\.\d+|(?:post|ask)-\w+)")  # "C0123:1700000000.123456"
_REFERENCE = re.compile(r"[0-9a-f]{8}")  # "1f3a9c02"

_EARLIER, _LATER = 3_600, 86_400
"""Seconds before and after a message's own time between which its lines are searched."""

_ENDINGS = ("done", "stopped", "withdrawn", "refused", "apologised", "uninstalled")


@dataclass(frozen=True, slots=True)
class MessagePlace:
    """What --thread names: a question, by its message, its answer or its apology.

    `log_filter` matches lines about it. `around` is the message's time in epoch seconds. For an
    apology's reference `channel` is "" and `around` None.
    """

    text: str
    log_filter: LogFilter
    channel: str = ""
    around: float | None = None

    @classmethod
    def read(cls, text: str) -> Self:
        """From a message's link, CHANNEL:TS or an apology's reference. Raises `Problem`."""
        if _REFERENCE.fullmatch(text):
            return cls(text, LogFilter({"reference": frozenset([text])}))
        if link := _LINK.fullmatch(text):
            return cls._of(text, "*", link[1], f"{link[2]}.{link[3]}")
        if place := _PLACE.fullmatch(text):
            return cls._of(text, place[1] or "*", place[2], place[3])
        raise Problem(
            "--thread takes a message's link as Slack copies it, CHANNEL:TS such as"
            f" C0123:1700000000.123456, or the reference of an apology, not {text!r}."
        )

    @classmethod
    def _of(cls, text: str, team: str, channel: str, ts: str) -> Self:
        # The link may be of the bot's answer, whose `ts` its own lines have.
        values = {"question": f"{team}:{channel}:{ts}", "ts": ts}
        around = float(ts) if ts[0].isdigit() else None
        fields = {name: frozenset([value]) for name, value in values.items()}
        return cls(text, LogFilter(fields), channel, around)

    def question(self, lines: Iterable[Line]) -> str | None:
        """The question that these lines are about."""
        questions = [line["question"] for line in lines if "question" in line]
        return next((q for q in questions if self.channel in ("", q.split(":")[1])), None)

    def times(self, since: float | None) -> tuple[float, float | None]:
        """Where to start and to stop reading, in epoch seconds."""
        if since is not None:
            return since, None
        if self.around is None:
            return time.time() - _LATER, None
        return max(0, self.around - _EARLIER), self.around + _LATER


@dataclass(frozen=True, slots=True)
class Story:
    """One question's lines, each with `after`: seconds since Slack's request came in."""

    question: str
    began: float  # in epoch seconds
    steps: Sequence[Line]

    @classmethod
    def find(cls, logs: Logs, place: MessagePlace, since: float | None = None) -> Self:
        """Read the story of a question. Raises `Problem` where the logs have nothing of it."""
        times = place.times(since)
        question = place.question(logs.read(place.log_filter, *times))
        if question is None:
            raise Problem(
                f"The logs have nothing of {place.text} around that time: look further back with"
                " --since 7d, and see that it is a question's own message, or its answer."
            )
        return cls.tell(question, _lines(logs, question, *times))

    @classmethod
    def tell(cls, question: str, lines: Sequence[Line]) -> Self:
        """Put the lines in order, and count from the first one's request on."""
        ordered = sorted(lines, key=_arrival)
        accepted = [line for line in ordered if line["event"] == "accepted"]
        began = _arrival((accepted or ordered)[0])
        return cls(question, began, [_since(began, line) for line in ordered])

    @property
    def reference(self) -> str | None:
        """The reference that an apology for it shows."""
        return next((line["reference"] for line in self.steps if "reference" in line), None)

    @property
    def builds(self) -> dict[str, list[str]]:
        """The builds that logged about it, by function, in order of time."""
        builds: dict[str, list[str]] = {}
        for line in self.steps:
            ids = builds.setdefault(line["function"], [])
            if line.get("build") not in (None, *ids):
                ids.append(line["build"])
        return builds

    @property
    def deliveries(self) -> int:
        """How often the queue handed it to a worker."""
        return sum(line["event"] == "delivered" for line in self.steps)

    @property
    def ending(self) -> Line | None:
        """The last line that ends the question, if any does so far."""
        return next((line for line in reversed(self.steps) if line["event"] in _ENDINGS), None)

    def as_json(self) -> dict[str, Any]:
        end = self.ending
        return {
            "question": self.question,
            "reference": self.reference,
            "began": self.began,
            "builds": self.builds,
            "deliveries": self.deliveries,
            "ending": end and end["event"],
            "after": end and end["after"],
            "steps": list(self.steps),
        }


def _lines(logs: Logs, question: str, since: float, until: float | None) -> list[Line]:
    """The lines that name the question, and all others of the same messages and requests."""
    team_channel, _, ts = question.rpartition(":")
    edits = frozenset(f"{kind}#{team_channel}:{ts}" for kind in ("change", "stop"))
    fields = {"question": frozenset([question]), "item": edits}
    lines = logs.read(LogFilter(fields), since, until)
    ids = {
        "message_id": _values(lines, "message_id", "enqueued_as"),
        "request_id": _values(lines, "request_id"),
    }
    more = logs.read(LogFilter(ids), since, until)
    return [*more, *(line for line in lines if line not in more)]


def _values(lines: Iterable[Line], *names: str) -> frozenset[str]:
    return frozenset(str(line[name]) for line in lines for name in names if name in line)


def _arrival(line: Line) -> float:
    """When the line's request came in: the ingress logs once, at its end, with the duration."""
    served = line.get("ms", 0) if line["function"] == "ingress" else 0
    return moment(line) - served / 1000


def _since(began: float, line: Line) -> Line:
    return {"after": round(_arrival(line) - began, 3), **line}
