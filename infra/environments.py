"""Every way in which one environment differs from another, in one table.

The stack reads a row and never asks for its name: to change an environment, change its row.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal, Self

NAME = "StackBot"
SLUG = "-".join(re.findall(r"[a-z0-9]+", NAME.lower()))  # in the names of what is deployed
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
        """What the worker goes by, by the names that bot/runtime/worker_settings.py reads."""
        return {
            "BOT_WORKER_TIMEOUT": str(self.worker_timeout),
            "BOT_LEASE": str(self.lease),
            "BOT_DELIVERIES": str(self.deliveries),
            "BOT_MODEL_PROVIDER": self.model_provider,
            "BOT_MODEL": self.model,
            "BOT_MODEL_URL": self.model_url,
            "BOT_EMBEDDING_MODEL": self.embedding_model,
            "BOT_EMBEDDING_URL": self.embedding_url,
            "BOT_MODEL_SEES": _flag(self.model_sees),
            "BOT_PROMPT_TOKENS": str(self.prompt_tokens),
            "BOT_TOOLS": ",".join(self.tools),
            "BOT_ASK_INSTEAD": self.ask_instead,
            "BOT_INPUT_PRICE": str(self.input_price),
            "BOT_OUTPUT_PRICE": str(self.output_price),
            "BOT_STREAMS_PER_MINUTE": str(self.streams_per_minute),
            "BOT_RETENTION_DAYS": str(self.retention_days),
            "BOT_PERSON_BURST": str(self.person_burst),
            "BOT_PERSON_PER_MINUTE": str(self.person_per_minute),
            "BOT_PERSON_AT_ONCE": str(self.person_at_once),
            "BOT_TEAM_BURST": str(self.team_burst),
            "BOT_TEAM_PER_MINUTE": str(self.team_per_minute),
            "BOT_DAILY_DOLLARS": str(self.daily_dollars),
            "BOT_ASK_CHANNELS": ",".join(self.ask_channels),
            "BOT_ASK_PEOPLE": ",".join(self.ask_people),
            "BOT_ASK_GUESTS": _flag(self.ask_guests),
            "BOT_ASK_STRANGERS": _flag(self.ask_strangers),
            "BOT_DOCUMENTS_PUBLIC": _flag(self.documents_public),
            "BOT_GUESTS_READ_ALONG": _flag(self.guests_read_along),
            "SLACK_API_URL": self.slack_api_url,
        }

    @property
    def denies_hotswap(self) -> bool:
        """Whether AWS itself is to refuse code that does not come by CloudFormation."""
        return self.deny_hotswap and not self.hotswap

    def with_context(self, context: Mapping[str, str]) -> Self:
        """The same row with the cells that `-c` overrides, which only this machine's allows."""
        if not self.on_this_machine:
            return self
        given = {cell: read(str(context[cell])) for cell, read in CELLS.items() if cell in context}
        return replace(self, **given)  # type: ignore[arg-type]


def _flag(value: bool) -> str:
    return str(value).lower()


def _ids(text: str) -> tuple[str, ...]:
    return tuple(text.split(",")) if text else ()


# What `./stackbot local` and its tests may override, and how each is read.
CELLS: Mapping[str, Callable[[str], object]] = {
    **dict.fromkeys(("slack_api_url", "model_provider", "model", "model_url", "ask_instead"), str),
    **dict.fromkeys(("embedding_model", "embedding_url"), str),
    "prompt_tokens": int,
    **dict.fromkeys(("worker_timeout", "lease_margin", "visibility_margin"), int),
    **dict.fromkeys(("streams_per_minute", "retention_days", "maximum_concurrency"), int),
    **dict.fromkeys(("person_burst", "person_per_minute", "team_burst", "team_per_minute"), int),
    "person_at_once": int,
    **dict.fromkeys(("daily_dollars", "input_price", "output_price"), float),
    **dict.fromkeys(("ask_guests", "ask_strangers", "model_sees"), "true".__eq__),
    **dict.fromkeys(("documents_public", "guests_read_along"), "true".__eq__),
    **dict.fromkeys(("ask_channels", "ask_people", "tools"), _ids),
}


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
