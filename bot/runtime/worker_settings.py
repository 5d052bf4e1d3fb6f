"""What the worker needs to know: its installation in Slack, its model, its times and limits."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from bot.runtime.aws import Client
from bot.runtime.settings import (
    ENVIRONMENT,
    SettingError,
    amount,
    aws_client,
    flag,
    ids,
    number,
    read_parameter,
    required,
    url,
)


@dataclass(frozen=True, slots=True)
class SlackSettings:
    """Who the bot is in its workspace, as stored at its installation."""

    bot_token: str = field(repr=False)
    bot_id: str
    bot_user_id: str
    team_id: str
    app_id: str = ""
    enterprise_id: str = ""
    api_url: str = "https://slack.com/api/"

    @classmethod
    def from_parameter(cls, text: str, name: str, api_url: str) -> Self:
        """Read the JSON that is stored under the parameter `name`.

        Older ones lack `app_id` and `enterprise_id`, which are then not compared with requests.
        """
        try:
            stored = json.loads(text)
            values = {key: stored[key] for key in ("bot_token", "bot_id", "bot_user_id", "team_id")}
        except (ValueError, TypeError, KeyError) as error:
            raise SettingError(
                f"The SSM parameter {name} must be JSON with bot_token, bot_id, bot_user_id and"
                f" team_id; {_what_is_wrong(error)}."
            ) from None
        for key, value in values.items():
            if not isinstance(value, str) or not value:
                raise SettingError(f"{key} in the SSM parameter {name} is empty: store it there.")
        more = {key: str(stored.get(key) or "") for key in ("app_id", "enterprise_id")}
        return cls(**values, **more, api_url=api_url)


@dataclass(frozen=True, slots=True)
class Times:
    """The times of one answer, in seconds. A claim is held for the `lease`."""

    worker_timeout: int
    lease: int
    deliveries: int

    @property
    def model(self) -> int:
        """How long after the start the model is cut off, so that the rest can still be said."""
        return self.worker_timeout - min(15, self.worker_timeout // 4)


@dataclass(frozen=True, slots=True)
class Access:
    """Who may ask: ids of Slack's, where none means everyone; guests and people from elsewhere."""

    channels: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()
    guests: bool = False
    strangers: bool = False

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        return cls(
            channels=ids(env, "BOT_ASK_CHANNELS"),
            people=ids(env, "BOT_ASK_PEOPLE"),
            guests=flag(env, "BOT_ASK_GUESTS"),
            strangers=flag(env, "BOT_ASK_STRANGERS"),
        )


@dataclass(frozen=True, slots=True)
class ReaderPolicy:
    """What people from outside may read, and whether guests count as such."""

    documents_public: bool = False
    guests_read_along: bool = False

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        return cls(
            documents_public=flag(env, "BOT_DOCUMENTS_PUBLIC"),
            guests_read_along=flag(env, "BOT_GUESTS_READ_ALONG"),
        )


@dataclass(frozen=True, slots=True)
class Budget:
    """How much the model may be asked. Prices are in dollars for a million tokens."""

    person_burst: int
    person_per_minute: int
    person_at_once: int
    team_burst: int
    team_per_minute: int
    daily_dollars: float
    input_price: float
    output_price: float

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        return cls(
            person_burst=number(env, "BOT_PERSON_BURST"),
            person_per_minute=number(env, "BOT_PERSON_PER_MINUTE"),
            person_at_once=number(env, "BOT_PERSON_AT_ONCE"),
            team_burst=number(env, "BOT_TEAM_BURST"),
            team_per_minute=number(env, "BOT_TEAM_PER_MINUTE"),
            daily_dollars=amount(env, "BOT_DAILY_DOLLARS"),
            input_price=amount(env, "BOT_INPUT_PRICE"),
            output_price=amount(env, "BOT_OUTPUT_PRICE"),
        )


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """What the worker needs; secrets are read from SSM when this is made."""

    name: str
    aws: Client
    queue_url: str
    dead_letters_url: str
    table: str
    knowledge_bucket: str
    knowledge_key: str
    times: Times
    slack: SlackSettings
    model_provider: str
    model: str
    model_url: str
    model_key: str = field(repr=False)
    embedding_model: str
    embedding_url: str
    model_sees: bool
    prompt_tokens: int
    tools: frozenset[str]
    ask_instead: str
    access: Access
    reading: ReaderPolicy
    budget: Budget
    streams_per_minute: int
    retention_days: int
    region: str
    log_level: str

    @classmethod
    def from_env(cls, env: Mapping[str, str] = ENVIRONMENT) -> Self:
        """Read the environment and the two parameters. Raises `SettingError` or `AwsError`."""
        aws = aws_client(env)
        slack_parameter = required(env, "BOT_SLACK_PARAMETER")
        slack_api = url(env, "SLACK_API_URL")
        return cls(
            name=required(env, "BOT_NAME"),
            aws=aws,
            queue_url=url(env, "BOT_QUEUE_URL"),
            dead_letters_url=url(env, "BOT_DEAD_LETTERS_URL"),
            table=required(env, "BOT_TABLE"),
            knowledge_bucket=required(env, "BOT_KNOWLEDGE_BUCKET"),
            knowledge_key=required(env, "BOT_KNOWLEDGE_KEY"),
            times=Times(
                worker_timeout=number(env, "BOT_WORKER_TIMEOUT"),
                lease=number(env, "BOT_LEASE"),
                deliveries=number(env, "BOT_DELIVERIES"),
            ),
            slack=SlackSettings.from_parameter(
                read_parameter(aws, slack_parameter), slack_parameter, slack_api
            ),
            model_provider=required(env, "BOT_MODEL_PROVIDER"),
            model=required(env, "BOT_MODEL"),
            model_url=env.get("BOT_MODEL_URL", ""),
            model_key=_model_key(aws, env),
            embedding_model=env.get("BOT_EMBEDDING_MODEL", ""),
            embedding_url=env.get("BOT_EMBEDDING_URL", ""),
            model_sees=flag(env, "BOT_MODEL_SEES"),
            prompt_tokens=number(env, "BOT_PROMPT_TOKENS"),
            tools=ids(env, "BOT_TOOLS"),
            ask_instead=env.get("BOT_ASK_INSTEAD", ""),
            access=Access.from_env(env),
            reading=ReaderPolicy.from_env(env),
            budget=Budget.from_env(env),
            streams_per_minute=number(env, "BOT_STREAMS_PER_MINUTE"),
            retention_days=number(env, "BOT_RETENTION_DAYS"),
            region=required(env, "AWS_REGION"),
            log_level=required(env, "BOT_LOG_LEVEL"),
        )


def _model_key(aws: Client, env: Mapping[str, str]) -> str:
    if env.get("BOT_MODEL_PROVIDER") != "openai" and not env.get("BOT_EMBEDDING_MODEL"):
        return ""
    try:
        return read_parameter(aws, required(env, "BOT_OPENAI_PARAMETER"))
    except SettingError:
        # A local model server needs no key; a hosted one refuses, and the failure order answers.
        return ""


def _what_is_wrong(error: Exception) -> str:
    return f"{error.args[0]} is missing" if isinstance(error, KeyError) else "it is not"
