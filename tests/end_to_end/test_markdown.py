"""What a model writes, with all that Markdown knows, as people see it in Slack."""

import re

import pytest

from slack_simulator import Control
from slack_simulator.scripted_model import ModelServer
from tests.end_to_end.conftest import Conversation, said

ANSWER = """\
# The **plan**

Deploy with _care_, **always**, ~~never~~ on Friday[^so]; see [the guide][g].<br>Mind `a < b && c`.

1. First
   - [x] built
   - [ ] tested
1. Then $E = mc^2$ &mdash; H<sub>2</sub>O

| step | takes |
|---|
| build | `a|b` |
| deploy | two | minutes |
Below the table, <@U1> and <!channel> hear nothing.

> ## Quoted
> twice

***

<details>
<summary>More</summary>

```python title="x.py"
if a < b && c: print("**x** [^1] <br>")
```
</details>

含**「重点」**内容

[^so]: Nobody is there
  on Saturdays.
[g]: (link removed)
"""

SHOWN = """\
# The plan

Deploy with *care*, **always**, ~~never~~ on Friday¹; see the guide\u200a.
Mind `a &lt; b &amp;&amp; c`.

1. First
   - [x] built
   - [ ] tested
2. Then `E = mc^2` \u2014 H₂\u200aO

| step | takes |
| --- | --- |
| build | `a\\|b` |
| deploy | two \\| minutes |

Below the table, &lt;@U1> and &lt;!channel> hear nothing.

> **Quoted**
> twice

---


**More**

```python
if a &lt; b &amp;&amp; c: print("**x** [^1] &lt;br>")
```


含\u200a**「重点」**\u200a内容



¹ Nobody is there on Saturdays."""


@pytest.mark.parametrize("piece", [3, 7, 1_000])
def test_every_construct_shows_as_slack_draws_it_best(
    conversation: Conversation, model: ModelServer, piece: int
) -> None:
    """Raw Markdown and broken tables: hermes-agent #8552, vm0 #5486."""
    model.will_say(ANSWER, piece=piece)
    conversation.ask("<@bot> Show me everything.")
    assert said(conversation.answer()) == SHOWN


def test_nothing_raw_shows_on_the_way(
    conversation: Conversation, model: ModelServer, slack: Control
) -> None:
    model.will_say(ANSWER, piece=5, seconds_between=0.02)
    asked = conversation.ask("<@bot> Show me everything, slowly.")
    conversation.answer()
    first = len(slack.messages(asked.channel, asked.ts))
    sent = [c for c in slack.calls() if c.method in ("chat.startStream", "chat.appendStream")]
    ours = [c.args["chunks"] for c in sent if c.args.get("thread_ts") == asked.ts]
    shown = [chunk["text"] for chunks in ours for chunk in chunks]
    assert first == 2
    for text in shown:
        assert not re.search(r"\[\^|<|\$|\|$", text)


def test_a_long_answer_is_whole_in_every_message(
    conversation: Conversation, model: ModelServer
) -> None:
    """`msg_too_long`, `msg_blocks_too_long`: ChatGPT-in-Slack #102, bolt-js #2509."""
    rows = [f"| {n} | {'value ' * 10}|" for n in range(300)]
    code = [f"    print({n})  # {'so ' * 8}" for n in range(400)]
    items = [f"1. Item {n}\n   - child {n}" for n in range(1, 200)]
    lines = ["| n | value |", "|---|---|", *rows, "", "- Code:", "  - as this:", "    ```py"]
    model.will_say("\n".join([*lines, *code, "    ```", "", "Then:", "", *items]), piece=97)
    conversation.ask("<@bot> Tell me at length.")
    assert said(conversation.answer()).endswith("199. Item 199\n     - child 199")
    parts = [said(answer) for answer in conversation.answers()]
    whole = "\n".join(parts)
    assert all(len(part.encode()) <= 9_000 for part in parts)
    assert all(part.count("```") % 2 == 0 for part in parts)
    assert all(f"| {n} | value" in whole for n in range(300))
    assert all(f"print({n}) " in whole for n in range(400))
    assert re.findall(r"(\d+)\. Item (\d+)", whole) == [(str(n), str(n)) for n in range(1, 200)]
    for part in parts:
        assert not part.startswith("| ") or part.startswith("| n | value |\n| --- | --- |\n")


def test_an_answer_of_many_small_pieces_stays_within_slacks_50_blocks(
    conversation: Conversation, model: ModelServer
) -> None:
    """`invalid_blocks` and silence: archestra PR #4980, metabase PR #80105."""
    piece = "## Part {n}\n\n| a | b |\n|---|---|\n| {n} | x |\n\nText {n}.\n\n"
    model.will_say("".join(piece.format(n=n) for n in range(60)), piece=80)
    conversation.ask("<@bot> What are the sixty parts?")
    assert said(conversation.answer()).rstrip().endswith("Text 59.")
    whole = "\n".join(said(answer) for answer in conversation.answers())
    assert re.findall(r"^Text (\d+)\.$", whole, re.MULTILINE) == [str(n) for n in range(60)]
