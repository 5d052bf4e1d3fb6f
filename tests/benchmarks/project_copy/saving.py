"""The loop benchmark's inner part: saves files of this project, so it runs in a copy of it."""

import json
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.answering.quoting.extractive import NO_MODEL
from infra import bundle
from infra.environments import LOCAL
from scripts.aws.account import findable
from scripts.aws.cdk import CDK, cdk, environment
from scripts.develop.saved import Code
from scripts.local.models import Model
from scripts.local.stack import STACK, LocalStack
from tests.benchmarks.processes.background import running

_ROUNDS, _SAVES = 5, 2
_SECONDS = 60
_FILE = bundle.ROOT / "bot" / "answering" / "quoting" / "extractive.py"
_QUESTION = "<@bot> How do I deploy to staging?"
_BROUGHT_OUT = f"✅  {STACK}"

Phases = dict[str, float]
"""Seconds, by what they were spent on."""


def measure() -> dict[str, list[Phases]]:
    """Save, wait until it is live, ask, until the answer is there; by turns, on one stack."""
    with tempfile.TemporaryDirectory(prefix="stackbot-bench-") as scratch:
        model = Model("extractive", LOCAL.model)
        with LocalStack(model) as stack, findable(stack.emulator):
            stack.slack.control.set_limits(rates=False)
            ground = _Ground(stack, model, Path(scratch), _Drafts())
            contestants: dict[str, Contestant] = {
                "watch": ground.watch,
                "hotswap": ground.hotswap,
                "cdk watch": ground.cdk_watch,
                "deploy": ground.deploy,
            }
            phases: dict[str, list[Phases]] = {name: [] for name in contestants}
            for _ in range(_ROUNDS):
                for name, contestant in contestants.items():
                    with contestant() as brought_out:
                        phases[name] += [ground.timed(brought_out) for _ in range(_SAVES)]
    return phases


Contestant = Callable[[], AbstractContextManager[Callable[[], Phases]]]
"""Ready to bring out a save; the function returns when it says that it has."""


@dataclass(frozen=True, slots=True)
class _Ground:
    stack: LocalStack
    model: Model
    scratch: Path
    drafts: "_Drafts"

    def timed(self, brought_out: Callable[[], Phases]) -> Phases:
        """From the save to the answer, with what the contestant tells of its part."""
        started = time.monotonic()
        mark = self.drafts.save()
        phases = brought_out()
        live = time.monotonic()
        answered = self._ask(mark)
        return {**phases, "live": live - started, "answer": answered - live}

    @contextmanager
    def watch(self) -> Iterator[Callable[[], Phases]]:
        """The loop of `./stackbot watch`, on this stack, which has brought in a save before."""
        command = [sys.executable, "-m", "tests.benchmarks.project_copy.watching"]
        with running(command, bundle.ROOT, self.scratch, {}) as program:
            program.wait_for_line("Build ", _SECONDS)

            def brought_out() -> Phases:
                start = f'{{"build": "{Code.read().build}"'
                line = json.loads(program.wait_for_line(start, _SECONDS))
                return dict(line["seconds"])

            self.drafts.save()
            brought_out()
            yield brought_out

    @contextmanager
    def cdk_watch(self) -> Iterator[Callable[[], Phases]]:
        """It deploys once at its start."""
        command: list[str | Path] = [CDK, "watch", "--no-logs", *self._context]
        variables = environment(self.stack.emulator.variables)
        with running(command, bundle.ROOT, self.scratch, variables) as program:
            deployments = 1
            program.wait_for_line(_BROUGHT_OUT, _SECONDS)

            def brought_out() -> Phases:
                nonlocal deployments
                deployments += 1
                program.wait_for_line(_BROUGHT_OUT, _SECONDS, number=deployments)
                return {}

            yield brought_out

    @contextmanager
    def hotswap(self) -> Iterator[Callable[[], Phases]]:
        yield lambda: self._deployed("--hotswap")

    @contextmanager
    def deploy(self) -> Iterator[Callable[[], Phases]]:
        yield lambda: self._deployed("--method=direct")

    def _deployed(self, how: str) -> Phases:
        never = "--require-approval=never"
        output = cdk("deploy", how, never, *self._context, variables=self.stack.emulator.variables)
        return {
            name.lower(): float(re.findall(rf"{name} time: ([\d.]+)s", output)[-1])
            for name in ("Synthesis", "Deployment")
        }

    @property
    def _context(self) -> list[str]:
        context = [f"env={LOCAL.name}", f"slack_api_url={self.stack.slack.api_url}"]
        return [part for value in (*context, *self.model.context) for part in ("-c", value)]

    def _ask(self, mark: str) -> float:
        """Ask, and return when the answer was there. Raises where another build gave it."""
        slack = self.stack.slack.control
        posted = slack.say("ada", "#general", _QUESTION)
        answer = slack.wait_for_answer(posted.channel, posted.ts, _SECONDS)
        at = time.monotonic()
        if mark not in str(answer.blocks):
            raise RuntimeError("an older build answered")
        return at


class _Drafts:
    """Versions of one file of the bot; each shows its number below every answer."""

    def __init__(self) -> None:
        self._source = _FILE.read_text()
        self._number = 0
        assert NO_MODEL in self._source

    def save(self) -> str:
        """Write the next version, and return what its answers show."""
        self._number += 1
        mark = f"Draft {self._number} quotes this from the documents."
        _FILE.write_text(self._source.replace(NO_MODEL, mark))
        return mark
