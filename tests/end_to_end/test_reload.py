"""Hot reload in a checkout of its own: what is saved answers, and what is broken never does."""

import re
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.runtime.build import hash_tree
from slack_simulator import Control, Message
from tests.end_to_end.conftest import said, wait_until_accepted
from tests.end_to_end.running import ROOT, Local, running

WRITTEN = ("bot", "infra", "knowledge", "requirements", "scripts")
INSTALLED = (".venv", "node_modules", ".stackbot/emulator", ".stackbot/layers")
SAVES, PAUSE, PIECES = 50, 0.25, 8
UNKNOWN = "I could not find an answer to that"


class Checkout:
    """A copy of the project, and the `./stackbot local` that runs from it."""

    def __init__(self, folder: Path, local: Local) -> None:
        self.folder, self._local = folder, local

    @property
    def slack(self) -> Control:
        return self._local.slack

    def ask(self, question: str) -> Message:
        asked = self.slack.say("ada", "#general", f"<@bot> {question}")
        return self.slack.wait_for_answer(asked.channel, asked.ts, 20)

    def save_and_wait_for(self, file: str, text: str, pattern: str) -> re.Match[str]:
        """Save a file as an editor would, and wait for what is printed thereupon."""
        so_far = len(self._local.printed)
        self.path(file).write_text(text)
        return self._local.wait_for(pattern, after=so_far, seconds=60)

    def save_and_wait_until_it_answers(self, file: str, text: str) -> None:
        so_far = len(self._local.printed)
        self.path(file).write_text(text)
        build = hash_tree(str(self.path("bot")))
        self._local.wait_for(f"✓ build {build} answers", after=so_far, seconds=60)

    def path(self, file: str) -> Path:
        return self.folder / file


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    folder = tmp_path_factory.mktemp("checkout")
    _copy_to(folder)
    command = [sys.executable, "-m", "scripts", "local", "--port", "0"]
    with running(command, tmp_path_factory.mktemp("run"), folder) as local:
        assert local.url
        yield Checkout(folder, local)


def test_saved_code_answers_and_its_build_is_named(checkout: Checkout) -> None:
    file = "bot/answering/quoting/extractive.py"
    before = checkout.path(file).read_text()
    note = "No model is set up, so this comes straight from the documents."
    assert note in checkout.ask("How do I deploy to staging?").text
    assert note in before
    saved = before.replace(note, "Quoted by the newest code.")
    shown = checkout.save_and_wait_for(file, saved, r"✓ build (\w+) answers")
    assert shown[1] == hash_tree(str(checkout.path("bot")))
    assert "Quoted by the newest code." in checkout.ask("How do I deploy to staging?").text


def test_a_syntax_error_is_shown_with_its_line_while_the_code_from_before_answers(
    checkout: Checkout,
) -> None:
    file = "bot/slack/ui/blocks.py"
    before = checkout.path(file).read_text()
    line = before.count("\n") + 2
    checkout.save_and_wait_for(
        file,
        f"{before}\ndef broken(:\n",
        rf"✗ bot/slack/ui/blocks\.py:{line}: .+\s+The code from before",
    )
    assert "deploy staging" in said(checkout.ask("How do I deploy to staging?"))
    checkout.save_and_wait_for(file, f"{before}\n# mended\n", r"✓ build \w+ answers")
    assert "deploy staging" in said(checkout.ask("How do I deploy to staging?"))


@pytest.mark.parametrize(
    "file", ["bot/ingress/signature.py", "bot/conversation/desk.py"], ids=["ingress", "worker"]
)
def test_code_that_cannot_be_imported_never_gets_there(checkout: Checkout, file: str) -> None:
    before = checkout.path(file).read_text()
    line = before.count("\n") + 2
    checkout.save_and_wait_for(
        file,
        f"{before}\nimport nothing_of_that_name\n",
        rf"✗ {file}:{line}: ModuleNotFoundError: .+\s+The code from before goes on serving",
    )
    assert "deploy staging" in said(checkout.ask("How do I deploy to staging?"))
    checkout.save_and_wait_for(file, f"{before}\n# mended\n", r"✓ build \w+ answers")


@pytest.mark.parametrize(
    "file", ["bot/ingress/handler.py", "bot/worker/handler.py"], ids=["ingress", "worker"]
)
def test_code_that_does_not_start_is_taken_back(checkout: Checkout, file: str) -> None:
    before = checkout.path(file).read_text()
    setting = "from_env()"
    assert setting in before
    checkout.save_and_wait_for(
        file,
        before.replace(setting, "from_env({})"),
        r"✗ stackbot-local-\w+ .+\s+The code from before goes on serving",
    )
    assert "deploy staging" in said(checkout.ask("How do I deploy to staging?"))
    checkout.save_and_wait_for(file, f"{before}\n# mended\n", r"✓ build \w+ answers")
    assert "deploy staging" in said(checkout.ask("How do I deploy to staging?"))


def test_saved_knowledge_is_in_the_next_answer(checkout: Checkout) -> None:
    question = "Where may visitors park their submarines?"
    assert UNKNOWN in said(checkout.ask(question))
    checkout.save_and_wait_for(
        "knowledge/parking.md",
        "# Parking\n\nVisitors may park their submarines in dock seven.\n",
        "✓ knowledge indexed",
    )
    answer = checkout.ask(question)
    assert "in dock seven" in said(answer)
    assert "[1] Parking" in answer.text


def test_a_saved_stack_is_deployed_and_a_broken_one_is_not(checkout: Checkout) -> None:
    file = "infra/environments.py"
    before = checkout.path(file).read_text()
    checkout.save_and_wait_for(
        file,
        f"{before}\ndef broken(:\n",
        r"environments\.py changed.+\s+✗ infra/environments\.py:\d+: .+\s+The code from before",
    )
    assert "deploy staging" in said(checkout.ask("How do I deploy to staging?"))
    assert "worker_memory: int = 1024" in before
    saved = before.replace("worker_memory: int = 1024", "worker_memory: int = 1025")
    checkout.save_and_wait_for(file, saved, r"infra/environments\.py changed.+\s+✓ deployed")
    assert "deploy staging" in said(checkout.ask("How do I deploy to staging?"))


def test_broken_code_saved_while_the_stack_is_deployed_does_not_stay(checkout: Checkout) -> None:
    stack, file = "infra/app.py", "bot/conversation/desk.py"
    for folder in ("infra", "knowledge"):  # as Emacs marks a file with unsaved changes
        checkout.path(f"{folder}/.#unsaved.py").symlink_to("ada@laptop.4711:1")
    before, code = checkout.path(stack).read_text(), checkout.path(file).read_text()
    line = code.count("\n") + 2
    save = (
        '(bundle.ROOT / "bot/conversation/desk.py").open("a")'
        '.write("\\nimport nothing_of_that_name\\n")'
    )
    checkout.save_and_wait_for(
        stack,
        before.replace("\n# The findings", f"\n{save}\n# The findings"),
        rf"✓ deployed.+\s+✗ bot/conversation/desk\.py:{line}: ModuleNotFoundError",
    )
    assert "deploy staging" in said(checkout.ask("How do I deploy to staging?"))
    checkout.path(file).write_text(f"{code}\n# mended\n")
    checkout.save_and_wait_for(stack, before, r"✓ deployed.+\s+Build \w+ runs")


def test_a_stack_that_could_not_be_deployed_is_tried_again_at_the_next_save(
    checkout: Checkout,
) -> None:
    stack, file = "infra/app.py", "bot/conversation/desk.py"
    before, code = checkout.path(stack).read_text(), checkout.path(file).read_text()
    broken = f'{before}\nraise RuntimeError("No network today.")\n'
    refused = r"infra/app\.py changed.+\s+✗ deployed\s+✗ [^✓]+No network today[^✓]+Save again"
    checkout.save_and_wait_for(stack, broken, refused)
    checkout.save_and_wait_for(file, f"{code}\n# again\n", refused)
    checkout.path(stack).write_text(before)


def test_saves_in_a_row_while_questions_stream_in_lose_none_and_mix_no_builds(
    checkout: Checkout,
) -> None:
    slack = checkout.slack
    # An update kills the ingress in the emulator; Slack's second retry comes after a minute.
    slack.set_limits(rates=False, ack_seconds=False)
    slack.set_time_scale(30)
    file, asked = "bot/answering/answerer.py", []
    before = checkout.path(file).read_text()
    checkout.save_and_wait_until_it_answers(file, before + draft(0))
    for number in range(1, SAVES + 1):
        checkout.path(file).write_text(before + draft(number))
        asked.append(slack.say("ada", "#general", f"<@bot> Question {number}?"))
        wait_until_accepted(slack, asked[-1])
        time.sleep(PAUSE)
    checkout.save_and_wait_until_it_answers(file, before + draft(SAVES + 1))
    asked.append(slack.say("ada", "#general", "<@bot> And the last one?"))
    drafts = []
    for question in asked:
        slack.wait_for_answer(question.channel, question.ts, 60)
        (answer,) = [m for m in slack.messages(question.channel, question.ts) if m.bot]
        pieces = said(answer).split()
        assert pieces == pieces[:1] * PIECES
        drafts.append(int(pieces[0].removeprefix("draft-")))
    assert drafts == sorted(drafts)
    assert drafts[-1] == SAVES + 1
    assert {kind_of(number) for number in drafts} == {"good"}
    assert len(set(drafts)) > 3
    checkout.save_and_wait_until_it_answers(file, before)


def kind_of(number: int) -> str:
    """What becomes of a draft: some cannot be compiled, some not imported, some do not start."""
    return {2: "no syntax", 4: "no import", 6: "no start"}.get(number % 10, "good")


def draft(number: int) -> str:
    """Code to stand below the answerer's: all answers stream its number, again and again."""
    broken = {"no syntax": "def broken(:", "no import": "import nothing_of_that_name"}
    refusal = 'raise RuntimeError("no start")' if kind_of(number) == "no start" else "pass"
    return f"""

import time as _time


class _Draft:
    def answer(self, question, deadline):
        for _ in range({PIECES}):
            yield Text("draft-{number} ")
            _time.sleep(0.03)
        yield Used("draft")

    def warm_up(self):
        {refusal}


def create_answerer(settings, index, *others):
    {refusal}
    return _Draft()


{broken.get(kind_of(number), "")}
"""


def _copy_to(folder: Path) -> None:
    """What the command runs from: the project's own files, and what is installed."""
    for name in WRITTEN:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "cdk.json", folder)
    (folder / ".stackbot").mkdir()
    for name in INSTALLED:
        (folder / name).symlink_to(ROOT / name)
