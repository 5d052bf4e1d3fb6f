"""Sources below an answer: numbers that match, titles that are only titles, links that are safe."""

import json
import re

import pytest

from bot.answering.events import Citation, Source
from bot.answering.retrieval.index import Index
from bot.answering.retrieval.passages import Passage
from bot.answering.retrieval.permissions import NO_PERMISSIONS, Audience
from bot.slack.current_sources import CurrentSource, current_source
from bot.slack.ui import blocks, views
from bot.slack.ui.sources import day, link, listed, title
from bot.state.records import CitedSource
from slack_simulator.workspace.text import pings

WIKI = "https://wiki.example"
MERGE = Passage(
    Source("Secret plans", "secret.md", (), WIKI), "Merge.", audience=Audience(groups=("S0LEADS",))
)
CHEAP = Passage(Source("Costs", "costs.md"), "No.")


def citation(
    name: str = "Deploying", *headings: str, url: str = WIKI, updated: str = "2026-03-03"
) -> Citation:
    return Citation(Source(name, "deploying.md", headings, url), "Push.", updated)


def test_a_source_is_a_link_with_its_number_and_date() -> None:
    assert listed([citation("Deploying", "Staging", url=f"{WIKI}/deploying")]) == (
        f"Sources: [1] <{WIKI}/deploying|Deploying \u203a Staging>, 3 Mar 2026"
    )


def test_several_sources_stand_in_lines_under_the_numbers_of_the_text() -> None:
    lines = listed([citation("One", url=""), citation("Two", updated="")]).splitlines()
    assert lines == ["Sources:", "[1] One, 3 Mar 2026", f"[2] <{WIKI}|Two>"]


def test_no_source_is_no_line() -> None:
    assert listed([]) == ""


@pytest.mark.parametrize(
    ("document_title", "text"),
    [
        ("A | B", "A ¦ B"),
        ("1 < 2 > 0 & more", "1 &lt; 2 &gt; 0 &amp; more"),
        ("<!channel> <@U0ADA>", "&lt;!channel&gt; &lt;@U0ADA&gt;"),
        ("The `max_items` **cell**", "The max_items cell"),
        ("See [the wiki](https://evil.example)", "See the wiki"),
        ("Party 🎉 :tada:", "Party 🎉 :tada:"),
        ("Two\nlines\tand\x00more", "Two lines and more"),
        ("evil\u202efdp.exe", "evilfdp.exe"),
        ("دليل النشر", "\u2068دليل النشر\u2069"),
        ("x" * 200, "x" * 149 + "…"),
    ],
)
def test_a_title_shows_as_a_title_and_nothing_else(document_title: str, text: str) -> None:
    assert title(document_title) == text


@pytest.mark.parametrize(
    "url",
    [
        "",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "//wiki.example",
        "https://",
        "http://[broken",
        "https://user@evil.example/",
        f"{WIKI}/{'x' * 500}",
    ],
)
def test_what_is_no_safe_address_is_no_link(url: str) -> None:
    assert link(url, "Deploying") == "Deploying"


def test_nothing_in_an_address_ends_the_link() -> None:
    address = link(f'{WIKI}/a|b>c <d>"?x=1&y=2', "Deploying")
    assert address == f"<{WIKI}/a%7Cb%3Ec%20%3Cd%3E%22?x=1&amp;y=2|Deploying>"


@pytest.mark.parametrize("updated", ["", "soon", "2026-13-40"])
def test_what_is_no_date_is_left_out(updated: str) -> None:
    assert day(updated) == ""


def test_a_time_is_shown_as_its_day() -> None:
    assert day("2026-11-22T08:00:00Z") == "22 Nov 2026"


def test_a_long_list_fits_one_text_of_slacks_and_says_what_is_left() -> None:
    many = [citation(f"Document {n}", url=f"{WIKI}/{'x' * 450}") for n in range(1, 120)]
    text = listed(many)
    assert len(text) < 3_000
    numbers = re.findall(r"^\[(\d+)\]", text, re.MULTILINE)
    assert [int(number) for number in numbers] == list(range(1, len(numbers) + 1))
    assert text.endswith(f"and {len(many) - len(numbers)} more")


def test_the_view_offers_to_open_what_can_be_opened() -> None:
    current = [
        CurrentSource("Deploying", "deploying.md", "Push.", f"{WIKI}/deploying", "2026-03-03"),
        CurrentSource("Costs", "costs.md", "Cheap.", "javascript:alert(1)"),
    ]
    view = json.dumps(views.sources("T1:C1:1.1", current), ensure_ascii=False)
    assert f"deploying.md \u00b7 updated 3 Mar 2026 \u00b7 <{WIKI}/deploying|Open>" in view
    assert '"text": "costs.md"' in view
    assert "javascript" not in view


def test_more_sources_than_a_modal_holds_are_cut() -> None:
    current = [CurrentSource(f"Page {n}", "a.md", "Yes.") for n in range(60)]
    assert len(views.sources("T1:C1:1.1", current)["blocks"]) <= 100


def test_what_may_not_be_seen_keeps_its_number_in_the_view_and_tells_nothing() -> None:
    plans = CitedSource("Secret plans", "secret.md", "Merge.", WIKI, passages=(MERGE.digest,))
    costs = CitedSource("Costs", "costs.md", "No.", passages=(CHEAP.digest,))
    visible = Index.of([MERGE, CHEAP]).visible_to(NO_PERMISSIONS)
    view = json.dumps(
        views.sources("T1:C1:1.1", [current_source(source, visible) for source in (plans, costs)])
    )
    assert "[1]" in view
    assert "[2] Costs" in view
    assert not {"Secret", "secret.md", "Merge", WIKI} & {*re.findall(r"[\w:./]+", view)}


def test_what_notifies_and_is_read_aloud_names_the_sources() -> None:
    below = blocks.notes(["Quoted."], listed([citation()]))
    content = blocks.content("Push. " * 1_000, below)
    assert len(content["text"]) <= 4_000
    assert content["text"].endswith(f"Quoted.\n\nSources: [1] <{WIKI}|Deploying>, 3 Mar 2026")


def test_no_title_pings_anybody() -> None:
    text = listed([citation("<!here>", "<@U0ADA|ada>", "@channel")])
    assert pings("", [{"type": "context", "elements": [{"type": "mrkdwn", "text": text}]}]) == []
