"""What the readers of an answer may not see reaches no model, no message, no record and no log.

Each document has a word of its own wherever it has a text. Audiences are dealt at random, and what
anybody may see is worked out here a second time.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest
from slack_sdk import WebClient

from bot.answering.clearance import Audience
from bot.answering.events import Source
from bot.answering.passages import Passage
from infra.names import KNOWLEDGE_KEY
from scripts.ingesting import knowledge
from scripts.local_stack import LocalStack
from scripts.operating.logged import Logs
from scripts.scripted_model import ModelServer
from scripts.simulator import Control, Message
from scripts.simulator.shapes import Json
from tests.end_to_end.conftest import settle

CHANNELS = ("C0GENERAL", "C0HELP", "C0RANDOM")
GROUPS = {"S0ENGINEERS": "@engineers", "S0OPERATIONS": "@operations"}
PEOPLE = {"ada": "U0ADA", "chiyo": "U0CHIYO"}
PLACES = (
    ("ada", "#general"),
    ("chiyo", "#help"),
    ("ada", "@bot"),
    ("chiyo", "@bot"),
    ("chiyo", "#random"),  # by /ask, whispered: the bot is not there
)
QUESTION = "What does the falcon eat?"
LINKED = re.compile(r"\[1\] <https://a\.test/(\w+)\|Falcon \1 \u203a Food \1>, 3 Mar 2026")
CITES_ALL = "It eats [1][2][3][4][5][6]."


@dataclass(frozen=True)
class Company:
    """Documents by their secret words, and who is in which group."""

    documents: dict[str, Audience]
    members: dict[str, tuple[str, ...]]

    @classmethod
    def dealt(cls, random: Random) -> "Company":
        def some(of: Any) -> tuple[str, ...]:
            return tuple(one for one in of if random.random() < 0.4)

        documents = {
            f"canary{number}of{random.getrandbits(40)}": Audience(some(CHANNELS), some(GROUPS))
            for number in range(14)
        }
        documents["canaryofall"] = Audience()
        return cls(documents, {group: some(PEOPLE) for group in GROUPS})

    def hidden_from(self, person: str, channel: str = "", *, alone: bool) -> set[str]:
        """The words that somebody must not read in a channel, or `alone`."""
        groups = {group for group, people in self.members.items() if person in people and alone}
        return {
            word
            for word, audience in self.documents.items()
            if (audience.channels or audience.groups)
            and channel not in audience.channels
            and not groups & {*audience.groups}
        }

    def closed(self) -> "Company":
        """The same, where nobody may see anything any more."""
        return Company(dict.fromkeys(self.documents, Audience(("C0NOWHERE",))), self.members)

    @property
    def index(self) -> bytes:
        return knowledge.written(
            Passage(
                Source(f"Falcon {word}", f"{word}.md", (f"Food {word}",), f"https://a.test/{word}"),
                f"The falcon eats {word} at noon.",
                updated="2026-03-03",
                contact=f"#{word}",
                audience=audience,
            )
            for word, audience in self.documents.items()
        )


class Watched:
    """All that has left the bot since this was made."""

    def __init__(self, stack: LocalStack, slack: Control, model: ModelServer) -> None:
        settle(stack, slack)
        model.forget()
        self._stack, self._slack, self._model = stack, slack, model
        self._since, self._kept = slack.state()["last"], self._records()

    @property
    def text(self) -> str:
        settle(self._stack, self._slack)
        told = [one for one in self._slack.news(self._since) if one["kind"] != "delivery"]
        records = [one for one in self._records() if one not in self._kept]
        return json.dumps([told, self._model.requests, records])

    def _records(self) -> list[Json]:
        table = self._stack.client("dynamodb").scan(TableName=self._stack.outputs["Table"])
        items: list[Json] = table["Items"]
        return items


Watch = Callable[[], Watched]


@pytest.fixture
def watch(stack: LocalStack, slack: Control, model: ModelServer) -> Iterator[Watch]:
    """Begins to watch."""
    slack.set_limits(trigger_seconds=False)  # a worker that starts may take longer
    yield lambda: Watched(stack, slack, model)
    slack.set_limits(trigger_seconds=True)
    stack.upload_knowledge()
    stack.emulator.kill(stack.outputs["WorkerFunction"])


@pytest.mark.parametrize("seed", [1, 2])
def test_what_somebody_may_not_see_is_nowhere_that_they_or_others_read(
    watch: Watch, stack: LocalStack, slack: Control, model: ModelServer, seed: int
) -> None:
    slack.reset()
    company = Company.dealt(Random(seed))
    open_up(stack, slack, company)
    shown: list[tuple[str, Message, set[str]]] = []
    limited = {word for word, audience in company.documents.items() if audience != Audience()}
    seen = ""
    for person, channel in PLACES:
        watched = watch()
        model.will_call("search_documents", query="falcon food at noon")
        model.will_say(CITES_ALL)
        answer = ask(slack, person, channel)
        alone = channel in ("@bot", "#random")
        hidden = company.hidden_from(person, answer.channel, alone=alone)
        assert len(model.requests) == 2, "the model searched again"
        assert words_in(watched.text, hidden) == set()
        assert LINKED.search(answer.text)
        seen += watched.text
        shown.append((person, answer, hidden))
    assert words_in(seen, limited), "somebody saw something limited"

    for person in PEOPLE:
        watched = watch()
        slack.open(person)
        slack.open(person, "messages")
        slack.until(lambda: slack.home(person), 40)  # noqa: B023
        assert words_in(watched.text, company.hidden_from(person, alone=True)) == set()

    for person, answer, hidden in shown:
        assert words_in(sources_of(slack, person, answer), hidden) == set()
    elsewhere = repeated_in("C0HELP", shown[0][1], stack)
    assert words_in(sources_of(slack, "ada", elsewhere), limited - visible_alone(company)) == set()

    publish(stack, company.closed())
    for person, answer, _ in shown:
        assert words_in(sources_of(slack, person, answer), {*company.documents}) == set()
    logged = Logs(stack.client("logs"), stack.functions).read()
    assert logged
    assert words_in(json.dumps(logged), {*company.documents}) == set()


def open_up(stack: LocalStack, slack: Control, company: Company) -> None:
    """Have the documents and the groups be so, and nobody remember others."""
    for group, handle in GROUPS.items():
        slack.set_group(handle, [*company.members.get(group, ())])
    publish(stack, company)
    stack.emulator.kill(stack.outputs["WorkerFunction"])


def publish(stack: LocalStack, company: Company) -> None:
    bucket = stack.outputs["Bucket"]
    stack.client("s3").put_object(Bucket=bucket, Key=KNOWLEDGE_KEY, Body=company.index)


def ask(slack: Control, person: str, channel: str) -> Message:
    if channel != "#random":
        asked = slack.say(person, channel, f"<@bot> {QUESTION}")
        return slack.wait_for_answer(asked.channel, asked.ts, 40)
    slack.command(person, channel, "/ask", QUESTION)
    whispers = slack.until(lambda: [m for m in slack.messages("C0RANDOM") if m.ephemeral_to], 40)
    return whispers[-1]


def sources_of(slack: Control, person: str, answer: Message) -> str:
    """What "Show sources" shows somebody."""
    slack.click(person, answer, "show_sources")
    (view,) = slack.until(lambda: slack.views(person), 40)
    slack.close(person, view["id"])
    return json.dumps(view)


def repeated_in(channel: str, answer: Message, stack: LocalStack) -> Message:
    """The same message in another channel, its buttons with it."""
    bot = WebClient(stack.slack.credentials["bot_token"], base_url=stack.slack.api_url)
    posted = bot.chat_postMessage(channel=channel, text="Look", blocks=answer.blocks)
    return next(m for m in stack.slack.control.messages(channel) if m.ts == posted["ts"])


def visible_alone(company: Company) -> set[str]:
    return {*company.documents} - company.hidden_from("ada", alone=True)


def words_in(text: str, words: set[str]) -> set[str]:
    return {word for word in words if word in text}
