"""Real Slack with the code of this machine: Socket Mode, in a checkout of its own."""

import json
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from scripts.develop.socket_mode.own_app import manifest
from slack_simulator import Control, Delivery, Message, Posted, Simulator
from slack_simulator.scripted_model import Act, Answering, ModelServer
from tests.end_to_end.conftest import Conversation, said
from tests.end_to_end.running import ROOT, Local, running

COMMAND = [sys.executable, "-m", "scripts", "socket"]
WRITTEN = ("bot", "infra", "knowledge", "requirements", "scripts")
INSTALLED = (".venv", ".stackbot")
NEWEST = "Told by the newest code."


class Asked(ModelServer):
    """Says what a question's last word is. A "long" one takes four seconds, a "held" one waits."""

    def __init__(self) -> None:
        super().__init__()
        self.holds, self.goes_on = Event(), Event()

    def next_act(self, request: dict[str, Any]) -> Act:
        question = str(request["messages"][-1]["content"]).rpartition("Question")[2]
        word = re.findall(r"\w+", question)[-1]
        seconds = 0.5 if "long" in question else 0.0

        def act(to: Answering) -> None:
            if "held" in question:
                self.holds.set()
                self.goes_on.wait(20)
            to.stream(f"This is about {word}, surely.", 4, seconds)

        return act

    def hold(self) -> None:
        """Have held questions wait, from now until `goes_on` is set."""
        self.holds.clear()
        self.goes_on.clear()


class Running:
    """The command, its checkout, and the workspace that it is connected to."""

    def __init__(self, local: Local, folder: Path, slack: Control, model: Asked) -> None:
        self._local, self._folder = local, folder
        self.slack, self.model = slack, model

    def save(self, file: str, text: str, pattern: str) -> re.Match[str]:
        """Save a file as an editor would, and wait for what is printed thereupon."""
        so_far = self.printed
        self.write(file, text)
        return self.wait_for(pattern, so_far)

    @property
    def printed(self) -> int:
        """How much it has printed so far."""
        return len(self._local.printed)

    def wait_for(self, pattern: str, after: int) -> re.Match[str]:
        return self._local.wait_for(pattern, after=after, seconds=30)

    def write(self, file: str, text: str) -> None:
        (self._folder / file).write_text(text)

    def read(self, file: str) -> str:
        return (self._folder / file).read_text()

    def press_ctrl_c(self) -> int:
        return self._local.press_ctrl_c()

    def left(self) -> list[object]:
        """The processes and files that it has left behind."""
        return [*self._local.processes_left(), *self._local.files_left()]


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator(manifest=manifest()) as running_one:
        running_one.control.set_limits(rates=False)
        yield running_one


@pytest.fixture(scope="module")
def socket(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("checkout")
    for name in WRITTEN:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in INSTALLED:
        (folder / name).symlink_to(ROOT / name)
    with ExitStack() as started:
        model = started.enter_context(Asked())
        shell = {
            "SLACK_API_URL": simulator.api_url,
            "SLACK_APP_TOKEN": "xapp-fake",
            "SLACK_BOT_TOKEN": simulator.credentials["bot_token"],
            "OPENAI_BASE_URL": model.url,
        }
        run = tmp_path_factory.mktemp("run")
        local = started.enter_context(running(COMMAND, run, folder, **shell))
        local.wait_for(r"Chat\s+with @StackBot \(socket\) in the workspace T0SAMPLE")
        yield Running(local, folder, simulator.control, model)


@pytest.fixture
def slack(socket: Running) -> Control:
    return socket.slack


@pytest.fixture
def conversation(slack: Control) -> Conversation:
    return Conversation(slack)


def test_a_mention_is_answered_in_its_thread(conversation: Conversation) -> None:
    conversation.ask("<@bot> What about holidays?")
    assert said(conversation.answer()) == "This is about holidays, surely."


def test_a_thread_keeps_its_order_and_holds_up_no_other(socket: Running) -> None:
    slack, model = socket.slack, socket.model
    first, other = Conversation(slack), Conversation(slack)
    model.hold()
    taken_in(slack, first.ask("<@bot> What about held holidays?"))
    taken_in(slack, first.ask("<@bot> What about weekends?"))
    other.ask("<@bot> What about parking?")
    assert said(other.answer()) == "This is about parking, surely."
    assert first.answers() == []
    model.goes_on.set()
    assert [said(answer) for answer in slack.until(lambda: finished(first, 2), 30)] == [
        "This is about holidays, surely.",
        "This is about weekends, surely.",
    ]


def test_an_answer_that_takes_longer_than_slack_waits_is_told_of_once(slack: Control) -> None:
    conversation = Conversation(slack)
    asked = conversation.ask("<@bot> What about long holidays?")
    (answer,) = slack.until(lambda: finished(conversation, 1), 30)
    assert said(answer) == "This is about holidays, surely."
    (only,) = told(slack, asked)
    assert only.duration < 3_000 < (answer.versions[-1]["at"] - only.started) * 1_000


def test_a_command_is_answered(slack: Control) -> None:
    slack.command("ada", "#general", "/ask", "What about payload=1?")
    asked = slack.until(lambda: [m for m in slack.messages("#general") if "payload=1" in m.text])
    answer = slack.wait_for_answer("#general", asked[0].ts, 20, after=asked[0].ts)
    assert said(answer) == "This is about 1, surely."


def test_a_stop_reaches_the_answer_that_it_is_to_stop(slack: Control) -> None:
    stopped = Conversation(slack)
    asked = stopped.ask("<@bot> What about long holidays?")
    streaming = slack.until(lambda: [one for one in stopped.answers() if one.streaming], 20)
    slack.stop("ada", "#general", asked.ts)
    answer = stopped.answer()
    assert answer.ts == streaming[0].ts
    assert "surely" not in answer.text


def test_what_slack_tells_twice_is_answered_once(slack: Control) -> None:
    slack.fault("delivery", "duplicate", match="app_mention")
    conversation = Conversation(slack)
    conversation.ask("<@bot> What about twins?")
    conversation.answer()
    after = Conversation(slack)
    after.ask("<@bot> What about singles?")
    after.answer()
    assert [said(one) for one in conversation.answers()] == ["This is about twins, surely."]


def test_what_fails_is_tried_again_and_leaves_one_answer(slack: Control) -> None:
    slack.fault("api", "drop", match="chat.startStream", after=True)
    conversation = Conversation(slack)
    conversation.ask("<@bot> What about luck?")
    slack.until(lambda: [one for one in conversation.answers() if "surely" in said(one)], 30)
    assert [said(one) for one in conversation.answers()] == ["This is about luck, surely."]


def test_what_is_asked_of_a_new_connection_is_answered(slack: Control) -> None:
    assert slack.disconnect() == 1
    conversation = Conversation(slack)
    conversation.ask("<@bot> What about moving?")
    assert said(conversation.answer()) == "This is about moving, surely."


def test_saved_code_takes_over_from_the_next_question_on(socket: Running) -> None:
    before = Conversation(socket.slack)
    socket.model.hold()
    before.ask("<@bot> What about held holidays?")
    assert socket.model.holds.wait(20)
    code = socket.read("bot/slack/ui/blocks.py")
    assert code.count("lines = [") == 1
    saved = code.replace("lines = [", f'lines = ["{NEWEST}", ')
    socket.save("bot/slack/ui/blocks.py", saved, r"✓ build \w+ answers")
    after = Conversation(socket.slack)
    after.ask("<@bot> What about parking?")
    assert NEWEST in after.answer().text
    socket.model.goes_on.set()
    (finished_by_the_old,) = socket.slack.until(lambda: finished(before, 1), 20)
    assert NEWEST not in finished_by_the_old.text


@pytest.mark.parametrize(
    ("file", "broken", "said_of_it"),
    [
        ("bot/conversation/desk.py", "def broken(:", r"✗ bot/conversation/desk\.py:\d+: "),
        (
            "bot/ingress/routing.py",
            "import nothing",
            r"✗ bot/ingress/routing\.py:\d+: ModuleNotFound",
        ),
    ],
    ids=["syntax", "import"],
)
def test_broken_code_never_serves(socket: Running, file: str, broken: str, said_of_it: str) -> None:
    code = socket.read(file)
    socket.save(file, f"{code}\n{broken}\n", said_of_it + r".+\s+The code from before goes on")
    conversation = Conversation(socket.slack)
    conversation.ask("<@bot> What about holidays?")
    assert said(conversation.answer()) == "This is about holidays, surely."
    socket.write(file, code)


def test_what_broken_code_could_not_take_in_is_answered_by_the_next(socket: Running) -> None:
    code = socket.read("bot/ingress/routing.py")
    start = '    """Say why nobody will answer this, or return None if somebody will."""\n'
    assert start in code
    socket.save(
        "bot/ingress/routing.py", code.replace(start, f"{start}    1 / 0\n"), r"✓ build \w+ answers"
    )
    conversation = Conversation(socket.slack)
    so_far = socket.printed
    conversation.ask("<@bot> What about holidays?")
    socket.wait_for(r"✗ bot/ingress/handler\.py failed.+ZeroDivisionError", after=so_far)
    socket.save("bot/ingress/routing.py", code, r"✓ build \w+ answers")
    assert said(conversation.answer()) == "This is about holidays, surely."


def test_saved_knowledge_is_in_the_next_answer(socket: Running) -> None:
    socket.save(
        "knowledge/parking.md",
        "# Submarines\n\nVisitors may park their submarines in dock seven.\n",
        "✓ knowledge indexed",
    )
    conversation = Conversation(socket.slack)
    conversation.ask("<@bot> Where may visitors park their submarines?")
    conversation.answer()
    assert "in dock seven" in json.dumps(socket.model.requests[-1])


def test_ctrl_c_finishes_what_was_asked_and_leaves_nothing(socket: Running) -> None:
    conversation = Conversation(socket.slack)
    taken_in(socket.slack, conversation.ask("<@bot> What about long holidays?"))
    assert socket.press_ctrl_c() == 0
    (answer,) = finished(conversation, 1)
    assert said(answer) == "This is about holidays, surely."
    assert socket.left() == []


def finished(conversation: Conversation, count: int) -> list[Message]:
    """The answers of a thread once there are so many, and none is being written; or else none."""
    answers = conversation.answers()
    return answers if len(answers) == count and not answers[-1].streaming else []


def taken_in(slack: Control, posted: Posted) -> None:
    """Return once the mention is acknowledged."""
    slack.until(lambda: any(d.ok for d in told(slack, posted)), 20)


def told(slack: Control, posted: Posted) -> list[Delivery]:
    return [d for d in slack.deliveries("app_mention") if d.body["event"]["ts"] == posted.ts]
