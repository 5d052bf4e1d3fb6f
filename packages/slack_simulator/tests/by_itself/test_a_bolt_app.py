"""A Bolt app as its documentation has it, with nothing of the simulator's, runs against it."""

import re
import runpy
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from slack_bolt import App
from slack_bolt.adapter.wsgi import SlackRequestHandler
from slack_sdk import WebClient

from slack_simulator import Control, Simulator

README = Path(__file__).parents[2] / "README.md"
SECRET, TOKEN = "not-a-real-secret", "xoxb-fake"
ORDER = {
    "type": "modal",
    "callback_id": "order",
    "title": {"type": "plain_text", "text": "Lunch"},
    "submit": {"type": "plain_text", "text": "Order"},
    "blocks": [
        {
            "type": "input",
            "block_id": "dish",
            "label": {"type": "plain_text", "text": "Dish"},
            "element": {"type": "plain_text_input", "action_id": "text"},
        }
    ],
}


def bolt_app(api_url: str) -> App:
    """Streams an answer to each mention, and takes orders by a command and its modal."""
    app = App(signing_secret=SECRET, client=WebClient(TOKEN, base_url=api_url))

    @app.event("app_mention")
    def answer(event: dict[str, Any], client: WebClient, context: dict[str, Any]) -> None:
        stream = client.chat_stream(
            channel=event["channel"],
            thread_ts=event["ts"],
            recipient_team_id=context["team_id"],
            recipient_user_id=event["user"],
        )
        stream.append(markdown_text="Lunch is ")
        stream.append(markdown_text="at noon.")
        stream.stop()

    @app.command("/ask")
    def ask(ack: Any, body: dict[str, Any], client: WebClient) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=ORDER)

    @app.view("order")
    def order(ack: Any, view: dict[str, Any], client: WebClient) -> None:
        ack()
        dish = view["state"]["values"]["dish"]["text"]["value"]
        client.chat_postMessage(channel="#help", text=f"{dish} it is.")

    return app


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its parent's name
        pass


@contextmanager
def slack_with(make_app: Callable[[str], App]) -> Iterator[Control]:
    """A Slack that an app is connected to, which `make_app` builds from the Web API's URL."""
    with Simulator(signing_secret=SECRET, bot_token=TOKEN) as simulator:
        app = SlackRequestHandler(make_app(simulator.api_url))
        with make_server("127.0.0.1", 0, app, handler_class=Quiet) as server:
            thread = threading.Thread(target=server.serve_forever, args=(0.02,))
            thread.start()
            try:
                simulator.control.set_request_url(
                    f"http://127.0.0.1:{server.server_port}/slack/events"
                )
                yield simulator.control
            finally:
                simulator.control.wait_until_idle(5)
                server.shutdown()
                thread.join()


def test_a_bolt_app_hears_streams_and_takes_an_order() -> None:
    with slack_with(bolt_app) as slack:
        question = slack.say("ada", "#help", "<@bot> When is lunch?")
        answer = slack.wait_for_answer(question.channel, question.ts)
        assert (answer.text, answer.bot) == ("Lunch is at noon.", True)
        assert [call.method for call in slack.calls() if "Stream" in call.method] == [
            "chat.startStream",
            "chat.stopStream",
        ]

        slack.command("ben", "#help", "/ask")
        view = slack.until(lambda: slack.views("ben"))[0]
        values = {"dish": {"text": {"type": "plain_text_input", "value": "Soup"}}}
        slack.submit("ben", view["id"], values)
        assert slack.until(lambda: slack.messages("C0HELP")[-1].text == "Soup it is.")
        slack.until(lambda: not slack.views("ben"))


def test_the_app_of_the_readme_answers_a_mention(tmp_path: Path) -> None:
    def first_app(api_url: str) -> App:
        blocks = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
        assert "http://127.0.0.1:3900/api/" in blocks[0]
        file = tmp_path / "app.py"
        file.write_text(blocks[0].replace("http://127.0.0.1:3900/api/", api_url))
        app: App = runpy.run_path(str(file))["app"]
        return app

    with slack_with(first_app) as slack:
        question = slack.say("ada", "#help", "<@bot> hello")
        assert slack.wait_for_answer(question.channel, question.ts).text == "Hello!"
