"""The only reader of the environment and of SSM: what is wrong is said at start, not on use.

The ingress imports this, so it does without `dataclasses`, which alone takes 20 ms.
"""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from bot.runtime.aws import AwsError, Client
from bot.runtime.signing import Credentials

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

ENVIRONMENT: Mapping[str, str] = os.environ


class SettingError(ValueError):
    """A setting is missing or malformed; the message says what to set, and where."""


class IngressSettings:
    """What the ingress needs. The signing secret itself is read by `signing_secret`."""

    __slots__ = ("_signing_secret_parameter", "aws", "log_level", "queue_url", "table")

    def __init__(
        self,
        aws: Client,
        queue_url: str,
        table: str,
        signing_secret_parameter: str,
        log_level: str = "INFO",
    ) -> None:
        self.aws = aws
        self.queue_url = queue_url
        self.table = table
        self.log_level = log_level
        self._signing_secret_parameter = signing_secret_parameter

    @classmethod
    def from_env(cls, env: Mapping[str, str] = ENVIRONMENT) -> Self:
        return cls(
            aws=aws_client(env),
            queue_url=url(env, "BOT_QUEUE_URL"),
            table=required(env, "BOT_TABLE"),
            signing_secret_parameter=required(env, "BOT_SIGNING_SECRET_PARAMETER"),
            log_level=required(env, "BOT_LOG_LEVEL"),
        )

    def signing_secret(self) -> bytes:
        """Read the signing secret from SSM. Raises `AwsError` or `SettingError`."""
        # A newline pasted with it would break every signature, and an empty one would break none.
        secret = read_parameter(self.aws, self._signing_secret_parameter).strip()
        if not secret:
            raise SettingError(
                f"The SSM parameter {self._signing_secret_parameter} is empty: store the app's"
                " signing secret there."
            )
        return secret.encode()


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


def aws_client(env: Mapping[str, str]) -> Client:
    """A client with the function's own role."""
    return Client(
        region=required(env, "AWS_REGION"),
        credentials=Credentials(
            required(env, "AWS_ACCESS_KEY_ID"),
            required(env, "AWS_SECRET_ACCESS_KEY"),
            env.get("AWS_SESSION_TOKEN", ""),
        ),
        endpoint=env.get("AWS_ENDPOINT_URL") or None,
    )


def required(env: Mapping[str, str], name: str) -> str:
    """A variable that has to be set. Raises `SettingError`."""
    value = env.get(name, "").strip()
    if not value:
        raise SettingError(
            f"{name} is not set: infra/stack.py sets it on the function, so deploy the stack again."
        )
    return value


def url(env: Mapping[str, str], name: str) -> str:
    """A variable that holds an http(s) URL. Raises `SettingError`."""
    value = required(env, name)
    if not is_http_url(value):
        raise SettingError(f"{name} must be a URL such as https://example.com/, not {value!r}.")
    return value


def is_http_url(text: str) -> bool:
    parts = urlsplit(text)
    return parts.scheme in ("http", "https") and bool(parts.netloc)
