"""chat.*: what is posted, changed and deleted, and whom it pings."""

from typing import Any

import pytest
from slack_sdk import WebClient

from conftest import error
from slack_simulator import Control, Posted


def markdown(text: str) -> dict[str, Any]:
    return {"type": "markdown", "text": text}


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def test_an_update_keeps_all_versions(slack: Control, bot: WebClient, question: Posted) -> None:
    posted = bot.chat_postMessage(channel=question.channel, thread_ts=question.ts, text="One")
    bot.chat_update(channel=question.channel, ts=posted["ts"], text="Two")
    answer = slack.wait_for_answer(question.channel, question.ts)
    assert (answer.text, answer.edited) == ("Two", True)
    assert [version["text"] for version in answer.versions] == ["One", "Two"]


def test_text_without_blocks_takes_the_blocks_away(slack: Control, bot: WebClient) -> None:
    posted = bot.chat_postMessage(channel="C0HELP", text="old", blocks=[section("*old*")])
    bot.chat_update(channel="C0HELP", ts=posted["ts"], text="new")
    (message,) = slack.messages("C0HELP")
    assert (message.text, message.blocks) == ("new", [])


def test_only_own_messages_can_be_changed_or_deleted(bot: WebClient, question: Posted) -> None:
    where: dict[str, Any] = {"channel": question.channel, "ts": question.ts}
    assert error(lambda: bot.chat_update(**where, text="mine")) == "cant_update_message"
    assert error(lambda: bot.chat_delete(**where)) == "cant_delete_message"


def test_a_deleted_message_is_gone_but_not_forgotten(slack: Control, bot: WebClient) -> None:
    posted = bot.chat_postMessage(channel="C0HELP", text="oops")
    bot.chat_delete(channel="C0HELP", ts=posted["ts"])
    assert slack.messages("C0HELP") == []
    assert [m.text for m in slack.messages("C0HELP", deleted=True)] == ["oops"]
    refusal = error(lambda: bot.chat_update(channel="C0HELP", ts=posted["ts"], text="again"))
    assert refusal == "message_not_found"


def test_an_ephemeral_message_is_for_one_person(slack: Control, bot: WebClient) -> None:
    bot.chat_postEphemeral(channel="C0HELP", user="U0BEN", text="psst")
    (message,) = slack.messages("C0HELP")
    assert message.ephemeral_to == "U0BEN"
    assert bot.conversations_history(channel="C0HELP")["messages"] == []
    refusal = error(
        lambda: bot.chat_postEphemeral(channel="C0GENERAL", user="U0DMITRI", text="psst")
    )
    assert refusal == "user_not_in_channel"


def test_a_permalink_leads_to_a_message(bot: WebClient, question: Posted) -> None:
    link = bot.chat_getPermalink(channel=question.channel, message_ts=question.ts)["permalink"]
    assert link.endswith(f"/archives/C0HELP/p{question.ts.replace('.', '')}")
    missing = error(lambda: bot.chat_getPermalink(channel=question.channel, message_ts="1.1"))
    assert missing == "message_not_found"


def test_a_message_needs_a_place_and_something_to_say(bot: WebClient) -> None:
    assert error(lambda: bot.chat_postMessage(channel="C0", text="hi")) == "channel_not_found"
    assert error(lambda: bot.chat_postMessage(channel="#random", text="hi")) == "not_in_channel"
    assert error(lambda: bot.api_call("chat.postMessage", json={"channel": "#help"})) == "no_text"
    twice = {"channel": "#help", "text": "a", "markdown_text": "b"}
    assert error(lambda: bot.api_call("chat.postMessage", json=twice)) == "markdown_text_conflict"
    no_thread: dict[str, Any] = {"channel": "#help", "text": "a", "thread_ts": "1.1"}
    assert error(lambda: bot.chat_postMessage(**no_thread)) == "thread_not_found"


def test_a_reply_to_a_reply_is_refused(slack: Control, bot: WebClient, question: Posted) -> None:
    reply = slack.say("ben", "#help", "me too", thread=question.ts)
    refused = error(lambda: bot.chat_postMessage(channel="#help", text="x", thread_ts=reply.ts))
    assert refused == "cannot_reply_to_message"


def test_the_thread_of_a_deleted_question_goes_on(
    slack: Control, bot: WebClient, question: Posted
) -> None:
    bot.chat_postMessage(channel=question.channel, thread_ts=question.ts, text="Yes.")
    slack.delete(question)
    bot.chat_postMessage(channel=question.channel, thread_ts=question.ts, text="Ah.")
    read = bot.conversations_replies(channel=question.channel, ts=question.ts)
    assert [m["text"] for m in read["messages"]][1:] == ["Yes.", "Ah."]
    assert read["messages"][0]["subtype"] == "tombstone"


def test_the_text_of_a_message_is_what_its_blocks_show(slack: Control, bot: WebClient) -> None:
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": {"type": "plain_text", "text": "Holidays"}},
        markdown("**Friday** is off."),
        {"type": "divider"},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "from the handbook"}]},
        {
            "type": "actions",
            "elements": [
                {
                    "type": "button",
                    "action_id": "a",
                    "text": {"type": "plain_text", "text": "Try again"},
                }
            ],
        },
    ]
    bot.chat_postMessage(channel="C0HELP", text="a fallback", blocks=blocks)
    (message,) = slack.messages("C0HELP")
    assert message.text == "Holidays\n**Friday** is off.\nfrom the handbook"
    assert message.fallback == "a fallback"
    assert message.blocks == blocks


@pytest.mark.parametrize(
    ("content", "pings"),
    [
        ({"text": "hello <!channel> and <@U0ADA|ada>"}, ["<!channel>", "<@U0ADA>"]),
        ({"text": "hello &lt;!channel&gt; and @here"}, []),
        ({"text": "hello @here", "link_names": True}, ["<!here>"]),
        ({"text": "<!channel>", "blocks": [section("quiet")]}, []),
        ({"text": "x", "blocks": [section("<!here|here>")]}, ["<!here>"]),
        ({"markdown_text": "look, <!everyone>"}, ["<!everyone>"]),
        ({"markdown_text": "write `<!channel>` or\n```\n<@U0ADA>\n```\n"}, []),
        ({"markdown_text": r"write \<!channel>"}, []),
        ({"markdown_text": "a ` and <!here>"}, ["<!here>"]),
        ({"markdown_text": "a ` here\n\n<!here> ` there"}, ["<!here>"]),
        ({"markdown_text": "````\n```\n<!here>\n```\n````\n<@U0BEN>"}, ["<@U0BEN>"]),
        ({"markdown_text": "```\n<!here>"}, []),
    ],
)
def test_a_message_pings_whom_slack_would_notify(
    slack: Control, bot: WebClient, content: dict[str, Any], pings: list[str]
) -> None:
    bot.api_call("chat.postMessage", json={"channel": "C0HELP"} | content)
    assert slack.messages("C0HELP")[-1].pings == pings
