"""The help desk, to which every surface brings its questions, and what answering them takes."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from slack_sdk import WebClient

from bot.answering.events import Answerer
from bot.answering.retrieval.index import Index
from bot.conversation.access.policy import AccessPolicy
from bot.conversation.access.quota import Quota
from bot.conversation.access.readers import Readers
from bot.conversation.knowledge import Knowledge, KnowledgeSnapshot
from bot.conversation.message import Message
from bot.runtime.cells import Times
from bot.runtime.dead_letters import DeadLetterQueue
from bot.runtime.log import log
from bot.runtime.queue import Queue
from bot.slack.thread import Thread
from bot.state.claims import Delivery
from bot.state.table import Table

AnswerMessage = Callable[[WebClient, Message, Delivery], None]


@dataclass(frozen=True, slots=True)
class Dependencies:
    """Settings, stores and services, the same for every question.

    `name` is the bot's. `model_sees`: the model takes pictures. `retention_days`: how long a
    record of a question and its answer is kept.
    """

    name: str
    bot_user_id: str
    table: Table
    answerer: Answerer
    knowledge: Knowledge
    times: Times
    model_sees: bool
    access_policy: AccessPolicy
    readers: Readers
    queue: Queue
    dead_letters: DeadLetterQueue
    quota: Quota
    retention_days: int


class HelpDesk:
    """Where every surface has a question answered. One desk serves all of them.

    `answer` answers a message, or raises, so that the queue delivers it again. The worker's is
    `bot.conversation.answer_once`, a dry run's `bot.worker.dry_run`.
    """

    def __init__(self, dependencies: Dependencies, answer: AnswerMessage) -> None:
        self.dependencies, self.answer = dependencies, answer

    def try_again(
        self, slack: WebClient, question: str, thread: str, pressed_at: str, delivery: Delivery
    ) -> bool:
        """Answer a question of a thread that ended in an apology; False where it is gone by now.

        `pressed_at` is when somebody pressed "Try again", by Slack's clock.
        """
        team, channel, ts = question.split(":")
        post = Thread.read(slack, channel, thread).question(ts)
        if post is None:
            log("gone", question=f"{team}:{channel}:{ts}")
            return False
        bot_user_id = self.dependencies.bot_user_id
        message = Message.from_post(post, team, channel, pressed_at, bot_user_id)
        self.answer(slack, message, delivery)
        return True

    def knowledge_for(self, slack: WebClient, user: str, channel: str) -> KnowledgeSnapshot:
        """The documents that a person may see where they alone read, in their `channel`.

        None of them for people who may not ask.
        """
        snapshot = self.dependencies.knowledge.newest()
        if self.dependencies.access_policy.refusal(slack, channel, user):
            return KnowledgeSnapshot(Index.of(()))
        permissions = self.dependencies.readers.alone(slack, user, channel)
        return replace(snapshot, index=snapshot.index.visible_to(permissions))
