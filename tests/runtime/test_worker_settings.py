"""A wrong setting ends the start with one sentence that says what to set and where."""

import json
from collections.abc import Iterator

import pytest

from bot.runtime.settings import SettingError, aws_client, read_parameter
from bot.runtime.worker_settings import Access, Budget, ReaderPolicy, SlackSettings, WorkerSettings
from tests.fakes.aws import FakeAws, running_aws

SLACK = {"bot_token": "xoxb-fake", "bot_id": "B1", "bot_user_id": "U1", "team_id": "T1"}


@pytest.fixture
def aws() -> Iterator[FakeAws]:
    with running_aws() as fake:
        fake.parameters["/stackbot/test/slack"] = json.dumps(SLACK)
        yield fake


def test_the_worker_knows_its_installation(aws: FakeAws) -> None:
    settings = WorkerSettings.from_env(_variables(aws.url))
    settings.aws.close()
    assert settings.slack.bot_user_id == "U1"
    assert settings.times.model == 105
    assert settings.model_key == ""
    assert "xoxb-fake" not in repr(settings)


def test_the_worker_knows_its_limits(aws: FakeAws) -> None:
    settings = WorkerSettings.from_env(_variables(aws.url))
    settings.aws.close()
    assert settings.access == Access(channels=frozenset({"C1", "C2"}), strangers=True)
    assert settings.reading == ReaderPolicy(documents_public=False, guests_read_along=True)
    assert settings.budget == Budget(10, 3, 2, 60, 30, 2.5, 0.1, 0.5)
    assert (settings.streams_per_minute, settings.retention_days) == (20, 30)
    assert settings.model_sees is False
    assert settings.tools == {"search_documents", "count_days"}
    assert (settings.prompt_tokens, settings.ask_instead) == (32_000, "<#C0123>")


def test_a_parameter_that_is_not_there_is_named(aws: FakeAws) -> None:
    client = aws_client(_variables(aws.url))
    with pytest.raises(SettingError, match="/stackbot/test/none does not exist: store it"):
        read_parameter(client, "/stackbot/test/none")
    client.close()


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("BOT_TABLE", "", "BOT_TABLE is not set"),
        ("SLACK_API_URL", "slack.com/api", "SLACK_API_URL must be a URL"),
        ("BOT_WORKER_TIMEOUT", "soon", "BOT_WORKER_TIMEOUT must be a whole number"),
    ],
)
def test_a_wrong_variable_is_named(variable: str, value: str, told: str) -> None:
    with pytest.raises(SettingError, match=told):
        WorkerSettings.from_env({**_variables("http://127.0.0.1:9"), variable: value})


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("BOT_PERSON_BURST", "0", "BOT_PERSON_BURST must be a whole number of at least 1"),
        ("BOT_DAILY_DOLLARS", "$5", "BOT_DAILY_DOLLARS must be an amount"),
        ("BOT_DAILY_DOLLARS", "-1", "BOT_DAILY_DOLLARS must be an amount of at least 0"),
        ("BOT_DAILY_DOLLARS", "nan", "BOT_DAILY_DOLLARS must be an amount"),
        ("BOT_ASK_GUESTS", "yes", "BOT_ASK_GUESTS must be true or false"),
    ],
)
def test_a_wrong_limit_is_named(variable: str, value: str, told: str) -> None:
    variables = {**_variables("http://127.0.0.1:9"), variable: value}
    with pytest.raises(SettingError, match=told):
        _ = Budget.from_env(variables), Access.from_env(variables)


@pytest.mark.parametrize(
    ("stored", "told"),
    [
        ("xoxb-fake", "must be JSON with bot_token"),
        (json.dumps({**SLACK, "bot_token": ""}), "bot_token in the SSM parameter .* is empty"),
        (json.dumps({"bot_token": "xoxb-fake"}), "bot_id is missing"),
        (json.dumps(["xoxb-fake"]), "must be JSON with bot_token"),
    ],
)
def test_a_wrong_installation_is_named_and_its_token_is_not(stored: str, told: str) -> None:
    with pytest.raises(SettingError, match=told) as error:
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
        "BOT_WORKER_TIMEOUT": "120",
        "BOT_LEASE": "130",
        "BOT_DELIVERIES": "4",
        "BOT_MODEL_PROVIDER": "openai",
        "BOT_MODEL": "gpt-6-luna",
        "BOT_MODEL_SEES": "false",
        "BOT_PROMPT_TOKENS": "32000",
        "BOT_ASK_INSTEAD": "<#C0123>",
        "BOT_TOOLS": "search_documents,count_days",
        "BOT_INPUT_PRICE": "0.1",
        "BOT_OUTPUT_PRICE": "0.5",
        "BOT_STREAMS_PER_MINUTE": "20",
        "BOT_RETENTION_DAYS": "30",
        "BOT_PERSON_BURST": "10",
        "BOT_PERSON_PER_MINUTE": "3",
        "BOT_PERSON_AT_ONCE": "2",
        "BOT_TEAM_BURST": "60",
        "BOT_TEAM_PER_MINUTE": "30",
        "BOT_DAILY_DOLLARS": "2.5",
        "BOT_ASK_CHANNELS": "C1,C2",
        "BOT_ASK_PEOPLE": "",
        "BOT_ASK_GUESTS": "false",
        "BOT_ASK_STRANGERS": "true",
        "BOT_DOCUMENTS_PUBLIC": "false",
        "BOT_GUESTS_READ_ALONG": "true",
        "SLACK_API_URL": "https://slack.com/api/",
    }
