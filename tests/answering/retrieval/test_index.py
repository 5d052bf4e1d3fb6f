"""What is found for a question, and for whom."""

import time

import pytest

from bot.answering.events import Question, Source, Turn
from bot.answering.retrieval.index import Index
from bot.answering.retrieval.passages import Passage
from bot.answering.retrieval.permissions import NO_PERMISSIONS, Audience, Permissions
from bot.answering.retrieval.query import Query, Word, query_of
from tests.answering.conftest import index_of

FOR_LEADS = Audience(channels=("C0LEADS",), groups=("S0LEADS",))


def best(index: Index, text: str) -> str:
    return str(index.search(query_of(Question(text)), 1)[0].passage.source)


def test_inflected_words_find_each_other(index: Index) -> None:
    assert best(index, "deployed on staging") == "Deploying › To staging"  # noqa: RUF001


def test_words_in_headings_count_more() -> None:
    files = {"a.md": "# Wine\n\nBottles.", "b.md": "# Bread\n\nGoes with wine, at times."}
    index = index_of(files)
    assert best(index, "wine") == "Wine"


def test_what_is_said_in_the_words_of_the_question_comes_first() -> None:
    files = {
        "a.md": "# One\n\nOut of it, sign forms.",
        "b.md": "# Two\n\nSign out of forms, it is.",
    }
    assert best(index_of(files), "sign out of") == "Two"
    files = {"a.md": files["a.md"], "b.md": "# Two\n\nSign for it, out of forms."}
    assert best(index_of(files), "sign out of") == "One"


def test_the_current_question_weighs_more_than_the_thread() -> None:
    history = (Turn("user", "staging"), Turn("assistant", "holiday"), Turn("user", "prod"))
    query = query_of(Question("deploy prod", history))
    weights = {term: word.weight for word in query.words for term in word.terms}
    assert weights["deploy"] == weights["prod"] == 1.0
    assert 0 < weights["stage"] < 1
    assert "holiday" not in weights


@pytest.mark.parametrize("place", ["before", "behind"])
def test_a_question_is_found_beside_what_was_pasted(index: Index, place: str) -> None:
    log = "".join(f"Step {number}: record 0x{number * 7919:x} handled.\n" for number in range(300))
    asked = "How do I deploy to prod?"
    text = f"{asked}\n\n{log}" if place == "before" else f"{log}\n{asked}"
    assert index.search(query_of(Question(text)), 1)[0].passage.source.headings == ("To prod",)


def test_ten_thousand_passages_are_searched_within_moments() -> None:
    words = [f"word{number % 977} term{number % 53}" for number in range(10_000)]
    files = {f"{number}.md": f"# {text}\n\n{text}" for number, text in enumerate(words)}
    index = index_of(files)
    started = time.monotonic()
    assert index.search(query_of(Question("word5 term7 nothing")), 5)
    assert time.monotonic() - started < 0.5


def test_what_is_not_for_the_asker_is_not_there() -> None:
    secret = Passage(Source("Secrets", "secret.md"), "The holiday party.", audience=FOR_LEADS)
    index = Index.of([secret, Passage(Source("Open", "open.md"), "Holiday.")])

    def seen(permissions: Permissions) -> list[str]:
        view = index.visible_to(permissions)
        found = [hit.passage.source for hit in view.search(query_of(Question("holiday")), 9)]
        titles = [document.title for document in view.documents()]
        assert {*titles} == {source.title for source in [*found, *view.sources()]}
        return titles

    assert seen(NO_PERMISSIONS) == ["Open"]
    assert seen(Permissions("C0OTHER", frozenset({"S0OTHER"}))) == ["Open"]
    assert seen(Permissions("C0LEADS")) == ["Secrets", "Open"]
    assert seen(Permissions("D0ADA", frozenset({"S0LEADS"}))) == ["Secrets", "Open"]


def test_a_word_is_found_by_any_of_its_terms_and_the_best_counts_alone() -> None:
    index = Index.of([Passage(Source(f"{n}", f"{n}.md"), f"chat {n}") for n in ("cat", "dog")])
    hits = index.search(Query("", (Word(("chat", "cat")),)), 2)
    assert [hit.passage.source.title for hit in hits] == ["cat", "dog"]
    both = index.search(Query("", (Word(("chat",)), Word(("cat",)))), 1)
    assert hits[0].score < both[0].score
