"""What was said before a question, by whom, and whether people from outside have a part in it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.answering.events import Post, Turn
from bot.conversation.access.policy import AccessPolicy
from bot.conversation.direct_message import LINE
from bot.conversation.forwarded_content import Forwarded, forwarded, text_of_app
from bot.slack.thread import DELETED, Thread
from bot.slack.ui import blocks, question_message

_TURNS = 20
_SLACKBOT = "USLACKBOT"
_SOMEONE = "someone"

Message = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Authors:
    """Tells who wrote what. `guests`: they count as people from outside."""

    slack: WebClient
    access_policy: AccessPolicy
    guests: bool

    def may_ask(self, user: str) -> bool:
        """Whether somebody may ask at all; not where Slack does not tell."""
        try:
            return self.access_policy.refusal(self.slack, "", user, anywhere=True) is None
        except (SlackApiError, OSError):
            return False

    def is_outside(self, user: str) -> bool:
        return self.access_policy.writes_from_outside(self.slack, user, self.guests)

    def name(self, user: str) -> str:
        return self.access_policy.name(self.slack, user) or _SOMEONE


@dataclass(slots=True)
class History:
    """`turns` are people's and the bot's, oldest first, `posts` are material beside them.

    With `outside` some of it is by people from outside, or by apps of theirs.
    """

    turns: list[Turn] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    readable: list[Message] = field(default_factory=list)
    """The messages that people wrote who may ask: their files may be read, too."""
    outside: bool = False

    def add_forwarded(self, messages: Collection[Forwarded], authors: Authors, alone: bool) -> None:
        """Take messages that were forwarded; those from outside not into what one reads `alone`."""
        for message in messages:
            outside = not message.user or authors.is_outside(message.user)
            if not (alone and outside):
                self.outside |= outside
                self.posts.append(Post(message.name or _SOMEONE, message.text))


@dataclass(frozen=True, slots=True)
class ThreadView:
    """How a thread is read: for the question `at`, whose answer has the messages `answers`.

    `shared`: another company is in the channel. `alone`: the asker alone reads the answer, which
    may rest on anything, so nothing from outside is read for it.
    """

    at: str
    answers: Collection[str]
    bot_user_id: str
    team: str
    shared: bool
    alone: bool


def read_history(thread: Thread, reading: ThreadView, authors: Authors) -> History:
    """The last of what people wrote before the question, and of the bot's other answers.

    What people wrote who may not ask is left out. An answer to an earlier question may be younger
    than this question: the bot was still busy.
    """
    history = History()
    for message in thread.messages:
        if message.get("subtype") != DELETED:
            _add(history, message, reading, authors)
    history.turns = [turn for turn in history.turns if turn.text][-_TURNS:]
    history.posts = history.posts[-_TURNS:]
    return history


def _add(history: History, message: Message, reading: ThreadView, authors: Authors) -> None:
    question = question_message.read(message, reading.bot_user_id)
    ours = message.get("user") == reading.bot_user_id and not question
    text = question.text if question else blocks.markdown_of(message)
    text = blocks.as_written(text, reading.bot_user_id)
    if ours:
        if message["ts"] not in reading.answers and text != LINE:
            history.turns.append(Turn("assistant", text))
    elif float(message["ts"]) >= float(reading.at):
        return
    elif question:
        _add_turn(history, message, question.user, text, reading, authors)
    elif _is_apps(message):
        _add_apps_post(history, message, reading)
    else:
        _add_turn(history, message, str(message.get("user") or ""), text, reading, authors)


def _add_turn(
    history: History, message: Message, user: str, text: str, reading: ThreadView, authors: Authors
) -> None:
    if not authors.may_ask(user):
        return
    outside = authors.is_outside(user)
    if outside and reading.alone:
        return
    history.outside |= outside
    history.turns.append(Turn("user", text, authors.name(user)))
    history.readable.append(message)
    history.add_forwarded(forwarded(message), authors, reading.alone)


def _add_apps_post(history: History, message: Message, reading: ThreadView) -> None:
    """Another app's post is material. In a shared channel it may be an app of the other company."""
    profile = message.get("bot_profile") or {}
    team = profile.get("team_id") or message.get("team")
    outside = reading.shared and team != reading.team
    text = blocks.as_written(text_of_app(message), reading.bot_user_id)
    if text and not (outside and reading.alone):
        history.outside |= outside
        history.posts.append(Post(str(profile.get("name") or message.get("username") or ""), text))


def _is_apps(message: Message) -> bool:
    subtype, user = message.get("subtype"), message.get("user")
    return "bot_id" in message or subtype == "bot_message" or user == _SLACKBOT
