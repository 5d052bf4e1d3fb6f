"""What a model writes is cleaned while it streams, however it is cut into pieces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.citations import CitedText
from bot.answering.events import Source
from bot.answering.links import links_in

PASSAGES = [Source("A", "a.md"), Source("B", "b.md"), Source("A", "a.md"), Source("C", "c.md")]
KNOWN = links_in(["See https://ok.example/a, or <https://ok.example/b?c=1>.", "http://local:8/v1"])


def clean(text: str, piece: int = 10_000) -> str:
    cited = CitedText(PASSAGES, KNOWN)
    pieces = [text[start : start + piece] for start in range(0, len(text), piece)]
    return "".join(map(cited.feed, pieces)) + cited.finish()


CASES = {
    # citations
    "It is so [1].": "It is so [1].",
    "It is so [4], and so [2][4].": "It is so [1], and so [2][1].",
    "The same document [1], again [3].": "The same document [1], again [1].",
    "Nobody said so [9].": "Nobody said so.",
    "Nor so [0] [17].": "Nor so.",
    "Some did [2, 9; 4].": "Some did [1][2].",
    "In other brackets【2】, with a name【4†source】.": "In other brackets[1], with a name[2].",
    "Not a citation: [x], [ ], [1a], [12345].": "Not a citation: [x], [ ], [1a], [12345].",
    "Never closed [1": "Never closed [1",
    "A citation as a link [2](https://evil.example).": "A citation as a link [1].",
    # links
    "[known](https://ok.example/a)": "[known](https://ok.example/a)",
    "[known](<https://ok.example/a> 'title')": "[known](https://ok.example/a)",
    "[click **here**](https://evil.example/?q=1) now": "click **here** now",
    "[a](javascript:alert) [b](//evil.example/x) [c](/path)": "a b c",
    "![picture](https://evil.example/p.png)": "picture",
    "![known](https://ok.example/a)": "known",
    "[https://evil.example](https://ok.example/a)": "(link removed)",
    "[a [b](https://evil.example) c](https://evil.example)": "a b c",
    "Bare https://evil.example/x, and (www.evil.example).": (
        "Bare (link removed), and ((link removed))."
    ),
    "Bare https://ok.example/a. Also http://local:8/v1!": (
        "Bare https://ok.example/a. Also http://local:8/v1!"
    ),
    "Nearly https://ok.example/a?secret": "Nearly (link removed)",
    "<https://evil.example> and <https://evil.example|a name>": "(link removed) and a name",
    "<https://ok.example/b?c=1>": "<https://ok.example/b?c=1>",
    "Without a scheme evil.example/x?y=z or evil.example?x": (
        "Without a scheme (link removed) or (link removed)"
    ),
    "ftp://evil.example HTTPS://EVIL.EXAMPLE": "(link removed) (link removed)",
    "Schau: https://müller.example/ä hier": "Schau: (link removed)ü(link removed)ä hier",
    # what only looks like one
    "infra/environments.py, e.g. a.b or 1/2 and/or TCP/IP. Node.js/Express": (
        "infra/environments.py, e.g. a.b or 1/2 and/or TCP/IP. Node.js/Express"
    ),
    "if a < b and c > d, write !important!": "if a < b and c > d, write !important!",
    # code
    "Use `list[9]` and `` a`[9] ``.": "Use `list[9]` and `` a`[9] ``.",
    "An open ` tick [9]": "An open ` tick",
    "```py\nx = list[9]\n```\nSo [9].": "```py\nx = list[9]\n```\nSo.",
    "~~~\nlist[9]\n```\n~~~\n[2]": "~~~\nlist[9]\n```\n~~~\n[1]",
    "- Item:\n  ```\n  list[9]\n  ```\n- [2]": "- Item:\n  ```\n  list[9]\n  ```\n- [1]",
    "```\ncurl https://evil.example/x\ncurl http://local:8/v1\n```": (
        "```\ncurl (link removed)\ncurl http://local:8/v1\n```"
    ),
    "`https://evil.example`": "`(link removed)`",
    "```list[9]``` is no fence [9]": "```list[9]``` is no fence",
    "```\nnever closed [9]": "```\nnever closed [9]",
    # everything else
    "": "",
    "日本語の答え[2]。": "日本語の答え[1]。",
    "שלום [2] עולם": "שלום [1] עולם",
    "# Title\n\n| a | b |\n|---|---|\n| 1 | [2] |": "# Title\n\n| a | b |\n|---|---|\n| 1 | [1] |",
}


@pytest.mark.parametrize("text", CASES)
@pytest.mark.parametrize("piece", [1, 2, 3, 7, 10_000])
def test_citations_become_true_and_links_known(text: str, piece: int) -> None:
    assert clean(text, piece) == CASES[text]


def test_sources_are_listed_in_the_order_of_the_text() -> None:
    cited = CitedText(PASSAGES, KNOWN)
    cited.feed("First [4], then [2] and [4] and [9]. ")
    assert cited.cited == [Source("C", "c.md"), Source("B", "b.md")]


def test_plain_text_is_not_held_back() -> None:
    cited = CitedText(PASSAGES, KNOWN)
    assert cited.feed("Friday is off, as ") == "Friday is off, as"
    assert cited.feed("always ") == " always"


def test_what_never_closes_is_let_go() -> None:
    cited = CitedText(PASSAGES, KNOWN)
    held = "see [this " + "and that " * 300
    assert cited.feed(held).startswith("see [this and that")


_MARKS = "[ ] ( ) ! ` ``` ~~~ [1] [9] [2,7] < > | text http :// 【1】 é 日本 : / . #"
_LINKS = "https://evil.example/x https://ok.example/a evil.example/a?b www.evil.example"
_LONGER = [" ", "\n", "\n\n", "[a](https://evil.example)", "[a](https://ok.example/a)"]
_PIECES = st.lists(
    st.sampled_from([*_MARKS.split(), *_LINKS.split(), *_LONGER]),
    max_size=25,
)


@given(_PIECES)
def test_no_cut_changes_the_outcome(pieces: list[str]) -> None:
    text = "".join(pieces)
    assert clean(text) == clean(text, 1) == clean(text, 3)


@given(_PIECES)
def test_no_made_up_link_comes_through(pieces: list[str]) -> None:
    outcome = clean("".join(pieces), 2)
    assert "://evil" not in outcome
    assert "](evil" not in outcome
