"""What a question comes with: its thread, the files and messages in it, and who wrote them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from slack_sdk import WebClient

from bot.answering.events import Attachment, Question
from bot.answering.retrieval.permissions import Permissions
from bot.conversation.access.readers import Readers
from bot.conversation.files import earlier_files, read_files, shared_files
from bot.conversation.forwarded_content import forwarded
from bot.conversation.history import History, ThreadView, read_history
from bot.conversation.message import Message
from bot.slack.thread import Thread
from bot.slack.ui import blocks
from bot.slack.ui.message_reference import UNKNOWN
from bot.state.changes import Withdrawn
from bot.state.claims import Claim, posted_for
from bot.state.table import Table


class QuestionContext:
    """The context of one attempt at an answer.

    A question with an origin is read with the thread in which it was asked.
    """

    def __init__(
        self, slack: WebClient, message: Message, claim: Claim, bot_user_id: str, readers: Readers
    ) -> None:
        self._slack, self._message, self._claim = slack, message, claim
        self._bot_user_id, self._readers = bot_user_id, readers
        self._authors = readers.authors(slack)
        self._thread = self._origin_thread = Thread()
        self._history: History | None = None

    def read(self) -> None:
        """Read the thread where it can have earlier turns, or messages of a killed attempt.

        Raises `Withdrawn` where the question was deleted from the thread in which it was asked.
        """
        message = self._message
        if self._claim.attempt > 1 or message.thread != message.ts:
            self._thread = Thread.read(self._slack, message.channel, message.thread)
        self._origin_thread = self._thread
        if origin := message.origin:
            self._origin_thread = Thread.read(self._slack, origin.channel, origin.thread)
            post = self._origin_thread.question(origin.ts)
            if post is None:
                raise Withdrawn
            self._message = replace(message, files=shared_files(post), forwarded=forwarded(post))

    def orphans(self, table: Table) -> list[str]:
        """The `ts` of what the bot posted in the thread since the question, and no claim owns.

        Within a thread one question is answered at a time, so these belong to this answer. The
        claim's `since` is not compared: it is by our clock, not Slack's, and between a question and
        its "Try again" others are answered.
        """
        bot, message = self._bot_user_id, self._message
        posts = set(self._thread.own_posts(bot, message.ts)) - {*self._claim.posted}
        if not posts:
            return []
        place = f"{message.team}:{message.channel}"
        questions = [f"{place}:{ts}" for ts in {message.thread, *self._thread.questions(bot)}]
        return sorted(posts - posted_for(table, questions), key=float)

    def files(self, model_sees: bool, seconds: float) -> tuple[Attachment, ...]:
        """The question's files, and those before it of people who may ask."""
        earlier = earlier_files(self._read_history().readable)
        return read_files(self._slack, self._message.files, earlier, model_sees, seconds)

    def question(
        self,
        text: str,
        permissions: Permissions,
        now: Callable[[], datetime],
        files: tuple[Attachment, ...] = (),
        without_model: str = "",
    ) -> Question:
        """The question with its history, files and permissions."""
        history, message = self._read_history(), self._message
        return Question(
            text=blocks.as_written(text, self._bot_user_id),
            history=tuple(history.turns),
            asker=message.asker,
            files=files,
            without_model=without_model,
            permissions=permissions,
            author=self._authors.name(message.user) if history.turns else "",
            posts=tuple(history.posts),
            outside=history.outside or self.is_from_outside,
            now=now,
        )

    @property
    def is_from_outside(self) -> bool:
        """Whether an outsider may have written the question, or the message that it is about."""
        message, user = self._message, self._message.about_user
        if self._readers.is_outsider(self._slack, message.user):
            return True
        if user == UNKNOWN:
            return message.is_private or self._readers.is_shared(self._slack, message)
        return bool(user) and self._authors.is_outside(user)

    def _read_history(self) -> History:
        if self._history is None:
            message = self._message
            view = ThreadView(
                at=message.origin.ts if message.origin else message.ts,
                answers=self._claim.posted,
                bot_user_id=self._bot_user_id,
                team=message.team,
                shared=message.shared is not False,
                alone=message.origin is not None,
            )
            self._history = read_history(self._origin_thread, view, self._authors)
            self._history.add_forwarded(message.forwarded, self._authors, view.alone)
        return self._history
