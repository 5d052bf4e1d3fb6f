"""The messages before a question, their authors, and whether any of them is from outside."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.answering.events import Post, Turn
from bot.conversation.access.authors import SOMEONE, Authors
from bot.conversation.access.policy import ANSWERED_DIRECTLY
from bot.conversation.forwarded_content import Forwarded, forwarded, text_of_app
from bot.slack.thread import DELETED, Thread
from bot.slack.ui import blocks, question_message

_TURNS = 20
_SLACKBOT = "USLACKBOT"

SlackMessage = Mapping[str, Any]


@dataclass(slots=True)
class History:
    """`turns` are people's and the bot's messages, oldest first; `posts` are other texts.

    `outside`: some of them are by people from outside, or by their apps.
    """

    turns: list[Turn] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    readable: list[SlackMessage] = field(default_factory=list)
    """The messages of people who may ask: their files may be read, too."""
    outside: bool = False

    def add_forwarded(self, messages: Collection[Forwarded], authors: Authors, alone: bool) -> None:
        """Add forwarded messages; not those from outside if the asker reads the answer `alone`."""
        for message in messages:
            outside = not message.user or authors.is_outside(message.user)
            if not (alone and outside):
                self.outside |= outside
                self.posts.append(Post(message.name or SOMEONE, message.text))


@dataclass(frozen=True, slots=True)
class ThreadView:
    """How a thread is read for the question with the `ts` `at`; `answers` are its answer's `ts`.

    `shared`: another company is in the channel. `alone`: only the asker reads the answer. It may
    use any document then, so no text from outside is read for it: it could carry instructions.
    """

    at: str
    answers: Collection[str]
    bot_user_id: str
    team: str
    shared: bool
    alone: bool


def read_history(thread: Thread, view: ThreadView, authors: Authors) -> History:
    """The last messages before the question, and the bot's last answers to other questions.

    Messages of people who may not ask are left out. The answer to an earlier question may be newer
    than this question, since the bot was still busy.
    """
    history = History()
    for message in thread.messages:
        if message.get("subtype") != DELETED:
            _add(history, message, view, authors)
    history.turns = [turn for turn in history.turns if turn.text][-_TURNS:]
    history.posts = history.posts[-_TURNS:]
    return history


def _add(history: History, message: SlackMessage, view: ThreadView, authors: Authors) -> None:
    question = question_message.read(message, view.bot_user_id)
    is_answer = message.get("user") == view.bot_user_id and not question
    text = question.text if question else blocks.markdown_of(message)
    text = blocks.as_written(text, view.bot_user_id)
    if is_answer:
        if message["ts"] not in view.answers and text != ANSWERED_DIRECTLY:
            history.turns.append(Turn("assistant", text))
    elif float(message["ts"]) >= float(view.at):
        return
    elif question:
        _add_turn(history, message, question.user, text, view, authors)
    elif _is_of_app(message):
        _add_apps_post(history, message, view)
    else:
        _add_turn(history, message, str(message.get("user") or ""), text, view, authors)


def _add_turn(
    history: History,
    message: SlackMessage,
    user: str,
    text: str,
    view: ThreadView,
    authors: Authors,
) -> None:
    if not authors.may_ask(user):
        return
    outside = authors.is_outside(user)
    if outside and view.alone:
        return
    history.outside |= outside
    history.turns.append(Turn("user", text, authors.name(user)))
    history.readable.append(message)
    history.add_forwarded(forwarded(message), authors, view.alone)


def _add_apps_post(history: History, message: SlackMessage, view: ThreadView) -> None:
    """Add another app's post. In a shared channel the app may be the other company's."""
    profile = message.get("bot_profile") or {}
    team = profile.get("team_id") or message.get("team")
    outside = view.shared and team != view.team
    text = blocks.as_written(text_of_app(message), view.bot_user_id)
    if text and not (outside and view.alone):
        history.outside |= outside
        history.posts.append(Post(str(profile.get("name") or message.get("username") or ""), text))


def _is_of_app(message: SlackMessage) -> bool:
    subtype, user = message.get("subtype"), message.get("user")
    return "bot_id" in message or subtype == "bot_message" or user == _SLACKBOT
