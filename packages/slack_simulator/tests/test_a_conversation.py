"""What a person and the bot see of one another."""

from slack_sdk import WebClient

from slack_simulator import Control
from slack_simulator.recording_app import Hearer


def test_a_mention_reaches_the_app_and_the_answer_its_thread(
    slack: Control, bot: WebClient, app: Hearer
) -> None:
    asked = slack.say("ada", "#help", "<@bot> Is Friday off?")
    event = slack.until(app.events)[0]
    assert event["type"] == "app_mention"
    assert event["text"] == "<@U0SAMPLE> Is Friday off?"
    assert (event["user"], event["channel"], event["ts"]) == ("U0ADA", asked.channel, asked.ts)

    bot.chat_postMessage(channel=event["channel"], thread_ts=event["ts"], text="It is.")

    answer = slack.wait_for_answer(asked.channel, asked.ts)
    assert (answer.text, answer.name, answer.bot) == ("It is.", "Sample", True)
    assert answer.thread_ts == asked.ts


def test_a_streamed_answer_is_finished_when_its_stream_and_status_are(
    slack: Control, bot: WebClient
) -> None:
    asked = slack.say("ada", "#help", "<@bot> Is Friday off?")
    bot.agents_sessions_setStatus(channel_id=asked.channel, thread_ts=asked.ts, status="processing")
    stream = bot.chat_stream(
        channel=asked.channel,
        thread_ts=asked.ts,
        recipient_team_id="T0SAMPLE",
        recipient_user_id="U0ADA",
        buffer_size=1,
    )
    stream.append(markdown_text="Friday ")
    stream.append(markdown_text="is a holiday.")
    written = slack.messages(asked.channel, asked.ts)[-1]
    assert (written.text, written.streaming) == ("Friday is a holiday.", True)

    stream.stop(session_status="active")

    answer = slack.wait_for_answer(asked.channel, asked.ts)
    assert (answer.text, answer.stream, answer.edited) == ("Friday is a holiday.", "stopped", False)


def test_a_direct_message_reaches_the_app(slack: Control, app: Hearer) -> None:
    asked = slack.say("chiyo", "@bot", "Hello?")
    event = slack.until(app.events)[0]
    assert (event["type"], event["channel_type"]) == ("message", "im")
    assert event["channel"] == asked.channel == "D0CHIYO"
    assert "thread_ts" not in event
