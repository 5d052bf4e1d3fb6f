"""The only reader of the environment and of SSM: what is wrong is said at start, not on use."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlsplit

from bot.aws import AwsError, Client, Credentials


class SettingError(ValueError):
    """A setting is missing or malformed; the message says what to set, and where."""


@dataclass(frozen=True, slots=True)
class IngressSettings:
    """What the ingress needs. The signing secret itself is read by `signing_secret`."""

    aws: Client
    queue_url: str
    table: str
    signing_secret_parameter: str

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Self:
        return cls(
            aws=_aws(env),
            queue_url=_url(env, "BOT_QUEUE_URL"),
            table=_required(env, "BOT_TABLE"),
            signing_secret_parameter=_required(env, "BOT_SIGNING_SECRET_PARAMETER"),
        )

    def signing_secret(self) -> bytes:
        """Read the signing secret from SSM. Raises `AwsError` or `SettingError`."""
        return read_parameter(self.aws, self.signing_secret_parameter).encode()


@dataclass(frozen=True, slots=True)
class SlackSettings:
    """Who the bot is in its workspace, as stored at its installation."""

    bot_token: str = field(repr=False)
    bot_id: str
    bot_user_id: str
    team_id: str
    api_url: str = "https://slack.com/api/"

    @classmethod
    def from_parameter(cls, text: str, name: str, api_url: str) -> Self:
        """Read the JSON that is stored under the parameter `name`."""
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
        return cls(**values, api_url=api_url)


@dataclass(frozen=True, slots=True)
class Times:
    """The times of one answer, in seconds, all of them from the worker's time-out."""

    worker_timeout: int
    deliveries: int

    @property
    def lease(self) -> int:
        """How long a claim is held: longer than the worker can live."""
        return self.worker_timeout + 10

    @property
    def model(self) -> int:
        """How long after the start the model is cut off, so that the rest can still be said."""
        return self.worker_timeout - min(15, self.worker_timeout // 4)


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """What the worker needs; secrets are read from SSM when this is made."""

    name: str
    aws: Client
    queue_url: str
    table: str
    knowledge_bucket: str
    knowledge_key: str
    times: Times
    slack: SlackSettings
    model_provider: str
    model: str
    model_url: str
    model_key: str = field(repr=False)
    region: str
    log_level: str

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Self:
        """Read the environment and the two parameters. Raises `SettingError` or `AwsError`."""
        aws = _aws(env)
        slack_parameter = _required(env, "BOT_SLACK_PARAMETER")
        return cls(
            name=_required(env, "BOT_NAME"),
            aws=aws,
            queue_url=_url(env, "BOT_QUEUE_URL"),
            table=_required(env, "BOT_TABLE"),
            knowledge_bucket=_required(env, "BOT_KNOWLEDGE_BUCKET"),
            knowledge_key=_required(env, "BOT_KNOWLEDGE_KEY"),
            times=Times(_number(env, "BOT_WORKER_TIMEOUT"), _number(env, "BOT_DELIVERIES")),
            slack=SlackSettings.from_parameter(
                read_parameter(aws, slack_parameter), slack_parameter, _url(env, "SLACK_API_URL")
            ),
            model_provider=_required(env, "BOT_MODEL_PROVIDER"),
            model=_required(env, "BOT_MODEL"),
            model_url=env.get("BOT_MODEL_URL", ""),
            model_key=_model_key(aws, env),
            region=_required(env, "AWS_REGION"),
            log_level=_required(env, "BOT_LOG_LEVEL"),
        )


def read_parameter(aws: Client, name: str) -> str:
    """Read one SecureString. A missing one is a `SettingError` that names it."""
    try:
        answer = aws.call("ssm", "AmazonSSM.GetParameter", {"Name": name, "WithDecryption": True})
    except AwsError as error:
        if error.code == "ParameterNotFound":
            raise SettingError(
                f"The SSM parameter {name} does not exist: store it as a SecureString."
            ) from None
        raise
    value: str = answer["Parameter"]["Value"]
    return value


def _model_key(aws: Client, env: Mapping[str, str]) -> str:
    if env.get("BOT_MODEL_PROVIDER") != "openai":
        return ""
    try:
        return read_parameter(aws, _required(env, "BOT_OPENAI_PARAMETER"))
    except SettingError:
        # A local model server needs no key; a hosted one refuses, and the failure order answers.
        return ""


def _aws(env: Mapping[str, str]) -> Client:
    return Client(
        region=_required(env, "AWS_REGION"),
        credentials=Credentials(
            _required(env, "AWS_ACCESS_KEY_ID"),
            _required(env, "AWS_SECRET_ACCESS_KEY"),
            env.get("AWS_SESSION_TOKEN", ""),
        ),
        endpoint=env.get("AWS_ENDPOINT_URL") or None,
    )


def _required(env: Mapping[str, str], name: str) -> str:
    value = env.get(name, "").strip()
    if not value:
        raise SettingError(
            f"{name} is not set: infra/stack.py sets it on the function, so deploy the stack again."
        )
    return value


def _url(env: Mapping[str, str], name: str) -> str:
    value = _required(env, name)
    if urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).netloc:
        raise SettingError(f"{name} must be a URL such as https://example.com/, not {value!r}.")
    return value


def _number(env: Mapping[str, str], name: str) -> int:
    value = _required(env, name)
    if not value.isdecimal() or int(value) < 1:
        raise SettingError(f"{name} must be a whole number of at least 1, not {value!r}.")
    return int(value)


def _what_is_wrong(error: Exception) -> str:
    return f"{error.args[0]} is missing" if isinstance(error, KeyError) else "it is not"
