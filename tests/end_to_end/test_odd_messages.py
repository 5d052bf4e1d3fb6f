"""Whatever people write, and whatever a model makes of it: one sensible reply that pings nobody."""

import html

import pytest

from slack_simulator import Control, Message
from slack_simulator.scripted_model import ModelServer
from tests.end_to_end.conftest import Conversation, said

LONGEST = ("<@bot> How do I deploy to staging? " + "It is so very odd. " * 2_500)[:40_000]
"""As many characters as Slack lets a person send."""

ODD_QUESTIONS = {
    "right to left": ("מה שעות הפתיחה של Acme ב-24/12?", "מה שעות הפתיחה של Acme ב-24/12?"),
    "joined letters": ("متى يفتح المكتب؟", "متى يفتح المكتب؟"),
    "everybody": ("<!channel> When is lunch?", "@channel When is lunch?"),
    "everybody here": ("Is <!here> too loud?", "Is @here too loud?"),
    "somebody": ("Does <@ben> know?", "Does @someone know?"),
    "a channel": ("Is <#C1|general> public?", "Is #general public?"),
    "markup": (
        "Is &lt;script&gt;alert(1)&lt;/script&gt; `&amp;amp;` safe?",
        "Is <script>alert(1)</script> `&amp;` safe?",
    ),
}
"""What Slack tells, and what the person wrote: the model is asked that."""

odd_questions = pytest.mark.parametrize(
    ("told", "written"), ODD_QUESTIONS.values(), ids=ODD_QUESTIONS
)


@pytest.mark.parametrize(
    ("channel", "text"),
    [
        ("#general", "<@bot>"),
        ("#general", " <@bot> \n "),
        ("#general", "<@bot> 🎉🎉"),
        ("#general", "<@bot> :tada: :+1::skin-tone-3:"),
        ("@bot", "<@bot>"),
        ("@bot", "🎉"),
        ("@bot", ":tada:"),
        ("@bot", "?!"),
    ],
)
def test_a_message_without_words_is_asked_for_some(
    conversation: Conversation, model: ModelServer, channel: str, text: str
) -> None:
    conversation.ask(text, channel=channel)
    assert shown(conversation).startswith("Ask me a question in words")
    assert model.requests == []


def test_a_file_without_a_text_is_asked_for_some(
    conversation: Conversation, slack: Control, model: ModelServer
) -> None:
    file = {"id": "F1", "name": "plan.pdf", "mimetype": "application/pdf"}
    conversation.root = slack.say("ada", "@bot", "", files=[file])
    assert shown(conversation).startswith("Ask me a question in words")
    assert model.requests == []


@odd_questions
def test_an_odd_question_and_its_answer_arrive_as_written(
    conversation: Conversation, model: ModelServer, told: str, written: str
) -> None:
    model.will_say(f"You asked: {written}")
    conversation.ask(f"<@bot> {told}")
    assert shown(conversation) == f"You asked: {written}"
    assert model.requests[-1]["messages"][-1]["content"].endswith(f"Question: {written}")


@odd_questions
def test_an_odd_question_is_answered_harmlessly_where_the_model_is_down(
    conversation: Conversation, model: ModelServer, told: str, written: str
) -> None:
    model.will_fail(500)
    model.will_fail(500)
    conversation.ask(f"<@bot> {told}")
    assert shown(conversation)
    assert written not in conversation.answer().text
    assert "The model is not answering right now" in conversation.answer().text


def test_the_longest_message_reaches_the_model_shortened(
    conversation: Conversation, model: ModelServer
) -> None:
    model.will_say("That was long.")
    conversation.ask(LONGEST)
    assert shown(conversation) == "That was long."
    asked = model.requests[-1]["messages"][-1]["content"]
    assert "How do I deploy to staging?" in asked
    assert len(asked) < len(LONGEST)


def test_the_longest_message_is_answered_where_the_model_is_down(
    conversation: Conversation, model: ModelServer
) -> None:
    model.will_fail(500)
    model.will_fail(500)
    conversation.ask(LONGEST)
    assert shown(conversation)
    assert "Nearest in the documents" in conversation.answer().text
    assert "Deploying" in conversation.answer().text


def test_a_model_cannot_ping_anybody(
    conversation: Conversation, model: ModelServer, slack: Control
) -> None:
    ben = next(person["id"] for person in slack.state()["people"] if person["handle"] == "ben")
    text = (
        f"Hey <!channel>, <!here>, <!everyone|all>, <@{ben}>, <@{ben}|ben>,"
        " <!subteam^S0TEAM>, @channel and @here: `<!channel>`, 1 < 2 && 3 > 2."
    )
    model.will_say(text, piece=3)
    conversation.ask("<@bot> Wake everybody up!")
    assert shown(conversation) == text


@pytest.mark.parametrize(
    ("link", "instead"),
    [
        ("[the form](https://evil.example/form?q=secret)", "the form"),
        ("<https://evil.example/form|the form>", "the form"),
        ("https://evil.example/form?q=secret", "(link removed)"),
        ("![a picture](https://evil.example/pixel.png)", "a picture"),
        ("[the page](https://example.com/page)", "[the page](https://example.com/page)"),
        ("HTTPS://example.com:443/page/", "HTTPS://example.com:443/page/"),
        ("corp-login.support or 203.0.113.7/x?d=1", "(link removed) or (link removed)"),
        ("README.md in `evil.com`", "`README.md` in `evil.com`"),
    ],
)
def test_of_a_models_links_only_known_ones_are_shown(
    conversation: Conversation, model: ModelServer, link: str, instead: str
) -> None:
    model.will_say(f"See {link} for more.", piece=3)
    conversation.ask("<@bot> Is <https://example.com/page> up to date?")
    assert shown(conversation) == f"See {instead} for more."


def test_after_thirty_turns_the_newest_are_remembered(
    conversation: Conversation, model: ModelServer
) -> None:
    model.will_say("The first answer.")
    conversation.ask("<@bot> What is the first question?")
    shown(conversation)
    for number in range(28):
        conversation.ask(f"Remark {number}.", person=("ada", "chiyo")[number % 2])
    model.will_say("The last answer.")
    conversation.ask("<@bot> And what did we say?")
    assert shown(conversation, answers=2) == "The last answer."
    turns = [turn["content"] for turn in model.requests[-1]["messages"]]
    remarks = [turn for turn in turns if "Remark" in turn]
    names = ("Ada Okafor", "Chiyo Tanaka")
    written = [
        f'<message author="{names[number % 2]}">\nRemark {number}.\n</message>'
        for number in range(28)
    ]
    assert remarks == written[-len(remarks) :]
    assert len(remarks) >= 10


def shown(conversation: Conversation, answers: int = 1) -> str:
    """The answer to the newest question as people see it, once it is clear that it is harmless."""
    answer: Message = conversation.answer()
    assert len(conversation.answers()) == answers
    assert answer.pings == []
    return html.unescape(said(answer))
