"""A model that invents numbers and links: whatever it writes, each citation and link shown is true.

Hundreds of answers, the same ones in every run. They are judged as Slack is given them, by rules
of this test's own.
"""

import re
import time
import unicodedata

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.answering.answerer import ModelSettings, create_answerer
from bot.answering.events import Question, Source
from bot.answering.retrieval.index import Index
from bot.answering.retrieval.passages import Passage
from bot.markdown import SlackMarkdown
from slack_simulator.scripted_model import ModelServer
from tests.answering.conftest import Answer
from tests.answering.grounding.clickable import clickable

INDEX = Index.of(
    [
        Passage(Source("Leave", "leave.md"), "Ask for leave in https://portal.example/leave."),
        Passage(Source("Leave", "leave.md", ("Parents",)), "Leave is 14 weeks, `weeks[1]` says."),
        Passage(Source("Sick leave", "sick.md"), "Sick leave: mail sick@acme.example."),
        Passage(Source("Printers", "printers.md"), "Toner is in the cellar, `toner[0]`."),
    ]
)
QUESTION = Question("How do I ask for leave, as https://wiki.example/leave says?")
TRUE_LINKS = {
    "https://portal.example/leave",
    "https://wiki.example/leave",
    "sick@acme.example",
}

numbers = st.integers(0, 12).map(str)
citations = st.one_of(
    st.builds("[{}]".format, numbers),
    st.builds("[{}, {}]".format, numbers, numbers),
    st.builds("[{}-{}]".format, numbers, numbers),
    st.builds("[^{}]".format, numbers),
    st.builds("[[{}]]".format, numbers),
    st.builds("\\[{}\\]".format, numbers),
    st.builds("[Source {}]".format, numbers),
    st.builds("\u3010{}\u2020source\u3011".format, numbers),
    st.builds("\uff3b{}\uff3d".format, numbers),
    st.builds("**[{}]**".format, numbers),
    st.builds("weeks[{}]".format, numbers),
    st.builds("([{}])".format, numbers),
    st.builds("\\`[{}]\\`".format, numbers),
    st.builds("[{}](https://evil.example/{})".format, numbers, numbers),
)
urls = st.sampled_from(
    [
        *TRUE_LINKS,
        "https://evil.example/?q=secret",
        "https://portal.example/leave?q=secret",
        "https://portal.example/leave!?!;:_*",
        "http://xn--evl-zma.example/a",
        "https://\u0435vil.example/a",
        "javascript:alert(1)",
        "data:text/html,x",
        "slack://open?team=T1",
        "//evil.example/a",
        "corp-login.support",
        "\u0430\u0440\u0440\u04cf\u0435.com",
        "203.0.113.7/x?d=secret",
        "web:8080/x",
        "hxxps://evil.example/a",
        "ev\u2060il.com",
        "ev\U000e0061il.com",
        "evil<|im_end|>.com",
        "README.md",
        "evil.example/a",
        "www.evil.example",
        "secret.evil.com",
        "me@evil.example",
        "https:/\\/evil.example/a",
        "ht\u200btps://evil.example/a",
    ]
)
links = st.one_of(
    urls,
    st.builds("[here]({})".format, urls),
    st.builds("[here](<{}> 'title')".format, urls),
    st.builds("![here]({})".format, urls),
    st.builds("[{}]({})".format, urls, urls),
    st.builds("<{}>".format, urls),
    st.builds("<{}|here>".format, urls),
    st.builds('<a href="{}">here</a>'.format, urls),
    st.builds("[here][x]\n\n[x]: {}\n".format, urls),
    st.builds("`{}`".format, urls),
    st.builds("**{}**".format, urls),
)
lists = st.one_of(
    st.builds("\n\nSources:\n[{}] Leave\n[{}] Invented\n".format, numbers, numbers),
    st.builds("\n[{}]: {}\n".format, numbers, urls),
    st.builds("\n\n**References**\n- [{}] {}".format, numbers, urls),
)
others = st.sampled_from(
    [
        *("Leave is 14 weeks", "Ask for it", " ", ". ", "\n", "\n\n", "- ", "> ", "| ", "**"),
        *("```\nx[9]\n```\n", "> ```\n> x[9]\n", "- ```\n  x[9]\n\n  ```\n", "~~~\n", "```", "`"),
        *("<!channel>", "<@U0123>", "[", "]", "(", ")", "\\", "<b>", "[0] "),
    ]
)
parts = st.lists(st.one_of(citations, links, lists, others), max_size=14)
answers = st.builds(str.join, st.sampled_from(["", " "]), parts)


@settings(
    max_examples=300,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(written=answers, piece=st.sampled_from([4, 60]))
def test_every_citation_and_link_shown_is_true(
    model: ModelServer, written: str, piece: int
) -> None:
    model.forget()
    model.will_say(f"So: {written}.", piece=piece)
    answerer = create_answerer(ModelSettings("openai", "scripted", model.url), INDEX)
    answer = Answer(tuple(answerer.answer(QUESTION, time.monotonic() + 30)))
    slack = SlackMarkdown()
    shown = slack.feed(answer.text) + slack.finish()
    sent = model.requests[0]["messages"][-1]["content"]

    assert {f'source="{source}"' for source in answer.sources} <= set(
        re.findall(r'source="[^"]*"', sent)
    )
    cited = set(numbers_in(shown))
    assert cited <= set(range(1, len(answer.sources) + 1)), shown
    if not answer.abstained:
        assert cited == set(range(1, len(answer.sources) + 1)), shown
    assert set(links_in(shown)) <= TRUE_LINKS, shown
    assert not re.search(r"<[!@#]", shown), shown


def numbers_in(shown: str) -> list[int]:
    """The numbers that people take for citations: in any brackets, outside code."""
    plain = prose_of(shown).replace("\\[", "[").replace("\\]", "]")
    plain = unicodedata.normalize("NFKC", plain)
    return [int(number) for number in re.findall(r"[\[\u3010]\s*(\d+)\s*[\]\u3011]", plain)]


def links_in(shown: str) -> list[str]:
    """What Slack would let people follow, and the targets of links, whatever they are."""
    prose = prose_of(shown)
    plain = re.sub(r"\\([^\w\s])", r"\1", prose)
    hosts = r"(?:[a-z0-9-]+\.)+(?:example|com)\b"
    found = [
        *re.findall(r"\]\(\s*<?([^)\s>]*)", prose),
        *re.findall(r"(?i)[a-z]+://[^\s()<>`*_|]*|www\.[^\s]+", plain),
        *re.findall(rf"(?i)[\w.+-]+@{hosts}|(?<![@/\w.-]){hosts}/[^\s()*|]*", plain),
        *re.findall(r"(?i)(?<![@/\w.-])(?:[a-z0-9-]+\.)+com\b", plain),
        *clickable(shown),
    ]
    return [link.strip("/").rstrip(".,;:!?'*_~\"])&") for link in found]


def prose_of(shown: str) -> str:
    """All but code: a block ends with its fence, or with the quote that it stands in."""
    kept, fence, quoted = [], "", False
    for line in shown.splitlines():
        mark = re.match(r"[ >]*(?:- )?(`{3,}(?=[^`]*$)|~{3,}(?=[^`]*$))", line)
        if fence and quoted and not line.lstrip().startswith(">"):
            fence = ""
        if mark and not fence:
            fence, quoted = mark[1], line.lstrip().startswith(">")
        elif mark and line.strip(" >").startswith(fence) and not line.strip(" >`~"):
            fence = ""
        elif not fence:
            line = line.replace("\\`", "'")
            kept.append(re.sub(r"(?<!`)(`+)(?!`)[^\n]*?(?<!`)\1(?!`)", " code ", line))
    return "\n".join(kept)
