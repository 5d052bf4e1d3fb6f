"""How a long answer is cut into messages: nothing lost, fences whole, every part small enough."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from bot import blocks

LINES = st.lists(st.sampled_from(["```python", "```", "", "x" * 90, "Ein Satz. " * 9, "üöä" * 40]))


@given(LINES, st.integers(300, 900))
@settings(deadline=None, derandomize=True, max_examples=200)
def test_parts_are_small_and_lose_nothing(lines: list[str], limit: int) -> None:
    text = "\n".join(lines)
    parts = blocks.roll_over(text, limit)
    assert all(len(part.encode()) <= limit + len("\n```") for part in parts)
    assert _words("".join(parts)) == _words(text)


def test_a_code_block_that_is_cut_stays_a_code_block() -> None:
    code = "\n".join(f"print({number})" for number in range(100))
    parts = blocks.roll_over(f"Look:\n```python\n{code}\n```\nDone.", 400)
    assert len(parts) > 2
    assert all(part.count("```") == 2 for part in parts)
    assert all(part.startswith("```python\n") for part in parts[1:])


def test_an_answer_that_fits_is_one_message() -> None:
    assert blocks.roll_over("Short.") == ["Short."]


def test_near_the_limit_a_line_that_has_not_ended_is_held_back() -> None:
    shown = "a line\n" * 1_200
    assert blocks.room_for(shown, "another line\nand the beginning of", final=False) == 13
    assert blocks.room_for(shown, "the beginning of", final=False) == 0
    assert blocks.room_for(shown, "the beginning of", final=True) == 16


def test_a_fence_inside_a_longer_fence_does_not_close_it() -> None:
    assert blocks.open_fence("````md\n```python\n```\n") == "````md"
    assert blocks.open_fence("```python\nx\n```\n") == ""


def test_what_slack_would_read_as_a_ping_shows_as_written() -> None:
    assert blocks.harmless("<!channel> & <@U1>") == "&lt;!channel> &amp; &lt;@U1>"


def test_what_a_person_typed_is_read_without_slacks_escapes() -> None:
    assert blocks.as_written("<@UBOT> is 1 &lt; 2 &amp; so?", "UBOT") == "is 1 < 2 & so?"


def test_what_slack_marks_up_is_read_as_people_see_it() -> None:
    text = "<@UBOT|bot> ask <@U2> in <#C1|help> or <!here>, see <https://a.example/x|this>"
    assert blocks.as_written(text, "UBOT") == (
        "ask @someone in #help or @here, see https://a.example/x"
    )


def _words(text: str) -> list[str]:
    return re.sub(r"```\w*|\s", "", text).split("`")
