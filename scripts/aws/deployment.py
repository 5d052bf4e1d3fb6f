"""What is deployed of an environment: on this machine while `./stackbot local` runs, or on AWS."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    LoginError,
    NoCredentialsError,
    SSOError,
    TokenRetrievalError,
)

from bot.runtime.aws import AwsError, Client
from bot.runtime.signing import Credentials
from bot.state.table import Table
from infra.environments import Environment, UnknownEnvironmentError, environment
from infra.names import EVENTS_PATH, stack_name
from scripts.aws.account import Account, NothingRuns
from scripts.local.emulator import api_url
from scripts.terminal.problem import Problem

_EXPIRED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired"}
"""https://docs.aws.amazon.com/AWSEC2/latest/APIReference/CommonErrors.html, and those of STS."""


class NotDeployed(Problem):
    """The account has no stack of the environment."""


@dataclass(frozen=True, slots=True)
class Deployed:
    """A deployed stack. `tags` and `outputs` are those of AWS, whatever the checkout says."""

    account: Account
    stack: str
    status: str
    outputs: Mapping[str, str]
    tags: Mapping[str, str]

    @property
    def row(self) -> Environment:
        return self.account.row

    @property
    def functions(self) -> tuple[str, str]:
        """The names of the ingress and of the worker."""
        return self.outputs["IngressFunction"], self.outputs["WorkerFunction"]

    @property
    def publishes(self) -> bool:
        """Whether its functions have versions, one of them live, whatever the row says now."""
        return "IngressVersion" in self.outputs

    @property
    def request_url(self) -> str:
        """Where Slack sends its events."""
        url, emulator = self.outputs["SlackUrl"], self.account.endpoint
        if not emulator:
            return url
        # The access key may be a temporary one of a role, so the account names itself.
        return f"{api_url(emulator, url, EVENTS_PATH)}?AWSAccessKeyId={self.account.number}"

    def client(self, service: str) -> Any:
        """A boto3 client of the stack's account, made once."""
        return self.account.client(service)

    @contextmanager
    def table(self) -> Iterator[Table]:
        """The stack's table, through the bot's own client."""
        key, secret, token = _keys(self.account)
        client = Client(self.account.region, Credentials(key, secret, token), self.account.endpoint)
        try:
            yield Table(client, self.outputs["Table"])
        finally:
            client.close()


@contextmanager
def account(name: str) -> Iterator[Account]:
    """The account of the environment `name`, checked to be the right one.

    Raises `Problem`, also for what AWS refuses or fails at within the block.
    """
    try:
        account = Account.of(environment(name))
        account.check()
        yield account
    except UnknownEnvironmentError as error:
        raise Problem(str(error)) from error
    except (BotoCoreError, ClientError, AwsError) as error:
        raise _explained(name, error) from error


@contextmanager
def deployed(name: str) -> Iterator[Deployed]:
    """The deployed stack of the environment `name`. Raises `Problem` as `account` does."""
    with account(name) as caller:
        yield deployed_in(caller)


def deployed_in(account: Account) -> Deployed:
    """The stack that an account has of its environment. Raises `NotDeployed`."""
    stack = described(account)
    if stack is None:
        raise NotDeployed(
            f"{account.row.name} is not deployed in the account {account.number},"
            f" {account.region}: run ./stackbot deploy {account.row.name}"
        )
    name = stack_name(account.row.name)
    return Deployed(account, name, stack["StackStatus"], _Outputs(name, stack), tags_of(stack))


def described(account: Account) -> Mapping[str, Any] | None:
    """CloudFormation's description of the environment's stack; None where there is no stack."""
    name = stack_name(account.row.name)
    try:
        (stack,) = account.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    return dict(stack)


def tags_of(stack: Mapping[str, Any]) -> dict[str, str]:
    """The tags in a stack's description."""
    return {tag["Key"]: tag["Value"] for tag in stack.get("Tags", ())}


class _Outputs(dict[str, str]):
    """A stack's outputs. Reading a missing one, as after a failed deployment, is a `Problem`."""

    def __init__(self, name: str, stack: Mapping[str, Any]) -> None:
        outputs = stack.get("Outputs", ())
        super().__init__((output["OutputKey"], output["OutputValue"]) for output in outputs)
        self._stack, self._status = name, stack["StackStatus"]

    def __missing__(self, output: str) -> str:
        environment = self._stack.removeprefix(stack_name(""))
        raise NotDeployed(
            f"The stack {self._stack} is in the state {self._status} and has no {output}: run"
            f" ./stackbot deploy {environment}"
        )


def _explained(name: str, error: Exception) -> Problem:
    if name == "local" and isinstance(error, EndpointConnectionError | AwsError):
        return NothingRuns()
    if isinstance(error, NoCredentialsError):
        return Problem("AWS does not know you yet: run aws configure, or set AWS_PROFILE.")
    code = error.response["Error"]["Code"] if isinstance(error, ClientError) else ""
    if code in _EXPIRED or isinstance(error, SSOError | TokenRetrievalError | LoginError):
        return Problem(f"AWS knows you no more: log in again, such as by aws sso login. ({error})")
    return Problem(f"{name} cannot be reached on AWS: {error}")


def _keys(account: Account) -> tuple[str, str, str]:
    keys = account.session.get_credentials()
    if keys is None:
        raise NoCredentialsError
    key, secret, token = keys.get_frozen_credentials()[:3]
    return key or "", secret or "", token or ""
