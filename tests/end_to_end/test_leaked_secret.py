"""Somebody has the signing secret: they may cost money and make noise, and read no document.

What they see is what comes back on their own requests, and what reaches addresses of their own.
"""

import json
import threading
import time
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from bot.answering.events import Source
from bot.answering.retrieval.passages import Passage
from bot.answering.retrieval.permissions import Audience
from infra.names import KNOWLEDGE_KEY
from scripts.documents import knowledge
from scripts.local.stack import LocalStack
from scripts.operate import log_lines
from slack_simulator import Control, Message
from slack_simulator.scripted_model import ModelServer
from tests.end_to_end.conftest import Conversation, said, settle
from tests.slack_requests import command_request, event_request, interaction_request

Json = dict[str, Any]

TEAM, BOT = "T0SAMPLE", "U0SAMPLE"
QUESTION = "What does the falcon eat?"
CANARY, SECRET_CANARY = "canaryofall", "canaryofengineers"


class Attacker:
    """Signs whatever it likes, and keeps all that comes back or reaches its own server."""

    def __init__(self, stack: LocalStack) -> None:
        self._stack = stack
        self.answers: list[str] = []
        self.reached: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._listening())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/loot"

    def send(self, http: Json) -> None:
        request = urllib.request.Request(  # noqa: S310
            self._stack.request_url, _raw(http), http["headers"], method="POST"
        )
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            self.answers.append(answer.read().decode())

    def event(self, event: Json, **envelope: Any) -> None:
        ours = {"team_id": TEAM, "user_id": BOT, "is_bot": True, "enterprise_id": None}
        fields = {"team_id": TEAM, "api_app_id": self._app, "authorizations": [ours]}
        once = {"event_id": f"Ev{time.time_ns()}"}
        whole = {**fields, **once, **envelope}
        self.send(event_request(event, envelope=whole, secret=self._stack.signing_secret))

    def command(self, **fields: str) -> None:
        form = {
            "team_id": TEAM,
            "channel_id": "C0GENERAL",
            "user_id": "U0ADA",
            "command": "/ask",
            "text": QUESTION,
            "api_app_id": self._app,
            "response_url": self.url,
            "trigger_id": f"{time.time_ns()}",
        }
        secret = self._stack.signing_secret
        self.send(command_request(form | fields, secret=secret, base64_body=False))

    def interact(self, **fields: Any) -> None:
        payload = {
            "type": "block_actions",
            "team": {"id": TEAM, "domain": "stackbot"},
            "user": {"id": "U0ADA", "team_id": TEAM},
            "api_app_id": self._app,
            "trigger_id": f"{time.time_ns()}",
            "response_url": self.url,
        }
        secret = self._stack.signing_secret
        self.send(interaction_request(payload | fields, secret=secret, base64_body=False))

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def _app(self) -> str:
        return self._stack.slack.credentials["app_id"]

    def _listening(self) -> type[BaseHTTPRequestHandler]:
        reached = self.reached

        class Listener(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self._take()

            def do_GET(self) -> None:
                self._take()

            def _take(self) -> None:
                length = int(self.headers.get("content-length", 0))
                reached.append(f"{self.headers}{self.rfile.read(length).decode()}")
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Stay quiet."""

        return Listener


@pytest.fixture
def attacker(stack: LocalStack) -> Iterator[Attacker]:
    attacker = Attacker(stack)
    yield attacker
    attacker.close()


@pytest.fixture(autouse=True)
def canaries(stack: LocalStack, slack: Control, model: ModelServer) -> Iterator[None]:
    """Two documents, one of them for engineers, of whom Ada is the only one."""
    slack.set_group("@engineers", ["ada"])
    index = knowledge.passage_index(
        Passage(
            Source(f"Falcon {word}", f"{word}.md", ("Food",), ""),
            f"The falcon eats {word} at noon.",
            audience=audience,
        )
        for word, audience in (
            (CANARY, Audience()),
            (SECRET_CANARY, Audience((), ("S0ENGINEERS",))),
        )
    )
    stack.client("s3").put_object(Bucket=stack.outputs["Bucket"], Key=KNOWLEDGE_KEY, Body=index)
    stack.emulator.kill(stack.outputs["WorkerFunction"])
    for _ in range(50):
        model.will_fail(401)  # so that the documents themselves are quoted
    yield
    settle(stack, slack)
    stack.upload_knowledge()
    stack.emulator.kill(stack.outputs["WorkerFunction"])


def test_no_request_has_a_document_told_to_an_address_of_the_attackers(
    attacker: Attacker, stack: LocalStack, slack: Control, conversation: Conversation
) -> None:
    """Every surface, with every address that a payload can name."""
    conversation.ask(f"<@bot> {QUESTION}")
    answer = conversation.answer()
    assert CANARY in str(answer.blocks), "the documents can be read from inside"
    place = {"channel_id": answer.channel, "message_ts": answer.ts}
    on_message = {
        "container": {"type": "message", **place},
        "channel": {"id": answer.channel},
        "message": {"ts": answer.ts, "thread_ts": answer.thread_ts, "text": ""},
    }
    for channel in ("C0GENERAL", "C0RANDOM", "D0ADA", "C0ATTACKERS"):
        attacker.command(channel_id=channel)
    attacker.command(text="help")
    for action in ("show_sources", "open_sources", "rate", "open_wish", "try_again", "forget_me"):
        pressed = {"action_id": action, "value": "up", "action_ts": "1.1", "type": "button"}
        attacker.interact(**on_message, actions=[pressed])
    attacker.interact(
        type="message_action",
        callback_id="ask_about",
        channel={"id": "C0GENERAL"},
        message={"ts": answer.ts, "text": "?"},
    )
    about = json.dumps({"channel": "C0ATTACKERS", "thread": "1.1", "link": "", "text": ""})
    for form in (about, "guessed", f"{TEAM}:{answer.channel}:{answer.thread_ts}"):
        view = {"id": "V1", "private_metadata": form, "state": {"values": {}}}
        for name in ("ask_about", "wish", "sources"):
            sent = {"type": "view_submission", "view": view | {"callback_id": name}}
            attacker.interact(**sent)
            attacker.interact(**sent, response_url=None)
    now = f"{time.time():.6f}"
    link = {"id": "F0EVIL", "name": "a.txt", "url_private": attacker.url, "size": 9}
    asked = {"type": "message", "user": "U0ADA", "text": QUESTION, "ts": now, "files": [link]}
    for where in ("D0ADA", "D0ATTACKER"):
        attacker.event(asked | {"channel": where, "channel_type": "im", "event_ts": now})
    mention = asked | {"type": "app_mention", "text": f"<@{BOT}> {QUESTION}"}
    attacker.event(mention | {"channel": "C0ATTACKERS"})
    for tab in ("home", "messages"):
        opened = {"type": "app_home_opened", "user": "U0ADA", "channel": "D0ADA", "tab": tab}
        attacker.event(opened)
    settle(stack, slack, 90)  # what is asked where the bot is not fails four times
    stack.client("sqs").purge_queue(QueueUrl=stack.outputs["DeadLetterQueueUrl"])
    assert attacker.reached == []
    assert "canary" not in json.dumps(attacker.answers)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"authorizations": [{"team_id": "T0EVIL", "user_id": BOT, "is_bot": True}]}, "team"),
        ({"authorizations": [], "team_id": "T0EVIL"}, "team"),
        ({"api_app_id": "A0EVIL"}, "app"),
    ],
)
def test_what_is_signed_for_another_installation_is_refused_logged_and_not_answered(
    attacker: Attacker,
    stack: LocalStack,
    slack: Control,
    model: ModelServer,
    fields: Json,
    why: str,
) -> None:
    before, ts = len(refusals(stack)), f"{time.time():.6f}"
    calls = len(slack.calls())
    text = f"<@{BOT}> {QUESTION}"
    asked = {"type": "app_mention", "user": "U0ADA", "channel": "C0GENERAL", "text": text}
    attacker.event(asked | {"ts": ts, "event_ts": ts}, **fields)
    slack.until(lambda: len(refusals(stack)) > before, 40)
    settle(stack, slack)
    assert refusals(stack)[-1]["why"] == f"another installation's, by its {why}"
    assert len(slack.calls()) == calls
    assert model.requests == []


def test_nobody_is_told_a_groups_documents_in_anothers_name(
    attacker: Attacker, stack: LocalStack, slack: Control
) -> None:
    """Of a person inside who has the secret: what Ada may see stays where Ada reads."""
    ts = f"{time.time():.6f}"
    posted = slack.say("chiyo", "@bot", QUESTION)
    slack.wait_for_answer(posted.channel, posted.ts, 40)
    asked = {"type": "message", "user": "U0ADA", "text": QUESTION, "channel_type": "im"}
    place = {"channel": posted.channel, "thread_ts": posted.ts}
    attacker.event(asked | place | {"ts": ts, "event_ts": ts})
    slack.until(lambda: len(answers(slack, posted.channel, posted.ts)) > 1, 40)
    opened = {"type": "app_home_opened", "user": "U0ADA", "channel": "D0CHIYO", "tab": "messages"}
    attacker.event(opened)
    settle(stack, slack)
    told = [call.args for call in slack.calls() if call.args.get("channel") == posted.channel]
    assert CANARY in json.dumps(told)
    assert SECRET_CANARY not in json.dumps(told)
    own = slack.say("ada", "@bot", QUESTION)
    assert SECRET_CANARY in str(slack.wait_for_answer(own.channel, own.ts, 40).blocks)


def test_no_request_retries_or_rates_for_another_by_what_a_button_carries(
    attacker: Attacker, stack: LocalStack, slack: Control, conversation: Conversation
) -> None:
    """A value swapped for another question's: the message's own place says which it is."""
    other = slack.say("chiyo", "@bot", QUESTION)
    slack.wait_for_answer(other.channel, other.ts, 40)
    conversation.ask(f"<@bot> {QUESTION}")
    answer = conversation.answer()
    swapped = f"up#{TEAM}:{other.channel}:{other.ts}"
    attacker.interact(
        response_url="https://hooks.slack.com/actions/T0/1/a",
        container={
            "type": "message",
            "channel_id": answer.channel,
            "message_ts": answer.ts,
        },
        channel={"id": answer.channel},
        message={"ts": answer.ts, "thread_ts": answer.thread_ts},
        actions=[{"action_id": "rate", "type": "button", "value": swapped, "action_ts": "1.1"}],
    )
    settle(stack, slack)
    rated = [key for key in items(stack) if key.startswith("feedback#")]
    assert not [key for key in rated if f":{other.channel}:{other.ts}" in key]


def test_a_form_is_its_own_persons_and_asks_once(
    attacker: Attacker, stack: LocalStack, slack: Control
) -> None:
    told = slack.say("ben", "#general", "The falcon is hungry.")
    slack.shortcut("ada", "ask_about", told)
    view = slack.until(lambda: slack.views("ada"), 40)[-1]
    assert "falcon" not in view["private_metadata"]
    forged = {key: view[key] for key in ("id", "callback_id", "private_metadata")}
    forged |= {"state": {"values": {}}}
    sent = {"type": "view_submission", "response_url": None}
    attacker.interact(**sent, view=forged, user={"id": "U0CHIYO", "team_id": TEAM})
    settle(stack, slack)
    assert len(slack.messages(told.channel, told.ts)) == 1, "nothing was asked in Chiyo's name"
    slack.submit("ada", view["id"], {})
    slack.until(lambda: len(slack.messages(told.channel, told.ts)) == 3, 40)
    attacker.interact(**sent, view=forged | {"id": "V0AGAIN"})
    settle(stack, slack)
    assert len(slack.messages(told.channel, told.ts)) == 3


def test_a_question_that_the_bot_is_said_to_have_posted_is_dropped(
    attacker: Attacker, stack: LocalStack, slack: Control, model: ModelServer
) -> None:
    calls = len(slack.calls())
    event = {"type": "question_posted", "user": "U0ADA", "text": QUESTION, "ts": "1.1"}
    attacker.event(event | {"channel": "C0GENERAL", "thread_ts": "1.1"})
    settle(stack, slack)
    assert (len(slack.calls()), model.requests) == (calls, [])


def answers(slack: Control, channel: str, thread: str) -> list[Message]:
    return [m for m in slack.messages(channel, thread) if m.bot and said(m)]


def refusals(stack: LocalStack) -> list[Json]:
    lines = log_lines.lines(stack.client("logs"), stack.outputs["WorkerFunction"])
    return [line for line in lines if line["event"] == "refused"]


def items(stack: LocalStack) -> dict[str, Json]:
    pages = stack.client("dynamodb").get_paginator("scan")
    found = pages.paginate(TableName=stack.outputs["Table"])
    return {item["pk"]["S"]: item for page in found for item in page["Items"]}


def _raw(http: Json) -> bytes:
    return str(http["body"]).encode()
