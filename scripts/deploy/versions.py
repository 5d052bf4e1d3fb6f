"""Published versions of both functions, and which of them are live."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Self

from botocore.exceptions import ClientError

from infra.environments import Environment
from infra.names import ALIAS, function_name
from scripts.aws import store
from scripts.aws.account import Account
from scripts.aws.deployment import Deployed

_RELEASE = "release"
_MINIMUM = 5
"""How many of a function's newest versions are never pruned."""


@dataclass(frozen=True, slots=True)
class Versions:
    """A version number of each function."""

    ingress: str
    worker: str

    @classmethod
    def published(cls, deployed: Deployed) -> Self:
        """The newest, which the last deployment published."""
        return cls(deployed.outputs["IngressVersion"], deployed.outputs["WorkerVersion"])

    @classmethod
    def live(cls, deployed: Deployed) -> Self:
        """Those that the alias names, which Slack and the queue invoke."""
        client = deployed.client("lambda")
        return cls(*(str(_alias(client, name)) for name in deployed.functions))

    def __str__(self) -> str:
        return f"ingress {self.ingress}, worker {self.worker}"


@dataclass(frozen=True, slots=True)
class Record:
    """The last switch, stored in SSM so that it can be taken back, or resumed.

    `watched` is whether the alarms stayed calm for the whole `bake` of the row.
    """

    before: Versions
    now: Versions
    watched: bool

    @classmethod
    def read(cls, deployed: Deployed) -> Self | None:
        """The stored record, or None before the first release."""
        text = store.read(deployed.account, _RELEASE)
        if text is None:
            return None
        record = json.loads(text)
        return cls(Versions(**record["before"]), Versions(**record["now"]), record["watched"])

    def keep(self, deployed: Deployed) -> None:
        """Store it in place of the last one."""
        store.write(deployed.account, _RELEASE, json.dumps(asdict(self)), secret=False)


def parameters(account: Account, row: Environment) -> dict[str, str]:
    """The stack's parameters that keep the live versions live; {} before the first deployment."""
    if not row.publish:
        return {}
    client = account.client("lambda")
    live = {
        f"Live{name}Version": _alias(client, function_name(row.name, name))
        for name in ("Ingress", "Worker")
    }
    return {name: version for name, version in live.items() if version}


def switch(deployed: Deployed, to: Versions) -> None:
    """Make versions live, the worker first: it can read what the old ingress queues."""
    client = deployed.client("lambda")
    ingress, worker = deployed.functions
    for name, version in ((worker, to.worker), (ingress, to.ingress)):
        client.update_alias(FunctionName=name, Name=ALIAS, FunctionVersion=version)


def prune(deployed: Deployed, *retained: Versions) -> None:
    """Delete the oldest versions: an account stores at most 75 GB of code and layers.

    https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
    """
    client = deployed.client("lambda")
    ingress, worker = deployed.functions
    in_use = {ingress: {v.ingress for v in retained}, worker: {v.worker for v in retained}}
    for name in deployed.functions:
        for version in sorted(_numbered(client, name), key=int)[:-_MINIMUM]:
            if version not in in_use[name] and version not in _aliased(client, name):
                client.delete_function(FunctionName=name, Qualifier=version)


def _alias(client: Any, function: str) -> str | None:
    """The version that the alias names; None where there is no alias or no function yet."""
    try:
        alias = client.get_alias(FunctionName=function, Name=ALIAS)
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            return None
        raise
    return str(alias["FunctionVersion"])


def _aliased(client: Any, function: str) -> set[str]:
    """The versions that any alias names, including aliases that a team has made by itself."""
    aliases = client.list_aliases(FunctionName=function)["Aliases"]
    return {
        version
        for alias in aliases
        for version in (
            alias["FunctionVersion"],
            *alias.get("RoutingConfig", {}).get("AdditionalVersionWeights", {}),
        )
    }


def _numbered(client: Any, function: str) -> Iterator[str]:
    for page in client.get_paginator("list_versions_by_function").paginate(FunctionName=function):
        for version in page["Versions"]:
            if version["Version"] != "$LATEST":
                yield version["Version"]
