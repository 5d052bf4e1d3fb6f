"""`./stackbot pipeline`: makes the role with which GitHub Actions deploys, without keys."""

import argparse
import sys
import tempfile
from contextlib import suppress

import boto3

from infra.environments import REPOSITORY, Environment, UnknownEnvironmentError, environment
from scripts.aws import deployment
from scripts.aws.account import Account
from scripts.aws.cdk import cdk
from scripts.aws.cdk import run as run_module
from scripts.terminal.problem import Problem
from scripts.terminal.steps import say, step


def run(options: argparse.Namespace) -> int:
    """Make the role and its provider; with --print, print what a workflow needs to assume it."""
    row = _row(options.environment)
    if options.print:
        sys.stdout.write(f"role={_role(row)}\nregion={row.region}\n")
        return 0
    with deployment.account(row.name) as account:
        _let_github_in(account)
        with step(f"Role {row.pipeline}"):
            _deploy(account)
    say(f"\n  GitHub may deploy {row.name}, from the main branch of {REPOSITORY}.")
    say(f"  Next: the environment {row.name} in the repository's settings; see docs/pipeline.md")
    return 0


def _row(name: str) -> Environment:
    """The row, complete for GitHub. Raises `Problem`."""
    try:
        row = environment(name)
    except UnknownEnvironmentError as error:
        raise Problem(str(error)) from error
    if row.on_this_machine:
        raise Problem(f"GitHub cannot reach {row.name}: it is on this machine.")
    missing = {"repository": REPOSITORY, "account": row.account, "region": row.region}
    for cell, value in missing.items():
        if not value:
            raise Problem(
                f"infra/environments.py names no {cell} for {row.name}: run ./stackbot init"
            )
    return row


def _role(row: Environment) -> str:
    partition = boto3.Session().get_partition_for_region(row.region or "")
    return f"arn:{partition}:iam::{row.account}:role/{row.pipeline}"


def _let_github_in(account: Account) -> None:
    """Make the account's OpenID Connect provider for GitHub, which all its roles share.

    No thumbprint: AWS checks GitHub's certificate by its own list of authorities.
    """
    from infra.pipeline import AUDIENCE, ISSUER  # with CDK's library, which takes a second

    iam = account.client("iam")
    # One that exists stays as it is: roles of other repositories may use it, too.
    there_already = suppress(iam.exceptions.EntityAlreadyExistsException)
    with step("GitHub's tokens"), there_already:
        iam.create_open_id_connect_provider(Url=f"https://{ISSUER}", ClientIDList=[AUDIENCE])


def _deploy(account: Account) -> None:
    with tempfile.TemporaryDirectory(prefix="stackbot-") as folder:
        run_module("infra.pipeline", folder, account.row.name, variables=account.variables)
        cdk(
            *("deploy", "--app", folder, "--method=direct", "--require-approval=never"),
            variables=account.variables,
        )
