"""The versions that a deployment has published of both functions, and which of them are live."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Self

from botocore.exceptions import ClientError

from infra.environments import SLUG, Environment
from infra.names import ALIAS
from scripts.aws import store
from scripts.aws.account import Account
from scripts.aws.deployment import Deployed

_RELEASE = "release"
KEPT = 5
"""How many versions of a function stay at least, live or not."""


@dataclass(frozen=True, slots=True)
class Versions:
    """One of each function, by its number."""

    ingress: str
    worker: str

    @classmethod
    def published(cls, deployed: Deployed) -> Self:
        """The newest: what the last deployment wants to be live."""
        return cls(deployed.outputs["IngressVersion"], deployed.outputs["WorkerVersion"])

    @classmethod
    def live(cls, deployed: Deployed) -> Self:
        """Those that Slack and the queue reach."""
        client = deployed.client("lambda")
        return cls(*(str(_alias(client, name)) for name in deployed.functions))

    def __str__(self) -> str:
        return f"ingress {self.ingress}, worker {self.worker}"


@dataclass(frozen=True, slots=True)
class Record:
    """The last switch, kept in SSM: so that it can be taken back, and resumed where it ended.

    `watched` is whether the alarms stayed calm for as long as the row says.
    """

    before: Versions
    now: Versions
    watched: bool

    @classmethod
    def read(cls, deployed: Deployed) -> Self | None:
        """What was kept last, if anything."""
        found = store.read(deployed.account, _RELEASE)
        if found is None:
            return None
        kept = json.loads(found)
        return cls(Versions(**kept["before"]), Versions(**kept["now"]), kept["watched"])

    def keep(self, deployed: Deployed) -> None:
        """Put it in the place of the last one."""
        store.write(deployed.account, _RELEASE, json.dumps(asdict(self)), secret=False)


def parameters(account: Account, row: Environment) -> dict[str, str]:
    """What the next deployment has to be told to leave live what is; {} before the first one."""
    if not row.publish:
        return {}
    client = account.client("lambda")
    live = {
        f"Live{name}Version": _alias(client, f"{SLUG}-{row.name}-{name.lower()}")
        for name in ("Ingress", "Worker")
    }
    return {name: version for name, version in live.items() if version}


def switch(deployed: Deployed, to: Versions) -> None:
    """Make other versions live, the worker first: it reads what the old ingress queues."""
    client = deployed.client("lambda")
    ingress, worker = deployed.functions
    for name, version in ((worker, to.worker), (ingress, to.ingress)):
        client.update_alias(FunctionName=name, Name=ALIAS, FunctionVersion=version)


def prune(deployed: Deployed, *kept: Versions) -> None:
    """Delete the oldest versions: AWS keeps 75 GB of code and packages for nothing, and no more."""
    client = deployed.client("lambda")
    ingress, worker = deployed.functions
    wanted = {ingress: {one.ingress for one in kept}, worker: {one.worker for one in kept}}
    for name in deployed.functions:
        for version in sorted(_all(client, name), key=int)[:-KEPT]:
            if version not in wanted[name] and version not in _named(client, name):
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


def _named(client: Any, function: str) -> set[str]:
    """The versions that any alias names, also one that a team has made by itself."""
    aliases = client.list_aliases(FunctionName=function)["Aliases"]
    return {
        version
        for alias in aliases
        for version in (
            alias["FunctionVersion"],
            *alias.get("RoutingConfig", {}).get("AdditionalVersionWeights", {}),
        )
    }


def _all(client: Any, function: str) -> Iterator[str]:
    for page in client.get_paginator("list_versions_by_function").paginate(FunctionName=function):
        for each in page["Versions"]:
            if each["Version"] != "$LATEST":
                yield each["Version"]
