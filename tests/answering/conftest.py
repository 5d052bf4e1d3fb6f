"""A small company's documents, a scripted model, and a way to ask about them."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import pytest

from bot.answering.answerer import ModelSettings, create_answerer
from bot.answering.events import (
    Abstained,
    Answerer,
    AnswerEvent,
    Question,
    Quoted,
    Remark,
    Rewrite,
    Source,
    Sources,
    Text,
    Turn,
    Used,
)
from bot.answering.retrieval.index import Index
from bot.answering.retrieval.passages import split
from slack_simulator.scripted_model import ModelServer

DOCUMENTS = {
    "holidays.md": """# Holidays

Everybody has 30 days of holiday a year.

## Asking for holiday

Ask your lead for holiday at least two weeks before. The form is at
[the portal](https://portal.example/holiday).

## Fridays

Friday before Easter is a public holiday. Other Fridays are working days.
""",
    "deploying.md": """# Deploying

## To staging

To deploy to staging, run this:

```sh
ship staging
```

## To prod

To deploy to prod, tag the version and run this:

```sh
ship prod --careful
```
""",
    "handbook/lists.md": """# Handbook

The `max_open_orders` of a customer is stored in `customers[1]`.

| Office | City | Phone |
|---|---|---|
| North | Hamburg | 040 |
| South | Munich | 089 |
""",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person is left with after a stream of events, and the events themselves."""

    events: tuple[AnswerEvent, ...]

    @property
    def text(self) -> str:
        text = ""
        for event in self.events:
            match event:
                case Text(more):
                    assert more, "an empty piece of text"
                    text += more
                case Rewrite():
                    text = ""
        return text

    @property
    def sources(self) -> tuple[Source, ...]:
        return next((event.sources for event in self.events if isinstance(event, Sources)), ())

    @property
    def cited(self) -> list[str]:
        return [str(source) for source in self.sources]

    @property
    def passages(self) -> tuple[str, ...]:
        """What stands at the sources, in their order."""
        found = (event for event in self.events if isinstance(event, Sources))
        return tuple(citation.text for event in found for citation in event.citations)

    @property
    def quoted(self) -> Quoted | None:
        return next((event for event in self.events if isinstance(event, Quoted)), None)

    @property
    def abstained(self) -> Abstained | None:
        return next((event for event in self.events if isinstance(event, Abstained)), None)

    @property
    def remarks(self) -> list[str]:
        return [event.text for event in self.events if isinstance(event, Remark)]

    @property
    def rewrites(self) -> int:
        return sum(isinstance(event, Rewrite) for event in self.events)

    @property
    def used(self) -> Used:
        assert isinstance(self.events[-1], Used), "the last event tells what was used"
        return self.events[-1]


Ask = Callable[..., Answer]


def index_of(files: Mapping[str, str]) -> Index:
    """The index of documents given as file name → Markdown."""
    return Index.of(passage for name in files for passage in split(name, files[name]))


@pytest.fixture(scope="session")
def index() -> Index:
    return index_of(DOCUMENTS)


@pytest.fixture
def model() -> Iterator[ModelServer]:
    with ModelServer() as server:
        yield server


@pytest.fixture
def answerer(model: ModelServer, index: Index) -> Answerer:
    answerer = create_answerer(ModelSettings("openai", "scripted", model.url), index)
    answerer.warm_up()
    return answerer


@pytest.fixture
def ask(answerer: Answerer) -> Ask:
    """Ask with a model: `ask("Is Friday off?", "an earlier question", "its answer", …)`."""
    return asking(answerer)


@pytest.fixture
def quote(index: Index) -> Ask:
    """Ask where there is no model."""
    return asking(create_answerer(ModelSettings("extractive"), index))


def asking(answerer: Answerer) -> Ask:
    def ask(text: str, *history: str, asker: str = "", seconds: float = 30.0) -> Answer:
        turns = tuple(
            Turn("assistant" if number % 2 else "user", earlier)
            for number, earlier in enumerate(history)
        )
        question = Question(text, turns, asker)
        return Answer(tuple(answerer.answer(question, time.monotonic() + seconds)))

    return ask
