"""Asks questions of a deployed bot: signed, through both of its functions, and seen by nobody."""

from collections.abc import Callable
from typing import Any

from bot.answering.events import Question, Source
from bot.answering.retrieval.passages import Passage
from scripts.aws.deployment import Deployed
from scripts.deploy.dry_run import Stage
from scripts.deploy.versions import Versions
from scripts.evaluate.bots import Cited, Reply
from scripts.terminal.problem import Problem

Json = dict[str, Any]


class DeployedBot:
    """The live versions of an environment. What passages say stays there; their sources come."""

    def __init__(self, deployed: Deployed) -> None:
        self._environment = deployed.row.name
        self._stage = Stage.of(deployed)
        live = Versions.live(deployed) if deployed.publishes else Versions("$LATEST", "$LATEST")
        self._live = live
        self.at_once = deployed.row.maximum_concurrency

    def ask(self, question: Question, answer: bool, stopped: Callable[[], bool]) -> Reply:  # noqa: ARG002
        """Answer it, whether or not there is anything to hold the answer against."""
        message = self._stage.message(self._live.ingress, question.text)
        told = self._stage.answer(self._live.worker, message, _asked(question))
        if "found" not in told:
            raise Problem(
                "what is deployed does not tell what it finds:"
                f" run ./stackbot deploy {self._environment}"
            )
        if told["without_model"]:
            raise Problem(f"the model failed: {told['without_model']}")
        return Reply(
            tuple(Passage(_source(one), "") for one in told["found"]),
            told["answer"],
            tuple(Cited(_source(one)) for one in told["cited"]),
            told["abstained"],
            told["model"],
            told["seconds"],
        )


def _asked(question: Question) -> Json:
    """What Slack would tell of the thread and of who reads it."""
    return {
        "turns": [(turn.role, turn.text) for turn in question.history],
        "channel": question.permissions.channel,
        "groups": sorted(question.permissions.groups),
    }


def _source(told: Json) -> Source:
    return Source(told["title"], told["file"], tuple(told["headings"]), told.get("url", ""))
