"""How a long answer is divided: nothing lost, each message whole by itself and small enough.

Complaint 7, `msg_too_long` and `msg_blocks_too_long`: ChatGPT-in-Slack #102, bolt-js #2509,
archestra PR #4980, metabase PR #80105.
"""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.markdown import Parts, SlackMarkdown, roll_over

CODE = "```python\n" + "\n".join(f"print({n})" for n in range(40)) + "\n```\n\n"
TABLE = "| k | v |\n|---|---|\n" + "".join(f"| {n} | value |\n" for n in range(30)) + "\n"
NESTED = "".join(
    f"1. item {n}\n   - child\n     - grandchild\n       ```py\n       x = {n}\n       ```\n"
    for n in range(8)
)
LINES = st.lists(
    st.sampled_from(
        [
            "```python", "```", "~~~", "", "", "x" * 90, "Ein Satz. " * 9, "üöä" * 40, "# Head",
            "**bold words** and `code` here", "- item", "  - nested", "    - deep", "3. third",
            "| a | b |", "|---|---|", "> quoted text", "---", "[a link](https://ok.example/a)",
            "a < b && c", "**" + "bold " * 70 + "end**", "| p | q |", CODE, TABLE, NESTED,
        ]
    ),
    max_size=25,
)  # fmt: skip


def translated(text: str) -> str:
    markdown = SlackMarkdown()
    return markdown.feed(text) + markdown.finish()


@given(LINES, st.integers(400, 1_200))
@settings(deadline=None, derandomize=True, max_examples=400)
def test_parts_are_small_and_lose_nothing(lines: list[str], limit: int) -> None:
    text = translated("\n".join(lines))
    parts = roll_over(text, limit)
    assert all(len(part.encode()) <= limit for part in parts)
    assert roll_over(text, limit) == parts
    assert _content("\n".join(parts)) == _content(text)


@given(LINES, st.integers(400, 1_200))
@settings(deadline=None, derandomize=True, max_examples=400)
def test_each_part_stands_alone(lines: list[str], limit: int) -> None:
    for part in roll_over(translated("\n".join(lines)), limit):
        outside = _without_code(part)
        assert outside is not None
        for table in re.findall(r"(?:^\| .*\n){2,}", "\n".join(outside) + "\n", re.M):
            assert re.match(r".*\n[| :-]+\n", table)


@given(LINES, st.integers(1, 60))
@settings(deadline=None, derandomize=True, max_examples=200)
def test_a_stream_comes_to_the_same_text(lines: list[str], piece: int) -> None:
    text = translated("\n".join(lines))
    parts, messages = Parts(600), [""]
    for start in range(0, len(text), piece):
        parts.add(text[start : start + piece])
        _show(parts, messages, final=False)
    _show(parts, messages, final=True)
    assert _content("\n".join(messages)) == _content(text)
    assert all(len(message.encode()) <= 600 for message in messages)
    assert all(_without_code(message) is not None for message in messages)


def test_a_code_block_that_is_cut_stays_a_code_block() -> None:
    code = "\n".join(f"print({number})" for number in range(100))
    parts = roll_over(f"Look:\n```python\n{code}\n```\nDone.", 400)
    assert len(parts) > 2
    assert all(part.count("```") == 2 for part in parts)
    assert all(part.startswith("```python\n") for part in parts[1:])


def test_a_table_that_is_cut_has_its_header_in_every_message() -> None:
    rows = [f"| {n} | the value of {n} |\n" for n in range(60)]
    parts = roll_over("| n | value |\n| --- | --: |\n" + "".join(rows) + "\nThat is all.", 500)
    assert len(parts) > 3
    assert all(part.startswith("| n | value |\n| --- | --: |\n| ") for part in parts)
    assert parts[-1].endswith("That is all.")


def test_a_list_goes_on_with_its_number() -> None:
    items = "".join(f"{n}. {'word ' * 12}\n" for n in range(1, 30))
    parts = roll_over(items, 500)
    assert [part.split(".")[0] for part in parts[:3]] == ["1", "8", "15"]


def test_nested_items_begin_a_message_without_the_indentation_of_their_parents() -> None:
    deep = "".join(f"        - deep {n}\n          - deeper {n}\n" for n in range(60))
    parts = roll_over(f"- a\n    - b\n{deep}- c\n    - d", 500)
    assert len(parts) > 2
    assert all(part.startswith(("- deep", "  - deeper"[2:])) for part in parts[1:])
    assert parts[-1].endswith("- c\n    - d")


def test_code_in_a_list_that_is_cut_stays_code() -> None:
    code = "".join(f"      line {n}\n" for n in range(90))
    parts = roll_over(f"- a\n  - b\n    - c\n      ```sh\n{code}      ```\n- d", 400)
    assert all(part.startswith("```sh\nline") for part in parts[1:])
    assert all(part.rstrip().endswith("```") for part in parts[:-1])
    assert parts[-1].endswith("\n```\n- d")


def test_a_quote_and_bold_text_that_are_cut_go_on() -> None:
    parts = roll_over("> " + "**" + "word " * 200 + "end** of it", 400)
    assert all(part.startswith("> **") for part in parts)
    assert all(part.endswith("word**") for part in parts[:-1])


def test_a_message_ends_where_a_thought_ends() -> None:
    paragraph = "This is a sentence. " * 9 + "\n\n"
    parts = roll_over(f"{paragraph}## Next\n\n{paragraph}{CODE}", 600)
    assert parts[0] == paragraph + "## Next\n\n" + paragraph
    assert parts[1] == CODE


def test_a_heading_stays_with_its_text() -> None:
    parts = roll_over("word " * 90 + "\n\n## Head\n\n" + "more " * 90, 500)
    assert parts[1].startswith("## Head")


@pytest.mark.parametrize("line", ["x" * 30_000, "漢字" * 6_000, "🙂" * 5_000])
def test_a_single_endless_line_is_cut_between_characters(line: str) -> None:
    parts = roll_over(line)
    assert "".join(parts) == line
    assert all(len(part.encode()) <= 9_000 for part in parts)


def test_an_answer_that_fits_is_one_message() -> None:
    assert roll_over("Short.") == ["Short."]
    assert roll_over("") == [""]


@pytest.mark.parametrize(
    "element",
    [
        "# Head\n\nText\n\n",
        "---\n\n",
        "| a | b |\n|---|---|\n| 1 | 2 |\n\nText\n\n",
        "```\nx\n```\n\n",
    ],
)
def test_a_message_holds_no_more_than_slack_makes_50_blocks_of(element: str) -> None:
    """Slack makes a block of each: archestra PR #4980, metabase PR #80652."""
    parts = roll_over(element * 200)
    elements = re.compile(r"^(?:#|---$|\| a|```\nx|Text)", re.MULTILINE)
    assert len(parts) > 3
    assert all(len(elements.findall(part)) <= 40 for part in parts)


def test_near_the_limit_a_stream_goes_on_by_whole_paragraphs() -> None:
    parts = Parts()
    parts.add("a line\n" * 1_050)
    assert parts.ready() == "a line\n" * 1_050
    parts.note_shown()
    parts.add("a line\n" * 30 + "another paragraph\n\nand the beginning of")
    assert parts.ready() == "a line\n" * 30 + "another paragraph\n\n"
    parts.note_shown()
    assert parts.ready() == ""
    assert parts.ready(final=True) == "and the beginning of"


def test_what_a_dead_stream_did_not_take_begins_the_next_message() -> None:
    parts = Parts()
    parts.add("```sh\none\n")
    parts.ready()
    parts.note_shown()
    parts.add("two\n")
    assert parts.ready() == "two\n"
    assert parts.turn() == "```"
    assert parts.ready() == "```sh\ntwo\n"


def _show(parts: Parts, messages: list[str], *, final: bool) -> None:
    while (text := parts.ready(final=final)) != "":
        if text is None:
            messages[-1] += parts.turn()
            messages.append("")
        else:
            messages[-1] += text
            parts.note_shown()


def _without_code(part: str) -> list[str] | None:
    """The lines outside code; None where a fence stays open."""
    fence, outside = "", list[str]()
    for line in part.splitlines():
        mark = re.match(r" {0,3}(?:(?:[-*+]|\d+[.)]) +)?(```+|~~~+)", line)
        if not fence and mark:
            fence = mark[1]
        elif fence and line.strip() == fence:
            fence = ""
        elif not fence:
            outside.append(line)
    return None if fence else outside


def _content(text: str) -> str:
    """What people read: no fences, no table headers, no marks, no spaces."""
    text = re.sub(r"^[ >]*(?:```|~~~)\w*$|^\|(?: [a-z]? ?\|)+$|^[|: -]+$", "", text, flags=re.M)
    return re.sub(r"[\s*`~>]", "", text)
