"""Which environments allow code to be swapped past CloudFormation, and which refuse."""

from infra.environments import Environment, UnknownEnvironmentError, environment
from scripts.aws.deployment import Deployed
from scripts.terminal.problem import Problem


class HotswapRefused(Problem):
    """The environment's code changes by deployments alone."""

    def __init__(self, name: str, because: str) -> None:
        super().__init__(
            f"{name} refuses swapped code, {because}: what serves there has been tried and can be"
            f" taken back. Run ./stackbot deploy {name}, or try it in dev first."
        )


def check_row(name: str) -> Environment:
    """The row of an environment. Raises `HotswapRefused` where its `hotswap` is false."""
    try:
        row = environment(name)
    except UnknownEnvironmentError as error:
        raise Problem(str(error)) from error
    if not row.hotswap:
        raise HotswapRefused(row.name, "as its row in infra/environments.py says")
    return row


def check_stack(deployed: Deployed) -> None:
    """Raise `HotswapRefused` where the deployed stack's tag says so, whatever the row says."""
    if deployed.tags.get("hotswap") == "refused":
        raise HotswapRefused(deployed.row.name, f"as the tag of the stack {deployed.stack} says")
