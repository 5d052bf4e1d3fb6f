"""Leaving out what cannot win finds the same as adding everything up."""

import random
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answering.events import Question, Source
from bot.answering.retrieval import scoring, searching
from bot.answering.retrieval.index import Index
from bot.answering.retrieval.passages import Passage
from bot.answering.retrieval.permissions import EVERYONE, NO_PERMISSIONS, Audience, Permissions
from bot.answering.retrieval.query import Word, query_of

VOCABULARY = [f"{letter}{number}" for number in range(6) for letter in "bcdfghjklm"]


def passages(count: int, words: int) -> list[Passage]:
    """Texts in which the first words of the vocabulary are common, and the last ones rare."""
    chance = random.Random(5)
    weights = [1 / (rank + 2) for rank in range(len(VOCABULARY))]
    return [
        Passage(
            Source("", f"{number}"),
            " ".join(chance.choices(VOCABULARY, weights, k=chance.randint(1, words))),
            audience=Audience(("C0",)) if chance.random() < 0.3 else Audience(),
        )
        for number in range(count)
    ]


PASSAGES = passages(200, 30)
COUNTS = {passage.source.file: scoring.weighted_counts(passage) for passage in PASSAGES}
WITH_TERM = Counter(term for counts in COUNTS.values() for term in counts)
AVERAGE = sum(map(scoring.length, COUNTS.values())) / len(COUNTS)
INDEX = Index.of(PASSAGES)
VIEW = INDEX.visible_to(NO_PERMISSIONS)
words = st.builds(
    Word,
    st.lists(st.sampled_from([*VOCABULARY, "unknown"]), min_size=1, max_size=3).map(tuple),
    st.sampled_from([1.0, 0.4, 0.1]),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(words, max_size=8), st.integers(1, 60), st.sampled_from([INDEX, VIEW]))
def test_the_best_are_the_best_of_all(asked: list[Word], count: int, index: Index) -> None:
    found = searching.best(index.tables, asked, count, index.tables.mask(index.admitted))
    seen = PASSAGES if index is INDEX else [p for p in PASSAGES if p.audience == EVERYONE]
    scores = {p.source.file: score for p in seen if (score := _score(p, asked))}
    best = sorted(scores, key=lambda file: (-scores[file], int(file)))[:count]
    assert found == [(int(file), scores[file]) for file in best]


def _score(passage: Passage, asked: list[Word]) -> int:
    """The sum over the words of what the best of each one's terms is worth."""
    return sum(max(_worth(passage, term, word) for term in word.terms) for word in asked)


def _worth(passage: Passage, term: str, word: Word) -> int:
    """A word tells as much as the most frequent of its terms."""
    counts = COUNTS[passage.source.file]
    norm = scoring.norm(scoring.length(counts), AVERAGE)
    impact = round(255 * scoring.saturation(counts[term], norm)) if term in counts else 0
    with_word = max(WITH_TERM[known] for known in word.terms)
    idf = scoring.idf(with_word, len(COUNTS))
    return impact * round(searching.UNIT * word.weight * idf / 255)


def test_of_very_many_passages_the_best_are_found_wherever_they_stand() -> None:
    texts = dict.fromkeys(range(66_000), "common") | {5: "rare", 65_900: "rare common"}
    source, limited = Source("", ""), Audience(("C0LEADS",))
    passages = [Passage(source, text) for text in texts.values()]
    passages[65_950] = Passage(source, "rare secret", audience=limited)
    index = Index.of(passages)

    def found(question: str, count: int, permissions: Permissions = NO_PERMISSIONS) -> list[str]:
        hits = index.visible_to(permissions).search(query_of(Question(question)), count)
        return [hit.passage.text for hit in hits]

    assert found("rare common", 3) == ["rare", "rare common", "common"]
    assert found("rare", 9) == ["rare", "rare common"]
    assert found("rare", 9, Permissions("C0LEADS")) == ["rare", "rare common", "rare secret"]
