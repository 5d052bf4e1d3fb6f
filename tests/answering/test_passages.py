"""Documents are cut at their headings; what belongs together stays together."""

from bot.answering.markdown import items, rows, sentences
from bot.answering.passages import Passage, split


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


def test_a_table_or_listing_is_never_cut() -> None:
    table = "| a | b |\n|---|---|\n" + "| cell | cell |\n" * 300
    code = "```\n" + "line\n" * 500 + "```"
    passages = split("a.md", f"# T\n\n{table}\n\nRun this:\n\n{code}\n")
    assert [text.count("cell") for text in (p.text for p in passages)] == [600, 0]
    assert passages[1].text == f"Run this:\n\n{code}"


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
