"""Every way in which one environment differs from another, in one table.

The stack reads a row and never asks for its name: to change an environment, change its row.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal, Self

NAME = "StackBot"
SLUG = "-".join(re.findall(r"[a-z0-9]+", NAME.lower()))  # in the names of what is deployed


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """One row. Times are in seconds, retention in days, memory in MB."""

    name: str
    account: str | None = None  # None: whatever account and region the caller's credentials name
    region: str | None = None

    # Where it runs
    on_this_machine: bool = False  # an emulator: its own Python, and the caller's own credentials
    architecture: Literal["arm64", "x86_64"] = "arm64"
    python: str = "3.14"
    ingress_memory: int = 512  # memory is also the share of a CPU: below this, TLS alone takes long
    worker_memory: int = 1024

    # What is kept safe
    keep_data: bool  # when the stack is destroyed; also the table's deletion protection
    point_in_time_recovery: bool
    termination_protection: bool
    tls_only: bool = True  # an emulator on the loopback interface has no TLS to insist on
    hotswap: bool  # may code be swapped without CloudFormation?

    # Who watches it
    alarms: bool
    dashboard: bool
    log_level: Literal["DEBUG", "INFO"] = "INFO"
    log_retention: int = 30

    # How long a question may take; see docs/decisions/0003
    worker_timeout: int = 120
    lease_margin: int = 10
    visibility_margin: int = 30
    deliveries: int = 4
    dead_letter_retention: int = 14
    maximum_concurrency: int = 5  # half of the 10 that a new AWS account may run at once
    throttle_rate: int = 200  # requests a second, counted before the signature is checked
    throttle_burst: int = 500

    # Who answers
    model_provider: Literal["openai", "bedrock", "extractive"] = "openai"
    model: str = "gpt-6-luna"
    model_url: str = ""  # "": the provider's own
    slack_api_url: str = "https://slack.com/api/"

    @property
    def lease(self) -> int:
        """How long a worker's claim on a question holds: a little longer than the worker can."""
        return self.worker_timeout + self.lease_margin

    @property
    def visibility(self) -> int:
        """How long the queue hides a message from other workers: until the lease has run out."""
        return self.worker_timeout + self.visibility_margin

    def with_context(self, context: Mapping[str, str]) -> Self:
        """The same row with the cells that `-c` overrides, which only this machine's allows."""
        if not self.on_this_machine:
            return self
        texts = {cell: str(context[cell]) for cell in TEXTS if cell in context}
        numbers = {cell: int(context[cell]) for cell in NUMBERS if cell in context}
        return replace(self, **texts, **numbers)  # type: ignore[arg-type]


# What `./stackbot local` and its tests may override.
TEXTS = ("slack_api_url", "model_provider", "model", "model_url")
NUMBERS = ("worker_timeout", "lease_margin", "visibility_margin")


LOCAL = Environment(
    name="local",
    on_this_machine=True,
    keep_data=False,
    point_in_time_recovery=False,
    termination_protection=False,
    tls_only=False,
    hotswap=True,
    alarms=False,
    dashboard=False,
    log_level="DEBUG",
    log_retention=1,
    worker_timeout=20,
)
DEV = Environment(
    name="dev",
    keep_data=False,
    point_in_time_recovery=False,
    termination_protection=False,
    hotswap=True,
    alarms=True,
    dashboard=False,
    log_level="DEBUG",
    log_retention=7,
)
STAGING = Environment(
    name="staging",
    keep_data=True,
    point_in_time_recovery=True,
    termination_protection=True,
    hotswap=False,
    alarms=True,
    dashboard=False,
)
PROD = Environment(
    name="prod",
    keep_data=True,
    point_in_time_recovery=True,
    termination_protection=True,
    hotswap=False,
    alarms=True,
    dashboard=True,
    log_retention=90,
)
ENVIRONMENTS = {row.name: row for row in (LOCAL, DEV, STAGING, PROD)}


class UnknownEnvironmentError(Exception):
    """The name given is no row of the table."""


def environment(name: str) -> Environment:
    """The row of that name; `dev-<someone>` is the dev row, deployed beside the shared one."""
    if row := ENVIRONMENTS.get(name):
        return row
    if re.fullmatch(r"dev-[a-z][a-z0-9]{0,15}", name):
        return replace(DEV, name=name)
    known = ", ".join(ENVIRONMENTS)
    raise UnknownEnvironmentError(
        f"There is no environment {name!r}: choose one of {known}, or dev-<your name> in lower"
        " case, for example with `-c env=dev`."
    )
