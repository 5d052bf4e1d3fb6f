"""Paragraphs fall into sentences, in several languages and as web pages and PDFs come."""

import pytest

from bot.answering.retrieval.markdown import sentences


@pytest.mark.parametrize(
    "found",
    [
        ["See e.g. Annex 1.2 of the plan.", "It holds."],
        ["Das gilt z. B. für Brillen bis ca. 200 Euro.", "Es wird im Mai gezahlt."],
        ["Nach § 5 Abs. 2 zahlt Fr. K. Meier bzw. Nr. 7.", "Über mehr wird beraten."],
        ["Demandez à Mme Durand, p. ex. Lundi.", "Élodie le sait aussi."],
        ["Pregunte a la Sra. López.", "¿Cuándo?", "Mañana."],
    ],
    ids=lambda found: found[0][:12],
)
def test_abbreviations_end_no_sentence(found: list[str]) -> None:
    assert sentences(" ".join(found)) == found


def test_japanese_needs_no_spaces() -> None:
    text = "休暇は三十日です。申請は上司に。いつ？五月！"  # noqa: RUF001
    assert sentences(text) == ["休暇は三十日です。", "申請は上司に。", "いつ？", "五月！"]  # noqa: RUF001


def test_wrapped_lines_are_joined() -> None:
    assert sentences("Ask your lead for holiday in\nMay or June, and say\nso.") == [
        "Ask your lead for holiday in May or June, and say so."
    ]


def test_lines_that_were_not_wrapped_stay_apart() -> None:
    page = "Travel\nTrips are booked by the office.\nMeals\nMeals are paid up to 20 euros"
    assert sentences(page) == page.splitlines()
