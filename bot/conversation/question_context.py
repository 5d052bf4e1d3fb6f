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


class Conversation:
    """Of one attempt at an answer. A question with an origin is read with the thread there."""

    def __init__(
        self, slack: WebClient, message: Message, claim: Claim, bot_user_id: str, readers: Readers
    ) -> None:
        self._slack, self._message, self._claim = slack, message, claim
        self._bot_user_id, self._readers = bot_user_id, readers
        self._authors = readers.authors(slack)
        self._thread = self._context = Thread()
        self._history: History | None = None

    def read(self) -> None:
        """Read it where it can hold anything: earlier turns, or what a killed attempt has left.

        Raises `Withdrawn` where the question that has an origin is no longer there.
        """
        message, again = self._message, self._claim.attempt > 1
        if again or message.thread != message.ts:
            self._thread = Thread.read(self._slack, message.channel, message.thread)
        self._context = self._thread
        if origin := message.origin:
            self._context = Thread.read(self._slack, origin.channel, origin.thread)
            post = self._context.question(origin.ts)
            if post is None:
                raise Withdrawn
            self._message = replace(message, files=shared_files(post), forwarded=forwarded(post))

    def orphans(self, table: Table) -> list[str]:
        """What the bot posted in the thread since the question, and no claim owns.

        Within a thread one question is answered at a time, so it belongs to this answer. Our own
        clock is left out of it: it need not be Slack's, and others are answered before "Try again".
        """
        bot, message = self._bot_user_id, self._message
        posts = set(self._thread.own(bot, message.ts)) - {*self._claim.posted}
        if not posts:
            return []
        place = f"{message.team}:{message.channel}"
        others = [f"{place}:{ts}" for ts in {message.thread, *self._thread.questions(bot)}]
        return sorted(posts - posted_for(table, others), key=float)

    def files(self, sees: bool, seconds: float) -> tuple[Attachment, ...]:
        """The question's files, and those before it of people who may ask."""
        earlier = earlier_files(self._read_history().readable)
        return read_files(self._slack, self._message.files, earlier, sees, seconds)

    def question(
        self,
        text: str,
        permissions: Permissions,
        now: Callable[[], datetime],
        files: tuple[Attachment, ...] = (),
        without_model: str = "",
    ) -> Question:
        """The question with all that it comes with."""
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
        """Whether the question itself, or the message that it is about, may be from outside."""
        message, user = self._message, self._message.about_user
        if self._readers.is_outsider(self._slack, message.user):
            return True
        if user == UNKNOWN:
            return message.is_private or self._readers.is_shared(self._slack, message)
        return bool(user) and self._authors.is_outside(user)

    def _read_history(self) -> History:
        if self._history is None:
            message = self._message
            reading = ThreadView(
                at=message.origin.ts if message.origin else message.ts,
                answers=self._claim.posted,
                bot_user_id=self._bot_user_id,
                team=message.team,
                shared=message.shared is not False,
                alone=message.origin is not None,
            )
            self._history = read_history(self._context, reading, self._authors)
            self._history.add_forwarded(message.forwarded, self._authors, reading.alone)
        return self._history
