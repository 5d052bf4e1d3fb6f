"""All that leaves the bot, and the ways by which a test looks at it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

import pytest

from bot.answering.events import Source
from bot.answering.retrieval.passages import Passage
from bot.answering.retrieval.permissions import Audience
from infra.names import KNOWLEDGE_KEY
from scripts.__main__ import main
from scripts.documents import knowledge
from scripts.local.stack import LocalStack
from slack_simulator import Control, Message
from slack_simulator.scripted_model import ModelServer
from slack_simulator.shapes import Json
from tests.end_to_end.conftest import settle

EVERYONE = Audience()


@dataclass(frozen=True)
class Document:
    """On a falcon. `word` is in its text, `name` in its title, heading, file and addresses."""

    name: str
    word: str
    audience: Audience = EVERYONE

    @property
    def passage(self) -> Passage:
        name, url = self.name, f"https://a.test/{self.name}"
        return Passage(
            Source(f"Falcon {name}", f"{name}.md", (f"Food {name}",), url),
            f"The falcon eats {self.word} at noon.",
            updated="2026-03-03",
            contact=f"#{name}",
            audience=self.audience,
        )


class Watched:
    """All that has left the bot since this was made.

    To Slack, as the page and its inspector show it; to the model; and into the table.
    """

    def __init__(self, stack: LocalStack, slack: Control, model: ModelServer) -> None:
        settle(stack, slack)
        model.forget()
        self._stack, self._slack, self._model = stack, slack, model
        self._since, self._kept = slack.state()["last"], self._records()

    @property
    def text(self) -> str:
        """Of all of it."""
        settle(self._stack, self._slack)
        news = [_by_bot(one) for one in self._slack.news(self._since)]
        return json.dumps([news, self._model.requests, self.records])

    @property
    def records(self) -> list[Json]:
        """What is new in the table, in DynamoDB's own form."""
        settle(self._stack, self._slack)
        return [one for one in self._records() if one not in self._kept]

    def _records(self) -> list[Json]:
        table = self._stack.client("dynamodb").scan(TableName=self._stack.outputs["Table"])
        items: list[Json] = table["Items"]
        return items


def _by_bot(news: Json) -> Json:
    """Without what comes from Slack: a thread that is read holds its old messages still."""
    if news["kind"] == "delivery":
        return {}
    if news["kind"] == "call":
        return {**news["call"], "response": {}}
    return news


def publish(stack: LocalStack, documents: Iterable[Document]) -> None:
    """Have the bot answer from these alone."""
    index = knowledge.passage_index(document.passage for document in documents)
    stack.client("s3").put_object(Bucket=stack.outputs["Bucket"], Key=KNOWLEDGE_KEY, Body=index)


def ask(slack: Control, person: str, channel: str, question: str) -> Message:
    """The answer to a question; in #random, where the bot is not, by /ask and directly."""
    if channel != "#random":
        asked = slack.say(person, channel, f"<@bot> {question}")
        return slack.wait_for_answer(asked.channel, asked.ts, 40)
    direct = f"D0{person.upper()}"
    before = {message.ts for message in slack.messages(direct)}
    slack.command(person, channel, "/ask", question)

    def posted() -> Message | None:
        new = [m for m in slack.messages(direct) if m.ts not in before and not m.thread_ts]
        return next((m for m in new if "asks:" in m.text), None)

    root = slack.until(posted, 40)
    return slack.wait_for_answer(root.channel, root.ts, 40, after=root.ts)


def sources_of(slack: Control, person: str, answer: Message) -> str:
    """What "Show sources" shows somebody."""
    slack.click(person, answer, "show_sources")
    (view,) = slack.until(lambda: slack.views(person), 40)
    slack.close(person, view["id"])
    return json.dumps(view)


def exported(capsys: pytest.CaptureFixture[str], *flags: str) -> str:
    """What `./stackbot feedback` gives to everyone. The stack is to be found by commands."""
    capsys.readouterr()
    assert main(["feedback", "--json", *flags]) == 0
    return capsys.readouterr().out


def words_in(text: str, words: set[str]) -> set[str]:
    return {word for word in words if word in text}
