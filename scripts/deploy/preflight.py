"""Checks what a deployment needs, before it may change anything."""

from dataclasses import dataclass

from botocore.exceptions import ClientError

from infra.environments import ENVIRONMENTS
from scripts.aws.account import Account
from scripts.deploy import cloudformation
from scripts.deploy.cloudformation import Stack
from scripts.terminal.problem import Problem

BOOTSTRAP_VERSION = 6
"""The oldest bootstrap stack that can publish assets for the CDK's default synthesizer."""

_BOOTSTRAP = "/cdk-bootstrap/hnb659fds/version"
_STUCK = {
    "UPDATE_ROLLBACK_FAILED": "mend what its events name, and run"
    " aws cloudformation continue-update-rollback --stack-name {}",
    "DELETE_FAILED": "it was being destroyed, so run ./stackbot destroy to the end.",
}
"""States in which no deployment can start, and what ends them."""

_FEWEST_WORKERS = 2  # SQS takes no smaller limit for a function


@dataclass(frozen=True, slots=True)
class Ground:
    """The state before a deployment. `workers` is how many of them may run at once."""

    bootstrapped: bool
    workers: int
    stack: Stack | None


def look(account: Account) -> Ground:
    """Check everything and change nothing. Raises `Problem` with all that is missing."""
    problems: list[str] = []
    for check in (_names_its_account, _lives_apart):
        try:
            check(account)
        except Problem as problem:
            problems.append(str(problem))
    workers = _workers(account, problems)
    if problems:
        raise Problem("\n".join(problems))
    stack = cloudformation.at_rest(account)
    if stack and stack.status in _STUCK:
        raise Problem(f"{stack.name} is {stack.status}: {_STUCK[stack.status].format(stack.name)}")
    return Ground(_bootstrapped(account), workers, stack)


def _names_its_account(account: Account) -> None:
    """A row that keeps its data names its account, whatever the credentials are of."""
    row = account.row
    if row.keep_data and not (row.account and row.region):
        raise Problem(
            f"{row.name} keeps its data, so its row has to name its account and region: run"
            " ./stackbot init"
        )


def _lives_apart(account: Account) -> None:
    """A row without an account must not be deployed into that of another row."""
    row, number = account.row, account.number
    rows = [name for name, neighbour in ENVIRONMENTS.items() if neighbour.account == number]
    if row.account is None and rows:
        raise Problem(
            f"Your credentials are of {number}, which is the account of {', '.join(rows)}: say"
            f" with ./stackbot init whether {row.name} is there too."
        )


def _workers(account: Account, problems: list[str]) -> int:
    """Half of the account's concurrency in Lambda, or the row's maximum where that is less."""
    limits = account.client("lambda").get_account_settings()["AccountLimit"]
    quota: int = limits["ConcurrentExecutions"]
    if quota // 2 < _FEWEST_WORKERS:
        problems.append(
            f"Lambda lets the account {account.number} run only {quota} functions at once, and"
            f" {2 * _FEWEST_WORKERS} are needed: ask for more at https://{account.region}.console"
            ".aws.amazon.com/servicequotas/home/services/lambda/quotas/L-B99A9384"
        )
    return min(account.row.maximum_concurrency, quota // 2)


def _bootstrapped(account: Account) -> bool:
    """Whether the CDK's own stack is there, and new enough."""
    try:
        response = account.client("ssm").get_parameter(Name=_BOOTSTRAP)
    except ClientError as error:
        if error.response["Error"]["Code"] == "ParameterNotFound":
            return False
        raise
    return int(response["Parameter"]["Value"]) >= BOOTSTRAP_VERSION
