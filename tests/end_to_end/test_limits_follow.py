"""A document's limits follow it: an old answer gives no more away than a new one.

Somebody asks, and the document that answers them is moved, renamed, limited, unlimited, deleted or
edited. Then they look everywhere that they can. What a document says and what it is called have a
word of their own each, so that they are told from the others'.
"""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.answering.retrieval.permissions import Audience
from scripts.local.stack import LocalStack
from scripts.operate.log_lines import Logs
from slack_simulator import Control, Message
from slack_simulator.scripted_model import ModelServer
from slack_simulator.shapes import Json
from tests.end_to_end.watching import (
    EVERYONE,
    Document,
    Watched,
    ask,
    exported,
    publish,
    sources_of,
    words_in,
)

Capture = pytest.CaptureFixture[str]

FEW = Audience(channels=("C0GENERAL",), groups=("S0ENGINEERS",))
QUESTION = "What does the falcon eat?"
CITES_ALL = "It eats [1][2][3][4]."


OPEN = Document("nameold", "wordold")
OTHER = Document("nameother", "wordother")
"""Stays as it is, for everyone: so there is always something to say."""

CHANGES: dict[str, tuple[list[Document], list[Document]]] = {
    "moved": ([OPEN], [Document("namenew", "wordold", FEW)]),
    "moved behind a stub": (
        [OPEN],
        [Document("namenew", "wordold", FEW), Document("nameold", "wordstub")],
    ),
    "renamed": ([OPEN], [Document("namenew", "wordold")]),
    "limited": ([OPEN], [replace(OPEN, audience=FEW)]),
    "unlimited": ([replace(OPEN, audience=FEW)], [OPEN]),
    "deleted": ([OPEN], []),
    "edited": ([OPEN], [Document("nameold", "wordnew")]),
    "edited and limited": ([OPEN], [Document("nameold", "wordnew", FEW)]),
}
READERS = {
    "person in": ("ada", "@bot", True),
    "person out": ("chiyo", "@bot", False),
    "channel in": ("chiyo", "#general", True),
    "channel out": ("ada", "#help", False),  # she is in the group, and others read along
}


def words_of(documents: list[Document], *, few: bool) -> set[str]:
    """What is to be read of documents, by one of the few or by anybody."""
    return {
        word
        for document in documents
        if few or document.audience == EVERYONE
        for word in (document.name, document.word)
    }


@pytest.fixture
def stack(reached: LocalStack, slack: Control) -> Iterator[LocalStack]:
    slack.set_limits(trigger_seconds=False)  # a worker that starts may take longer
    yield reached
    slack.set_limits(trigger_seconds=True)
    reached.upload_knowledge()


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("change", CHANGES)
def test_what_became_of_a_document_holds_wherever_it_surfaces(
    stack: LocalStack,
    slack: Control,
    model: ModelServer,
    capsys: Capture,
    change: str,
    reader: str,
) -> None:
    slack.reset()
    slack.set_members("#help", ["ada", "chiyo"])  # nobody from outside reads along
    slack.set_group("@engineers", ["ada"])
    before, after = CHANGES[change]
    person, channel, few = READERS[reader]
    publish(stack, [*before, OTHER])
    model.forget()
    model.will_say(CITES_ALL)
    answer = ask(slack, person, channel, QUESTION)
    cited = words_in(str(answer.blocks), words_of(before, few=few))
    assert cited == {one.name for one in before if few or one.audience == EVERYONE}
    slack.click(person, answer, "rate", "Good answer")
    publish(stack, [*after, OTHER])

    every = words_of([*before, *after], few=True)
    alone = words_of(after, few=few or person == "ada")
    old_sources = words_in(sources_of(slack, person, answer), every)
    assert old_sources <= alone
    if change == "limited":
        assert old_sources == alone, "what may be seen is there"

    visible = words_of(after, few=few)
    watched = Watched(stack, slack, model)
    surfaces = surfaces_of(slack, model, person, channel, answer)
    seen = {name: words_in(text, every) for name, text in surfaces.items()}
    assert {name: words - visible for name, words in seen.items() if words - visible} == {}
    assert words_in(watched.text, every - visible) == set()
    assert seen["answer"] == visible, "what may be seen is there"
    assert seen["sources of the new answer"] == visible

    assert words_in(exported(capsys), every) <= words_of(after, few=False)
    logged = json.dumps(Logs(stack.client("logs"), stack.functions).read())
    assert words_in(logged, every) == set()


def surfaces_of(
    slack: Control, model: ModelServer, person: str, channel: str, answer: Message
) -> dict[str, str]:
    """What somebody sees who looks everywhere else, and what a model reads for it."""
    surfaces = {}
    model.will_call("search_documents", query="falcon food at noon")
    model.will_say(CITES_ALL)
    new = ask(slack, person, channel, QUESTION)
    surfaces["answer"] = _read(new, model)
    surfaces["sources of the new answer"] = sources_of(slack, person, new)

    model.will_say("Nothing else [1].")
    follow_up = slack.say(person, channel, "<@bot> And at night?", thread=answer.thread_ts)
    in_thread = slack.wait_for_answer(
        follow_up.channel, str(answer.thread_ts), 40, after=follow_up.ts
    )
    surfaces["follow-up"] = _read(in_thread, model)

    model.will_say("[0] The documents don't say.")
    surfaces["no answer"] = _read(ask(slack, person, channel, "Where does the falcon nest?"), model)

    model.will_fail(401)
    surfaces["quotes"] = _read(ask(slack, person, channel, QUESTION), model)

    model.will_say(CITES_ALL)
    surfaces["private answer"] = _read(ask(slack, "chiyo", "#random", QUESTION), model)
    if channel != "@bot":
        return surfaces

    slack.open(person)
    home = slack.until(lambda: slack.home(person), 40)
    slack.open(person, "messages")
    calls = "assistant.threads.setSuggestedPrompts"
    prompts = slack.until(lambda: slack.calls(calls), 40)[-1]
    return {**surfaces, "home": json.dumps(home), "prompts": json.dumps(prompts.args)}


def _read(answer: Message, model: ModelServer) -> str:
    """An answer and what notifies of it, and what the model has read for it."""
    requests: list[Json] = [*model.requests]
    model.forget()
    return json.dumps([answer.text, answer.blocks, requests])


def test_suggestions_go_with_the_last_document_that_they_were_of(
    stack: LocalStack, slack: Control
) -> None:
    slack.reset()
    slack.set_group("@engineers", ["ada"])
    publish(stack, [replace(OPEN, audience=FEW)])
    pane = slack.open("ada", "messages")
    slack.until(lambda: OPEN.name in suggested(slack, pane), 40)
    publish(stack, [])
    slack.open("ada", "messages")
    slack.until(lambda: OPEN.name not in suggested(slack, pane), 40)


@pytest.mark.parametrize("way", ["not cited", "from earlier in the thread"])
def test_what_an_answer_may_repeat_of_limited_documents_is_exported_on_request_alone(
    stack: LocalStack, slack: Control, model: ModelServer, capsys: Capture, way: str
) -> None:
    slack.reset()
    few = Document("namefew", "wordfew", FEW)
    about_other = f"What does the falcon {OTHER.name} eat?"
    model.forget()
    thread = None
    if way != "not cited":
        publish(stack, [few])
        model.will_say("It eats wordfew [1].")
        thread = ask(slack, "chiyo", "#general", QUESTION).thread_ts
        publish(stack, [OTHER, Document("namelast", "wordlast", Audience(("C0NOWHERE",)))])
    else:
        publish(stack, [few, OTHER])
    model.will_say("It eats wordother, and wordfew [1].")
    asked = slack.say("chiyo", "#general", f"<@bot> {about_other}", thread=thread)
    answer = slack.wait_for_answer(asked.channel, thread or asked.ts, 40, after=asked.ts)
    assert words_in(str(answer.blocks), {OTHER.name, few.name}) == {OTHER.name}
    slack.click("chiyo", answer, "rate", "Good answer")
    slack.until(lambda: about_other in exported(capsys), 40)
    assert few.word not in exported(capsys)
    assert f"{few.word} [1]." in exported(capsys, "--limited")


def test_a_quoted_message_is_not_kept_with_the_question_about_it(
    stack: LocalStack, slack: Control, model: ModelServer
) -> None:
    slack.reset()
    told = slack.say("ben", "#general", "The gadget of wordquoted is stuck.")
    watched = Watched(stack, slack, model)
    slack.shortcut("ada", "ask_about", told)
    (view,) = slack.until(lambda: slack.views("ada"), 40)
    model.will_say("Turn it off and on.")
    slack.submit("ada", view["id"], {})
    slack.until(lambda: "Turn it off" in str(slack.messages(told.channel, told.ts)), 40)
    assert "wordquoted" in json.dumps(model.requests)
    (record,) = (one for one in watched.records if "Turn it off" in json.dumps(one))
    assert "What does this mean" in record["question"]["S"]
    assert "wordquoted" not in json.dumps(record)


def suggested(slack: Control, channel: str) -> str:
    """What the pane suggests now."""
    calls = slack.calls("assistant.threads.setSuggestedPrompts")
    return next(
        (json.dumps(c.args) for c in reversed(calls) if c.args["channel_id"] == channel), ""
    )
