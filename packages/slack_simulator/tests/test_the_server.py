"""The simulator as a program: port, page, feed, command line."""

import http.client
import json
import signal
import subprocess
import sys
import threading
from urllib.parse import urlsplit

import pytest
from slack_sdk import WebClient

from conftest import TOKEN
from slack_simulator import Control, Posted, Simulator
from slack_simulator.__main__ import main


def test_a_taken_port_is_told_in_a_sentence(simulator: Simulator) -> None:
    port = urlsplit(simulator.url).port
    assert port
    with pytest.raises(OSError, match=f"port {port} is taken: .* --port"):
        Simulator(port=port).start()


def test_a_port_is_free_again_after_the_end() -> None:
    with Simulator() as first:
        port = urlsplit(first.url).port
    assert port
    with Simulator(port=port) as second:
        assert second.url == first.url


def test_a_manifest_has_to_name_the_bot() -> None:
    with pytest.raises(ValueError, match=r"no display_information\.name"):
        Simulator(manifest={"features": {}})


def test_the_bot_is_called_what_its_manifest_says() -> None:
    with Simulator(manifest={"display_information": {"name": "Rook"}}) as simulator:
        assert simulator.control.state()["bot"]["name"] == "Rook"
        assert WebClient(TOKEN, base_url=simulator.api_url).auth_test()["user"] == "rook"


def test_the_feed_tells_what_happens_as_it_happens(simulator: Simulator, slack: Control) -> None:
    connection = http.client.HTTPConnection(urlsplit(simulator.url).netloc, timeout=5)
    connection.request("GET", f"/control/feed?since={slack.state()['last']}")
    response = connection.getresponse()
    assert response.headers["Content-Type"].startswith("text/event-stream")
    question = slack.say("ada", "#help", "hello")
    lines: dict[str, str] = {}
    while "data" not in lines:
        name, _, value = response.readline().decode().strip().partition(": ")
        lines[name] = value
    response.close()
    connection.close()
    event = json.loads(lines["data"])
    assert lines["event"] == event["kind"] == "message"
    assert int(lines["id"]) == event["seq"]
    assert (event["action"], event["message"]["ts"]) == ("posted", question.ts)


def test_an_open_feed_does_not_keep_the_simulator_from_stopping() -> None:
    simulator = Simulator().start()
    connection = http.client.HTTPConnection(urlsplit(simulator.url).netloc, timeout=5)
    connection.request("GET", "/control/feed")
    response = connection.getresponse()
    simulator.stop()
    assert response.read().startswith(b": the workspace")
    response.close()
    connection.close()


def test_everything_that_happened_can_be_read_in_order(
    slack: Control, bot: WebClient, question: Posted
) -> None:
    bot.chat_postMessage(channel=question.channel, thread_ts=question.ts, text="Yes.")
    state = slack.state()
    assert {person["handle"] for person in state["people"]} == {"ada", "ben", "chiyo", "dmitri"}
    assert [c["name"] for c in state["channels"]] == ["general", "help", "random"]
    assert state["commands"][0]["command"] == "/ask"
    slack.reset()
    assert slack.messages(question.channel) == []
    assert slack.calls() == []


def test_a_wait_ends_when_there_is_an_answer(
    slack: Control, bot: WebClient, question: Posted
) -> None:
    answers: list[str] = []
    waiting = threading.Thread(
        target=lambda: answers.append(slack.wait_for_answer(question.channel, question.ts).text)
    )
    waiting.start()
    bot.chat_postMessage(channel=question.channel, thread_ts=question.ts, text="Yes.")
    waiting.join(5)
    assert answers == ["Yes."]


def test_a_wait_is_for_the_answer_to_the_last_question(
    slack: Control, bot: WebClient, question: Posted
) -> None:
    bot.chat_postMessage(channel=question.channel, thread_ts=question.ts, text="Yes.")
    slack.say("ada", "#help", "<@bot> And Monday?", thread=question.ts)
    with pytest.raises(TimeoutError, match="1 messages by the bot among 3"):
        slack.wait_for_answer(question.channel, question.ts, timeout=0.05)
    assert slack.wait_for_answer(question.channel, question.ts, after=question.ts).text == "Yes."


def test_it_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    usage = capsys.readouterr().out
    assert "--request-url" in usage
    assert "example:" in usage


def test_it_does_not_start_without_a_word(
    simulator: Simulator, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--port", str(urlsplit(simulator.url).port)]) == 1
    assert "is taken" in capsys.readouterr().err


@pytest.mark.parametrize("start", [[], ["sh", "-c", "trap '' INT; exec \"$@\"", "sh"]])
def test_it_runs_alone_until_it_is_interrupted(start: list[str]) -> None:
    command = [*start, sys.executable, "-m", "slack_simulator", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        url = process.stdout.readline().split()[3].rstrip("/")
        assert Control(url).state()["bot"]["name"] == "Sample"
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://example.com"}, {"Host": "example.com"}, {"Origin": "null"}]
)
def test_other_sites_cannot_act_as_our_people(
    simulator: Simulator, slack: Control, headers: dict[str, str]
) -> None:
    connection = http.client.HTTPConnection(urlsplit(simulator.url).netloc, timeout=5)
    order = json.dumps({"person": "ada", "channel": "#help", "text": "hi"})
    connection.request("POST", "/control/say", order, headers)
    response = connection.getresponse()
    assert (response.status, b"this machine" in response.read()) == (403, True)
    connection.close()
    assert slack.messages("C0HELP") == []
