"""Whatever breaks, and wherever: after the queue's next deliveries there is one whole answer."""

from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.answering.events import AnswerEvent, Rewrite, Task, Text, Waiting
from tests.slack.writer.conftest import Writing

_METHODS = [
    "chat.*",
    "chat.startStream",
    "chat.appendStream",
    "chat.stopStream",
    "chat.update",
    "chat.postMessage",
    "chat.delete",
    "conversations.replies",
]


@dataclass(frozen=True)
class Mishap:
    """A fault of Slack's, at the `skip`-th call that fits."""

    match: str
    action: str
    after: bool
    skip: int

    def order(self, writing: Writing) -> None:
        how = {"after": self.after, "skip": self.skip, "error": "fatal_error", "status": 500}
        writing.control.fault("api", self.action, self.match, **how)


_TOOLS = (Task("1", "Searching"), Task("1", "Searched", state="done"), Waiting())

mishaps = st.builds(
    Mishap,
    match=st.sampled_from(_METHODS),
    action=st.sampled_from(("status", "error", "drop", "lose_ack", "end_stream")),
    after=st.booleans(),
    skip=st.integers(0, 6),
)
lengths = st.sampled_from((1, 30, 400, 1800, 4000))


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    faults=st.lists(mishaps, max_size=4),
    lost_writes=st.frozensets(st.integers(1, 6), max_size=2),
    first=lengths,
    later=lengths,
    again=st.booleans(),
    tools=st.booleans(),
)
@example(
    faults=[Mishap("chat.startStream", "status", after=True, skip=1)],
    lost_writes=frozenset({1}),
    first=4000,
    later=30,
    again=False,
    tools=False,
)
def test_there_is_one_whole_answer(
    writing: Callable[[], Writing],
    faults: list[Mishap],
    lost_writes: frozenset[int],
    first: int,
    later: int,
    again: bool,
    tools: bool,
) -> None:
    """tiger-agents PR #297, python-slack-sdk #1487: text is lost, or there twice."""
    answer = writing()
    answer.clock.step = 0.02
    answer.notebook.failing = lost_writes
    for fault in faults:
        fault.order(answer)
    at_work = _TOOLS if tools else ()
    answer.write(
        [*at_work, *_answer("first", first, again)],
        [*at_work, *_answer("later", later, again=False)],
    )
    text_words = answer.text.split()
    assert text_words in (_words("first", first), _words("later", later))
    assert not [message for message in answer.messages if message.streaming]
    states = [task["status"] for message in answer.messages for task in message.tasks]
    assert {*states} <= {"complete"}, "a card spins for ever"
    assert sorted(answer.posted) == [message.ts for message in answer.messages]


def _answer(name: str, count: int, again: bool) -> list[AnswerEvent]:
    text: list[AnswerEvent] = [Text(f"{word} ") for word in _words(name, count)]
    return [Text("Never mind. "), Rewrite("broken off"), *text] if again else text


def _words(name: str, count: int) -> list[str]:
    return [f"{name}{number}" for number in range(count)]
