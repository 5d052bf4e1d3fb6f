"""A wrong setting ends the start with one sentence that says what to set and where."""

import json
from collections.abc import Iterator

import pytest

from bot.runtime.cells import VARIABLE, Access, Budget, ReaderPolicy, read_cells
from bot.runtime.settings import SettingError, aws_client, read_parameter
from bot.runtime.worker_settings import SlackSettings, WorkerSettings
from tests.cells import with_cells
from tests.fakes.aws import FakeAws, running_aws

SLACK = {"bot_token": "xoxb-fake", "bot_id": "B1", "bot_user_id": "U1", "team_id": "T1"}
CELLS = {
    "worker_timeout": 120,
    "lease": 130,
    "deliveries": 4,
    "model_provider": "openai",
    "model": "gpt-6-luna",
    "model_url": "",
    "embedding_model": "",
    "embedding_url": "",
    "model_sees": False,
    "prompt_tokens": 32_000,
    "ask_instead": "<#C0123>",
    "tools": ["search_documents", "count_days"],
    "input_price": 0.1,
    "output_price": 0.5,
    "streams_per_minute": 20,
    "retention_days": 30,
    "person_burst": 10,
    "person_per_minute": 3,
    "person_at_once": 2,
    "team_burst": 60,
    "team_per_minute": 30,
    "daily_dollars": 2.5,
    "ask_channels": ["C1", "C2"],
    "ask_people": [],
    "ask_guests": False,
    "ask_strangers": True,
    "documents_public": False,
    "guests_read_along": True,
    "slack_api_url": "https://slack.com/api/",
}


@pytest.fixture
def aws() -> Iterator[FakeAws]:
    with running_aws() as fake:
        fake.parameters["/stackbot/test/slack"] = json.dumps(SLACK)
        yield fake


def test_the_worker_knows_its_installation(aws: FakeAws) -> None:
    settings = WorkerSettings.from_env(_variables(aws.url))
    settings.aws.close()
    assert settings.slack.bot_user_id == "U1"
    assert settings.cells.times.model == 105
    assert settings.model_key == ""
    assert "xoxb-fake" not in repr(settings)


def test_the_worker_knows_its_limits(aws: FakeAws) -> None:
    settings = WorkerSettings.from_env(_variables(aws.url))
    settings.aws.close()
    cells = settings.cells
    assert cells.access == Access(ask_channels=frozenset({"C1", "C2"}), ask_strangers=True)
    assert cells.readers == ReaderPolicy(documents_public=False, guests_read_along=True)
    assert cells.budget == Budget(10, 3, 2, 60, 30, 2.5, 0.1, 0.5)
    assert (cells.streams_per_minute, cells.retention_days) == (20, 30)
    assert cells.model_sees is False
    assert cells.tools == {"search_documents", "count_days"}
    assert (cells.prompt_tokens, cells.ask_instead) == (32_000, "<#C0123>")


def test_a_parameter_that_is_not_there_is_named(aws: FakeAws) -> None:
    client = aws_client(_variables(aws.url))
    with pytest.raises(SettingError, match="/stackbot/test/none does not exist: store it"):
        read_parameter(client, "/stackbot/test/none")
    client.close()


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("BOT_TABLE", "", "BOT_TABLE is not set"),
        ("BOT_QUEUE_URL", "sqs", "BOT_QUEUE_URL must be a URL"),
        ("BOT_SETTINGS", "", "BOT_SETTINGS is not set"),
        ("BOT_SETTINGS", "{", "BOT_SETTINGS must be a JSON object"),
        ("BOT_SETTINGS", "[]", "BOT_SETTINGS must be a JSON object"),
    ],
)
def test_a_wrong_variable_is_named(variable: str, value: str, message: str) -> None:
    with pytest.raises(SettingError, match=message):
        WorkerSettings.from_env({**_variables("http://127.0.0.1:9"), variable: value})


@pytest.mark.parametrize(
    ("cell", "value", "message"),
    [
        ("slack_api_url", "slack.com/api", "slack_api_url in BOT_SETTINGS must be a URL"),
        ("worker_timeout", "soon", "worker_timeout in BOT_SETTINGS must be a whole number"),
        ("person_burst", 0, "person_burst in BOT_SETTINGS must be a whole number of at least 1"),
        ("person_burst", True, "person_burst in BOT_SETTINGS must be a whole number"),
        ("daily_dollars", "$5", "daily_dollars in BOT_SETTINGS must be an amount"),
        ("daily_dollars", -1, "daily_dollars in BOT_SETTINGS must be an amount of at least 0"),
        ("daily_dollars", float("nan"), "daily_dollars in BOT_SETTINGS must be an amount"),
        ("ask_guests", "yes", "ask_guests in BOT_SETTINGS must be true or false"),
        ("ask_people", "U1", "ask_people in BOT_SETTINGS must be a list"),
        ("ask_instead", None, "ask_instead in BOT_SETTINGS must be a text"),
    ],
)
def test_a_wrong_limit_is_named(cell: str, value: object, message: str) -> None:
    with pytest.raises(SettingError, match=message):
        read_cells(with_cells(_variables("http://127.0.0.1:9"), **{cell: value}))


def test_a_cell_that_is_not_told_is_named() -> None:
    cells = json.loads(_variables("http://127.0.0.1:9")[VARIABLE])
    del cells["person_burst"]
    with pytest.raises(SettingError, match="person_burst is not in BOT_SETTINGS"):
        read_cells({VARIABLE: json.dumps(cells)})


@pytest.mark.parametrize(
    ("stored", "message"),
    [
        ("xoxb-fake", "must be JSON with bot_token"),
        (json.dumps({**SLACK, "bot_token": ""}), "bot_token in the SSM parameter .* is empty"),
        (json.dumps({"bot_token": "xoxb-fake"}), "bot_id is missing"),
        (json.dumps(["xoxb-fake"]), "must be JSON with bot_token"),
    ],
)
def test_a_wrong_installation_is_named_and_its_token_is_not(stored: str, message: str) -> None:
    with pytest.raises(SettingError, match=message) as error:
        SlackSettings.from_parameter(stored, "/stackbot/test/slack", "https://slack.com/api/")
    assert "xoxb-fake" not in str(error.value)


def _variables(endpoint: str) -> dict[str, str]:
    return {
        "AWS_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "not-a-key",
        "AWS_SECRET_ACCESS_KEY": "not-a-secret",
        "AWS_ENDPOINT_URL": endpoint,
        "BOT_NAME": "StackBot",
        "BOT_LOG_LEVEL": "INFO",
        "BOT_QUEUE_URL": "https://sqs.example.com/queue.fifo",
        "BOT_DEAD_LETTERS_URL": "https://sqs.example.com/dead.fifo",
        "BOT_TABLE": "claims",
        "BOT_KNOWLEDGE_BUCKET": "knowledge",
        "BOT_KNOWLEDGE_KEY": "knowledge/index-2.sqlite",
        "BOT_SLACK_PARAMETER": "/stackbot/test/slack",
        "BOT_OPENAI_PARAMETER": "/stackbot/test/openai-api-key",
        VARIABLE: json.dumps(CELLS),
    }
