"""A little bot behind the page: it hears events over HTTP and answers through the Web API."""

import json
import queue
import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import parse_qs

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from slack_simulator import Simulator
from tests.page.answers import (
    DEPLOY,
    FEEDBACK,
    FORM,
    HOME,
    KIT,
    NASTY,
    PROMPTS,
    SOURCES,
    TABLE,
    TASKS,
    Json,
)


class PageBot:
    """Answers by the words of a question; `go` lets it finish an answer it was asked to hold."""

    def __init__(self, simulator: Simulator) -> None:
        token = simulator.credentials["bot_token"]
        self._slack = WebClient(token, base_url=simulator.api_url)
        self._work = ThreadPoolExecutor(4)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self.url = f"http://127.0.0.1:{self._server.server_port}/slack/events"
        self.go = threading.Event()
        self.actions: queue.Queue[Json] = queue.Queue()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.go.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._work.shutdown()

    def hear(self, body: Json) -> Json:
        """Take a request in; returns what the HTTP answer says."""
        event = body.get("event", {})
        match body.get("type"):
            case "url_verification":
                return {"challenge": body["challenge"]}
            case "event_callback":
                self._work.submit(self._on_event, event)
            case "block_actions":
                self._work.submit(self._on_action, body)
            case "view_submission":
                return self._on_submission(body)
            case "message_action":
                self._post(body["channel"]["id"], body["message"]["ts"], "You chose a shortcut.")
            case _ if body.get("command"):
                return {"response_type": "ephemeral", "text": f"You asked for: {body['text']}"}
        return {}

    def _on_event(self, event: Json) -> None:
        match event["type"]:
            case "app_mention":
                self._answer(event)
            case "message" if not event.get("subtype") and not event.get("bot_id"):
                self._answer(event)
            case "app_home_opened" if event["tab"] == "home":
                self._slack.views_publish(user_id=event["user"], view=HOME)
            case "app_home_opened":
                self._slack.assistant_threads_setSuggestedPrompts(
                    channel_id=event["channel"], prompts=PROMPTS, thread_ts=""
                )
            case "agent_session_stopped":
                self._set_status(event["channel"], event["thread_ts"], "active")
                self.go.set()

    def _answer(self, event: Json) -> None:
        channel, text = event["channel"], event["text"].lower()
        thread = str(event.get("thread_ts", event["ts"]))
        self._set_status(channel, thread, "processing")
        if "whisper" in text:
            self._slack.chat_postEphemeral(
                channel=channel, user=event["user"], thread_ts=thread, text="Only you read this."
            )
        elif "blocks" in text:
            self._slack.chat_postMessage(
                channel=channel, thread_ts=thread, text="Blocks", blocks=KIT
            )
        else:
            self._stream(event, channel, thread, text)
        self._set_status(channel, thread, "active")

    def _stream(self, event: Json, channel: str, thread: str, text: str) -> None:
        said = next((said for word, said in SAYINGS.items() if word in text), "Here you are.")
        chunks = TASKS if "tasks" in text else None
        stream = self._slack.chat_startStream(
            channel=channel,
            thread_ts=thread,
            recipient_team_id="T0SAMPLE",
            recipient_user_id=event["user"],
            chunks=chunks,
        )
        try:
            for part in said.split("…hold…"):
                piece = {"type": "markdown_text", "text": part}
                self._slack.chat_appendStream(channel=channel, ts=stream["ts"], chunks=[piece])
                if part != said and not self.go.wait(20):
                    raise TimeoutError("nobody let the bot go on")
            self._slack.chat_stopStream(
                channel=channel,
                ts=stream["ts"],
                chunks=[TASKS[1] | {"status": "complete"}] if chunks else None,
                blocks=[SOURCES, FEEDBACK],
            )
        except SlackApiError as error:
            if error.response["error"] != "stopped_by_user":
                raise

    def _on_action(self, body: Json) -> None:
        action = body["actions"][0]
        self.actions.put(action)
        if action["action_id"] == "open_form":
            private = json.dumps(
                {"channel": body["channel"]["id"], "ts": body["message"]["thread_ts"]}
            )
            view = FORM | {"private_metadata": private}
            self._slack.views_open(trigger_id=body["trigger_id"], view=view)
        elif action["action_id"] == "count":
            blocks = [*HOME["blocks"][:1], {"type": "markdown", "text": "You have asked **one**."}]
            self._slack.views_publish(user_id=body["user"]["id"], view=HOME | {"blocks": blocks})

    def _on_submission(self, body: Json) -> Json:
        values = body["view"]["state"]["values"]
        what = values["what"]["text"]["value"]
        if len(what) < 5:
            return {"response_action": "errors", "errors": {"what": "Say a little more."}}
        where = values["where"]["env"]["selected_option"]["value"]
        ways = [way["value"] for way in values["how"]["ways"]["selected_options"]]
        place = json.loads(body["view"]["private_metadata"])
        self._post(place["channel"], place["ts"], f"Reported for {where} by {ways}: {what}")
        return {}

    def _post(self, channel: str, thread: str, text: str) -> None:
        self._slack.chat_postMessage(channel=channel, thread_ts=thread, text=text)

    def _set_status(self, channel: str, thread: str, status: str) -> None:
        self._slack.agents_sessions_setStatus(channel_id=channel, thread_ts=thread, status=status)

    def _handler(bot: Self) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - `self` is the handler's
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                answer = json.dumps(bot.hear(_parse(raw))).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        return Handler


SAYINGS = {
    "deploy": DEPLOY,
    "table": TABLE,
    "nasty": NASTY,
    "hold": "The first half, …hold…and the second.",
}


def _parse(raw: bytes) -> Json:
    if raw.startswith(b"{"):
        return dict(json.loads(raw))
    form = {name: values[0] for name, values in parse_qs(raw.decode()).items()}
    return dict(json.loads(form["payload"])) if "payload" in form else form
