"""How sure a figure is, and a difference."""

import pytest

from scripts.evaluate.figures import intervals
from scripts.evaluate.figures.figures import token_f1


def test_an_interval_is_the_same_in_every_run_and_holds_the_value() -> None:
    parts = [(float(number % 3 == 0), 1.0) for number in range(60)]
    first, second = intervals.ratio(parts), intervals.ratio(parts)
    assert first == second
    assert first
    assert first.low < first.value < first.high
    assert first.value == pytest.approx(1 / 3)


def test_what_always_holds_is_sure_but_few_answers_are_not() -> None:
    certain = intervals.ratio([(1.0, 1.0)] * 20)
    assert certain
    assert (certain.low, certain.high) == (1.0, 1.0)
    few = intervals.share(5, 5)
    assert few
    assert few.value == 1.0
    assert few.low == pytest.approx(0.566, abs=0.001), "Wilson's interval, as textbooks have it"


def test_a_difference_is_taken_question_by_question() -> None:
    hard_and_easy = [(float(number % 2), 1.0) for number in range(40)]
    a_little_better = [(above + 0.1, below) for above, below in hard_and_easy]
    difference = intervals.difference(a_little_better, hard_and_easy)
    assert difference
    assert difference.value == pytest.approx(0.1)
    assert (difference.low, difference.high) == pytest.approx((0.1, 0.1))


def test_questions_that_say_nothing_count_for_nothing() -> None:
    assert intervals.ratio([(0.0, 0.0), (0.0, 0.0)]) is None
    half = intervals.ratio([(1.0, 2.0), (0.0, 0.0)])
    assert half
    assert (half.value, half.count) == (0.5, 1)


@pytest.mark.parametrize(
    ("answer", "golden", "score"),
    [
        ("The port is 3900. [1]", "port 3900", 2 * 2 / (3 + 2)),
        ("A cat!", "the cat", 1.0),
        ("Nothing alike", "wholly different", 0.0),
    ],
)
def test_words_are_shared_as_squad_counts_them(answer: str, golden: str, score: float) -> None:
    assert token_f1(answer, golden) == pytest.approx(score)
