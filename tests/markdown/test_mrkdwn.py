"""Markdown in Slack's older language, for the places that take no other."""

import pytest

from bot.markdown import mrkdwn


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("**bold** and `**code**`", "*bold* and `**code**`"),
        ("## A heading with **stars**", "*A heading with stars*"),
        ("- one\n  - two\n* three", "• one\n  • two\n• three"),
        ("```sh\necho <a>\n```\nafter", "```\necho &lt;a>\n```\nafter"),
        ("before\n~~~\ncut in the mid", "before\n```\ncut in the mid\n```"),
        ("see [the page](https://x.example/a) & <@U1>", "see the page &amp; &lt;@U1>"),
        ("| step | takes |\n|---|---|\n| synth | 2 s |", "step · takes\nsynth · 2 s"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("", ""),
    ],
)
def test_what_stands_in_markdown_shows_in_mrkdwn(markdown: str, text: str) -> None:
    assert mrkdwn(markdown) == text
