"""The same deployed bot on a Slack that others have written, which cannot stream.

local-slack exists for Linux on x86-64 only; elsewhere these tests are left out.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scripts.install import second_slack
from scripts.local.stack import LocalStack
from slack_simulator.scripted_model import ModelServer
from slack_simulator.workspace.people import TEAM
from tests.cells import cells_in, with_cells
from tests.end_to_end.second_slack import SecondSlack

ROOT = Path(__file__).parents[2]
MENTION = "<@U0SAMPLE>"


@pytest.fixture(scope="module")
def other(stack: LocalStack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecondSlack]:
    """It knows the bot by the credentials that the deployed stack already has."""
    binary = second_slack(ROOT)
    if binary is None:
        pytest.skip("local-slack is made for Linux on x86-64 only")
    credentials = stack.slack.credentials
    app = {
        "appId": credentials["app_id"],
        "botUserId": credentials["bot_user_id"],
        "botName": "stackbot",
        "botToken": credentials["bot_token"],
        "signingSecret": stack.signing_secret,
        "requestUrl": stack.request_url,
    }
    with SecondSlack(binary, tmp_path_factory.mktemp("second"), app, TEAM) as other:
        before = _pointed_at(stack, f"{other.url}/api/")
        yield other
        _pointed_at(stack, before)


def test_it_is_out_of_reach_for_other_machines(other: SecondSlack) -> None:
    assert other.listens_on() == ["0100007F"], "127.0.0.1 and nothing else"


def test_a_mention_is_answered_whole_in_its_thread_where_nothing_streams(
    other: SecondSlack, model: ModelServer
) -> None:
    model.will_say("On *Friday*.")
    asked = other.say(f"{MENTION} When is the office closed?")
    answer = _answer(other, asked)
    assert "On *Friday*." in str(answer["blocks"])


def test_a_thread_goes_on(other: SecondSlack, model: ModelServer) -> None:
    model.will_say("Berth seven.")
    asked = other.say(f"{MENTION} Where is the ferry?")
    _answer(other, asked)
    model.will_say("Still there.")
    other.say(f"{MENTION} And now?", thread=asked)
    assert "Still there." in str(_answer(other, asked, number=2)["blocks"])
    assert "Berth seven." in str(model.requests[-1]["messages"])


def test_a_command_is_answered(other: SecondSlack, model: ModelServer) -> None:
    model.will_say("By command.")
    before = len(other.answers())
    other.command("/ask", "Where is the crane?")
    other.until(lambda: "By command." in str(other.answers()[before:]))


def test_a_rating_is_kept(other: SecondSlack, model: ModelServer, stack: LocalStack) -> None:
    model.will_say("Rate this.")
    answer = _answer(other, other.say(f"{MENTION} Which is best?"))
    button = next(_feedback_buttons(answer))
    value = button["positive_button"]["value"]
    action = {key: button[key] for key in ("type", "action_id")} | {"value": value}
    other.click(answer, action)
    other.until(lambda: "'up'" in str(_items(stack)))


def _answer(other: SecondSlack, thread: str, number: int = 1) -> dict[str, Any]:
    """The thread's answer of that number."""

    def there() -> list[dict[str, Any]]:
        return [m for m in other.answers() if m.get("thread_ts") == thread][number - 1 : number]

    return other.until(there)[0]


def _feedback_buttons(message: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for block in message["blocks"]:
        for element in block.get("elements", ()):
            if element["type"] == "feedback_buttons":
                yield element


def _items(stack: LocalStack) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = stack.client("dynamodb").scan(TableName=stack.outputs["Table"])[
        "Items"
    ]
    return items


def _pointed_at(stack: LocalStack, api_url: str) -> str:
    """Have the worker call another Slack; returns the URL of the one before."""
    client, worker = stack.client("lambda"), stack.functions[1]
    variables = client.get_function_configuration(FunctionName=worker)["Environment"]["Variables"]
    changed = with_cells(variables, slack_api_url=api_url)
    client.update_function_configuration(FunctionName=worker, Environment={"Variables": changed})
    return str(cells_in(variables)["slack_api_url"])
