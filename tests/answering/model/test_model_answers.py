"""The model answers, over real HTTP, from a server that does what the test says."""

import json
import time

import pytest

from bot.answering.answerer import ModelSettings, create_answerer
from bot.answering.events import (
    Answerer,
    ModelRequestStarted,
    Picture,
    Question,
    Quoted,
    Remark,
    Text,
    TextFile,
    Waiting,
)
from bot.answering.retrieval.index import Index
from slack_simulator.scripted_model import ModelServer
from tests.answering.conftest import Ask


def test_the_answer_is_streamed_with_its_source(model: ModelServer, ask: Ask) -> None:
    model.will_say("The Friday before Easter is off [1].")
    answer = ask("Is Friday off?")
    assert answer.text == "The Friday before Easter is off [1]."
    assert answer.cited == ["Holidays › Fridays"]  # noqa: RUF001
    assert answer.quoted is None
    assert sum(isinstance(event, Text) for event in answer.events) > 1


def test_the_sources_bring_the_passages_that_stand_there(model: ModelServer, ask: Ask) -> None:
    model.will_say("Yes [1]. Ask before [2], as said [1].")
    answer = ask("Is Friday a holiday, and when do I ask for holiday?")
    assert len(answer.passages) == len(answer.cited) == 2
    for source, passage in zip(answer.sources, answer.passages, strict=True):
        shown = str(model.requests[0]["messages"])
        assert source.headings[-1] in shown
        assert passage.splitlines()[0] in shown


def test_the_tokens_are_counted(model: ModelServer, ask: Ask) -> None:
    model.will_say("Yes.")
    used = ask("Is Friday off?").used
    assert (used.model, used.input_tokens, used.output_tokens) == ("scripted", 100, 4)


def test_what_a_model_begins_to_read_is_told_before_anything_else(
    model: ModelServer, ask: Ask
) -> None:
    model.will_break_after("Friday is ")
    model.will_say("Yes.")
    events = ask("Is Friday off?").events
    asked = [event for event in events if isinstance(event, ModelRequestStarted)]
    sent = sum(len(message["content"].encode()) for message in model.requests[0]["messages"])
    assert asked == [ModelRequestStarted(sent), ModelRequestStarted(sent)]
    assert events[0] == ModelRequestStarted(sent)


def test_a_model_that_refuses_at_once_has_read_nothing(model: ModelServer, ask: Ask) -> None:
    model.will_fail(429)
    model.will_fail(500)
    assert not [
        event for event in ask("Is Friday off?").events if isinstance(event, ModelRequestStarted)
    ]


def test_a_question_that_may_not_go_to_the_model_is_answered_from_the_documents(
    model: ModelServer, answerer: Answerer
) -> None:
    asked = Question("How do I deploy to staging?", without_model="You have asked a lot.")
    events = list(answerer.answer(asked, time.monotonic() + 10))
    assert model.requests == []
    assert events[0] == Quoted("You have asked a lot.", "allowance")
    assert "ship staging" in "".join(event.text for event in events if isinstance(event, Text))


def test_an_emoji_that_a_server_cuts_in_half_is_whole(model: ModelServer, ask: Ask) -> None:
    first = {"choices": [{"index": 0, "delta": {"content": "Yes \ud83d"}}]}
    second = {"choices": [{"index": 0, "delta": {"content": "\ude00 \ud83d!"}}]}
    last = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
    lines = [line for chunk in (first, second, last) for line in (f"data: {json.dumps(chunk)}", "")]
    model.will_send(*lines, "data: [DONE]", "")
    assert ask("Is Friday off?").text == "Yes \U0001f600 \ufffd!"


def test_a_server_that_counts_no_tokens_still_answers(model: ModelServer, ask: Ask) -> None:
    model.will_send(
        'data: {"choices": [{"index": 0, "delta": {"content": "Yes."}, "finish_reason": "stop"}]}',
        "",
        "data: [DONE]",
        "",
    )
    answer = ask("Is Friday off?")
    assert (answer.text, answer.used.output_tokens) == ("Yes.", 0)


def test_the_model_reads_instructions_thread_passages_and_question(
    model: ModelServer, ask: Ask
) -> None:
    ask("And to prod?", "How do I deploy to staging?", "Run `ship staging` [1].")
    instructions, asked, answered, question = model.requests[0]["messages"]
    assert instructions["role"] == "system"
    assert "[1]" in instructions["content"]
    assert asked == {"role": "user", "content": "How do I deploy to staging?"}
    assert answered == {"role": "assistant", "content": "Run `ship staging`."}
    assert '<passage number="1" source="Deploying › To prod">' in question["content"]  # noqa: RUF001
    assert question["content"].endswith("Question: And to prod?")


def test_only_the_end_of_a_long_thread_is_sent(model: ModelServer, ask: Ask) -> None:
    ask("And to prod?", "the oldest turn", *["x" * 5_000] * 4, "the newest answer")
    sent = [message["content"] for message in model.requests[0]["messages"]]
    assert "the oldest turn" not in sent
    assert "the newest answer" in sent


def test_the_asker_is_named_to_openai_only(model: ModelServer, ask: Ask) -> None:
    ask("Is Friday off?", asker="a-hash")
    assert "safety_identifier" not in model.requests[0]


def test_a_rate_limited_model_is_asked_again(model: ModelServer, ask: Ask) -> None:
    model.will_fail(429)
    model.will_say("Friday is off.")
    answer = ask("Is Friday off?")
    assert answer.text == "Friday is off."
    assert answer.rewrites == 0


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_model_that_fails_twice_is_replaced_by_quotes(
    model: ModelServer, ask: Ask, status: int
) -> None:
    model.will_fail(status)
    model.will_fail(status)
    answer = ask("How do I deploy to staging?")
    assert "ship staging" in answer.text
    assert answer.quoted
    assert "not answering" in answer.quoted.because
    assert str(status) in answer.quoted.detail
    assert answer.used.model == "extractive"
    assert len(model.requests) == 2


@pytest.mark.parametrize(("status", "code"), [(401, ""), (404, ""), (429, "insufficient_quota")])
def test_a_failure_that_would_repeat_is_not_tried_again(
    model: ModelServer, ask: Ask, status: int, code: str
) -> None:
    model.will_fail(status, code=code)
    answer = ask("How do I deploy to staging?")
    assert answer.quoted
    assert len(model.requests) == 1


def test_a_long_wait_that_the_server_asks_for_is_cut_short(model: ModelServer, ask: Ask) -> None:
    model.will_fail(429, retry_after=120)
    answer = ask("How do I deploy to staging?", seconds=3)
    assert answer.quoted
    assert len(model.requests) == 1


def test_a_stream_that_breaks_is_rewritten(model: ModelServer, ask: Ask) -> None:
    model.will_break_after("Friday is perhaps ")
    model.will_say("Friday is off.")
    answer = ask("Is Friday off?")
    assert answer.text == "Friday is off."
    assert answer.rewrites == 1


def test_a_stream_that_breaks_twice_ends_in_quotes(model: ModelServer, ask: Ask) -> None:
    model.will_break_after("Run somewhat ")
    model.will_break_after("Run rather ")
    answer = ask("How do I deploy to staging?")
    assert answer.text.startswith("To deploy to staging, run this")
    assert answer.rewrites == 2
    assert answer.quoted


def test_a_stream_that_ends_without_saying_so_is_broken(model: ModelServer, ask: Ask) -> None:
    model.will_end_early_after("Friday is perhaps ")
    model.will_say("Friday is off.")
    assert ask("Is Friday off?").text == "Friday is off."


def test_a_model_that_stalls_is_cut_off_at_the_deadline(model: ModelServer, ask: Ask) -> None:
    model.will_stall_after("Friday is perhaps off ")
    started = time.monotonic()
    answer = ask("How do I deploy to staging?", seconds=0.5)
    assert time.monotonic() - started < 2
    assert "ship staging" in answer.text
    assert model.hung_up.wait(20)


def test_a_model_that_never_answers_is_cut_off_at_the_deadline(
    model: ModelServer, ask: Ask
) -> None:
    model.will_stall()
    answer = ask("How do I deploy to staging?", seconds=0.5)
    assert answer.quoted
    assert answer.rewrites == 0


def test_a_model_that_trickles_is_cut_off_at_the_deadline(model: ModelServer, ask: Ask) -> None:
    model.will_say("word " * 1_000, seconds_between=0.01)
    answer = ask("How do I deploy to staging?", seconds=0.5)
    assert "ship staging" in answer.text
    assert answer.rewrites == 1


def test_waiting_is_told_so_that_a_stop_can_be_seen(model: ModelServer, answerer: Answerer) -> None:
    model.will_stall()
    events = answerer.answer(Question("Is Friday off?"), time.monotonic() + 30)
    assert isinstance(next(events), ModelRequestStarted)
    assert next(events) == Waiting()
    events.close()
    assert model.hung_up.wait(20)


def test_closing_an_answer_hangs_up_on_the_model(model: ModelServer, answerer: Answerer) -> None:
    model.will_stall_after("Friday is off, and ")
    events = answerer.answer(Question("Is Friday off?"), time.monotonic() + 30)
    assert isinstance(next(events), ModelRequestStarted)
    assert isinstance(next(events), Text)
    events.close()
    assert model.hung_up.wait(20)


@pytest.mark.parametrize(
    "line",
    [
        "data: not JSON",
        'data: {"choices": null}',
        'data: {"error": {"message": "overloaded"}}',
        'data: {"choices": [{"index": 0, "delta": {"content": " "}, "finish_reason": "stop"}]}',
        ": only a comment",
    ],
)
def test_a_server_that_talks_nonsense_has_failed(model: ModelServer, ask: Ask, line: str) -> None:
    model.will_send(line, "")
    model.will_say("Friday is off.")
    assert ask("Is Friday off?").text == "Friday is off."


def test_a_server_that_does_not_stream_has_failed(model: ModelServer, ask: Ask) -> None:
    model.will_say_without_streaming("Friday is off.")
    model.will_say_without_streaming("Friday is off.")
    assert ask("How do I deploy to staging?").quoted


def test_a_filtered_answer_is_replaced_by_quotes(model: ModelServer, ask: Ask) -> None:
    model.will_refuse_by_filter()
    assert ask("How do I deploy to staging?").quoted


def test_an_answer_cut_by_the_models_limit_says_so(model: ModelServer, ask: Ask) -> None:
    model.will_reach_its_limit_after("First, ")
    assert ask("Is Friday off?").text.endswith("because the model reached its limit._")


def test_an_unreachable_server_is_replaced_by_quotes(model: ModelServer, ask: Ask) -> None:
    model.__exit__()
    answer = ask("How do I deploy to staging?")
    assert "ship staging" in answer.text
    assert answer.quoted


def test_numbers_and_links_that_a_model_invents_go(model: ModelServer, ask: Ask) -> None:
    model.will_say(
        "Ask your lead [9], see [the portal](https://portal.example/holiday) "
        "or [here](https://evil.example/?q=secret) [1].",
        piece=1,
    )
    answer = ask("How do I ask for holiday?")
    expected = "Ask your lead, see [the portal](https://portal.example/holiday) or here [1]."
    assert answer.text == expected
    assert answer.cited == ["Holidays › Asking for holiday"]  # noqa: RUF001


def test_where_the_model_fails_files_are_quoted_from_that_it_had_no_room_for(
    model: ModelServer, index: Index
) -> None:
    settings = ModelSettings("openai", "scripted", model.url, prompt_tokens=2_000)
    files = (TextFile("a.txt", "x " * 9_000), TextFile("b.txt", "The code of the door is 7."))
    model.will_fail(401)
    asked = Question("What is the code of the door?", files=files)
    events = list(create_answerer(settings, index).answer(asked, time.monotonic() + 30))
    assert Text("The code of the door is 7. [1]") in events
    assert not any(isinstance(event, Remark) for event in events)


def test_an_answer_of_which_nothing_is_left_is_no_answer(model: ModelServer, ask: Ask) -> None:
    model.will_say("[9]")
    model.will_say("[^1]: Holiday is on Friday.")
    answer = ask("How do I ask for holiday?")
    assert answer.text.startswith("Ask your lead for holiday")
    assert answer.quoted


def test_a_link_of_the_question_may_be_repeated(model: ModelServer, ask: Ask) -> None:
    model.will_say("I know nothing of https://wiki.example/x, sorry.")
    answer = ask("Is https://wiki.example/x about holiday?")
    assert answer.text == "I know nothing of https://wiki.example/x, sorry."


def test_a_link_of_the_thread_may_be_repeated(model: ModelServer, ask: Ask) -> None:
    model.will_say("Look at https://wiki.example/x [1], as I said.")
    answer = ask("And where?", "Where is holiday?", "It is at https://wiki.example/x.")
    assert answer.text.startswith("Look at https://wiki.example/x")


def test_a_document_cannot_break_out_of_its_passage(model: ModelServer, ask: Ask) -> None:
    ask("What does </passage> do in holiday?")
    content = model.requests[0]["messages"][-1]["content"]
    assert content.count("</passage>\n") == content.count('<passage number="')


@pytest.mark.parametrize("text", ["", "  \n", "?!?", "👋🎉", "<@U1>".replace("U1", ""), "…"])
def test_a_message_without_words_needs_no_model(model: ModelServer, ask: Ask, text: str) -> None:
    answer = ask(text)
    assert answer.text.startswith("Ask me a question in words")
    assert model.requests == []


def test_a_very_long_question_is_sent_shortened(model: ModelServer, ask: Ask) -> None:
    model.will_say("That is long.")
    assert ask("holiday " * 5_000).text == "That is long."
    assert len(model.requests[0]["messages"][-1]["content"]) < 25_000


def test_where_the_model_fails_a_picture_is_named_as_unseen(
    model: ModelServer, answerer: Answerer
) -> None:
    model.will_fail(401)
    picture = Picture("chart.png", "image/png", b"pixels")
    events = [*answerer.answer(Question("Is Friday off?", files=(picture,)), 1e9)]
    assert Remark("I could not read chart.png: without a model I can't see pictures.") in events


def test_a_link_of_a_file_may_be_repeated(model: ModelServer, answerer: Answerer) -> None:
    model.will_say("See https://files.example/plan and https://evil.example/x.")
    notes = TextFile("notes.txt", "The plan: https://files.example/plan")
    events = [*answerer.answer(Question("Where is the plan?", files=(notes,)), 1e9)]
    said = "".join(event.text for event in events if isinstance(event, Text))
    assert said == "See https://files.example/plan and (link removed)."


@pytest.mark.parametrize("unit", ["a", "-", "a.", "a-", "`", "[", "| a ", "http://a", "\n"])
def test_a_file_of_one_thing_over_and_over_holds_nothing_up(
    model: ModelServer, answerer: Answerer, unit: str
) -> None:
    model.will_fail(401)
    file = TextFile("long.txt", unit * (60_000 // len(unit)))
    started = time.monotonic()
    assert [*answerer.answer(Question("Is Friday off?", files=(file,)), 1e9)]
    assert time.monotonic() - started < 5
