"""Buttons, commands, shortcuts and modals, and the URLs to answer them."""

import time
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.webhook import WebhookClient

from conftest import TOKEN, error
from slack_simulator import Control, Message, Posted, Refused, Simulator
from slack_simulator.apps.manifest import SAMPLE
from slack_simulator.recording_app import RecordingApp

CHOICES: list[dict[str, Any]] = [
    {
        "type": "actions",
        "block_id": "retry",
        "elements": [
            {
                "type": "button",
                "action_id": "again",
                "text": {"type": "plain_text", "text": "Try again"},
                "value": "question",
            },
            {
                "type": "static_select",
                "action_id": "pick",
                "options": [{"text": {"type": "plain_text", "text": "A"}, "value": "a"}],
            },
        ],
    },
    {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": "feedback",
                "positive_button": {"text": {"type": "plain_text", "text": "Good"}, "value": "up"},
                "negative_button": {"text": {"type": "plain_text", "text": "Bad"}, "value": "down"},
            }
        ],
    },
]
MODAL: dict[str, Any] = {
    "type": "modal",
    "callback_id": "ask",
    "title": {"type": "plain_text", "text": "Ask"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [
        {
            "type": "input",
            "block_id": "question",
            "label": {"type": "plain_text", "text": "What?"},
            "element": {"type": "plain_text_input", "action_id": "text"},
        }
    ],
}


@pytest.fixture
def answer(slack: Control, bot: WebClient, question: Posted) -> Message:
    bot.chat_postMessage(
        channel=question.channel, thread_ts=question.ts, text="A or B?", blocks=CHOICES
    )
    return slack.messages(question.channel, question.ts)[-1]


def received(slack: Control, app: RecordingApp, kind: str) -> dict[str, Any]:
    return slack.until(lambda: [r.body for r in app.requests if r.body.get("type") == kind])[-1]


def trigger(slack: Control, app: RecordingApp) -> str:
    app.forget()
    slack.shortcut("ada", "ask")
    return str(received(slack, app, "shortcut")["trigger_id"])


def test_a_click_tells_who_where_and_what(
    slack: Control, app: RecordingApp, answer: Message
) -> None:
    slack.click("ben", answer, "again")
    body = received(slack, app, "block_actions")
    (action,) = body["actions"]
    assert (action["action_id"], action["block_id"], action["value"]) == (
        "again",
        "retry",
        "question",
    )
    assert (body["user"]["id"], body["channel"]["id"]) == ("U0BEN", "C0HELP")
    assert body["message"]["ts"] == body["container"]["message_ts"] == answer.ts
    assert body["container"]["thread_ts"] == answer.thread_ts
    assert body["team"]["id"] == "T0SAMPLE"
    assert slack.deliveries("block_actions")[0].kind == "action"


def test_feedback_and_selects_say_what_was_chosen(
    slack: Control, app: RecordingApp, answer: Message
) -> None:
    slack.click("ada", answer, "feedback", "down")
    (action,) = received(slack, app, "block_actions")["actions"]
    assert (action["type"], action["value"]) == ("feedback_buttons", "down")
    app.forget()
    slack.click("ada", answer, "pick", "a")
    (action,) = received(slack, app, "block_actions")["actions"]
    assert action["selected_option"]["value"] == "a"


def test_what_is_not_there_cannot_be_clicked(slack: Control, answer: Message) -> None:
    with pytest.raises(Refused, match="action id 'other'"):
        slack.click("ada", answer, "other")
    with pytest.raises(Refused, match="has the value 'sideways'"):
        slack.click("ada", answer, "feedback", "sideways")
    with pytest.raises(Refused, match="has the value 'z'"):
        slack.click("ada", answer, "pick", "z")


def test_an_interaction_is_tried_only_once(
    slack: Control, app: RecordingApp, answer: Message
) -> None:
    slack.wait_until_idle()
    app.statuses = [500]
    slack.click("ada", answer, "again")
    slack.wait_until_idle()
    assert [d.status for d in slack.deliveries("block_actions")] == [500]


def test_a_command_arrives_as_a_form(slack: Control, app: RecordingApp) -> None:
    slack.command("ada", "#help", "/ask", "what is the payload limit?")
    body = slack.until(lambda: [request.body for request in app.requests])[0]
    assert (body["command"], body["text"]) == ("/ask", "what is the payload limit?")
    assert (body["user_id"], body["channel_id"], body["channel_name"]) == (
        "U0ADA",
        "C0HELP",
        "help",
    )
    assert body["response_url"].startswith("http://127.0.0.1:")
    with pytest.raises(Refused, match="/sing is not a command"):
        slack.command("ada", "#help", "/sing")


def test_a_commands_answer_is_shown_to_who_used_it(slack: Control, app: RecordingApp) -> None:
    app.answer = "One moment."
    slack.command("ada", "#help", "/ask")
    (message,) = slack.until(lambda: slack.messages("C0HELP"))
    assert (message.text, message.ephemeral_to) == ("One moment.", "U0ADA")
    app.answer = '{"response_type": "in_channel", "text": "For all."}'
    slack.command("ada", "#help", "/ask")
    message = slack.until(lambda: slack.messages("C0HELP")[1:])[0]
    assert (message.text, message.ephemeral_to) == ("For all.", None)


def test_a_message_shortcut_brings_the_message(
    slack: Control, app: RecordingApp, question: Posted
) -> None:
    slack.shortcut("ben", "ask_about", question)
    body = received(slack, app, "message_action")
    assert (body["callback_id"], body["message_ts"]) == ("ask_about", question.ts)
    assert body["message"]["text"] == "<@U0SAMPLE> Is Friday off?"
    with pytest.raises(Refused, match="not a message shortcut"):
        slack.shortcut("ben", "ask", question)


def test_a_modal_opens_is_submitted_and_goes(
    slack: Control, bot: WebClient, app: RecordingApp
) -> None:
    opened = bot.views_open(trigger_id=trigger(slack, app), view=MODAL)["view"]
    (modal,) = slack.views("ada")
    assert (modal["id"], modal["callback_id"]) == (opened["id"], "ask")
    values = {"question": {"text": {"type": "plain_text_input", "value": "Is Friday off?"}}}
    slack.submit("ada", opened["id"], values)
    body = received(slack, app, "view_submission")
    assert body["view"]["state"]["values"] == values
    slack.until(lambda: not slack.views("ada"))


def test_a_submission_can_be_answered(slack: Control, bot: WebClient, app: RecordingApp) -> None:
    view = bot.views_open(trigger_id=trigger(slack, app), view=MODAL)["view"]["id"]
    app.answer = '{"response_action": "errors", "errors": {"question": "Say more."}}'
    slack.submit("ada", view)
    slack.wait_until_idle()
    assert [v["id"] for v in slack.views("ada")] == [view]
    new = '{"type": "modal", "title": {"type": "plain_text", "text": "Sure?"}, "blocks": []}'
    app.answer = f'{{"response_action": "update", "view": {new}}}'
    slack.submit("ada", view)
    slack.until(lambda: slack.views("ada")[0]["title"]["text"] == "Sure?")
    app.answer = f'{{"response_action": "push", "view": {new}}}'
    slack.submit("ada", view)
    pushed = slack.until(lambda: slack.views("ada")[1:])[0]
    assert pushed["previous_view_id"] == view
    app.answer = '{"response_action": "clear"}'
    slack.submit("ada", pushed["id"])
    slack.until(lambda: not slack.views("ada"))


def test_a_closed_modal_is_told_where_it_asks_for_it(
    slack: Control, bot: WebClient, app: RecordingApp
) -> None:
    view = bot.views_open(trigger_id=trigger(slack, app), view=MODAL | {"notify_on_close": True})
    slack.close("ada", view["view"]["id"])
    assert received(slack, app, "view_closed")["view"]["id"] == view["view"]["id"]
    assert slack.views("ada") == []
    with pytest.raises(Refused, match="has no view"):
        slack.close("ada", view["view"]["id"])


def test_a_modal_is_updated_unless_somebody_was_faster(
    slack: Control, bot: WebClient, app: RecordingApp
) -> None:
    view = bot.views_open(trigger_id=trigger(slack, app), view=MODAL | {"external_id": "mine"})[
        "view"
    ]
    titled = MODAL | {"title": {"type": "plain_text", "text": "Asked"}}
    bot.views_update(view_id=view["id"], view=titled, hash=view["hash"])
    assert slack.views("ada")[0]["title"]["text"] == "Asked"
    late = error(lambda: bot.views_update(view_id=view["id"], view=titled, hash=view["hash"]))
    assert late == "hash_conflict"
    assert error(lambda: bot.views_update(external_id="other", view=titled)) == "not_found"


def test_a_modal_is_pushed_upon_the_one_that_was_clicked(
    slack: Control, bot: WebClient, app: RecordingApp
) -> None:
    view = bot.views_open(trigger_id=trigger(slack, app), view=MODAL | {"blocks": CHOICES[:1]})[
        "view"
    ]
    slack.click("ada", view["id"], "again")
    body = received(slack, app, "block_actions")
    assert body["container"] == {"type": "view", "view_id": view["id"]}
    bot.views_push(trigger_id=body["trigger_id"], view=MODAL)
    assert [v["previous_view_id"] for v in slack.views("ada")] == [None, view["id"]]
    lone = trigger(slack, app)
    assert error(lambda: bot.views_push(trigger_id=lone, view=MODAL)) == "not_found"


def test_a_trigger_lives_three_seconds_and_once(
    slack: Control, bot: WebClient, app: RecordingApp
) -> None:
    first = trigger(slack, app)
    bot.views_open(trigger_id=first, view=MODAL)
    assert error(lambda: bot.views_open(trigger_id=first, view=MODAL)) == "exchanged_trigger_id"
    assert error(lambda: bot.views_open(trigger_id="x", view=MODAL)) == "invalid_trigger_id"
    slack.set_limits(trigger_seconds=0.02)
    second = trigger(slack, app)
    time.sleep(0.03)  # the very thing that is tested
    assert error(lambda: bot.views_open(trigger_id=second, view=MODAL)) == "expired_trigger_id"


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "home"},
        {"title": {"type": "plain_text", "text": "x" * 25}},
        {"submit": None},
        {"blocks": None},
    ],
)
def test_a_wrong_modal_is_refused(
    slack: Control, bot: WebClient, app: RecordingApp, wrong: dict[str, Any]
) -> None:
    at_hand = trigger(slack, app)
    refused = error(lambda: bot.views_open(trigger_id=at_hand, view=MODAL | wrong))
    assert refused == "invalid_arguments"


def test_a_view_holds_a_hundred_blocks(bot: WebClient) -> None:
    home: dict[str, Any] = {"type": "home", "blocks": [{"type": "divider"}] * 100}
    assert bot.views_publish(user_id="U0ADA", view=home)["ok"]
    home["blocks"] = [{"type": "divider"}] * 101
    assert error(lambda: bot.views_publish(user_id="U0ADA", view=home)) == "invalid_blocks"


def test_a_response_url_answers_replaces_and_deletes(
    slack: Control, app: RecordingApp, answer: Message
) -> None:
    slack.click("ada", answer, "again")
    respond = WebhookClient(received(slack, app, "block_actions")["response_url"])
    assert respond.send(text="Only for you").status_code == 200
    whisper = slack.messages(answer.channel)[-1]
    assert (whisper.ephemeral_to, whisper.thread_ts) == ("U0ADA", answer.thread_ts)
    respond.send(text="For all", response_type="in_channel")
    assert slack.messages(answer.channel)[-1].ephemeral_to is None
    respond.send(text="Something else", replace_original=True)
    assert [m.text for m in slack.messages(answer.channel) if m.ts == answer.ts] == [
        "Something else"
    ]
    respond.send(delete_original=True)
    assert answer.ts not in [m.ts for m in slack.messages(answer.channel)]


def test_a_response_url_is_good_for_five_uses(slack: Control, app: RecordingApp) -> None:
    slack.command("ada", "#help", "/ask")
    url = slack.until(lambda: [request.body for request in app.requests])[0]["response_url"]
    answers = [WebhookClient(url).send(text=f"{n}") for n in range(6)]
    assert [a.status_code for a in answers] == [200] * 5 + [404]
    assert "used_url" in answers[-1].body


def test_a_response_url_lives_half_an_hour(slack: Control, app: RecordingApp) -> None:
    slack.command("ada", "#help", "/ask")
    url = slack.until(lambda: [request.body for request in app.requests])[0]["response_url"]
    slack.set_time_scale(1_000_000_000)
    late = WebhookClient(url).send(text="late")
    assert (late.status_code, "expired_url" in late.body) == (404, True)
    unknown = WebhookClient(url + "x").send(text="who?")
    assert "invalid_url" in unknown.body


def test_tabs_can_be_off() -> None:
    tabs = {"home_tab_enabled": False, "messages_tab_enabled": False}
    features = SAMPLE["features"] | {"app_home": tabs}
    with Simulator(manifest=SAMPLE | {"features": features}) as simulator:
        bot = WebClient(TOKEN, base_url=simulator.api_url)
        home = {"type": "home", "blocks": []}
        assert error(lambda: bot.views_publish(user_id="U0ADA", view=home)) == "not_enabled"
        off = error(lambda: bot.chat_postMessage(channel="U0ADA", text="hi"))
        assert off == "messages_tab_disabled"


def test_interactivity_can_be_off() -> None:
    settings = {"interactivity": {"is_enabled": False}}
    manifest = SAMPLE | {"settings": settings}
    with Simulator(manifest=manifest) as simulator, pytest.raises(Refused, match="is off"):
        simulator.control.shortcut("ada", "ask")
