"""Without a model, the best sentences of the documents are quoted, or it is said that none fit."""

import time

import pytest

from bot.answering.events import Source
from bot.answering.quoting.extractive import ExtractiveAnswerer
from bot.answering.quoting.no_answer import NOT_FOUND
from bot.answering.retrieval.index import Index
from bot.answering.retrieval.passages import Passage
from tests.answering.conftest import Ask, asking, index_of


def test_the_sentence_that_answers_is_quoted_with_its_source(quote: Ask) -> None:
    answer = quote("Is Friday before Easter a holiday?")
    assert answer.text.startswith("Friday before Easter is a public holiday.")
    assert "[1]" in answer.text
    assert answer.cited == ["Holidays › Fridays"]  # noqa: RUF001
    assert answer.passages == (
        "Friday before Easter is a public holiday. Other Fridays are working days.",
    )


def test_it_says_that_no_model_wrote_this(quote: Ask) -> None:
    answer = quote("Is Friday off?")
    assert answer.quoted
    assert "No model is set up" in answer.quoted.because
    assert answer.events[0] is answer.quoted


def test_code_is_quoted_whole_with_its_introduction(quote: Ask) -> None:
    answer = quote("How do I deploy to staging?")
    assert answer.text == ("To deploy to staging, run this [1]:\n```sh\nship staging\n```")


@pytest.mark.parametrize("follow_up", ["and to prod?", "And prod?", "prod"])
def test_a_follow_up_takes_its_subject_from_the_thread(quote: Ask, follow_up: str) -> None:
    answer = quote(follow_up, "How do I deploy to staging?", "Run `ship staging`.")
    assert "ship prod --careful" in answer.text
    assert "ship staging" not in answer.text


def test_a_new_subject_in_the_thread_is_not_held_to_the_old_one(quote: Ask) -> None:
    answer = quote("How many days of holiday are there?", "How do I deploy to staging?")
    assert "30 days" in answer.text


def test_a_row_of_a_table_is_quoted_as_a_line(quote: Ask) -> None:
    assert quote("What is the phone of the South office?").text == (
        "- **South**: City: Munich; Phone: 089 [1]"
    )


def test_names_in_code_are_found_by_their_parts(quote: Ask) -> None:
    assert "`max_open_orders`" in quote("What are max open orders?").text
    assert "`max_open_orders`" in quote("Where is maxOpenOrders stored?").text


@pytest.mark.parametrize(
    "text",
    ["Who is the CEO?", "What is the wifi password?", "How do I deploy to Azure?", "Qual é o dia?"],
)
def test_what_the_documents_do_not_say_is_not_made_up(quote: Ask, text: str) -> None:
    assert quote(text).text.startswith("I could not find an answer to that in the documents.")


@pytest.mark.parametrize("text", ["hello", "what can you do?", "Hi there, can you help me please?"])
def test_a_greeting_is_told_what_can_be_asked(quote: Ask, text: str) -> None:
    assert "- Holidays\n- Deploying" in quote(text).text.replace("- Handbook\n", "") or (
        "- Deploying" in quote(text).text
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t",
        "?!…",
        "👋",
        "🎉" * 500,
        "מתי יש חופש?",
        "متى العطلة؟ Friday",
        "<!channel> holiday",
        "x" * 40_000,
        "holiday? " * 5_000,
        "\x00\ud83d",
        "[" * 2_000,
        "`" * 2_000,
    ],
    ids=lambda text: repr(text[:12]),
)
def test_any_message_gets_a_short_answer_quickly(quote: Ask, text: str) -> None:
    started = time.monotonic()
    answer = quote(text)
    assert 10 < len(answer.text) < 1_500
    assert time.monotonic() - started < 1


def test_an_empty_index_says_that_there_are_no_documents() -> None:
    ask = asking(ExtractiveAnswerer(Index.of(())))
    assert "none yet" in ask("hello").text
    assert ask("Is Friday off?").text == "I could not find an answer to that in the documents."


def test_links_to_other_files_and_numbers_in_brackets_are_not_quoted() -> None:
    document = (
        "# Trips\n\nTrips [2] are booked in [the list](list.md), or [web](https://w.example)."
    )
    ask = asking(ExtractiveAnswerer(index_of({"trips.md": document})))
    assert ask("How are trips booked?").text == (
        "Trips are booked in the list, or [web](https://w.example). [1]"
    )


def test_what_stands_between_two_rules_is_quoted() -> None:
    document = "# Office\n\n---\n\nThe office is closed on Friday.\n\n---\n"
    ask = asking(ExtractiveAnswerer(index_of({"office.md": document})))
    assert ask("When is the office closed?").text == "The office is closed on Friday. [1]"


@pytest.mark.parametrize("text", ["<!-- -->", "---", "***"])
def test_where_there_is_nothing_to_quote_it_says_so(text: str) -> None:
    section = Passage(Source("Office", "office.md", ("When the office is closed",)), text)
    ask = asking(ExtractiveAnswerer(Index.of([section])))
    assert ask("When is the office closed?").text == NOT_FOUND


def test_documents_that_differ_are_both_quoted_with_their_dates() -> None:
    says = {
        "2024-02-01": "Everybody has 28 days of holiday a year.",
        "2026-03-01": "Everybody has 30 days of holiday a year.",
    }
    ask = asking(
        ExtractiveAnswerer(
            Index.of(
                Passage(Source(f"Handbook {date}", f"{date}.md"), text, updated=date)
                for date, text in says.items()
            )
        )
    )
    text = ask("How many days of holiday are there a year?").text
    assert "28 days of holiday a year. [1], 2024-02-01" in text
    assert "30 days of holiday a year. [2], 2026-03-01" in text


def test_what_two_documents_say_alike_is_quoted_once() -> None:
    says = "Everybody has 30 days of holiday a year."
    files = {"a.md": f"# A\n\n{says}", "b.md": f"# B\n\n{says}"}
    ask = asking(ExtractiveAnswerer(index_of(files)))
    assert ask("How many days of holiday a year?").text == f"{says} [1]"


def test_a_list_is_quoted_whole_with_its_introduction() -> None:
    steps = "To reset the router, do this:\n\n1. Pull the plug.\n2. Wait a minute.\n3. Plug it in."
    ask = asking(ExtractiveAnswerer(index_of({"router.md": f"# Router\n\nIt blinks.\n\n{steps}"})))
    text = ask("How do I reset the router?").text
    assert text.endswith("do this:\n1. Pull the plug.\n2. Wait a minute.\n3. Plug it in. [1]")


def test_a_long_winded_question_is_answered_by_what_it_turns_on() -> None:
    files = {f"{n}.md": f"# Room {n}\n\nRoom {n} has a window." for n in range(20)}
    files["store.md"] = "# Store\n\nThe spare badge printer stands in the grey cabinet."
    ask = asking(ExtractiveAnswerer(index_of(files)))
    small_talk = "Our new colleagues from Lisbon arrive with their families on Monday"
    assert "grey cabinet" in ask(f"{small_talk}: where is the spare badge printer?").text
    assert "could not find" in ask(f"{small_talk}: where is the spare projector?").text


def test_a_long_sentence_and_a_long_listing_are_shortened() -> None:
    document = "# Wine\n\nWine " + "is red " * 80 + ".\n\n```\n" + "line\n" * 100 + "```\n"
    ask = asking(ExtractiveAnswerer(index_of({"wine.md": document})))
    text = ask("What is wine?").text
    assert len(text) < 700
    assert text.endswith("…\n```")
