"""What the readers of an answer may not see reaches no model, no message, no record and no log.

Each document has a word of its own wherever it has a text. Audiences are dealt at random, and what
anybody may see is worked out here a second time: for two companies of 15 documents, asked in five
places, and for three more whose documents are changed at random twice, while the old answers stay.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from random import Random

import pytest
from slack_sdk import WebClient

from bot.answering.retrieval.permissions import Audience
from scripts.local.stack import LocalStack
from scripts.operate.log_lines import Logs
from slack_simulator import Control, Message
from slack_simulator.scripted_model import ModelServer
from tests.end_to_end.watching import (
    EVERYONE,
    Document,
    Watched,
    ask,
    exported,
    publish,
    sources_of,
    words_in,
)

CHANNELS = ("C0GENERAL", "C0HELP", "C0RANDOM")
GROUPS = {"S0ENGINEERS": "@engineers", "S0OPERATIONS": "@operations"}
PEOPLE = {"ada": "U0ADA", "chiyo": "U0CHIYO"}
PLACES = (
    ("ada", "#general"),
    ("chiyo", "#help"),
    ("ada", "@bot"),
    ("chiyo", "@bot"),
    ("chiyo", "#random"),  # by /ask, answered directly: the bot is not there
)
QUESTION = "What does the falcon eat?"
LINKED = re.compile(r"\[1\] <https://a\.test/(\w+)\|Falcon \1 \u203a Food \1>, 3 Mar 2026")
CITES_ALL = "It eats [1][2][3][4][5][6]."


@dataclass(frozen=True)
class Company:
    """Its documents, and who is in which group."""

    documents: tuple[Document, ...]
    members: dict[str, tuple[str, ...]]

    @classmethod
    def dealt(cls, random: Random) -> "Company":
        words = [fresh(random) for _ in range(14)]
        limited = [Document(word, word, some_audience(random)) for word in words]
        always = Document("canaryofall", "canaryofall")
        members = {group: some(random, PEOPLE) for group in GROUPS}
        return cls((*limited, always), members)

    @property
    def words(self) -> set[str]:
        return {word for one in self.documents for word in (one.name, one.word)}

    @property
    def limited(self) -> set[str]:
        """The words that not everyone may read."""
        return self.words - self.visible_to("")

    def visible_to(self, person: str, channel: str = "", *, alone: bool = False) -> set[str]:
        """The words that somebody may read in a channel, or `alone`."""
        groups = {group for group, people in self.members.items() if person in people and alone}
        return {
            word
            for one in self.documents
            if one.audience == EVERYONE
            or channel in one.audience.channels
            or groups & {*one.audience.groups}
            for word in (one.name, one.word)
        }

    def hidden_from(self, person: str, channel: str = "", *, alone: bool) -> set[str]:
        return self.words - self.visible_to(person, channel, alone=alone)

    def closed(self) -> "Company":
        """The same, where nobody may see anything any more."""
        nowhere = Audience(("C0NOWHERE",))
        return replace(
            self, documents=tuple(replace(one, audience=nowhere) for one in self.documents)
        )

    def changed(self, random: Random) -> "Company":
        """The same, where something has become of each document but the last."""
        *some, always = self.documents
        after = [document for one in some for document in changed(one, random)]
        return replace(self, documents=(*after, always))


def changed(document: Document, random: Random) -> list[Document]:
    """What is there in a document's place."""
    kinds = ("kept", "moved", "stub", "renamed", "limited", "unlimited", "deleted", "edited")
    moved = replace(document, name=fresh(random), audience=some_audience(random))
    return {
        "kept": [document],
        "moved": [moved],
        "stub": [moved, replace(document, word=fresh(random), audience=EVERYONE)],
        "renamed": [replace(document, name=fresh(random))],
        "limited": [replace(document, audience=some_audience(random))],
        "unlimited": [replace(document, audience=EVERYONE)],
        "deleted": [],
        "edited": [replace(document, word=fresh(random))],
    }[random.choice(kinds)]


def fresh(random: Random) -> str:
    """A word that nothing else has."""
    return f"canary{random.getrandbits(40)}"


def some(random: Random, of: Iterable[str]) -> tuple[str, ...]:
    return tuple(one for one in of if random.random() < 0.4)


def some_audience(random: Random) -> Audience:
    return Audience(some(random, CHANNELS), some(random, GROUPS))


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
    slack.set_members("#help", ["ada", "chiyo"])  # nobody from outside reads along
    company = Company.dealt(Random(seed))
    open_up(stack, slack, company)
    shown: list[tuple[str, Message, set[str]]] = []
    limited = company.limited
    seen = ""
    for person, channel in PLACES:
        watched = watch()
        model.will_call("search_documents", query="falcon food at noon")
        model.will_say(CITES_ALL)
        answer = ask(slack, person, channel, QUESTION)
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
    unseen = company.hidden_from("ada", alone=True)
    elsewhere = repeated_in("C0HELP", shown[0][1], stack)
    assert words_in(sources_of(slack, "ada", elsewhere), unseen) == set()

    publish(stack, company.closed().documents)
    for person, answer, _ in shown:
        assert words_in(sources_of(slack, person, answer), company.words) == set()
    logged = Logs(stack.client("logs"), stack.functions).read()
    assert logged
    assert words_in(json.dumps(logged), company.words) == set()


@pytest.mark.parametrize("seed", [3, 4, 5])
def test_what_becomes_of_documents_at_random_shows_nowhere_in_what_was_answered_before(
    watch: Watch,
    reached: LocalStack,
    slack: Control,
    model: ModelServer,
    capsys: pytest.CaptureFixture[str],
    seed: int,
) -> None:
    slack.reset()
    slack.set_members("#help", ["ada", "chiyo"])  # nobody from outside reads along
    random = Random(seed)
    company = Company.dealt(random)
    open_up(reached, slack, company)
    answers: list[tuple[str, Message]] = []
    words: set[str] = set()
    shown: set[str] = set()
    for _ in range(3):
        words |= company.words
        for person, answer in answers:
            seen = words_in(sources_of(slack, person, answer), words)
            assert seen <= company.visible_to(person, answer.channel, alone=True)
            shown |= seen & company.limited
        for person, channel in PLACES:
            watched, alone = watch(), channel in ("@bot", "#random")
            model.will_call("search_documents", query="falcon food at noon")
            model.will_say(CITES_ALL)
            answer = ask(slack, person, channel, QUESTION)
            hidden = words - company.visible_to(person, answer.channel, alone=alone)
            assert words_in(watched.text, hidden) == set()
            slack.click(person, answer, "rate", "Good answer")
            answers.append((person, answer))
        for person in PEOPLE:
            watched = watch()
            slack.open(person)
            slack.open(person, "messages")
            slack.until(lambda: slack.home(person), 40)  # noqa: B023
            hidden = words - company.visible_to(person, alone=True)
            assert words_in(watched.text, hidden) == set()
        assert words_in(exported(capsys), words) <= company.visible_to("")
        company = company.changed(random)
        publish(reached, company.documents)
    assert shown, "somebody saw again what is limited still"
    logged = json.dumps(Logs(reached.client("logs"), reached.functions).read())
    assert words_in(logged, words) == set()


def open_up(stack: LocalStack, slack: Control, company: Company) -> None:
    """Have the documents and the groups be so, and nobody remember others."""
    for group, handle in GROUPS.items():
        slack.set_group(handle, [*company.members.get(group, ())])
    publish(stack, company.documents)
    stack.emulator.kill(stack.outputs["WorkerFunction"])


def repeated_in(channel: str, answer: Message, stack: LocalStack) -> Message:
    """The same message in another channel, its buttons with it."""
    bot = WebClient(stack.slack.credentials["bot_token"], base_url=stack.slack.api_url)
    posted = bot.chat_postMessage(channel=channel, text="Look", blocks=answer.blocks)
    return next(m for m in stack.slack.control.messages(channel) if m.ts == posted["ts"])
