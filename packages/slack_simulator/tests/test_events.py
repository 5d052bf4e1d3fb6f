"""Events: what the app is sent, in which form, and what happens when it does not answer."""

import hashlib
import hmac
import itertools
import threading
import time
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.signature import SignatureVerifier

from conftest import SECRET, TOKEN
from slack_simulator import Control, Refused, Simulator
from slack_simulator.apps.manifest import SAMPLE
from slack_simulator.recording_app import RecordingApp

EVERYTHING = SAMPLE | {
    "settings": {
        "event_subscriptions": {"bot_events": ["app_mention", "message.channels", "message.im"]}
    }
}


def kinds(app: RecordingApp) -> list[tuple[str, str | None]]:
    return [(event["type"], event.get("subtype")) for event in app.events()]


def test_an_event_is_signed_as_slack_signs(slack: Control, app: RecordingApp) -> None:
    slack.say("ada", "#help", "<@bot> hé")
    request = slack.until(lambda: app.requests)[0]
    verifier = SignatureVerifier(SECRET)
    assert verifier.is_valid_request(request.raw, request.headers)
    assert abs(int(request.headers["x-slack-request-timestamp"]) - time.time()) < 5
    base = f"v0:{request.headers['x-slack-request-timestamp']}:{request.raw.decode()}".encode()
    digest = hmac.new(SECRET.encode(), base, hashlib.sha256).hexdigest()
    assert request.headers["x-slack-signature"] == f"v0={digest}"


def test_an_event_comes_in_slacks_envelope(slack: Control, app: RecordingApp) -> None:
    slack.say("ada", "#general", "<@bot> hi")
    body = slack.until(lambda: app.requests)[0].body
    assert (body["type"], body["team_id"], body["api_app_id"]) == (
        "event_callback",
        "T0SAMPLE",
        "A0SAMPLE",
    )
    assert body["event_id"].startswith("Ev")
    assert abs(body["event_time"] - time.time()) < 5
    (authorization,) = body["authorizations"]
    assert (authorization["user_id"], authorization["is_bot"]) == ("U0SAMPLE", True)
    assert body["is_ext_shared_channel"] is False


def test_a_strangers_message_tells_where_they_come_from(slack: Control, app: RecordingApp) -> None:
    slack.say("dmitri", "#help", "<@bot> hi")
    body = slack.until(lambda: app.requests)[0].body
    assert body["is_ext_shared_channel"] is True
    assert body["event"]["user_team"] == "T0PARTNER"


def test_only_what_is_subscribed_is_sent(slack: Control, app: RecordingApp) -> None:
    slack.say("ada", "#help", "nobody in particular")
    slack.say("ada", "#random", "<@bot> is not in here")
    slack.say("ada", "@bot", "<@bot> in person")
    slack.wait_until_idle()
    assert kinds(app) == [("message", None)]


def test_a_channel_message_is_told_twice_where_it_mentions_the_bot(app: RecordingApp) -> None:
    with Simulator(manifest=EVERYTHING, request_url=app.url) as simulator:
        slack = simulator.control
        slack.say("ada", "#help", "hello all")
        slack.say("ada", "#help", "<@bot> hello")
        slack.wait_until_idle()
    assert sorted(kinds(app)) == [("app_mention", None), ("message", None), ("message", None)]


def test_the_bots_own_messages_come_back_to_it(app: RecordingApp) -> None:
    with Simulator(manifest=EVERYTHING, request_url=app.url) as simulator:
        slack, bot = simulator.control, WebClient(TOKEN, base_url=simulator.api_url)
        posted = bot.chat_postMessage(channel="C0HELP", text="<@U0SAMPLE> hello, me")
        slack.wait_until_idle()
        bot.chat_update(channel="C0HELP", ts=posted["ts"], text="hello")
        slack.wait_until_idle()
        bot.chat_delete(channel="C0HELP", ts=posted["ts"])
        slack.wait_until_idle()
    assert kinds(app) == [
        ("message", None),
        ("message", "message_changed"),
        ("message", "message_deleted"),
    ]
    posted_event, changed, deleted = app.events()
    assert posted_event["bot_id"] == "B0SAMPLE"
    assert changed["message"]["bot_id"] == "B0SAMPLE"
    assert deleted["previous_message"]["text"] == "hello"


def test_a_streams_growth_is_not_told_but_its_start_and_end_are(
    slack: Control, bot: WebClient, app: RecordingApp
) -> None:
    question = slack.say("ada", "@bot", "hi")
    stream = bot.chat_stream(channel=question.channel, thread_ts=question.ts, buffer_size=1)
    for word in ("Hello ", "there, ", "Ada."):
        stream.append(markdown_text=word)
    stream.stop()
    slack.wait_until_idle()
    assert sorted(kinds(app), key=str) == [
        ("message", "message_changed"),
        ("message", None),
        ("message", None),
    ]


def test_edits_and_deletions_are_told_with_both_texts(slack: Control, app: RecordingApp) -> None:
    question = slack.say("ada", "@bot", "one")
    slack.wait_until_idle()
    slack.edit(question, "two")
    slack.wait_until_idle()
    slack.delete(question)
    slack.wait_until_idle()
    changed, deleted = app.events()[1:]
    assert changed["subtype"] == "message_changed"
    assert (changed["message"]["text"], changed["previous_message"]["text"]) == ("two", "one")
    assert changed["message"]["ts"] == question.ts != changed["ts"]
    assert changed["message"]["edited"]["user"] == "U0ADA"
    assert (deleted["subtype"], deleted["deleted_ts"]) == ("message_deleted", question.ts)
    assert deleted["channel_type"] == "im"


def test_files_and_broadcasts_have_their_subtypes(slack: Control, app: RecordingApp) -> None:
    question = slack.say("ada", "@bot", "look", files=[{"id": "F0", "name": "plan.pdf"}])
    slack.say("ada", "@bot", "all of you", thread=question.ts, broadcast=True)
    slack.wait_until_idle()
    shared, broadcast = sorted(app.events(), key=lambda event: str(event["ts"]))
    assert (shared["subtype"], shared["files"][0]["name"]) == ("file_share", "plan.pdf")
    assert (broadcast["subtype"], broadcast["thread_ts"]) == ("thread_broadcast", question.ts)
    assert broadcast["root"]["text"] == "look"


def test_a_failing_app_hears_an_event_four_times(slack: Control, app: RecordingApp) -> None:
    slack.set_time_scale(10_000)
    app.statuses = [500, 503, 404, 500]
    slack.say("ada", "#help", "<@bot> hi")
    slack.wait_until_idle()
    numbers = [request.headers.get("x-slack-retry-num") for request in app.requests]
    assert numbers == [None, "1", "2", "3"]
    reasons = {request.headers.get("x-slack-retry-reason") for request in app.requests[1:]}
    assert reasons == {"http_error"}
    assert len({request.body["event_id"] for request in app.requests}) == 1
    attempts = slack.deliveries("app_mention")
    assert [a.status for a in attempts] == [500, 503, 404, 500]
    assert [a.attempt for a in attempts] == [0, 1, 2, 3]
    assert not any(a.ok for a in attempts)


def test_retries_come_at_once_then_after_one_and_five_minutes(
    slack: Control, app: RecordingApp
) -> None:
    slack.set_time_scale(600)
    app.statuses = [500] * 4
    slack.say("ada", "#help", "<@bot> hi")
    slack.wait_until_idle()
    began = [delivery.started for delivery in slack.deliveries()]
    waits = [later - earlier for earlier, later in itertools.pairwise(began)]
    assert waits[0] < 0.1 <= waits[1] < 0.5 <= waits[2]


def test_a_second_try_that_succeeds_is_the_last(slack: Control, app: RecordingApp) -> None:
    app.statuses = [500]
    slack.say("ada", "#help", "<@bot> hi")
    slack.wait_until_idle()
    assert [d.status for d in slack.deliveries()] == [500, 200]


def test_an_app_that_takes_too_long_hears_again(slack: Control, app: RecordingApp) -> None:
    slack.set_limits(ack_seconds=0.05)
    app.hang = threading.Event()
    slack.say("ada", "#help", "<@bot> hi")
    again = slack.until(lambda: [d for d in slack.deliveries() if d.attempt == 1])
    first = slack.deliveries()[0]
    assert (first.error, first.status) == ("http_timeout", None)
    assert first.duration >= 45
    assert again[0].headers["X-Slack-Retry-Reason"] == "http_timeout"
    app.hang.set()


def test_posting_does_not_wait_for_the_app(slack: Control, app: RecordingApp) -> None:
    app.hang = threading.Event()
    posted = slack.say("ada", "#help", "<@bot> hi")
    assert [message.ts for message in slack.messages("C0HELP")] == [posted.ts]
    assert not any(delivery.done for delivery in slack.deliveries())
    app.hang.set()
    slack.wait_until_idle()
    assert [delivery.status for delivery in slack.deliveries()] == [200]


def test_an_app_that_is_not_there_is_tried_again(slack: Control) -> None:
    slack.set_request_url("http://127.0.0.1:9/nobody", verify=False)
    slack.say("ada", "#help", "<@bot> hi")
    failed = slack.until(lambda: [d for d in slack.deliveries() if d.done])
    assert failed[0].error == "connection_failed"


def test_a_request_url_has_to_answer_the_challenge(slack: Control, app: RecordingApp) -> None:
    slack.set_request_url(None)
    slack.set_request_url(app.url)
    assert slack.state()["settings"]["request_url"] == app.url
    (request,) = app.requests
    assert SignatureVerifier(SECRET).is_valid_request(request.raw, request.headers)
    assert set(request.body) == {"type", "token", "challenge"}


def test_a_wrong_answer_leaves_the_old_request_url(slack: Control, app: RecordingApp) -> None:
    app.answer = "what?"
    with pytest.raises(Refused, match="answered without the challenge"):
        slack.set_request_url(app.url + "?new")
    app.statuses = [500]
    with pytest.raises(Refused, match=r"http_error \(status 500\)"):
        slack.set_request_url(app.url + "?new")
    assert slack.state()["settings"]["request_url"] == app.url


def test_a_request_url_is_a_url(slack: Control) -> None:
    for wrong in ("localhost:3000", "ftp://127.0.0.1/", "http://", "http://127.0.0.1:x/"):
        with pytest.raises(Refused, match="no http or https URL"):
            slack.set_request_url(wrong)
    with pytest.raises(ValueError, match="no http or https URL"):
        Simulator(request_url="127.0.0.1:3000")


def test_every_delivery_is_written_down(slack: Control, app: RecordingApp) -> None:
    app.answer = "heard"
    slack.say("ada", "#help", "<@bot> hi")
    slack.wait_until_idle()
    (delivery,) = slack.deliveries()
    assert (delivery.kind, delivery.type, delivery.status) == ("event", "app_mention", 200)
    assert (delivery.ok, delivery.done, delivery.response) == (True, True, "heard")
    assert delivery.key == delivery.body["event_id"]
    assert 0 < delivery.duration < 3_000
    assert abs(delivery.started - time.time()) < 10


def test_nobody_hears_anything_without_a_request_url(slack: Control, app: RecordingApp) -> None:
    slack.set_request_url(None)
    slack.say("ada", "#help", "<@bot> hi")
    slack.wait_until_idle()
    assert (app.requests, slack.deliveries()) == ([], [])


def test_people_write_only_where_they_are(slack: Control) -> None:
    with pytest.raises(Refused, match="Dmitri Vale is not in #general"):
        slack.say("dmitri", "#general", "hi")
    with pytest.raises(Refused, match="nobody is called 'eve'; there are ada, ben"):
        slack.say("eve", "#help", "hi")
    with pytest.raises(Refused, match="no channel '#nowhere'"):
        slack.say("ada", "#nowhere", "hi")
    with pytest.raises(Refused, match=r"no thread 1\.1"):
        slack.say("ada", "#help", "hi", thread="1.1")


def test_home_comes_with_the_view_that_was_published(
    slack: Control, bot: WebClient, app: RecordingApp
) -> None:
    view: dict[str, Any] = {"type": "home", "blocks": [{"type": "divider"}]}
    bot.views_publish(user_id="U0ADA", view=view)
    slack.open("ada", "home")
    event = slack.until(app.events)[0]
    assert (event["type"], event["tab"], event["channel"]) == ("app_home_opened", "home", "D0ADA")
    assert event["view"]["blocks"] == [{"type": "divider"}]
    home = slack.home("ada")
    assert home is not None
    assert home["type"] == "home"
    assert slack.home("ben") is None


def test_an_app_that_is_removed_hears_of_that_and_of_nothing_more(app: RecordingApp) -> None:
    expected = ["app_mention", "app_uninstalled", "tokens_revoked"]
    manifest = SAMPLE | {"settings": {"event_subscriptions": {"bot_events": expected}}}
    with Simulator(manifest=manifest, request_url=app.url) as simulator:
        slack = simulator.control
        slack.uninstall()
        slack.say("ada", "#help", "<@bot> hi")
        slack.wait_until_idle()
        assert [kind for kind, _ in sorted(kinds(app))] == ["app_uninstalled", "tokens_revoked"]
        assert [request.body["authorizations"] for request in app.requests] == [[], []]
        slack.renew_token()
        slack.say("ada", "#help", "<@bot> hi again")
        slack.until(lambda: len(app.requests) == 3)
