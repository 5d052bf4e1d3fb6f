"""Documents are cut at their headings; what belongs together stays together."""

from bot.answering.retrieval.markdown import items, rows, sentences
from bot.answering.retrieval.passages import PASSAGE_CHARACTERS, WHOLE_CHARACTERS, Passage, split


def sources(passages: list[Passage]) -> list[str]:
    return [str(passage.source) for passage in passages]


def test_each_section_is_a_passage_with_its_headings() -> None:
    passages = split("a.md", "# T\n\nIntro.\n\n## One\n\nx\n\n### Deep\n\ny\n\n## Two\n\nz\n")
    assert sources(passages) == ["T", "T › One", "T › One › Deep", "T › Two"]  # noqa: RUF001
    assert [passage.text for passage in passages] == ["Intro.", "x", "y", "z"]


def test_a_document_without_a_title_is_named_after_its_file() -> None:
    (passage,) = split("team/on_call-rota.md", "Call Ada.")
    assert (passage.source.title, passage.source.file) == ("On call rota", "team/on_call-rota.md")


def test_a_second_title_is_a_heading() -> None:
    assert sources(split("a.md", "# T\n\nx\n\n# U\n\ny")) == ["T", "T › U"]  # noqa: RUF001


def test_a_heading_in_code_is_code() -> None:
    (passage,) = split("a.md", "# T\n\n```sh\n# not a heading\n\nrun\n```\n")
    assert passage.text == "```sh\n# not a heading\n\nrun\n```"


def test_a_fence_inside_a_longer_fence_does_not_close_it() -> None:
    (passage,) = split("a.md", "````md\n```\n# inner\n```\n````\n")
    assert passage.text.count("```") == 4


def test_a_fence_that_never_closes_takes_the_rest() -> None:
    (passage,) = split("a.md", "```\n# a\n\n# b")
    assert passage.text == "```\n# a\n\n# b"


def test_a_long_section_is_cut_between_blocks() -> None:
    paragraphs = [f"{number} " + "word " * 140 for number in range(6)]
    passages = split("a.md", "# T\n\n" + "\n\n".join(paragraphs))
    assert len(passages) == 3
    assert "".join(passage.text for passage in passages).count("word") == 840


def test_a_table_or_listing_stays_whole() -> None:
    table = "| a | b |\n|---|---|\n" + "| cell | cell |\n" * 200
    code = "```\n" + "line\n" * 500 + "```"
    passages = split("a.md", f"# T\n\n{table}\n\nRun this:\n\n{code}\n")
    assert [text.count("cell") for text in (p.text for p in passages)] == [400, 0]
    assert passages[1].text == f"Run this:\n\n{code}"


def test_each_piece_of_a_very_long_table_has_its_head() -> None:
    lines = [f"| {number} | {number * 2} |" for number in range(1_000)]
    passages = split("a.md", "\n".join(["| n | twice |", "|---|---|", *lines]))
    assert len(passages) > 5
    assert all(len(passage.text) <= PASSAGE_CHARACTERS for passage in passages)
    assert {rows(passage.text)[0].split(":")[1] for passage in passages} == {" twice"}
    assert [line for p in passages for line in p.text.splitlines()[2:]] == lines


def test_each_piece_of_a_very_long_fence_is_a_fence() -> None:
    lines = [f"run {number}" for number in range(1_000)]
    passages = split("a.md", "\n".join(["````sh", *lines, "````"]))
    assert len(passages) > 5
    cut = [passage.text.splitlines() for passage in passages]
    assert {(first, last) for first, *_, last in cut} == {("````sh", "````")}
    assert [line for text in cut for line in text[1:-1]] == lines


def test_a_very_long_paragraph_is_cut_between_sentences_and_no_passage_is_endless() -> None:
    passages = split("a.md", "The bay is full. " * 500 + "\n\n" + "x" * 9_000)
    assert all(len(passage.text) <= WHOLE_CHARACTERS for passage in passages)
    assert sum(passage.text.count("The bay is full.") for passage in passages) == 500
    assert sum(passage.text.count("x") for passage in passages) == 9_000


def test_what_a_document_is_called_without_a_title_of_its_own_can_be_told() -> None:
    (told,) = split("page.html", "Hello.", "Parking")
    assert told.source.title == "Parking"
    assert split("page.html", "# Cars\n\nHello.", "Parking")[0].source.title == "Cars"


def test_front_matter_and_windows_line_ends_are_left_out() -> None:
    (passage,) = split("a.md", "\ufeff---\r\nowner: Ada\r\n---\r\n# T\r\n\r\nHello.\r\n")
    assert (passage.source.title, passage.text) == ("T", "Hello.")


def test_an_empty_document_has_no_passages() -> None:
    assert split("a.md", "") == split("a.md", "# Only a title\n\n## And a heading\n") == []


def test_sentences_end_where_people_end_them() -> None:
    assert sentences("Use e.g. Python 3.11. It\nis fine! `run` it? Yes.") == [
        "Use e.g. Python 3.11.",
        "It is fine!",
        "`run` it?",
        "Yes.",
    ]


def test_items_keep_what_is_nested_in_them() -> None:
    assert items("- a\n  - b\n  more\n- c") == ["- a\n  - b\n  more", "- c"]


def test_rows_name_their_columns() -> None:
    assert rows("| City | Phone |\n|---|---|\n| Bonn | 1 |\n| Kiel | |") == [
        "**Bonn**: Phone: 1",
        "**Kiel**: ",
    ]
