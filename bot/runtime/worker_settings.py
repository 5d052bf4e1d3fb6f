"""What the worker needs to know: its row's cells, what the stack made, and two secrets."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from bot.runtime.aws import Client
from bot.runtime.cells import Cells, read_cells
from bot.runtime.settings import (
    ENVIRONMENT,
    SettingError,
    aws_client,
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
class WorkerSettings:
    """What the worker needs; secrets are read from SSM when this is made."""

    name: str
    cells: Cells
    aws: Client
    region: str
    queue_url: str
    dead_letters_url: str
    table: str
    knowledge_bucket: str
    knowledge_key: str
    slack: SlackSettings
    model_key: str = field(repr=False)
    log_level: str

    @classmethod
    def from_env(cls, env: Mapping[str, str] = ENVIRONMENT) -> Self:
        """Read the environment and the two parameters. Raises `SettingError` or `AwsError`."""
        aws, cells = aws_client(env), read_cells(env)
        slack_parameter = required(env, "BOT_SLACK_PARAMETER")
        return cls(
            name=required(env, "BOT_NAME"),
            cells=cells,
            aws=aws,
            region=required(env, "AWS_REGION"),
            queue_url=url(env, "BOT_QUEUE_URL"),
            dead_letters_url=url(env, "BOT_DEAD_LETTERS_URL"),
            table=required(env, "BOT_TABLE"),
            knowledge_bucket=required(env, "BOT_KNOWLEDGE_BUCKET"),
            knowledge_key=required(env, "BOT_KNOWLEDGE_KEY"),
            slack=SlackSettings.from_parameter(
                read_parameter(aws, slack_parameter), slack_parameter, cells.slack_api_url
            ),
            model_key=_model_key(aws, cells, env),
            log_level=required(env, "BOT_LOG_LEVEL"),
        )


def _model_key(aws: Client, cells: Cells, env: Mapping[str, str]) -> str:
    if cells.model_provider != "openai" and not cells.embedding_model:
        return ""
    try:
        return read_parameter(aws, required(env, "BOT_OPENAI_PARAMETER"))
    except SettingError:
        # A local model server needs no key; a hosted one refuses, and the failure order answers.
        return ""


def _what_is_wrong(error: Exception) -> str:
    return f"{error.args[0]} is missing" if isinstance(error, KeyError) else "it is not"
