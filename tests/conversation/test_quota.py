"""What an answer costs: by the server's count, or by what was read and written."""

from bot.answering.events import (
    AnswerEvent,
    ModelRequestStarted,
    Quoted,
    Rewrite,
    Text,
    TokensCounted,
    Used,
    Waiting,
)
from bot.conversation.access.quota import CostMeter
from bot.runtime.cells import Budget

BUDGET = Budget(
    person_burst=1,
    person_per_minute=1,
    person_at_once=1,
    team_burst=1,
    team_per_minute=1,
    daily_dollars=1,
    input_price=0.10,
    output_price=0.50,
)


TOKENS = TokensCounted(3_000, 200)


def cost(*events: AnswerEvent) -> int:
    """In millionths of a dollar."""
    meter = CostMeter(BUDGET)
    for event in events:
        meter.note(event)
    return meter.micro_dollars


def test_an_answer_costs_what_the_server_counted() -> None:
    assert cost(ModelRequestStarted(99), Text("Yes."), TOKENS) == 400


def test_an_uncounted_answer_costs_by_its_size() -> None:
    assert cost(ModelRequestStarted(12_000), Text("a" * 800), Used("llama")) == 400


def test_no_answer_of_a_model_is_free() -> None:
    assert cost(ModelRequestStarted(1), Used("llama")) == 1


def test_a_stream_that_broke_off_or_was_stopped_costs_what_was_read_and_written() -> None:
    assert cost(ModelRequestStarted(12_000), Text("a" * 400), Waiting()) == 350


def test_a_second_try_costs_again() -> None:
    first = (ModelRequestStarted(12_000), Text("a" * 400), Rewrite("broken off"))
    assert cost(*first, ModelRequestStarted(12_000), Text("Yes."), TOKENS) == 750


def test_each_request_of_an_answer_costs_what_was_counted_for_it() -> None:
    used = Used("gpt-6-luna", 6_000, 400)
    assert (
        cost(ModelRequestStarted(99), TOKENS, ModelRequestStarted(99), Text("Yes."), TOKENS, used)
        == 800
    )


def test_quotes_from_the_documents_cost_nothing() -> None:
    quoted = (Quoted("No model."), Text("a" * 4_000), Used("extractive"))
    assert cost(*quoted) == 0
    assert cost(ModelRequestStarted(12_000), Text("a" * 400), Rewrite("500"), *quoted) == 350
