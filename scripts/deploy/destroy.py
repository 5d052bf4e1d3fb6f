"""`./stackbot destroy ENV`: deletes an environment, and says before what goes and what stays."""

import argparse
from dataclasses import dataclass
from typing import Any, Self

from infra.names import parameter_name
from scripts.aws import deployment
from scripts.aws.account import Account
from scripts.deploy import cloudformation
from scripts.deploy.cloudformation import Stack, Store
from scripts.slack import slack_app
from scripts.slack.slack_app import SlackApp
from scripts.terminal.problem import Problem
from scripts.terminal.prompt import Declined, ask
from scripts.terminal.steps import say, step


def run(options: argparse.Namespace) -> int:
    """Delete one environment. Raises `Problem`; after any, running it again goes on from there."""
    with deployment.account(options.environment) as account:
        row = account.row
        if row.on_this_machine:
            raise Problem(f"{row.name} goes with ./stackbot local: press Ctrl-C there.")
        with step(f"Account {account.number}, {account.region}"):
            remains = Remains.find(account)
        if not (remains.stack or remains.parameters):
            say(f"There is nothing of {row.name}.")
            return 0
        _refuse_if_protected(account, remains.stack)
        _tell(account, remains, options.slack_app)
        if not options.yes and ask(f"Type {row.name} to destroy it") != row.name:
            raise Declined
        if options.slack_app and remains.app:
            slack_app.delete(account, remains.app)
        _destroy(account, remains)
    return 0


@dataclass(frozen=True, slots=True)
class Remains:
    """What exists of an environment. `parameters` are names in SSM."""

    stack: Stack | None
    stores: list[Store]
    parameters: list[str]
    app: SlackApp | None

    @classmethod
    def find(cls, account: Account) -> Self:
        stack = cloudformation.at_rest(account)
        stores = cloudformation.stores(account, stack) if stack else []
        return cls(stack, stores, _parameters(account), slack_app.recorded(account))


def _parameters(account: Account) -> list[str]:
    pages = account.client("ssm").get_paginator("get_parameters_by_path")
    path = parameter_name(account.row.name, "")
    results = pages.paginate(Path=path, Recursive=True)  # a lock has parameters of its own
    return [entry["Name"] for page in results for entry in page["Parameters"]]


def _refuse_if_protected(account: Account, stack: Stack | None) -> None:
    if stack and stack.protected and not stack.creation_failed:
        raise Problem(
            f"{stack.name} is protected against deletion. To destroy it all the same, run\n"
            "  aws cloudformation update-termination-protection --no-enable-termination-protection"
            f" --stack-name {stack.name} --region {account.region}\nand this again."
        )


def _tell(account: Account, remains: Remains, with_app: bool) -> None:
    if remains.stack:
        say(f"Goes: the stack {remains.stack.name} in the account {account.number}, with its logs")
    for store in remains.stores:
        if not store.retained:
            say(f"Goes: the {store.kind} {store.name}, with everything in it")
    for name in remains.parameters:
        say(f"Goes: the parameter {name}")
    if remains.app and with_app:
        say(f"Goes: the Slack app {remains.app.app_id}")
    elif remains.app:
        say(f"Stays: the Slack app {remains.app.page}, unless you say --slack-app")
    for store in remains.stores:
        if store.retained:
            say(f"Stays: the {store.kind} {store.name}, until you delete it in the AWS console")


def _destroy(account: Account, remains: Remains) -> None:
    for store in remains.stores:
        if store.kind == "bucket" and not store.retained:
            with step("Documents"):
                _empty(account.client("s3"), store.name)
    if remains.stack:
        with step(f"Stack {remains.stack.name}"):
            if remains.stack.creation_failed:
                cloudformation.unprotect(account, remains.stack)
            cloudformation.delete(account, remains.stack)
    with step("Parameters"):
        for name in _parameters(account):  # including those written since the first look
            account.client("ssm").delete_parameter(Name=name)


def _empty(s3: Any, bucket: str) -> None:
    """Delete every version of every object: CloudFormation deletes only empty buckets."""
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        versions = [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]
        doomed = [{"Key": v["Key"], "VersionId": v["VersionId"]} for v in versions]
        if doomed:
            s3.delete_objects(Bucket=bucket, Delete={"Objects": doomed, "Quiet": True})
