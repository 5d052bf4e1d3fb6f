"""Each surface works with the scopes, events and features alone that it says it needs.

The simulator refuses a call without its scope, and tells of nothing that is not subscribed to: so
a need that is missing makes one of these fail. docs/surfaces.md holds the list that people read.
"""

import itertools
from collections.abc import Callable, Iterator

import pytest

from bot import listeners
from scripts.local.stack import LocalStack
from scripts.slack.manifest import manifest
from slack_simulator import Control, Message
from slack_simulator.scripted_model import ModelServer
from tests.end_to_end.conftest import Conversation, said

PATIENCE = 25


class Bench:
    """What a probe works with."""

    def __init__(self, slack: Control, model: ModelServer) -> None:
        self.slack, self.model = slack, model

    def asks_twice(self, place: str) -> None:
        """A question and a follow-up, for which the bot reads the thread."""
        conversation = Conversation(self.slack)
        for answer in ("The first.", "The second."):
            self.model.will_say(answer)
            asked = conversation.ask("<@bot> Who bakes the cake?", channel=place)
            assert said(conversation.answer(PATIENCE)) == answer
        assert conversation.root
        self._has_session(asked.channel, conversation.root.ts, "Who bakes the cake?")

    def posted_once(self, place: str, text: str, answer: str) -> None:
        """A posted question whose first delivery did not hear that it was, and its answer."""
        [question] = self.slack.until(lambda: self._saying(place, text), PATIENCE)
        root = question.thread_ts or question.ts
        found = self.slack.wait_for_answer(question.channel, root, PATIENCE, after=question.ts)
        assert said(found) == answer
        self._has_session(question.channel, root, text)
        assert len(self._saying(place, text)) == 1

    def _has_session(self, channel: str, thread: str, title: str) -> None:
        """The thread has a session with a title, whose stop button would work."""
        session = self.slack.session(channel, thread)
        assert (session["status"], session["title"]) == ("active", title)
        told = self.slack.calls("agents.sessions.setStatus")[-1].response
        assert "response_metadata" not in told, told

    def _saying(self, place: str, text: str) -> list[Message]:
        return [m for m in self.slack.messages(place) if m.bot and text in m.text]

    def lose_the_posting(self) -> None:
        self.slack.fault("api", "drop", match="chat.postMessage", after=True)


def a_mention(bench: Bench) -> None:
    bench.asks_twice("#general")


def a_direct_message(bench: Bench) -> None:
    bench.asks_twice("@bot")


def an_edit(bench: Bench) -> None:
    conversation = Conversation(bench.slack)
    bench.model.will_stall_after("The answer to something else. " * 20)
    asked = conversation.ask("<@bot> What did I mean?")
    bench.slack.until(conversation.answers, PATIENCE)
    bench.model.will_say("Ah, that.")
    bench.slack.edit(asked, "<@bot> What do I mean?")
    assert said(conversation.answer(PATIENCE)) == "Ah, that."


def the_pane(bench: Bench) -> None:
    pane = bench.slack.open("ada", "messages")

    def titles() -> list[str]:
        prompts = bench.slack.state()["prompts"]
        return [shown["title"] for shown in prompts if shown["channel"] == pane]

    bench.slack.until(titles, PATIENCE)
    bench.slack.look_at("ada", "#help")
    bench.slack.until(lambda: titles() == ["Questions that fit #help"], PATIENCE)
    bench.slack.look_at("ada", "")


def a_command(bench: Bench) -> None:
    for place, text in (("#general", _once("In public?")), ("@bot", _once("In private?"))):
        bench.lose_the_posting()
        bench.model.will_say("Once.")
        bench.slack.command("ada", place, "/ask", text)
        bench.posted_once("D0ADA" if place == "@bot" else place, text, "Once.")


def a_shortcut(bench: Bench) -> None:
    for place, shown in (("#general", "#general"), ("#random", "D0ADA")):
        told = bench.slack.say("chiyo", place, "The cellar is flooded.")
        bench.slack.shortcut("ada", "ask_about", told)
        view = bench.slack.until(lambda: bench.slack.views("ada"), PATIENCE)[-1]
        bench.lose_the_posting()
        bench.model.will_say("Once.")
        text = f"Is it, in {place}?"
        given = {"type": "plain_text_input", "value": text}
        bench.slack.submit("ada", view["id"], {"question": {"question": given}})
        bench.slack.until(lambda: not bench.slack.views("ada"), PATIENCE)
        bench.posted_once(shown, text, "Once.")


def the_home(bench: Bench) -> None:
    bench.slack.open("dmitri")
    bench.slack.until(lambda: bench.slack.home("dmitri"), PATIENCE)


def _once(text: str) -> str:
    """A question that nobody has asked before."""
    return f"{text} {next(_NUMBERS)}"


_NUMBERS = itertools.count(1)

PROBES: dict[str, tuple[Callable[[Bench], None], tuple[str, ...]]] = {
    "mentions": (a_mention, ()),
    "direct_messages": (a_direct_message, ()),
    "edits": (an_edit, ("mentions",)),
    "agent": (the_pane, ()),
    "commands": (a_command, ("posted",)),
    "shortcuts": (a_shortcut, ("posted",)),
    "posted": (a_command, ("commands",)),
    "home": (the_home, ()),
}
"""What tries a surface, and which others it stands on."""
ELSEWHERE = {
    "retrying": "tests/end_to_end/test_failures.py",
    "feedback": "tests/end_to_end/test_feedback.py",
    "sources": "tests/end_to_end/test_feedback.py",
    "forgetting": "tests/end_to_end/test_forgetting.py",
    "lifecycle": "tests/end_to_end/test_lifecycle.py",
}
NAMES = {module.__name__.rpartition(".")[2]: module for module in listeners.SURFACES}


@pytest.fixture
def bench(stack: LocalStack, slack: Control, model: ModelServer) -> Iterator[Bench]:
    yield Bench(slack, model)
    stack.slack.install(manifest(stack.request_url))


def test_every_surface_is_tried_and_none_that_is_gone() -> None:
    assert NAMES.keys() == PROBES.keys() | ELSEWHERE.keys()


@pytest.mark.parametrize("name", PROBES)
def test_a_surface_needs_no_more_than_it_says(bench: Bench, stack: LocalStack, name: str) -> None:
    probe, others = PROBES[name]
    surfaces = [NAMES[surface] for surface in (name, *others)]
    stack.slack.install(manifest(stack.request_url, surfaces))
    probe(bench)
    assert {call.method for call in bench.slack.calls() if call.error == "missing_scope"} == set()
