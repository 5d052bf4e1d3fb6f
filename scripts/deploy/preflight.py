"""What has to be so before a deployment may change anything, and how it gets so."""

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
"""States from which no deployment leads on, and what does."""

_FEWEST_WORKERS = 2  # SQS takes no smaller limit for a function


@dataclass(frozen=True, slots=True)
class Ground:
    """What a deployment finds. `workers` is how many of them may run at once."""

    bootstrapped: bool
    workers: int
    stack: Stack | None


def look(account: Account) -> Ground:
    """Look at everything and change nothing. Raises `Problem` with all that is missing."""
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
    """Data that is kept must not end up wherever somebody's credentials point to."""
    row = account.row
    if row.keep_data and not (row.account and row.region):
        raise Problem(
            f"{row.name} keeps its data, so its row has to name its account and region: run"
            " ./stackbot init"
        )


def _lives_apart(account: Account) -> None:
    """Credentials of prod must not put dev beside it."""
    row, number = account.row, account.number
    others = [other.name for other in ENVIRONMENTS.values() if other.account == number]
    if row.account is None and others:
        raise Problem(
            f"Your credentials are of {number}, which is the account of {', '.join(others)}: say"
            f" with ./stackbot init whether {row.name} is there too."
        )


def _workers(account: Account, problems: list[str]) -> int:
    """Half of what Lambda lets the account run at once, or less where the row says so."""
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
        told = account.client("ssm").get_parameter(Name=_BOOTSTRAP)
    except ClientError as error:
        if error.response["Error"]["Code"] == "ParameterNotFound":
            return False
        raise
    return int(told["Parameter"]["Value"]) >= BOOTSTRAP_VERSION
