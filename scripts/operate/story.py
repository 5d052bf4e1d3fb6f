"""What became of one question: what both functions logged of it, put together."""

import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self

from scripts.operate.log_lines import Line, Logs, Wanted, moment
from scripts.terminal.problem import Problem

_LINK = re.compile(r"https://[\w.-]+/archives/(\w+)/p(\d{10})(\d{6})(?:\?.*)?")
_PLACE = re.compile(r"(?:(\w+):)?(\w+):(\d+\.\d+|(?:post|ask)-\w+)")
_REFERENCE = re.compile(r"[0-9a-f]{8}")

_EARLIER, _LATER = 3_600, 86_400
"""Seconds around a message's own time in which its story is looked for."""

_ENDINGS = ("done", "stopped", "withdrawn", "refused", "apologised", "uninstalled")


@dataclass(frozen=True, slots=True)
class MessagePlace:
    """How somebody names a question: `wanted` finds lines of it, `around` is when it was asked.

    `channel` is "" where a reference names it, and `around` None.
    """

    named: str
    wanted: Wanted
    channel: str = ""
    around: float | None = None

    @classmethod
    def read(cls, text: str) -> Self:
        """From a message's link, CHANNEL:TS or an apology's reference. Raises `Problem`."""
        if _REFERENCE.fullmatch(text):
            return cls(text, Wanted({"reference": frozenset([text])}))
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
        # Of an answer's link the `ts` is that of a message that the bot posted.
        wanted = {"question": f"{team}:{channel}:{ts}", "ts": ts}
        around = float(ts) if ts[0].isdigit() else None
        fields = {name: frozenset([value]) for name, value in wanted.items()}
        return cls(text, Wanted(fields), channel, around)

    def question(self, found: Iterable[Line]) -> str | None:
        """The question that these lines are about."""
        asked = [line["question"] for line in found if "question" in line]
        return next((one for one in asked if self.channel in ("", one.split(":")[1])), None)

    def times(self, since: float | None) -> tuple[float, float | None]:
        """From when and until when to look."""
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
        """Raises `Problem` where the logs have nothing of it."""
        times = place.times(since)
        question = place.question(logs.read(place.wanted, *times))
        if question is None:
            raise Problem(
                f"The logs have nothing of {place.named} around that time: look further back with"
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
        """How an apology names it."""
        return next((line["reference"] for line in self.steps if "reference" in line), None)

    @property
    def builds(self) -> dict[str, list[str]]:
        """Which builds of each function had to do with it, in order."""
        ran: dict[str, list[str]] = {}
        for line in self.steps:
            known = ran.setdefault(line["function"], [])
            if line.get("build") not in (None, *known):
                known.append(line["build"])
        return ran

    @property
    def deliveries(self) -> int:
        """How often the queue handed it to a worker."""
        return sum(line["event"] == "delivered" for line in self.steps)

    @property
    def ending(self) -> Line | None:
        """Its last end so far, if it has come to one."""
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
    """What names the question, and all else of the messages and requests that do."""
    team_channel, _, ts = question.rpartition(":")
    aside = frozenset(f"{kind}#{team_channel}:{ts}" for kind in ("change", "stop"))
    own = {"question": frozenset([question]), "item": aside}
    found = logs.read(Wanted(own), since, until)
    ids = {
        "message_id": _values(found, "message_id", "enqueued_as"),
        "request_id": _values(found, "request_id"),
    }
    more = logs.read(Wanted(ids), since, until)
    return [*more, *(line for line in found if line not in more)]


def _values(found: Iterable[Line], *names: str) -> frozenset[str]:
    return frozenset(str(line[name]) for line in found for name in names if name in line)


def _arrival(line: Line) -> float:
    """The ingress writes its one line when it has served a request, and how long that took."""
    served = line.get("ms", 0) if line["function"] == "ingress" else 0
    return moment(line) - served / 1000


def _since(began: float, line: Line) -> Line:
    return {"after": round(_arrival(line) - began, 3), **line}
