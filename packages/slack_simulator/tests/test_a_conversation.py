"""What a person and the bot see of one another."""

from slack_sdk import WebClient

from slack_simulator import Control
from slack_simulator.recording_app import RecordingApp


def test_a_mention_reaches_the_app_and_the_answer_its_thread(
    slack: Control, bot: WebClient, app: RecordingApp
) -> None:
    question = slack.say("ada", "#help", "<@bot> Is Friday off?")
    event = slack.until(app.events)[0]
    assert event["type"] == "app_mention"
    assert event["text"] == "<@U0SAMPLE> Is Friday off?"
    assert (event["user"], event["channel"], event["ts"]) == (
        "U0ADA",
        question.channel,
        question.ts,
    )

    bot.chat_postMessage(channel=event["channel"], thread_ts=event["ts"], text="It is.")

    answer = slack.wait_for_answer(question.channel, question.ts)
    assert (answer.text, answer.name, answer.bot) == ("It is.", "Sample", True)
    assert answer.thread_ts == question.ts


def test_a_streamed_answer_is_finished_when_its_stream_and_status_are(
    slack: Control, bot: WebClient
) -> None:
    question = slack.say("ada", "#help", "<@bot> Is Friday off?")
    bot.agents_sessions_setStatus(
        channel_id=question.channel, thread_ts=question.ts, status="processing"
    )
    stream = bot.chat_stream(
        channel=question.channel,
        thread_ts=question.ts,
        recipient_team_id="T0SAMPLE",
        recipient_user_id="U0ADA",
        buffer_size=1,
    )
    stream.append(markdown_text="Friday ")
    stream.append(markdown_text="is a holiday.")
    answer = slack.messages(question.channel, question.ts)[-1]
    assert (answer.text, answer.streaming) == ("Friday is a holiday.", True)

    stream.stop(session_status="active")

    answer = slack.wait_for_answer(question.channel, question.ts)
    assert (answer.text, answer.stream, answer.edited) == ("Friday is a holiday.", "stopped", False)


def test_a_direct_message_reaches_the_app(slack: Control, app: RecordingApp) -> None:
    question = slack.say("chiyo", "@bot", "Hello?")
    event = slack.until(app.events)[0]
    assert (event["type"], event["channel_type"]) == ("message", "im")
    assert event["channel"] == question.channel == "D0CHIYO"
    assert "thread_ts" not in event
