"""What people see in Slack where the documents don't answer; and whom it calls, which is few."""

from collections.abc import Callable

import pytest

from bot.answering.events import Abstained, Citation, Quoted, Rewrite, Source, Sources, Text
from tests.slack.writer.conftest import Writing

Begin = Callable[[], Writing]

LEAVE = Sources((Citation(Source("Leave", "leave.md"), "Parental leave is 14 weeks."),))
NOT_FOUND = Text("The documents don't say.")


def below(answer: Writing) -> list[str]:
    """The quiet lines below an answer."""
    all_blocks = (block for message in answer.messages for block in message.blocks)
    quiet = (block["elements"] for block in all_blocks if block["type"] == "context")
    return [element["text"] for elements in quiet for element in elements]


@pytest.mark.parametrize("before", [[], [Quoted("No model is set up.")]])
def test_the_nearest_parts_and_a_contact_stand_below(writing: Begin, before: list[Quoted]) -> None:
    answer = writing()
    answer.write([*before, NOT_FOUND, Abstained("#it-help"), LEAVE])
    nearest, contact = below(answer)[-2:]
    assert nearest == "Nearest in the documents: [1] Leave"
    assert contact == "Ask instead: #it-help"


def test_where_nothing_is_near_and_nobody_is_named_nothing_stands_below(writing: Begin) -> None:
    answer = writing()
    answer.write([NOT_FOUND, Abstained()])
    assert below(answer) == []


def test_an_answer_that_was_rewritten_offers_nobody(writing: Begin) -> None:
    answer = writing()
    answer.write([NOT_FOUND, Abstained("#it-help"), Rewrite("why"), Text("14 weeks [1]."), LEAVE])
    assert below(answer) == ["Sources: [1] Leave"]


@pytest.mark.parametrize(
    ("contact", "line"),
    [
        ("the IT desk\n in <#C0123|it-help>, or <@U0456>", "the IT desk in <#C0123>, or <@U0456>"),
        ("<!channel> <!here> <!subteam^S1|@it>", "&lt;!channel> &lt;!here> &lt;!subteam^S1|@it>"),
        ("<https://evil.example|here> & co", "&lt;https://evil.example|here> &amp; co"),
        ("&lt;@U0456>", "&amp;lt;@U0456>"),
    ],
)
def test_a_contact_calls_people_and_channels_only(writing: Begin, contact: str, line: str) -> None:
    answer = writing()
    answer.write([NOT_FOUND, Abstained(contact)])
    assert below(answer) == [f"Ask instead: {line}"]


def test_a_model_calls_nobody(writing: Begin) -> None:
    answer = writing()
    answer.write([Text("Ask instead: <@U0456> in <#C0123>, <!channel>."), Abstained()])
    assert [ping for message in answer.messages for ping in message.pings] == []
