"""The measures of a ranking, held against what is worked out by hand."""

from math import log2

import pytest

from bot.answering.events import Source
from scripts.evaluate.cases import Expected
from scripts.evaluate.figures.ranking import figures


def sources(*names: str) -> list[Source]:
    parts = (name.split("#") for name in names)
    return [Source("", file, tuple(headings)) for file, *headings in parts]


def test_the_measures_are_those_of_trec_eval() -> None:
    measured = figures(sources("x", "a", "y", "z", "b"), [Expected("a"), Expected("b")])
    assert measured["recall@3"] == 0.5
    assert measured["recall@5"] == 1.0
    assert measured["precision@3"] == pytest.approx(1 / 3)
    assert measured["precision@10"] == 0.2, "divided by the cut, however few were found"
    assert measured["mrr@3"] == 0.5
    ideal = 1 + 1 / log2(3)
    assert measured["ndcg@3"] == pytest.approx((1 / log2(3)) / ideal)
    assert measured["ndcg@5"] == pytest.approx((1 / log2(3) + 1 / log2(6)) / ideal)


def test_the_reciprocal_rank_counts_only_what_is_among_the_first() -> None:
    measured = figures(sources("x", "y", "z", "a"), [Expected("a")])
    assert (measured["mrr@3"], measured["mrr@5"]) == (0.0, 0.25)


def test_a_better_source_is_worth_more_in_front() -> None:
    expected = [Expected("a", gain=2.0), Expected("b", gain=1.0)]
    best, worse = figures(sources("a", "b"), expected), figures(sources("b", "a"), expected)
    assert best["ndcg@3"] == 1.0
    assert worse["ndcg@3"] == pytest.approx((1 + 2 / log2(3)) / (2 + 1 / log2(3)))


def test_a_source_in_several_passages_is_found_once() -> None:
    measured = figures(sources("a#One", "a#One", "b"), [Expected("a", "One"), Expected("b")])
    assert measured["recall@3"] == 1.0
    assert measured["precision@3"] == 1.0
    assert measured["ndcg@3"] == pytest.approx((1 + 1 / log2(4)) / (1 + 1 / log2(3)))


def test_a_heading_is_expected_anywhere_on_the_way_down() -> None:
    source = Source("Title", "a.md", ("Above", "Below"))
    assert Expected("a.md", "Above").fits(source)
    assert Expected("a.md", "Title").fits(source)
    assert Expected("a.md").fits(source)
    assert not Expected("a.md", "Elsewhere").fits(source)
    assert not Expected("b.md").fits(source)


def test_nothing_found_is_nothing_measured() -> None:
    assert set(figures([], [Expected("a")]).values()) == {0.0}
