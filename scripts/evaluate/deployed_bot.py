"""Asks a deployed bot, by signed dry runs of both of its functions: nothing appears in Slack."""

from collections.abc import Callable
from typing import Any

from bot.answering.events import Question, Source
from bot.answering.retrieval.passages import Passage
from scripts.aws.deployment import Deployed
from scripts.deploy.dry_run import Stage
from scripts.deploy.versions import Versions
from scripts.evaluate.bots import Citation, Reply
from scripts.terminal.problem import Problem

Json = dict[str, Any]


class DeployedBot:
    """The live versions of an environment's functions. They return passages' sources, no text."""

    def __init__(self, deployed: Deployed) -> None:
        self._environment = deployed.row.name
        self._stage = Stage.of(deployed)
        latest = Versions("$LATEST", "$LATEST")
        self._live = Versions.live(deployed) if deployed.publishes else latest
        self.at_once = deployed.row.maximum_concurrency

    def ask(self, question: Question, answer: bool, stopped: Callable[[], bool]) -> Reply:  # noqa: ARG002
        """Have the question answered, even where only the search is measured."""
        message = self._stage.message(self._live.ingress, question.text)
        result = self._stage.answer(self._live.worker, message, _context(question))
        if "found" not in result:
            raise Problem(
                "what is deployed does not tell what it finds:"
                f" run ./stackbot deploy {self._environment}"
            )
        if result["without_model"]:
            raise Problem(f"the model failed: {result['without_model']}")
        return Reply(
            tuple(Passage(_source(source), "") for source in result["found"]),
            result["answer"],
            tuple(Citation(_source(source)) for source in result["cited"]),
            result["abstained"],
            result["model"],
            result["seconds"],
        )


def _context(question: Question) -> Json:
    """What the bot would read from Slack: the thread, the channel and the reader's user groups."""
    return {
        "turns": [(turn.role, turn.text) for turn in question.history],
        "channel": question.permissions.channel,
        "groups": sorted(question.permissions.groups),
    }


def _source(source: Json) -> Source:
    return Source(source["title"], source["file"], tuple(source["headings"]), source.get("url", ""))
