"""Every way in which one environment differs from another, in one table.

The stack reads a row and never asks for its name: to change an environment, change its row.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Literal, Self

from bot.runtime.cells import VARIABLE, cell_names

NAME = "StackBot"
SLUG = "-".join(re.findall(r"[a-z0-9]+", NAME.lower()))  # "acme-bot" of "Acme Bot"
# On GitHub, as the subjects of its tokens name it: "acme/bot", or "acme@12/bot@34" where they hold
# ids, as those of repositories made since July 2026 do. "" deploys from nowhere but here.
REPOSITORY = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """One row. Times are in seconds, retention in days, memory in MB, prices in dollars."""

    name: str
    account: str | None = None  # None: whatever account and region the caller's credentials name
    region: str | None = None
    workspace: str = ""  # the id of its Slack workspace; "": whichever the bot's token is of
    told_apart: bool = True  # in Slack, by its name behind the bot's

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
    deny_hotswap: bool = True  # where it may not, by a policy, too; an emulator knows none
    publish: bool  # is new code tried before it is live, and can what was live be had back?
    bake: int = 300  # how long the alarms are watched before a release is taken for good

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
    embedding_model: str = ""  # finds by meaning beside words; "": by words alone
    embedding_url: str = ""  # "": the model's
    model_sees: bool = False  # whether the model takes images
    prompt_tokens: int = 32_000  # how much it reads at most; fewer where its server takes fewer
    tools: tuple[str, ...] = ("*",)  # which of bot/answering/tools it may call; "*": all
    input_price: float = 0.10  # for a million tokens, as the provider lists them for the model
    output_price: float = 0.50
    slack_api_url: str = "https://slack.com/api/"
    streams_per_minute: int = 20  # how many Slack lets one app start in a workspace
    retention_days: int = 30  # of what was asked and answered, and of feedback

    # Whom the model answers, and for how much; past it the documents do. See docs/decisions/0013
    person_burst: int = 10
    person_per_minute: int = 3
    person_at_once: int = 2  # fewer than maximum_concurrency, or one person keeps everybody waiting
    team_burst: int = 60  # a team is a Slack workspace
    team_per_minute: int = 30
    daily_dollars: float = 5.0  # a day of UTC

    # Who may ask at all: ids such as C0123 and U0123; () is everyone
    ask_channels: tuple[str, ...] = ()  # direct messages are no channel, and always allowed
    ask_people: tuple[str, ...] = ()
    ask_guests: bool = False
    ask_strangers: bool = False  # from other companies, in channels shared by Slack Connect

    # Who reads along where people from outside do; see docs/decisions/0037
    documents_public: bool = False  # all of them, but those that say `public: false`
    guests_read_along: bool = False  # whether guests in a channel count as people from outside

    # Whom or where to ask what the documents don't say: "#it-help", "<#C0123>", "<@U0123>", "it@…"
    ask_instead: str = ""

    @property
    def lease(self) -> int:
        """How long a worker's claim on a question holds: a little longer than the worker can."""
        return self.worker_timeout + self.lease_margin

    @property
    def visibility(self) -> int:
        """How long the queue hides a message from other workers: until the lease has run out."""
        return self.worker_timeout + self.visibility_margin

    @property
    def pipeline(self) -> str:
        """The name of the role by which GitHub deploys it, and of that role's stack."""
        return f"{SLUG}-pipeline-{self.name}"

    @property
    def settings(self) -> dict[str, str]:
        """The worker's variable with the cells that bot/runtime/cells.py reads, as JSON."""
        cells = {name: getattr(self, name) for name in cell_names()}
        return {VARIABLE: json.dumps(cells, ensure_ascii=False, separators=(",", ":"))}

    @property
    def denies_hotswap(self) -> bool:
        """Whether AWS itself is to refuse code that does not come by CloudFormation."""
        return self.deny_hotswap and not self.hotswap

    def with_context(self, context: Mapping[str, str]) -> Self:
        """The same row with the cells that `-c` overrides, which only this machine's allows."""
        if not self.on_this_machine:
            return self
        cells = {
            field.name: _read(field.type, str(context[field.name]))
            for field in fields(self)
            if field.name in context and field.name in OVERRIDABLE
        }
        return replace(self, **cells)


def _read(kind: object, text: str) -> Any:
    """Read a cell that is given as text, by the type of its field."""
    if kind is bool:
        return text == "true"
    if kind == tuple[str, ...]:
        return tuple(text.split(",")) if text else ()
    return kind(text) if kind in (int, float) else text


OVERRIDABLE = {*cell_names(), "lease_margin", "visibility_margin", "maximum_concurrency"}
"""What `./stackbot local` and its tests may override: what the worker reads, and its times."""


LOCAL = Environment(
    name="local",
    on_this_machine=True,
    keep_data=False,
    point_in_time_recovery=False,
    termination_protection=False,
    tls_only=False,
    hotswap=True,
    publish=False,
    alarms=False,
    dashboard=False,
    log_level="DEBUG",
    log_retention=1,
    worker_timeout=20,
    person_burst=1_000,
    person_per_minute=1_000,
    person_at_once=1_000,
    team_burst=10_000,
    team_per_minute=10_000,
    daily_dollars=100.0,
)
DEV = Environment(
    name="dev",
    keep_data=False,
    point_in_time_recovery=False,
    termination_protection=False,
    hotswap=True,
    publish=False,
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
    publish=True,
    alarms=True,
    dashboard=False,
)
PROD = Environment(
    name="prod",
    told_apart=False,
    keep_data=True,
    point_in_time_recovery=True,
    termination_protection=True,
    hotswap=False,
    publish=True,
    alarms=True,
    dashboard=True,
    log_retention=90,
)
ENVIRONMENTS = {row.name: row for row in (LOCAL, DEV, STAGING, PROD)}


class UnknownEnvironmentError(Exception):
    """The table has no row of that name."""


def environment(name: str) -> Environment:
    """The row of that name; `dev-<someone>` is the dev row, deployed beside the shared one."""
    if row := ENVIRONMENTS.get(name):
        return row
    if re.fullmatch(r"dev-[a-z][a-z0-9]{0,15}", name):  # "dev-ada"
        return replace(DEV, name=name)
    names = ", ".join(ENVIRONMENTS)
    raise UnknownEnvironmentError(
        f"There is no environment {name!r}: choose one of {names}, or dev-<your name> in lower"
        " case, for example with `-c env=dev`."
    )
