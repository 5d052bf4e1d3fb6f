"""Where an environment's table is: on this machine while `./stackbot local` runs, or on AWS."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from bot.aws import AwsError, Client, Credentials
from bot.state.table import Table
from infra.environments import SLUG, UnknownEnvironmentError, environment
from scripts.cdk import ROOT
from scripts.emulator import REGION

FILE = ROOT / ".stackbot" / "local.json"
"""How other commands find the running local stack. It lives as long as that one does."""

_NOT_RUNNING = "Nothing runs on this machine: start ./stackbot local, and ask again while it runs."


class ReachError(Exception):
    """The environment cannot be reached; the message says what to do."""


@contextmanager
def findable(url: str, account: str) -> Iterator[None]:
    """Tell other commands where the local stack is: the emulator's URL and its account."""
    told = json.dumps({"url": url, "account": account})
    FILE.write_text(told)
    try:
        yield
    finally:
        with suppress(OSError):
            if FILE.read_text() == told:  # and not that of another one, started since
                FILE.unlink()


@contextmanager
def table(name: str) -> Iterator[Table]:
    """The table of the environment `name`, by the caller's own credentials.

    Raises `ReachError`, also for what AWS refuses meanwhile.
    """
    try:
        row = environment(name)
        session, url = _local() if row.on_this_machine else (boto3.Session(), None)
        with closing(_client(session, row.region or session.region_name, url)) as client:
            yield Table(client, _table_name(session, f"{SLUG}-{row.name}", row.region, url))
    except UnknownEnvironmentError as error:
        raise ReachError(str(error)) from error
    except (BotoCoreError, ClientError, AwsError) as error:
        if name == "local":
            raise ReachError(_NOT_RUNNING) from error
        raise ReachError(f"{name} cannot be reached on AWS: {error}") from error


def _local() -> tuple[boto3.Session, str]:
    """A caller of the running local stack, and where that is."""
    try:
        told = json.loads(FILE.read_text())
        return boto3.Session(told["account"], "not-a-secret", region_name=REGION), told["url"]
    except (OSError, ValueError, KeyError):
        raise ReachError(_NOT_RUNNING) from None


def _client(session: boto3.Session, region: str | None, url: str | None) -> Client:
    keys = session.get_credentials()
    if keys is None or region is None:
        raise ReachError("Say who you are on AWS, and in which region: run aws configure.")
    frozen = keys.get_frozen_credentials()
    key, secret, token = (part or "" for part in frozen[:3])
    return Client(region, Credentials(key, secret, token), url)


def _table_name(session: boto3.Session, stack: str, region: str | None, url: str | None) -> str:
    formation = session.client("cloudformation", region_name=region, endpoint_url=url)
    outputs = formation.describe_stacks(StackName=stack)["Stacks"][0]["Outputs"]
    return str(next(one["OutputValue"] for one in outputs if one["OutputKey"] == "Table"))
