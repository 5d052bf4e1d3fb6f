"""Whose AWS account an environment is in, and who is calling it."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Self

import boto3

from infra.environments import Environment
from scripts.aws.cdk import ROOT
from scripts.local.emulator import Emulator, client_variables
from scripts.local.whole_file import write_private
from scripts.terminal.problem import Problem

RUNNING = ROOT / ".stackbot" / "run" / "local.json"
"""Where the running local stack is, for other commands, and the secret of its emulator."""


class WrongAccount(Problem):
    """The caller's credentials, or region, are not those of the environment."""


class NothingRuns(Problem):
    """There is no local stack."""

    def __init__(self) -> None:
        super().__init__(
            "Nothing runs on this machine: start ./stackbot local, and ask again while it runs."
        )


@dataclass(frozen=True, slots=True)
class Account:
    """An environment's account and region, by the caller's own credentials.

    `endpoint` is the emulator's URL, or None for AWS; `variables` are what a command started from
    here needs in its environment to call the same account.
    """

    row: Environment
    session: boto3.Session
    region: str
    endpoint: str | None
    variables: Mapping[str, str] = field(repr=False)
    _clients: dict[str, Any] = field(default_factory=dict, repr=False)
    _making: Lock = field(default_factory=Lock, repr=False)

    @classmethod
    def of(cls, row: Environment, shell: Mapping[str, str] = os.environ) -> Self:
        """Find the caller's credentials and region, without a call to AWS. Raises `Problem`."""
        if row.on_this_machine:
            return cls.of_emulator(row, _of_this_machine())
        variables = _of_aws(row, shell)
        region = variables["AWS_REGION"]
        session = boto3.Session(region_name=region)
        return cls(row, session, region, variables.get("AWS_ENDPOINT_URL"), variables)

    @classmethod
    def of_emulator(cls, row: Environment, variables: Mapping[str, str]) -> Self:
        """The account that an emulator's `client_variables` name."""
        session = emulator_session(variables)
        return cls(row, session, session.region_name, variables["AWS_ENDPOINT_URL"], variables)

    @property
    def number(self) -> str:
        """The account's twelve digits, from AWS."""
        return str(self.client("sts").get_caller_identity()["Account"])

    def check(self) -> None:
        """Raise `WrongAccount` where the row names another account than the caller's."""
        number, row = self.number, self.row
        if row.account not in (None, number):
            raise WrongAccount(
                f"{row.name} is in the account {row.account}, and your credentials are of {number}:"
                " set AWS_PROFILE to a profile of that account, or mend the row in"
                " infra/environments.py."
            )

    def client(self, service: str) -> Any:
        """A boto3 client of the account, made once."""
        with self._making:
            if service not in self._clients:
                make: Any = self.session.client
                self._clients[service] = make(service, endpoint_url=self.endpoint)
            return self._clients[service]


def emulator_session(variables: Mapping[str, str]) -> boto3.Session:
    """A boto3 session with an emulator's `client_variables`."""
    return boto3.Session(
        variables["AWS_ACCESS_KEY_ID"],
        variables["AWS_SECRET_ACCESS_KEY"],
        variables["AWS_SESSION_TOKEN"],
        region_name=variables["AWS_REGION"],
    )


@contextmanager
def findable(emulator: Emulator) -> Iterator[None]:
    """Have the user's other commands find the local stack, for as long as the block lasts."""
    running = {"url": emulator.url, "account": emulator.account, "token": emulator.token}
    text = json.dumps(running)
    write_private(RUNNING, text)
    try:
        yield
    finally:
        with suppress(OSError):
            if RUNNING.read_text() == text:  # another stack, started since, replaces it
                RUNNING.unlink()


def _of_this_machine() -> dict[str, str]:
    try:
        running = json.loads(RUNNING.read_text())
        return client_variables(running["url"], running["account"], running["token"])
    except (OSError, ValueError, KeyError):
        raise NothingRuns from None


def _of_aws(row: Environment, shell: Mapping[str, str]) -> dict[str, str]:
    variables = {name: value for name, value in shell.items() if name.startswith("AWS_") and value}
    of_shell = variables.get("AWS_REGION") or variables.get("AWS_DEFAULT_REGION")
    if row.region and of_shell and of_shell != row.region:
        raise WrongAccount(
            f"{row.name} is in {row.region}, and your shell's AWS_REGION says {of_shell}: unset it,"
            " or mend the row in infra/environments.py."
        )
    region = row.region or of_shell or boto3.Session().region_name
    if not region:
        raise Problem(
            f"In which region is {row.name}? Run ./stackbot init, or set AWS_REGION for this once."
        )
    return {**variables, "AWS_REGION": region, "AWS_DEFAULT_REGION": region}
