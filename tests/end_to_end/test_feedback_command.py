"""`./stackbot feedback` and `./stackbot forget`, on the stack that runs on this machine."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.__main__ import main
from scripts.aws import account
from scripts.local.stack import LocalStack
from slack_simulator import Control, Message
from slack_simulator.scripted_model import ModelServer
from tests.end_to_end.conftest import Conversation

PERSON = "T0SAMPLE:U0CHIYO"


@pytest.fixture
def rated(
    reached: LocalStack,  # noqa: ARG001 - the commands find it
    conversation: Conversation,
    slack: Control,
    model: ModelServer,
) -> Iterator[Message]:
    """An answer to Chiyo that she finds bad."""
    main(["forget", PERSON])
    model.will_say("Run the deploy command [1].")
    conversation.ask("<@bot> How do I deploy to [prod]?", person="chiyo")
    answer = conversation.answer()
    slack.click("chiyo", answer, "rate", "Bad answer")
    (view,) = slack.until(lambda: slack.views("chiyo"))
    slack.close("chiyo", view["id"])
    yield answer
    main(["forget", PERSON])


def _lines(printed: str) -> list[dict[str, object]]:
    return [one for one in json.loads(printed)["feedback"] if one["person"] == PERSON]


def test_feedback_is_exported_as_json_with_all_that_is_kept(
    rated: Message, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main(["feedback", "--json", "--down", "--since", "1h"]) == 0
    (one,) = _lines(capsys.readouterr().out)
    assert one["question"] == "How do I deploy to [prod]?"
    assert one["answer"] == "Run the deploy command [1]."
    assert (one["verdict"], one["model"]) == ("down", "scripted")
    assert str(one["question_id"]).endswith(f"{rated.channel}:{rated.thread_ts}")
    assert {"sources", "cost", "trace_id", "wish", "at", "input_tokens"} < one.keys()


def test_what_limited_documents_say_is_exported_on_request_alone(
    rated: Message, reached: LocalStack, capsys: pytest.CaptureFixture[str]
) -> None:
    key = f"feedback#T0SAMPLE:{rated.channel}:{rated.thread_ts}#{PERSON}"
    reached.client("dynamodb").update_item(
        TableName=reached.outputs["Table"],
        Key={"pk": {"S": key}},
        UpdateExpression="SET sources[0].channels = :limited",
        ExpressionAttributeValues={":limited": {"L": [{"S": rated.channel}]}},
    )
    capsys.readouterr()
    assert main(["feedback", "--json"]) == 0
    (one,) = _lines(capsys.readouterr().out)  # others' ratings, of other tests, may say it
    assert one["question"] == "How do I deploy to [prod]?"
    assert "Run the deploy command" not in str(one)
    assert "stackbot deploy" not in str(one)
    assert main(["feedback", "--json", "--limited"]) == 0
    (one,) = _lines(capsys.readouterr().out)
    assert one["answer"] == "Run the deploy command [1]."


def test_feedback_is_shown_as_a_table(
    rated: Message, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert rated
    monkeypatch.setenv("COLUMNS", "200")
    capsys.readouterr()
    assert main(["feedback"]) == 0
    assert "How do I deploy to [prod]?" in capsys.readouterr().out


def test_feedback_from_before_is_left_out(
    rated: Message, capsys: pytest.CaptureFixture[str]
) -> None:
    assert rated
    capsys.readouterr()
    assert main(["feedback", "--json", "--since", "2999-01-01"]) == 0
    assert json.loads(capsys.readouterr().out) == {"feedback": []}
    assert main(["feedback", "--since", "2999-01-01"]) == 0
    assert capsys.readouterr().out.startswith("No feedback yet.")


def test_what_is_kept_of_a_person_is_deleted_by_the_operators(
    rated: Message, capsys: pytest.CaptureFixture[str]
) -> None:
    assert rated
    capsys.readouterr()
    assert main(["forget", PERSON]) == 0
    assert "questions with their answers: 1, ratings: 1." in capsys.readouterr().out
    assert main(["feedback", "--json"]) == 0
    assert _lines(capsys.readouterr().out) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["feedback"], "start ./stackbot local"),
        (["feedback", "--env", "nowhere"], "There is no environment 'nowhere'"),
        (["feedback", "--since", "yesterday"], "--since takes a date"),
        (["forget", "chiyo"], "Name workspace and person"),
        (["forget", PERSON], "start ./stackbot local"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(
    arguments: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(account, "RUNNING", tmp_path / "local.json")
    assert main(arguments) == 1
    assert said in capsys.readouterr().err
