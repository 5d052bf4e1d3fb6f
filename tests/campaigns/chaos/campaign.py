"""Asks the plan's questions of a running stack while things break, and waits for the last one."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from infra.names import KNOWLEDGE_KEY
from scripts.documents import knowledge
from scripts.local.stack import LocalStack
from slack_simulator import Posted
from tests.campaigns.chaos import answers
from tests.campaigns.chaos.plan import Plan, Question
from tests.campaigns.chaos.proxy import aws_proxy
from tests.campaigns.chaos.trouble import ChaosModel, Trouble
from tests.campaigns.chaos.verdict import Verdict, judge
from tests.cells import with_cells

_TIMEOUT, _LEASE, _VISIBILITY = 15, 7, 9
"""Seconds. A killed worker's question comes back soon, while a slow machine still gets to work.

A lease and a visibility below the time-out would be wrong on AWS. The emulator runs one message of
a FIFO queue at a time, so that here nobody can hold a claim that runs out.
"""

_PLENTY = {
    "worker_timeout": _TIMEOUT,
    "lease": _LEASE,
    "streams_per_minute": 1_000_000,
    "person_burst": 1_000_000,
    "person_per_minute": 1_000_000,
    "team_burst": 1_000_000,
    "team_per_minute": 1_000_000,
    "daily_dollars": 1_000_000,
}
"""Streams, and a model that may be asked, are what there is to break: both without a limit."""

_TIME_SCALE = 20.0
"""Slack tries again after 3 and 15 s instead of one and five minutes; a stream lives 15 s."""

_OPEN = 24
"""How many questions wait at most: enough for threads to have several."""

_LAST_SECONDS = 90.0
"""How long the last questions may take; four deliveries of one take about 45 s."""

_UNACCEPTED = 3
"""How many questions may be on their way to the queue: each needs an ingress of its own."""

_COUNTS = [f"ApproximateNumberOfMessages{kind}" for kind in ("", "NotVisible", "Delayed")]


@dataclass(frozen=True, slots=True)
class Progress:
    count: int
    waiting: int
    kills: int


class Campaign:
    """One run against one stack, which `with prepared(...)` makes ready for it."""

    def __init__(self, stack: LocalStack, plan: Plan, trouble: Trouble) -> None:
        self._stack, self._plan, self.trouble = stack, plan, trouble
        self._slack = stack.slack.control
        self._roots: dict[int, Posted] = {}
        self._threads: dict[Posted, dict[str, int]] = defaultdict(dict)
        self._team = str(self._slack.state()["team"]["id"])

    def run(self, seconds: float, tell: Callable[[Progress], None]) -> None:
        """Ask for at most `seconds`, then wait until nothing is under way any more."""
        until = time.monotonic() + seconds
        for question in self._plan.questions:
            while time.monotonic() < until and not self._may_ask(question):
                time.sleep(0.02)
            if time.monotonic() >= until:
                break
            self._ask(question)
            tell(Progress(question.number, self._waiting(), self.trouble.kills.strikes.total()))
        self._wait_for_the_last(tell)

    def verdict(self) -> Verdict:
        """What Slack shows now."""
        channels = {root.channel for root in self._threads}
        messages = [m for channel in channels for m in self._slack.messages(channel)]
        return judge(self._threads, messages, self.trouble.accepted)

    def thread(self, number: int) -> dict[str, object]:
        """The thread of a question, the beginnings of what it shows, and what befell it."""
        root = self._roots[self._plan.questions[number - 1].thread]
        messages = self._slack.messages(root.channel, root.ts)
        beginnings = [f"{m.ts} {m.stream or ''} {m.text[:70]!r}" for m in messages]
        story = self.trouble.story(number)
        return {"channel": root.channel, "thread": root.ts, "shows": beginnings, "befell": story}

    def _may_ask(self, question: Question) -> bool:
        """Whether it is time: in a thread, a question follows one that was accepted."""
        accepted = self.trouble.accepted
        root = self._roots.get(question.thread)
        earlier = self._threads[root].values() if root else ()
        unaccepted = question.number - 1 - len(accepted)
        in_order = all(number in accepted for number in earlier)
        return in_order and unaccepted < _UNACCEPTED and self._waiting() < _OPEN

    def _ask(self, question: Question) -> None:
        root = self._roots.get(question.thread)
        thread = root.ts if root else None
        posted = self._slack.say(question.person, question.channel, question.text, thread)
        root = self._roots.setdefault(question.thread, posted)
        self._threads[root][f"{self._team}:{posted.channel}:{posted.ts}"] = question.number

    def _wait_for_the_last(self, tell: Callable[[Progress], None]) -> None:
        until = time.monotonic() + _LAST_SECONDS
        count = sum(map(len, self._threads.values()))
        while time.monotonic() < until:
            waiting = self._waiting()
            tell(Progress(count, waiting, self.trouble.kills.strikes.total()))
            if not waiting and self._slack_is_idle() and not self._waiting():
                return
            time.sleep(0.2)

    def _slack_is_idle(self) -> bool:
        try:
            self._slack.wait_until_idle(1)
        except TimeoutError:
            return False
        return True

    def _waiting(self) -> int:
        """How many messages are in the queue, at work or to come back."""
        attributes = self._stack.client("sqs").get_queue_attributes(
            QueueUrl=self._stack.outputs["QueueUrl"], AttributeNames=_COUNTS
        )["Attributes"]
        return sum(int(attributes[name]) for name in _COUNTS)


@contextmanager
def prepared(stack: LocalStack, model: ChaosModel, plan: Plan) -> Iterator[Campaign]:
    """Put the campaign between the stack and all that it calls, for as long as this lasts."""
    worker = stack.functions[1]
    trouble = Trouble(plan, lambda: stack.emulator.kill(worker))
    model.trouble = trouble
    stack.client("s3").put_object(
        Bucket=stack.outputs["Bucket"], Key=KNOWLEDGE_KEY, Body=_knowledge(plan)
    )
    control = stack.slack.control
    # A slow machine's acks are no lost ones, and all 429s are the plan's.
    control.set_limits(rates=False, ack_seconds=False)
    control.set_time_scale(_TIME_SCALE)
    with ExitStack() as undo:
        of_ingress = undo.enter_context(aws_proxy(stack.emulator.url, trouble.pass_ingress))
        of_worker = undo.enter_context(aws_proxy(stack.emulator.url, trouble.pass_worker))
        undo.callback(stack.upload_knowledge)
        undo.callback(control.set_limits, ack_seconds=True)
        undo.callback(control.set_time_scale, 1.0)
        cells = {"model_provider": "openai", "model_url": model.url, **_PLENTY}
        wires = {worker: of_worker, stack.functions[0]: of_ingress}
        for function, proxy in wires.items():
            changed = cells if function == worker else {}
            undo.enter_context(_variables(stack, function, proxy.url, changed))
        undo.enter_context(_visibility(stack, _VISIBILITY))
        undo.enter_context(_variables(stack, stack.functions[0], of_ingress.url, {}))
        stack.slack.be_judged(trouble.judge)
        undo.callback(stack.slack.be_judged, None)
        yield Campaign(stack, plan, trouble)


@contextmanager
def _variables(
    stack: LocalStack, function: str, aws: str, cells: Mapping[str, object]
) -> Iterator[None]:
    """Give a function other variables for a while, as a change of its configuration would."""
    client = stack.client("lambda")
    configuration = client.get_function_configuration(FunctionName=function)
    before = {"Timeout": configuration["Timeout"], "Environment": configuration["Environment"]}
    variables = {**configuration["Environment"]["Variables"], "AWS_ENDPOINT_URL": aws}
    if cells:
        variables = with_cells(variables, **cells)
    client.update_function_configuration(
        FunctionName=function, Timeout=_TIMEOUT, Environment={"Variables": variables}
    )
    stack.ping(function)
    try:
        yield
    finally:
        client.update_function_configuration(FunctionName=function, **before)


@contextmanager
def _visibility(stack: LocalStack, seconds: int) -> Iterator[None]:
    """Have the queue hide what a worker has for so long, for a while."""
    client, queue, name = stack.client("sqs"), stack.outputs["QueueUrl"], "VisibilityTimeout"
    attributes = client.get_queue_attributes(QueueUrl=queue, AttributeNames=[name])["Attributes"]
    client.set_queue_attributes(QueueUrl=queue, Attributes={name: str(seconds)})
    try:
        yield
    finally:
        client.set_queue_attributes(QueueUrl=queue, Attributes={name: attributes[name]})


def _knowledge(plan: Plan) -> bytes:
    documents = {f"{q.number}.md": answers.document(q.number) for q in plan.questions}
    return knowledge.index_of(documents)
