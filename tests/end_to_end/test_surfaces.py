"""The surfaces beside mentions and direct messages, as a person uses them in Slack."""

from typing import Any

from scripts.documents import knowledge
from scripts.local.stack import LocalStack
from slack_simulator import Control, Message
from slack_simulator.scripted_model import ModelServer
from tests.end_to_end.conftest import Conversation, said


def test_the_agents_pane_suggests_questions_that_the_documents_answer(
    conversation: Conversation, slack: Control, model: ModelServer
) -> None:
    slack.reset()
    channel = slack.open("ada", "messages")
    prompts = slack.until(lambda: _prompts(slack, channel), 40)
    assert len(prompts) == 4
    [prompt] = [prompt for prompt in prompts if prompt["title"] == "Deploying"]
    model.will_say("Yes [1].")
    conversation.ask(prompt["message"], channel="@bot")
    assert "[1] Deploying" in conversation.answer().text


def test_the_suggestions_follow_what_the_person_looks_at(slack: Control) -> None:
    slack.reset()
    channel = slack.open("ada", "messages")
    slack.until(lambda: _prompts(slack, channel), 40)
    slack.look_at("ada", "#help")  # its topic: deploying and costs
    prompts = slack.until(lambda: "costs" in str(_prompts(slack, channel)).lower(), 40)
    assert _prompts_title(slack, channel) == "Questions that fit #help"
    slack.look_at("ada", "")
    slack.until(lambda: _prompts_title(slack, channel) == "Questions to begin with", 40)
    assert prompts


def test_home_tells_what_the_bot_knows_and_how_fresh_that_is(slack: Control) -> None:
    slack.reset()
    slack.open("chiyo")
    home = _text(slack.until(lambda: slack.home("chiyo"), 40))
    assert "Deploying" in home
    assert f"{len(knowledge.documents())} documents, last updated <!date^" in home
    assert "How to ask well" in home
    assert "mention <@U0SAMPLE>" in home


def test_who_may_not_ask_is_told_of_no_documents(slack: Control) -> None:
    slack.reset()
    slack.open("ben")  # a guest
    home = _text(slack.until(lambda: slack.home("ben"), 40))
    assert "No documents that you may see." in home
    assert "Deploying" not in home


def test_home_is_published_again_only_when_it_has_changed(slack: Control) -> None:
    slack.reset()
    slack.open("chiyo")
    slack.until(lambda: slack.home("chiyo"), 40)
    slack.open("chiyo")
    slack.open("chiyo", "messages")
    slack.until(lambda: _prompts(slack, "D0CHIYO"), 40)
    assert len(slack.calls("views.publish")) == 1


def test_each_direct_message_has_a_thread_of_its_own(slack: Control, model: ModelServer) -> None:
    """Under `agent_view` they have no `thread_ts`: vercel/chat #268, #503."""
    model.will_say("At nine.")
    model.will_say("At five.")
    first = slack.say("ada", "@bot", "When do we open?")
    second = slack.say("ada", "@bot", "When do we close?")
    answers = [slack.wait_for_answer(one.channel, one.ts, 20) for one in (first, second)]
    assert sorted(said(answer) for answer in answers) == ["At five.", "At nine."]
    assert [answer.thread_ts for answer in answers] == [first.ts, second.ts]


def _prompts_title(slack: Control, channel: str) -> str:
    """What stands above the suggestions in one person's pane."""
    found = (str(p["title"]) for p in slack.state()["prompts"] if p["channel"] == channel)
    return next(found, "")


def _prompts(slack: Control, channel: str) -> list[dict[str, str]]:
    found = (p["prompts"] for p in slack.state()["prompts"] if p["channel"] == channel)
    return next(found, [])


def _text(view: dict[str, Any]) -> str:
    """Every text of a view's blocks, a line each."""
    return "\n".join(_texts(view["blocks"]))


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["text"]] if isinstance(value.get("text"), str) else []
        return own + [text for child in value.values() for text in _texts(child)]
    return [text for child in value for text in _texts(child)] if isinstance(value, list) else []


def test_ask_posts_the_question_and_answers_in_its_thread(
    slack: Control, model: ModelServer
) -> None:
    """Bolt itself reads a form with "payload" in its text as nothing at all."""
    model.will_say("Six megabytes.")
    slack.command("ada", "#general", "/ask", "what is the payload limit?")
    posted = slack.until(lambda: _asked(slack, "what is the payload limit?"), 40)
    assert posted.text.startswith("<@U0ADA> asks:")
    answer = _answer(slack, posted, 20)
    assert said(answer) == "Six megabytes."
    assert answer.stream == "stopped"
    assert slack.session(posted.channel, posted.ts)["title"] == "what is the payload limit?"
    assert "what is the payload limit?" in model.requests[-1]["messages"][-1]["content"]


def test_a_follow_up_knows_what_was_asked_by_command(slack: Control, model: ModelServer) -> None:
    model.will_say("On Fridays.")
    slack.command("ada", "#general", "/ask", "When is cake?")
    posted = slack.until(lambda: _asked(slack, "When is cake?"), 40)
    _answer(slack, posted, 20)
    model.will_say("At noon.")
    slack.say("chiyo", posted.channel, "<@bot> At what time?", thread=posted.ts)
    assert said(slack.wait_for_answer(posted.channel, posted.ts, 20)) == "At noon."
    turns = [(turn["role"], turn["content"]) for turn in model.requests[-1]["messages"]]
    ada = '<message author="Ada Okafor">\nWhen is cake?\n</message>'
    assert ("user", ada) in turns
    assert ("assistant", "On Fridays.") in turns


def test_what_a_command_says_pings_nobody(slack: Control, model: ModelServer) -> None:
    model.will_say("No.")
    slack.command("ada", "#general", "/ask", "may I <!channel> & <@U0BEN> at once?")
    posted = slack.until(lambda: _asked(slack, "at once?"), 40)
    assert posted.pings == ["<@U0ADA>"]
    _answer(slack, posted, 20)


def test_where_the_bot_may_not_post_its_asker_is_answered_directly(
    slack: Control, model: ModelServer
) -> None:
    model.will_say("Said to one.")
    slack.command("ada", "#random", "/ask", "Who hears this?")
    root = slack.until(lambda: _asked(slack, "Who hears this?", "D0ADA"), 40)
    assert said(_answer(slack, root, 20)) == "Said to one."
    [word] = slack.until(lambda: _whispers(slack, "in a direct message"), 40)
    assert word.ephemeral_to == "U0ADA"
    assert not [m for m in slack.messages("#random") if "Said to one." in str(m.blocks)]


def test_a_question_too_long_to_be_posted_is_answered_where_it_was_asked(
    slack: Control, model: ModelServer
) -> None:
    model.will_say("Said at length.")
    slack.command("ada", "#general", "/ask", "Why? & why? " * 1_500)
    posted = slack.until(lambda: _asked(slack, "Why? &amp; why?"), 40)
    assert said(_answer(slack, posted, 20)) == "Said at length."
    assert model.requests[-1]["messages"][-1]["content"].count("Why? & why?") == 1_500


def test_an_answer_for_one_is_whole_however_long_it_is(slack: Control, model: ModelServer) -> None:
    line = "A line of a very long story that does not end.\n"
    model.will_say(line * 1_500, piece=2_000)
    slack.command("chiyo", "#random", "/ask", "Tell me everything?")
    root = slack.until(lambda: _asked(slack, "Tell me everything?", "D0CHIYO"), 40)
    _answer(slack, root, 40)
    thread = slack.messages(root.channel, root.ts)[1:]
    assert sum(said(part).count("A line of") for part in thread) == 1_500


def test_what_is_posted_whole_has_no_previews(slack: Control, model: ModelServer) -> None:
    """Of a stream Slack lets nobody say so: its calls take no such argument."""
    for _ in range(3):
        model.will_fail(401)  # what is quoted comes whole
    before = len(slack.calls("chat.postMessage"))
    slack.command("ada", "#general", "/ask", "How do I deploy to staging, in a few words?")
    posted = slack.until(lambda: _asked(slack, "in a few words?"), 40)
    _answer(slack, posted, 20)
    calls = slack.calls("chat.postMessage")[before:]
    assert len(calls) >= 2
    for call in calls:
        assert (call.args["unfurl_links"], call.args["unfurl_media"]) == (False, False)


def test_whoever_may_not_ask_is_told_so_alone(slack: Control, model: ModelServer) -> None:
    slack.command("ben", "#general", "/ask", "Am I a guest?")
    [refusal] = slack.until(lambda: _whispers(slack, "Sorry", channel="C0GENERAL"), 40)
    assert refusal.ephemeral_to == "U0BEN"
    assert not _asked(slack, "Am I a guest?")
    assert model.requests == []


def test_ask_without_a_question_tells_how(slack: Control, model: ModelServer) -> None:
    slack.command("chiyo", "#random", "/ask", " ")
    [usage] = slack.until(lambda: _whispers(slack, "for example"), 40)
    assert usage.ephemeral_to == "U0CHIYO"
    slack.command("chiyo", "#general", "/ask", "help")
    slack.until(lambda: _whispers(slack, "for example", channel="C0GENERAL"), 40)
    assert model.requests == []


def test_a_worker_killed_between_posting_and_noting_posts_no_second_question(
    slack: Control, model: ModelServer, stack: LocalStack
) -> None:
    slack.fault("api", "delay", match="chat.postMessage", after=True, seconds=2)
    model.will_say("Once.")
    slack.command("ada", "#general", "/ask", "How many of me are there?")
    posted = slack.until(lambda: _asked(slack, "How many of me"), 40)
    assert stack.emulator.kill(stack.outputs["WorkerFunction"])
    assert said(_answer(slack, posted, 30)) == "Once."
    questions = [m for m in slack.messages("#general") if "How many of me" in m.text]
    assert len(questions) == 1


def test_a_question_that_cannot_be_posted_ends_in_one_apology(
    slack: Control, model: ModelServer
) -> None:
    slack.fault("api", "error", match="chat.postMessage", error="fatal_error", times=4)
    slack.command("ada", "#help", "/ask", "Is Slack all right?")
    [apology] = slack.until(lambda: _whispers(slack, "Sorry", channel="C0HELP"), 40)
    assert apology.ephemeral_to == "U0ADA"
    assert len(slack.calls("chat.postMessage")) >= 4
    assert model.requests == []


def test_a_question_about_a_message_is_answered_in_its_thread(
    slack: Control, model: ModelServer
) -> None:
    told = slack.say("ben", "#general", "Error E1234: the &amp; frobnicator is &lt;stuck&gt;")
    slack.shortcut("ada", "ask_about", told)
    view = slack.until(lambda: slack.views("ada"), 40)[-1]
    assert "> Error E1234" in _text(view)
    model.will_say("Turn it off and on.")
    slack.submit("ada", view["id"], _asks("Is that bad?"))
    slack.until(lambda: len(slack.messages(told.channel, told.ts)) == 3, 40)
    answer = slack.wait_for_answer(told.channel, told.ts, 20)
    question = slack.messages(told.channel, told.ts)[1]
    assert "<@U0ADA> asks about this message:" in question.text
    assert "Is that bad?" in question.text
    assert said(answer) == "Turn it off and on."
    content = model.requests[-1]["messages"][-1]["content"]
    assert "Is that bad?" in content
    assert "the & frobnicator is <stuck>" in content


def test_a_message_where_the_bot_may_not_post_is_answered_directly(
    slack: Control, model: ModelServer
) -> None:
    told = slack.say("ben", "#random", "The cellar is flooded.")
    slack.shortcut("chiyo", "ask_about", told)
    view = slack.until(lambda: slack.views("chiyo"), 40)[-1]
    model.will_say("Call the plumber.")
    slack.submit("chiyo", view["id"], {})
    root = slack.until(lambda: _asked(slack, "What does this mean", "D0CHIYO"), 40)
    assert f"/archives/{told.channel}/p{told.ts.replace('.', '')}|this message>" in root.text
    assert "The cellar is flooded." in root.text
    assert said(_answer(slack, root, 20)) == "Call the plumber."


def test_a_form_that_came_too_late_is_offered_by_a_button(slack: Control) -> None:
    """`trigger_id` lives 3 seconds, which a busy worker may take: bolt-python #864."""
    told = slack.say("ben", "#random", "Deploys are frozen.")
    slack.set_limits(trigger_seconds=0)
    slack.shortcut("ben", "ask_about", told)
    [offer] = slack.until(lambda: _whispers(slack, "to open it by itself"), 40)
    assert slack.views("ben") == []
    slack.set_limits(trigger_seconds=True)
    slack.click("ben", offer, "open_ask_about")
    view = slack.until(lambda: slack.views("ben"), 40)[-1]
    assert "Deploys are frozen." in _text(view)
    slack.until(lambda: not _whispers(slack, "to open it by itself"), 40)


def _asked(slack: Control, text: str, channel: str = "#general") -> Message | None:
    found = [m for m in slack.messages(channel) if m.bot and text in m.text and not m.ephemeral_to]
    return found[-1] if found else None


def _answer(slack: Control, posted: Message, timeout: float = 40) -> Message:
    """The finished answer to a question that the bot has posted."""
    return slack.wait_for_answer(
        posted.channel, posted.thread_ts or posted.ts, timeout, after=posted.ts
    )


def _whispers(
    slack: Control, text: str, count: int = 1, channel: str = "C0RANDOM"
) -> list[Message]:
    found = [m for m in slack.messages(channel) if m.ephemeral_to and text in m.text]
    return found if len(found) >= count else []


def _asks(text: str) -> dict[str, Any]:
    return {"question": {"question": {"type": "plain_text_input", "value": text}}}
