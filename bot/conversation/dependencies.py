"""What answering a question takes, wired once for a worker by `bot.worker.app`."""

from dataclasses import dataclass

from bot.answering.events import Answerer
from bot.conversation.access.policy import AccessPolicy
from bot.conversation.access.quota import Quota
from bot.conversation.access.readers import Readers
from bot.conversation.knowledge import Knowledge
from bot.runtime.cells import Times
from bot.runtime.dead_letters import DeadLetterQueue
from bot.runtime.queue import Queue
from bot.state.table import Table


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
