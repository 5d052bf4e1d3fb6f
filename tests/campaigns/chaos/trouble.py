"""Breaks what the plan says, at the edges of the bot: Slack, its model and AWS.

The emulator hands the worker one question at a time, so whatever the worker calls between two
claims belongs to the question of the first. At most three of a question's four deliveries are
broken: what the last one meets is Slack on its own, as good as it is.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from slack_simulator.rules.faults import Fault, Place
from slack_simulator.scripted_model import Act, Answering, ModelServer
from tests.campaigns.chaos import answers
from tests.campaigns.chaos.kills import Kills, Moment
from tests.campaigns.chaos.plan import Fate, Plan
from tests.campaigns.chaos.proxy import AwsCall, Cut

_MOST_BREAKS = 3
_SLACK: Mapping[str, Mapping[str, Any]] = {
    "429": {"action": "status", "status": 429, "retry_after": 1},
    "500": {"action": "status", "status": 500},
    "500_after": {"action": "status", "status": 500, "after": True},
    "drop": {"action": "drop"},
    "lose_ack": {"action": "lose_ack"},
}


@dataclass(slots=True)
class Case:
    """What has befallen a question so far."""

    number: int
    fate: Fate
    breaks: int = 0
    attempts: int = 0
    calls: int = 0  # of the present attempt
    slack_calls: int = 0
    stream_calls: int = 0
    model_calls: int = 0
    sends: int = 0
    story: list[str] = field(default_factory=list)

    def tell(self, text: str) -> None:
        self.story.append(f"attempt {self.attempts}: {text}")

    @property
    def may_break(self) -> bool:
        return self.breaks < _MOST_BREAKS


class Trouble:
    """One campaign's misfortunes, and what was seen of the bot's calls meanwhile."""

    def __init__(self, plan: Plan, kill: Callable[[], int]) -> None:
        self._plan = plan
        self._cases = {q.number: Case(q.number, q.fate) for q in plan.questions}
        self._numbers: dict[str, int] = {}
        self._current: Case | None = None
        self._lock = threading.RLock()
        self.kills = Kills(kill, most=plan.most_explored)
        self.befell: Counter[str] = Counter()
        self.accepted: dict[int, tuple[float, float]] = {}
        """From when to when the queue was taking a question: its order among others."""

    def story(self, number: int) -> list[str]:
        """All that befell a question, in order."""
        return self._cases[number].story

    def judge(self, place: Place, name: str, details: dict[str, Any]) -> Fault | None:
        """What happens to a call to Slack, or to a delivery from it."""
        with self._lock:
            if place == "delivery":
                return self._judge_delivery(details)
            return self._judge_call(f"slack {name}", name)

    def act_for(self, request: dict[str, Any]) -> Act:
        """What the model does with a request."""
        with self._lock:
            case = self._cases[_number_of(request)]
            case.model_calls += 1
            moment = self._moment_to_kill(case, "model")
            text = answers.answer(
                case.number, case.model_calls, case.fate.size, seed=self._plan.seed
            )
            trouble = case.fate.model.get(case.model_calls)
            if trouble and not moment:
                self._befall(case, f"model {trouble}")
        if moment:
            return self._dying_worker(moment, text)
        return _misbehaving(trouble, text) if trouble else lambda to: to.stream(text, piece=48)

    def pass_ingress(self, call: AwsCall) -> Callable[[], bool]:
        """Watch a call of the ingress to AWS go by."""
        with self._lock:
            return self._accept(call) if call.operation == "sqs SendMessage" else lambda: False

    def pass_worker(self, call: AwsCall) -> Callable[[], bool]:
        """Watch a call of the worker to AWS go by. Raises `Cut` where the worker died before it."""
        with self._lock:
            case = self._claimed_by(call) or self._current
            moment = self._moment_to_kill(case, call.name)
            if moment == "before":
                self.kills.strike(call.name, "before")
                raise Cut
        return (lambda: self._struck_after(call.name)) if moment else lambda: False

    def _struck_after(self, name: str) -> bool:
        with self._lock:
            self.kills.strike(name, "after")
        return True

    def _accept(self, call: AwsCall) -> Callable[[], bool]:
        """Note the order in which questions are accepted; let the queue forget some it had."""
        case = self._cases.get(self._numbers.get(_identity(call.body), 0))
        if case is None:
            return lambda: False
        case.sends += 1
        if case.sends > 1 and case.fate.late:
            self._befall(case, "late duplicate")
            call.body["MessageDeduplicationId"] += f"-{case.sends}"

        started = time.monotonic()

        def accepted() -> bool:
            if case.number not in self.accepted:
                self.accepted[case.number] = (started, time.monotonic())
                case.tell("accepted")
            return False

        return accepted

    def _judge_delivery(self, details: dict[str, Any]) -> Fault | None:
        event = details.get("event", {})
        case = self._cases.get(answers.number_of(str(event.get("text", ""))) or 0)
        if case is None:
            return None
        self._numbers[f"{details['team_id']}:{event['channel']}:{event['ts']}"] = case.number
        trouble, attempt = case.fate.delivery, details["attempt"]
        if trouble is None or attempt > (trouble == "lose_ack_twice"):
            return None
        self._befall(case, f"delivery {trouble}")
        action: Any = "lose_ack" if trouble == "lose_ack_twice" else trouble
        return Fault("delivery", action)

    def _judge_call(self, name: str, method: str) -> Fault | None:
        case = self._current
        if case is None:
            return None
        number, case.slack_calls = case.slack_calls, case.slack_calls + 1
        if moment := self._moment_to_kill(case, name):
            strike = lambda: self.kills.strike(name, moment)  # noqa: E731
            return Fault("api", "drop", after=moment == "after", meanwhile=strike)
        trouble = case.fate.slack.get(number)
        if trouble and (case.may_break or trouble == "429"):
            case.breaks += trouble != "429"
            self._befall(case, f"slack {trouble}", f"at {method}")
            return Fault("api", **_SLACK[trouble])
        if method in ("chat.appendStream", "chat.stopStream"):
            number, case.stream_calls = case.stream_calls, case.stream_calls + 1
            if number == case.fate.stream_ends:
                self._befall(case, "stream ended", f"at {method}")
                return Fault("api", "end_stream")
        return None

    def _claimed_by(self, call: AwsCall) -> Case | None:
        """The question that the worker now takes up, if that is what this call is."""
        key = str(call.body.get("Key", {}).get("pk", {}).get("S", ""))
        number = self._numbers.get(key.removeprefix("question#"))
        claims = "attempt = if_not_exists" in str(call.body.get("UpdateExpression"))
        if number is None or not claims:
            return None
        self._current = case = self._cases[number]
        case.attempts, case.calls = case.attempts + 1, 0
        case.tell("begins")
        return case

    def _moment_to_kill(self, case: Case | None, call: str) -> Moment | None:
        """When the worker dies around this call, if it does; the case then has one try less."""
        self.kills.pass_by(call)
        if case is None:
            return None
        number, case.calls = case.calls, case.calls + 1
        if not case.may_break:
            return None
        moment = self.kills.new_here(call) if case.breaks < _MOST_BREAKS - 1 else None
        if moment is None and number in case.fate.kills[case.attempts - 1 : case.attempts]:
            moment = "before" if (self._plan.seed + case.number + number) % 2 else "after"
        if moment:
            case.tell(f"killed {moment} {call}")
            self._count_broken(case, call)
        return moment

    def _befall(self, case: Case, trouble: str, where: str = "") -> None:
        self.befell[trouble] += 1
        case.tell(f"{trouble} {where}".strip())

    def _count_broken(self, case: Case, call: str) -> None:
        """A worker that dies as it starts breaks a delivery of who knows which question."""
        victims = [case]
        if call.startswith("ssm"):
            victims = [c for c in self._cases.values() if c.sends]
        for victim in victims:
            victim.breaks += 1

    def _dying_worker(self, moment: Moment, text: str) -> Act:
        def act(to: Answering) -> None:
            if moment != "before":
                whole = moment == "after"
                to.stream(text if whole else text[: len(text) // 2], 48, then="leave open")
            self.kills.strike("model", moment)
            to.close_connection = True

        return act


class ChaosModel(ModelServer):
    """A model whose answers can be checked, with the trouble that it has."""

    def __init__(self) -> None:
        super().__init__()
        self.trouble: Trouble | None = None

    def next_act(self, request: dict[str, Any]) -> Act:
        return self.trouble.act_for(request) if self.trouble else super().next_act(request)


class FaultlessModel(ModelServer):
    """A model whose answers, of about `size` characters each, can be checked."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self._size = size

    def next_act(self, request: dict[str, Any]) -> Act:
        text = answers.answer(_number_of(request), 1, self._size, seed=0)
        return lambda to: to.stream(text, piece=48)


def _number_of(request: Mapping[str, Any]) -> int:
    """The number of the question that a request to the model ends in."""
    content = str(request["messages"][-1]["content"])
    return answers.number_of(content.rpartition("Question:")[2]) or 0


def _misbehaving(trouble: str, text: str) -> Act:
    half = text[: len(text) // 2]
    match trouble:
        case "429" | "500":
            return lambda to: to.refuse(int(trouble), "", 0)
        case "cut" | "end_early":
            return lambda to: to.stream(half, 48, then=trouble.replace("_", " "))
        case "stall_after":
            return lambda to: to.stream(half, 48, then="stall")
    return lambda to: to.wait_for_hang_up()


def _identity(message: Mapping[str, Any]) -> str:
    """The question of a message of the queue: its group's place, and the `ts` asked at."""
    body = str(message.get("MessageBody", ""))
    return body.partition('"question":"')[2].partition('"')[0]
