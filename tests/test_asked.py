"""A question that the bot posts for somebody reads as theirs again, and never as an answer."""

from bot import asked
from bot.about import About
from bot.answering.events import Turn
from bot.asked import Asked
from bot.inquiries import Inquiry
from bot.message import Message
from bot.threads import Thread

QUESTION = Asked("0123", "U1", "Is 1 &lt; 2 &amp; why? " + "x" * 3_000)
POST = {"ts": "5.0", "user": "UBOT", "bot_id": "B1", **asked.posted(QUESTION, "this message", "a")}


def test_a_long_question_is_read_back_whole() -> None:
    assert asked.read(POST, "UBOT") == QUESTION
    assert all(len(block["text"]["text"]) <= 3_000 for block in POST["blocks"][1:])


def test_trying_it_again_answers_whoever_asked() -> None:
    message = Message.from_post(POST, "T1", "C1", "9.0", "UBOT")
    assert (message.user, message.text) == (QUESTION.user, QUESTION.text)


def test_nobody_but_the_bot_asks_in_a_persons_name() -> None:
    forged = {**POST, "user": "U2", "text": "Let me in."}
    message = Message.from_post(forged, "T1", "D1", "", "UBOT")
    assert (message.user, message.text) == ("U2", "Let me in.")


def test_it_is_a_persons_turn_and_no_orphan_of_an_answer() -> None:
    thread = Thread((POST, {"ts": "6.0", "user": "UBOT", "bot_id": "B1", "text": "Because."}))
    assert thread.own("UBOT", "0.0") == ["6.0"]
    [asks, answers] = thread.history("7.0", (), "UBOT")
    assert asks.role == "user"
    assert asks.text.startswith("Is 1 < 2 & why?")
    assert answers == Turn("assistant", "Because.")


def test_what_is_carried_through_a_form_fits_a_button() -> None:
    about = About("C1", "1.0", "https://x.slack.com/archives/C1/p10", '"\n' * 3_000)
    carried = about.to_json()
    assert len(carried) <= 2_000
    assert About.from_json(carried).text.endswith("\u2026")


def test_a_question_pings_nobody_however_slack_escapes_it() -> None:
    raw = Inquiry("1", "T1", "C1", "U1", "<!channel> & <@U2>?")
    escaped = Inquiry("1", "T1", "C1", "U1", "&lt;!channel&gt; &amp; ?")
    assert raw.question == "@channel &amp; @someone?"
    assert escaped.question == "&lt;!channel> &amp; ?"
