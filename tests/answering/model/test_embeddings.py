"""Passages are found by meaning too, where an embedding endpoint is set up; else by words."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.answering.answerer import ModelSettings, create_answerer
from bot.answering.events import Question, Source, Text
from bot.answering.model.embeddings import (
    EmbeddingFailedError,
    Embeddings,
    EmbeddingSettings,
    signs,
    text_of,
)
from bot.answering.retrieval.index import Index
from bot.answering.retrieval.index_writing import write_index
from bot.answering.retrieval.passages import Passage
from bot.answering.retrieval.permissions import Audience, Permissions
from bot.answering.retrieval.query import query_of
from bot.answering.retrieval.vectors import Vectors
from slack_simulator.scripted_model import ModelServer

MEANINGS = [{"car", "automobile", "vehicle"}, {"holiday", "vacation", "leave"}, {"wine", "drink"}]
LEADS = Audience(channels=("C0LEADS",))
PASSAGES = [
    Passage(Source("Fleet", "fleet.md"), "An automobile is booked in the portal."),
    Passage(Source("Board", "board.md"), "The board has a vehicle of its own.", audience=LEADS),
    Passage(Source("Time off", "leave.md"), "Ask your lead for leave."),
    Passage(Source("Cellar", "cellar.md"), "What to drink is in the cellar."),
]


def meaning(text: str) -> list[float]:
    """Which of the things a text is about, whatever it calls them."""
    words = {word.strip(".?").lower() for word in text.split()}
    return [1.0 if words & names else -1.0 for names in MEANINGS for _ in range(100)]


@pytest.fixture
def told() -> list[str]:
    """What was told of failures."""
    return []


@pytest.fixture
def embeddings(model: ModelServer, told: list[str]) -> Embeddings:
    model.vector_of = meaning
    return Embeddings(EmbeddingSettings("scripted", model.url), told.append)


@pytest.fixture
def index(tmp_path: Path, embeddings: Embeddings) -> Index:
    vectors = embeddings.embed([text_of(passage) for passage in PASSAGES])
    path = tmp_path / "index.sqlite"
    write_index(path, PASSAGES, embedding_model="scripted", vectors=vectors)
    return Index.open(path).with_embeddings(embeddings)


def found(index: Index, question: str) -> list[str]:
    hits = index.search(query_of(Question(question)), 9)
    return [hit.passage.source.title for hit in hits]


def test_what_words_alone_do_not_find_is_found_by_meaning(index: Index) -> None:
    question = "Where do I book a car?"
    assert found(replace(index, embeddings=None), "Is there a car?") == []
    assert set(found(index, question)[:2]) == {"Fleet", "Board"}
    assert found(index, "vacation")[0] == "Time off"


def test_what_both_rankings_find_comes_before_what_one_does(index: Index) -> None:
    assert found(index, "Has the board a car?")[:2] == ["Board", "Fleet"]


def test_limits_hold_for_meanings_too(index: Index) -> None:
    assert "Board" not in found(index.visible_to(Permissions("C0OTHER")), "car")
    assert "Board" in found(index.visible_to(Permissions("C0LEADS")), "car")


def test_an_answer_is_made_of_what_was_found_by_meaning(index: Index, model: ModelServer) -> None:
    answerer = create_answerer(ModelSettings("openai", "scripted", model.url), index)
    answerer.warm_up()
    model.requests.clear()
    events = list(answerer.answer(Question("Is there a car?"), time.monotonic() + 30))
    assert any(isinstance(event, Text) for event in events)
    embedded, *asked = model.requests
    assert embedded["input"] == ["Is there a car?"]
    assert "An automobile is booked" in str(asked)
    assert "its own" not in str(asked)


@pytest.mark.parametrize("fail", [lambda m: m.will_fail(500), lambda m: m.will_stall()])
def test_words_find_alone_where_the_endpoint_fails_or_is_slow(
    index: Index, model: ModelServer, told: list[str], fail: Callable[[ModelServer], None]
) -> None:
    fail(model)
    started = time.monotonic()
    assert found(index, "Ask for leave?") == ["Time off"]
    assert time.monotonic() - started < 3
    assert len(told) == 1
    asked = len(model.requests)
    assert found(index, "Ask for leave?") == ["Time off"]
    assert len(model.requests) == asked, "one answer does not wait twice"


def test_vectors_of_another_model_are_left_alone(index: Index, model: ModelServer) -> None:
    other = Embeddings(EmbeddingSettings("another", model.url), lambda _: None)
    model.requests.clear()
    assert found(index.with_embeddings(other), "Is there a car?") == []
    assert model.requests == []


def test_vectors_of_another_length_are_left_alone(index: Index, model: ModelServer) -> None:
    model.vector_of = lambda _: [1.0] * 8
    assert found(index, "Ask for leave?") == ["Time off"]


def test_a_refusal_ends_embedding_many_texts(embeddings: Embeddings, model: ModelServer) -> None:
    model.will_fail(401)
    with pytest.raises(EmbeddingFailedError, match="AuthenticationError 401"):
        embeddings.embed(["secret text"])


def test_many_texts_are_tried_again_where_the_endpoint_is_busy(
    embeddings: Embeddings, model: ModelServer
) -> None:
    model.will_fail(429)
    texts = [f"car {number}" for number in range(100)]
    assert embeddings.embed(texts) == [signs(meaning("car"))] * 100
    assert [len(request["input"]) for request in model.requests] == [64, 64, 36]


@pytest.mark.parametrize("bytes_each", [1, 31, 32, 100])
@pytest.mark.parametrize("limited", [False, True])
def test_the_nearest_are_those_with_the_fewest_differences(bytes_each: int, limited: bool) -> None:
    count = 300
    bits = b"".join((number * 2654435761 % 256**4).to_bytes(4) * 25 for number in range(count))
    each = [bits[100 * n : 100 * n + bytes_each] for n in range(count)]
    shown = bytes(n % 3 > 0 for n in range(count)) if limited else None
    vectors = Vectors(b"".join(each), count)

    def differences(number: int) -> int:
        return (int.from_bytes(each[number]) ^ int.from_bytes(each[7])).bit_count()

    allowed = [n for n in range(count) if shown is None or shown[n]]
    expected = sorted(allowed, key=lambda n: (differences(n), n))[:20]
    assert list(vectors.nearest(each[7], 20, shown)) == expected
