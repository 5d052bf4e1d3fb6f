"""A question that the bot posts for somebody reads as theirs again, and never as an answer."""

from typing import Any

from slack_sdk import WebClient

from bot.answering.events import Turn
from bot.conversation.access.authors import Authors
from bot.conversation.access.policy import AccessPolicy
from bot.conversation.history import ThreadView, read_history
from bot.conversation.message import Message
from bot.conversation.unposted_question import UnpostedQuestion
from bot.runtime.cells import Access
from bot.slack.thread import Thread
from bot.slack.ui import question_message
from bot.slack.ui.message_reference import MessageReference
from bot.slack.ui.question_message import QuestionMessage

QUESTION = QuestionMessage("0123", "U1", "Is 1 &lt; 2 &amp; why? " + "x" * 3_000)
POST = {
    "ts": "5.0",
    "user": "UBOT",
    "bot_id": "B1",
    **question_message.posted(QUESTION, "this message", "a"),
}


def test_a_long_question_is_read_back_whole() -> None:
    assert question_message.read(POST, "UBOT") == QUESTION
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
    assert thread.own_posts("UBOT", "0.0") == ["6.0"]
    reading = ThreadView("7.0", (), "UBOT", "T1", shared=False, alone=False)
    everybody = AccessPolicy(Access(ask_guests=True, ask_strangers=True), "T1")
    silent = WebClient(base_url="http://127.0.0.1:9/", retry_handlers=[])
    [asks, answers] = read_history(thread, reading, Authors(silent, everybody, guests=False)).turns
    assert asks.role == "user"
    assert asks.text.startswith("Is 1 < 2 & why?")
    assert answers == Turn("assistant", "Because.")


def test_what_a_form_is_about_is_read_back_and_cut_where_it_is_very_long() -> None:
    about = MessageReference.from_shortcut(_shortcut(domain="acme", text='"\n' * 9_000), "UBOT")
    assert about.text.endswith("\u2026")
    assert MessageReference.from_form(about.as_form) == about
    assert about.link == "https://acme.slack.com/archives/C1/p10"


def test_a_link_is_made_of_nothing_but_a_workspaces_name() -> None:
    assert MessageReference.from_shortcut(_shortcut(domain="evil.example/#"), "UBOT").link == ""


def test_a_question_too_long_for_a_message_is_cut_there_and_asked_whole() -> None:
    question = UnpostedQuestion("1", "T1", "C1", "U1", "Why? & why? " * 1_500)
    assert len(question.post_text) <= 9_000
    assert question.post_text.endswith("\u2026")
    assert question.full_text.count("&amp;") == 1_500


def _shortcut(domain: str, text: str = "Hello.") -> dict[str, Any]:
    return {
        "team": {"id": "T1", "domain": domain},
        "channel": {"id": "C1"},
        "message": {"ts": "1.0", "text": text},
    }


def test_a_question_pings_nobody_however_slack_escapes_it() -> None:
    raw = UnpostedQuestion("1", "T1", "C1", "U1", "<!channel> & <@U2>?")
    escaped = UnpostedQuestion("1", "T1", "C1", "U1", "&lt;!channel&gt; &amp; ?")
    assert raw.post_text == "@channel &amp; @someone?"
    assert escaped.post_text == "&lt;!channel> &amp; ?"
