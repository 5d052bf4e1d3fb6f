"""What the documents don't say is not made up: what comes nearest is named, and whom to ask."""

import time

import pytest

from bot.answering.answerer import ModelSettings, create_answerer
from bot.answering.events import Abstained, Question, Source, TextFile
from bot.answering.quoting.no_answer import NOT_FOUND, UNCITED
from bot.answering.retrieval.index import Index
from bot.answering.retrieval.passages import Passage
from bot.answering.retrieval.permissions import Audience, Permissions
from slack_simulator.scripted_model import ModelServer
from tests.answering.conftest import Answer, Ask, asking

PARENTS = "Parental leave is 14 weeks. Ask for it three months before."
HOLIDAYS = "Everybody has 30 days of holiday a year."
INDEX = Index.of(
    [
        Passage(Source("Holidays", "holidays.md"), HOLIDAYS),
        Passage(Source("Holidays", "holidays.md", ("Carry over",)), "Holiday is lost in April."),
        Passage(Source("Leave", "leave.md"), PARENTS, contact="<#C0123>"),
        Passage(Source("Printers", "printers.md"), "Toner is in the cellar.", contact="#it-help"),
        Passage(
            Source("Payroll", "payroll.md"),
            "Bonus payments for holiday work: 20 %.",
            contact="<#C0SECRET>",
            audience=Audience(groups=("S1",)),
        ),
    ]
)
NEAR = "How many weeks of leave does a grandfather get in Norway?"
FAR = "Who invented the saxophone?"


@pytest.fixture
def ask(model: ModelServer) -> Ask:
    return asking(create_answerer(ModelSettings("openai", "scripted", model.url), INDEX, "#ask-us"))


@pytest.fixture
def quote() -> Ask:
    return asking(create_answerer(ModelSettings("extractive"), INDEX, "#ask-us"))


@pytest.mark.parametrize("mark", ["[0] ", "[0]", "**[0]** ", "\u30100\u3011 ", "[0]: "])
def test_a_model_that_finds_no_answer_is_taken_at_its_word(
    model: ModelServer, ask: Ask, mark: str
) -> None:
    model.will_say(f"{mark}The documents say nothing of grandfathers.", piece=1)
    answer = ask(NEAR)
    assert answer.text == "The documents say nothing of grandfathers."
    assert answer.abstained == Abstained("<#C0123>")
    assert answer.cited == ["Leave"]
    assert answer.remarks == []


def test_what_the_model_names_as_near_keeps_its_number(model: ModelServer, ask: Ask) -> None:
    model.will_say("[0] Not of grandfathers, but parents have 14 weeks [1], and holiday [2].")
    answer = ask("Parental leave of a grandfather, and his holiday?")
    assert answer.text == "Not of grandfathers, but parents have 14 weeks [1], and holiday [2]."
    assert len(answer.cited) >= 2
    assert answer.cited[0] == "Leave"


def test_without_the_model_it_is_the_same(quote: Ask) -> None:
    answer = quote(NEAR)
    assert answer.text == NOT_FOUND
    assert answer.abstained == Abstained("<#C0123>")
    assert answer.cited == ["Leave"]


def test_where_the_model_fails_it_is_the_same(model: ModelServer, ask: Ask) -> None:
    model.will_fail(401)
    answer = ask(NEAR)
    assert (answer.text, answer.abstained) == (NOT_FOUND, Abstained("<#C0123>"))


@pytest.mark.parametrize("says", ["[0]", "[0] I don't know."])
def test_where_nothing_is_near_only_the_environments_contact_is_offered(
    model: ModelServer, ask: Ask, says: str
) -> None:
    model.will_say(says)
    answer = ask(FAR)
    assert answer.text == (says[4:] or NOT_FOUND)
    assert answer.abstained == Abstained("#ask-us")
    assert answer.sources == ()


def test_without_any_contact_none_is_offered() -> None:
    answer = asking(create_answerer(ModelSettings("extractive"), INDEX))(FAR)
    assert answer.abstained == Abstained("")


def test_at_most_three_parts_are_named() -> None:
    near = [Passage(Source(f"Leave {n}", f"{n}.md"), PARENTS) for n in range(5)]
    other = [Passage(Source(f"Toner {n}", f"toner-{n}.md"), "Toner.") for n in range(50)]
    answerer = create_answerer(ModelSettings("extractive"), Index.of([*near, *other]))
    assert len(asking(answerer)(NEAR).cited) == 3


def test_neither_sources_nor_contacts_come_from_what_the_asker_may_not_see() -> None:
    answerer = create_answerer(ModelSettings("extractive"), INDEX, "#ask-us")
    asked = "Which bonus payments are there for sailors in winter?"
    leads = Question(asked, permissions=Permissions(groups=frozenset({"S1"})))
    hidden, shown = (
        Answer(tuple(answerer.answer(question, time.monotonic() + 30)))
        for question in (Question(asked), leads)
    )
    assert (hidden.abstained, hidden.sources) == (Abstained("#ask-us"), ())
    assert (shown.abstained, shown.cited) == (Abstained("<#C0SECRET>"), ["Payroll"])


def test_a_mark_behind_an_answer_that_cites_goes_without_a_word(
    model: ModelServer, ask: Ask
) -> None:
    model.will_say("Everybody has 30 days [1]. Of Norway they say nothing [0].")
    answer = ask("How many days of holiday, also in Norway?")
    assert answer.text == "Everybody has 30 days [1]. Of Norway they say nothing."
    assert (answer.abstained, answer.cited) == (None, ["Holidays"])


@pytest.mark.parametrize(
    "says",
    ["Which leave do you mean?", "[0] Which leave do you mean?", "どの休暇ですか？"],  # noqa: RUF001
)
def test_a_question_back_stands_alone(model: ModelServer, ask: Ask, says: str) -> None:
    model.will_say(says)
    answer = ask("How long is leave?")
    assert answer.text == says.removeprefix("[0] ")
    assert (answer.abstained, answer.sources, answer.remarks) == (None, (), [])


def test_what_a_model_only_lists_at_the_end_counts_as_cited(model: ModelServer, ask: Ask) -> None:
    model.will_say("Everybody has 30 days.\n\nSources:\n- [1] Holidays\n- [7] Another")
    answer = ask("How many days of holiday a year?")
    assert answer.text == "Everybody has 30 days.\n\n[1]"
    assert (answer.cited, answer.remarks) == (["Holidays"], [])


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("How many days of holiday?", "Thirty."),
        (FAR, "Adolphe Sax did."),
        ("days of holiday a year", "Thirty. Anything else?"),
    ],
)
def test_an_answer_without_a_source_says_so(
    model: ModelServer, ask: Ask, asked: str, says: str
) -> None:
    model.will_say(says)
    answer = ask(asked)
    assert (answer.text, answer.remarks) == (says, [UNCITED])
    assert answer.abstained is None


@pytest.mark.parametrize("asked", ["Thanks a lot!", "hello", "Who are you?", "You are the best"])
def test_small_talk_needs_no_source(model: ModelServer, ask: Ask, asked: str) -> None:
    model.will_say("You are welcome.")
    assert ask(asked).remarks == []


def test_what_is_said_of_a_file_needs_no_number(model: ModelServer) -> None:
    model.will_say("It is about toner.")
    answerer = create_answerer(ModelSettings("openai", "scripted", model.url), INDEX)
    asked = Question("What is this file about?", files=(TextFile("x.txt", "Toner."),))
    assert Answer(tuple(answerer.answer(asked, time.monotonic() + 30))).remarks == []
