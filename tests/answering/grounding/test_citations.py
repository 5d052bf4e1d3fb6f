"""What a model writes is cleaned while it streams, however it is cut into pieces."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answering.events import Source
from bot.answering.grounding.citations import CitedText
from bot.answering.grounding.context import AnswerContext
from bot.answering.retrieval.index import Hit, sources_of
from bot.answering.retrieval.passages import Passage

PASSAGES = {
    "alpha.md": "See https://ok.example/a, or <https://ok.example/b?c=1>. Mail it@ok.example. "
    "And (as in https://ok.example/A_(b)).",
    "beta.md": "In code: `customers[1]`, `sys.argv[0]`. Not in code: established[17].",
    "gamma.md": "http://local:8/v1 is at ok.com",
}


def material() -> AnswerContext:
    given = AnswerContext("What does numbers[3] hold?")
    for name in ("alpha", "beta", "alpha", "gamma"):
        source = Source(name.title(), f"{name}.md", ("Part",))
        given.add([Hit(Passage(source, PASSAGES[source.file]), 1.0)])
    return given


def clean(text: str, piece: int = 10_000) -> str:
    cited = CitedText(material())
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
    "Not a citation: [x], [ ], [1a], [2026-03-01]": "Not a citation: [x], [ ], [1a], [2026-03-01]",
    "Never closed [1": "Never closed [1",
    "A citation as a link [2](https://evil.example).": "A citation as a link [1].",
    "A range [1-3], a wide one [3-99], backwards [2\u20131].": (
        "A range [1][2], a wide one [1][3], backwards [2]."
    ),
    "Odd ones [^1] [#2] [passage 4] [Sources 1, 2] [ 1 ] [[2]] [4\u2020L1-L9].": (
        "Odd ones [1] [2] [3] [1][2] [1] [2] [3]."
    ),
    "Full width \uff3b\uff12\uff3d [\uff14] [\u0661].": "Full width [1] [2] [3].",
    "Escaped \\[2\\] and \\[9\\].": "Escaped [1] and.",
    "As links [1, 9](https://evil.example) and [^9](x).": "As links [1] and.",
    "(1) and (see 2) are no citations, 1990[17] is none.": (
        "(1) and (see 2) are no citations, 1990 is none."
    ),
    "Arrays: customers[1], sys.argv[9], numbers[3]; but others[2], established[9].": (
        "Arrays: `customers[1]`, `sys.argv[9]`, `numbers[3]`; but others[1], established."
    ),
    # what says that the passages don't answer
    "[0] They don't say.": "They don't say.",
    " **[0]** \u2013 They don't say [2].": "They don't say [1].",
    "\u30100\u3011Nothing.": "Nothing.",
    "They don't say. [0]": "They don't say.",
    # lists of sources that the model writes itself
    "So [2].\n\nSources:\n[2] Beta\n[9] Made up\n": "So [1].\n\n",
    "So [2].\n\n**Sources:**\n- [2] Beta \u203a Part (beta.md)\n- [9]": "So [1].\n\n",
    "[2] Beta: 30 days.\n- [1] Alpha is on Friday.\n[2] Beta, 2026-03-01": (
        "[1] Beta: 30 days.\n- [2] Alpha is on Friday.\n"
    ),
    "So [2].\n\n## Quellen\n1. Beta\n2. Alpha, Part": "So [1].\n\n",
    "So [2].\n\n(Source: [2], [4])": "So [1].\n\n",
    "So.\n\nSources: [4], [9]": "So.\n\n[1]",
    "So [2].\n\n[2]: Beta\n[^9]: https://evil.example": "So [1].\n\n",
    "So [2].\n\n[2] Beta, beta.md\n": "So [1].\n\n",
    "Sources:\n[2] Beta\n\nAnything else?": "Anything else? [1]",
    "Sources:\n- Water [2]\n- Wind": "Sources:\n- Water [1]\n- Wind",
    "Sources of this are many: [2]": "Sources of this are many: [1]",
    "[2] says more than the other: thirty days.": "[1] says more than the other: thirty days.",
    "- [2] says so\n- [4] too": "- [1] says so\n- [2] too",
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
    "<https://ok.example/b?c=1>": "https://ok.example/b?c=1",
    "(in [A](https://ok.example/A_(b)) and https://ok.example/A_(b))": (
        "(in [A](https://ok.example/A_(b)) and https://ok.example/A_(b))"
    ),
    "[A](https://ok.example/A_(b)c) https://ok.example/A_(c)": "A (link removed)",
    "<https://ok.example/a>[1] <https://ok.example/a>b": (
        "https://ok.example/a [1] https://ok.example/a b"
    ),
    "https:[9]//evil.com, https:[//evil.com](x), evil[9].com": (
        "https: //(link removed), https: //(link removed), evil .com"
    ),
    "[1]<https://evil.example> [[9](x)](https://ok.example/a)": "[1] (link removed)",
    "[evil.com](https://ok.example/a)": "(link removed)",
    "Without a scheme evil.example/x?y=z or evil.example?x": (
        "Without a scheme (link removed) or (link removed)"
    ),
    "ftp://evil.example HTTPS://EVIL.EXAMPLE": "(link removed) (link removed)",
    "Schau: https://müller.example/ä hier": "Schau: (link removed) hier",
    "Known https://ok.example/a!?!. Coded https://ok.example/a!?!?_*~": (
        "Known https://ok.example/a!?!. Coded (link removed)!?!?"
    ),
    "[known](https://ok.example/a/) [coded](https://ok.example/a!?!)": (
        "[known](https://ok.example/a/) coded"
    ),
    "it@ok.example, me@evil.example, <mailto:me@evil.example?subject=x>, mailto:me@evil.example": (
        "it@ok.example, (link removed), (link removed), (link removed)"
    ),
    "[ok](mailto:it@ok.example) [no](mailto:it@ok.example?bcc=me) [no](mailto:me@evil.example)": (
        "[ok](mailto:it@ok.example) no no"
    ),
    "[a](data:text/html,x) [b](slack://open) [c](tel:+49) [d](JavaScript:x) <slack://open|e>": (
        "a b c d e"
    ),
    "[ref][r] [r]\n\n[r]: https://evil.example/x 'y'": "[ref][r] [r]\n\n[r]: (link removed) 'y'",
    '<a href="https://evil.example/x">here</a>': '<a href="(link removed)">here</a>',
    "https:\\/\\/evil.example/x, https:/\\/evil.example": "(link removed), (link removed)",
    "https://e\u200bvil.example/x, https://\u0435vil.example/x": "(link removed), (link removed)",
    "At secret.evil.com, evil.io. At ok.com, in `evil.com`, in ASP.NET, in a.py.": (
        "At (link removed), (link removed). At ok.com, in `evil.com`, in `ASP.NET`, in `a.py`."
    ),
    # pings: the Markdown that goes to Slack is escaped later
    "<!channel> <@U1> <!subteam^S1>": "<!channel> <@U1> <!subteam^S1>",
    # what only looks like one
    "infra/environments.py, e.g. a.b or 1/2 and/or TCP/IP. Node.js/Express": (
        "infra/environments.py, e.g. a.b or 1/2 and/or TCP/IP. Node.js/Express"
    ),
    "if a < b and c > d, write !important!": "if a < b and c > d, write !important!",
    # code
    "Use `list[9]` and `` a`[9] ``.": "Use `list[9]` and `` a`[9] ``.",
    "An open ` tick [9]": "An open ` tick",
    "```py\nx = list[9]\n```\nSo [9].": "```py\nx = list[9]\n```\nSo.",
    "- ```py\n  list[9]\n\n  list[8]\n  ```\n- [9] [2]": (
        "- ```py\n  list[9]\n\n  list[8]\n  ```\n- [1]"
    ),
    "> ```\n> list[9]\nSo [9] [2].": "> ```\n> list[9]\nSo [1].",
    "```\n- ```\nlist[9]\n```\n[9] [2]": "```\n- ```\nlist[9]\n```\n [1]",
    "Code ends with its line: `a\nlist[9]` [2]": "Code ends with its line: `a\nlist` [1]",
    "No code: \\`[9]` [2]": "No code: \\` ` [1]",
    "~~~\nlist[9]\n```\n~~~\n[2]": "~~~\nlist[9]\n```\n~~~\n[1]",
    "- Item:\n  ```\n  list[9]\n  ```\n- [2]": "- Item:\n  ```\n  list[9]\n  ```\n- [1]",
    "```\ncurl https://evil.example/x\ncurl http://local:8/v1\n```": (
        "```\ncurl https://evil.example/x\ncurl http://local:8/v1\n```"
    ),
    "`https://evil.example`": "`https://evil.example`",
    "```list[9]``` is no fence [9]": "```list[9]``` is no fence",
    "```\nnever closed [9]": "```\nnever closed [9]",
    # everything else
    "": "",
    "日本語の答え[2]。": "日本語の答え[1]。",
    "שלום [2] עולם": "שלום [1] עולם",
    "# Title\n\n| a | b |\n|---|---|\n| 1 | [2] |": "# Title\n\n| a | b |\n|---|---|\n| 1 | [1] |",
}


@pytest.mark.parametrize(
    ("text", "abstains"),
    {
        "[0] No.": True,
        "**[0]**": True,
        "[0] No; [2] is near.": True,
        "No. [0]": True,
        "It is so [2], but not that [0].": False,
        "`[0]`": False,
        "It is so [2].": False,
        "0": False,
    }.items(),
)
@pytest.mark.parametrize("piece", [1, 10_000])
def test_what_the_passages_do_not_answer_is_noticed(text: str, abstains: bool, piece: int) -> None:
    cited = CitedText(material())
    for start in range(0, len(text), piece):
        cited.feed(text[start : start + piece])
    cited.finish()
    assert cited.abstained is abstains


@pytest.mark.parametrize("text", CASES)
@pytest.mark.parametrize("piece", [1, 2, 3, 7, 10_000])
def test_citations_become_true_and_links_known(text: str, piece: int) -> None:
    assert clean(text, piece) == CASES[text]


def test_sources_are_listed_in_the_order_of_the_text() -> None:
    given = material()
    cited = CitedText(given)
    cited.feed("First [4], then [2] and [4] and [9]. ")
    named = sources_of(given.hits[number] for number in cited.numbers).sources
    assert [source.title for source in named] == ["Gamma", "Beta"]


def test_plain_text_is_not_held_back() -> None:
    cited = CitedText(material())
    assert cited.feed("Friday is off, as ") == "Friday is off, as"
    assert cited.feed("always ") == " always"


def test_what_never_closes_is_let_go() -> None:
    cited = CitedText(material())
    held = "see [this " + "and that " * 300
    assert cited.feed(held).startswith("see [this and that")


_ODD = "[0] [^1] [1-3] \\ \\[ ** Sources: [2]: - > ok.com a@b.com customers Alpha"
_MARKS = "[ ] ( ) ! ` ``` ~~~ [1] [9] [2,7] < > | text http :// 【1】 é 日本 : / . #"
_LINKS = "https://evil.example/x https://ok.example/a evil.example/a?b www.evil.example"
_LONGER = [" ", "\n", "\n\n", "[a](https://evil.example)", "[a](https://ok.example/a)"]
_PIECES = st.lists(
    st.sampled_from([*_ODD.split(), *_MARKS.split(), *_LINKS.split(), *_LONGER]),
    max_size=25,
)


@settings(deadline=None, derandomize=True)
@given(_PIECES)
def test_no_cut_changes_the_outcome(pieces: list[str]) -> None:
    text = "".join(pieces)
    assert clean(text) == clean(text, 1) == clean(text, 3)
