"""The Web API: who may call what, how arguments travel, what is refused."""

import http.client
import json
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from conftest import TOKEN, error
from slack_simulator import Control, Posted, Simulator
from slack_simulator.apps.manifest import SAMPLE


def test_the_bot_learns_who_it_is(simulator: Simulator, bot: WebClient) -> None:
    identity = bot.auth_test()
    credentials = simulator.credentials
    ids = credentials["bot_id"], credentials["bot_user_id"]
    assert (identity["bot_id"], identity["user_id"]) == ids
    assert (identity["team_id"], credentials["bot_token"]) == (credentials["team_id"], TOKEN)


def test_an_unknown_method_is_unknown(bot: WebClient) -> None:
    assert error(lambda: bot.api_call("chat.sing")) == "unknown_method"


def test_a_call_needs_a_token(simulator: Simulator) -> None:
    assert error(lambda: WebClient(base_url=simulator.api_url).auth_test()) == "not_authed"


def test_a_wrong_token_is_refused(simulator: Simulator) -> None:
    stranger = WebClient("xoxb-other", base_url=simulator.api_url)
    assert error(stranger.auth_test) == "invalid_auth"


def test_a_token_is_over_once_another_was_given_out() -> None:
    with Simulator(bot_token=TOKEN) as simulator:
        bot = WebClient(TOKEN, base_url=simulator.api_url)
        new = simulator.control.renew_token()
        assert error(bot.auth_test) == "token_revoked"
        assert WebClient(new, base_url=simulator.api_url).auth_test()["ok"]


def test_a_missing_scope_says_what_is_needed_and_provided() -> None:
    manifest = SAMPLE | {"oauth_config": {"scopes": {"bot": ["im:history", "chat:write"]}}}
    with Simulator(manifest=manifest) as simulator:
        bot = WebClient(TOKEN, base_url=simulator.api_url)
        with pytest.raises(SlackApiError) as refusal:
            bot.users_info(user="U0ADA")
        assert refusal.value.response["error"] == "missing_scope"
        assert refusal.value.response["needed"] == "users:read"
        assert refusal.value.response["provided"] == "chat:write,im:history"

        public = error(lambda: bot.conversations_history(channel="C0HELP"))
        direct = simulator.control.say("ada", "@bot", "hi").channel
        assert public == "missing_scope"
        assert bot.conversations_history(channel=direct)["ok"]


@pytest.mark.parametrize("way", ["json", "form", "query", "token in the form"])
def test_arguments_may_come_in_any_way(simulator: Simulator, slack: Control, way: str) -> None:
    values = {"channel": "C0HELP", "text": "hello", "blocks": json.dumps([{"type": "divider"}])}
    headers = {"Authorization": f"Bearer {TOKEN}"}
    form = headers | {"Content-Type": "application/x-www-form-urlencoded"}
    calls = {
        "json": ("POST", "", json.dumps(values), headers | {"Content-Type": "application/json"}),
        "form": ("POST", "", urlencode(values), form),
        "query": ("GET", "?" + urlencode(values), None, headers),
        "token in the form": (
            "POST",
            "",
            urlencode(values | {"token": TOKEN}),
            {"Content-Type": "application/x-www-form-urlencoded"},
        ),
    }
    verb, query, body, call_headers = calls[way]
    connection = http.client.HTTPConnection(urlsplit(simulator.url).netloc, timeout=5)
    connection.request(verb, f"/api/chat.postMessage{query}", body, call_headers)
    assert json.loads(connection.getresponse().read())["ok"]
    connection.close()
    assert slack.messages("C0HELP")[-1].blocks == [{"type": "divider"}]


def test_no_token_is_written_down(slack: Control, bot: WebClient) -> None:
    bot.api_call("chat.postMessage", params={"token": TOKEN, "channel": "C0HELP", "text": "hi"})
    assert TOKEN not in str(slack.calls())


def test_a_missing_argument_is_named(bot: WebClient) -> None:
    with pytest.raises(SlackApiError) as refusal:
        bot.api_call("chat.postMessage", json={"text": "hi"})
    assert refusal.value.response["error"] == "invalid_arguments"
    assert "channel" in str(refusal.value.response["response_metadata"])


def test_broken_json_is_invalid(simulator: Simulator) -> None:
    connection = http.client.HTTPConnection(urlsplit(simulator.url).netloc, timeout=5)
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    connection.request("POST", "/api/auth.test", "{broken", headers)
    assert json.loads(connection.getresponse().read())["error"] == "invalid_json"
    connection.close()


def test_a_call_is_written_down_with_its_times(slack: Control, bot: WebClient) -> None:
    bot.users_info(user="U0BEN")
    (call,) = slack.calls("users.info")
    assert (call.args, call.ok, call.status) == ({"user": "U0BEN"}, True, 200)
    assert call.response["user"]["is_restricted"]
    assert 0 < call.duration < 1_000


def test_people_are_told_apart(bot: WebClient) -> None:
    people = {person["name"]: person for person in bot.users_list()["members"]}
    assert set(people) == {"ada", "ben", "chiyo", "dmitri", "sample"}
    assert people["ben"]["is_restricted"]
    assert people["dmitri"]["is_stranger"]
    assert people["dmitri"]["team_id"] != people["ada"]["team_id"]
    assert people["sample"]["is_bot"]
    assert error(lambda: bot.users_info(user="U0NOBODY")) == "user_not_found"


def test_lists_come_in_pages(bot: WebClient) -> None:
    names = [
        channel["name"] for page in bot.conversations_list(limit=1) for channel in page["channels"]
    ]
    assert names == ["general", "help", "random"]
    members = [
        m for page in bot.conversations_members(channel="C0HELP", limit=2) for m in page["members"]
    ]
    assert members == ["U0ADA", "U0BEN", "U0CHIYO", "U0DMITRI", "U0SAMPLE"]
    assert error(lambda: bot.conversations_list(cursor="nonsense")) == "invalid_cursor"
    assert error(lambda: bot.conversations_list(limit=0.5)) == "invalid_arguments"  # type: ignore[arg-type]
    assert error(lambda: bot.conversations_list(limit=1_001)) == "invalid_limit"


def test_a_thread_is_read_in_pages_oldest_first(
    slack: Control, bot: WebClient, question: Posted
) -> None:
    for number in range(4):
        slack.say("ben", "#help", f"reply {number}", thread=question.ts)
    pages = [
        dict(page.data)
        for page in bot.conversations_replies(channel=question.channel, ts=question.ts, limit=2)
        if isinstance(page.data, dict)
    ]
    texts = [message["text"] for page in pages for message in page["messages"]]
    assert [page["has_more"] for page in pages] == [True, True, False]
    assert texts == ["<@U0SAMPLE> Is Friday off?", *(f"reply {number}" for number in range(4))]
    root = pages[0]["messages"][0]
    assert (root["reply_count"], root["thread_ts"]) == (4, question.ts)
    assert pages[0]["messages"][1]["parent_user_id"] == "U0ADA"


def test_a_thread_is_read_between_two_times(
    slack: Control, bot: WebClient, question: Posted
) -> None:
    replies = [slack.say("ben", "#help", f"{n}", thread=question.ts).ts for n in range(3)]
    read = bot.conversations_replies(channel=question.channel, ts=question.ts, oldest=replies[0])
    assert [m["text"] for m in read["messages"]] == ["1", "2"]
    read = bot.conversations_replies(
        channel=question.channel,
        ts=question.ts,
        oldest=replies[0],
        latest=replies[1],
        inclusive=True,
    )
    assert [m["text"] for m in read["messages"]] == ["0", "1"]


def test_a_channels_history_is_newest_first_without_replies(
    slack: Control, bot: WebClient, question: Posted
) -> None:
    slack.say("ben", "#help", "in the thread", thread=question.ts)
    slack.say("ben", "#help", "for all", thread=question.ts, broadcast=True)
    slack.say("chiyo", "#help", "lunch?")
    read = bot.conversations_history(channel="C0HELP")
    assert [m["text"] for m in read["messages"]] == [
        "lunch?",
        "for all",
        "<@U0SAMPLE> Is Friday off?",
    ]


def test_a_thread_that_is_not_there_is_not_found(bot: WebClient) -> None:
    assert (
        error(lambda: bot.conversations_replies(channel="C0HELP", ts="1.1")) == "thread_not_found"
    )
    assert error(lambda: bot.conversations_replies(channel="C0", ts="1.1")) == "channel_not_found"
    assert error(lambda: bot.conversations_history(channel="C0RANDOM")) == "not_in_channel"


def test_a_channel_is_described(bot: WebClient) -> None:
    assert bot.conversations_info(channel="C0HELP")["channel"]["is_ext_shared"]
    assert not bot.conversations_info(channel="C0GENERAL")["channel"]["is_ext_shared"]
    assert not bot.conversations_info(channel="C0RANDOM")["channel"]["is_member"]


def test_the_bot_opens_direct_messages(slack: Control, bot: WebClient) -> None:
    channel = bot.conversations_open(users="U0BEN")["channel"]["id"]
    assert bot.conversations_info(channel=channel)["channel"]["user"] == "U0BEN"
    bot.chat_postMessage(channel="U0BEN", text="Good morning")
    assert [m.text for m in slack.messages(channel)] == ["Good morning"]
    assert error(lambda: bot.conversations_open(users="U0NOBODY")) == "user_not_found"


def test_the_team_and_the_bot_are_described(bot: WebClient) -> None:
    assert bot.team_info()["team"]["id"] == "T0SAMPLE"
    assert bot.bots_info(bot="B0SAMPLE")["bot"]["user_id"] == "U0SAMPLE"
    assert error(lambda: bot.bots_info(bot="B0OTHER")) == "bot_not_found"


def test_reactions_come_and_go(slack: Control, bot: WebClient, question: Posted) -> None:
    where: dict[str, Any] = {"channel": question.channel, "timestamp": question.ts, "name": "eyes"}
    bot.reactions_add(**where)
    (message,) = slack.messages(question.channel)
    assert message.reactions == [{"name": "eyes", "users": ["U0SAMPLE"], "count": 1}]
    assert error(lambda: bot.reactions_add(**where)) == "already_reacted"
    bot.reactions_remove(**where)
    assert slack.messages(question.channel)[0].reactions == []
    assert error(lambda: bot.reactions_remove(**where)) == "no_reaction"


def test_user_groups_are_listed_with_their_people_on_request(
    bot: WebClient, slack: Control
) -> None:
    group = slack.set_group("@operations", ["ada", "chiyo"])
    groups = bot.usergroups_list(include_users=True)["usergroups"]
    listed = {group["id"]: group for group in groups}
    assert listed[group]["users"] == ["U0ADA", "U0CHIYO"]
    assert all("users" not in group for group in bot.usergroups_list()["usergroups"])
