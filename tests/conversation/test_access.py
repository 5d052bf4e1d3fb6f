"""Who may ask, by every row of the table: Slack is asked no more than it has to be."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.conversation.access.policy import ELSEWHERE, GUEST, NOT_LISTED, STRANGER, AccessPolicy
from bot.runtime.cells import Access
from slack_simulator import Control, Simulator
from slack_simulator.workspace.people import PARTNER_TEAM, TEAM

ADA, BEN, DMITRI = "U0ADA", "U0BEN", "U0DMITRI"
GENERAL, HELP, DIRECT = "C0GENERAL", "C0HELP", "D0BEN"
TOKEN = "xoxb-fake"
EVERYONE = Access(ask_guests=True, ask_strangers=True)


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator(signing_secret="not-a-real-secret", bot_token=TOKEN) as simulator:
        yield simulator


@pytest.fixture
def slack(simulator: Simulator) -> Control:
    simulator.control.reset()
    return simulator.control


Ask = Callable[..., str | None]


@pytest.fixture
def ask(simulator: Simulator, slack: Control) -> Ask:  # noqa: ARG001 - an empty Slack
    client = WebClient(TOKEN, base_url=simulator.api_url, retry_handlers=[])

    def ask(access: Access, user: str, channel: str = GENERAL) -> str | None:
        return AccessPolicy(access, TEAM).refusal(client, channel, user)

    return ask


@pytest.mark.parametrize(
    ("access", "user", "refusal"),
    [
        (Access(), ADA, None),
        (Access(), BEN, GUEST),
        (Access(), DMITRI, STRANGER),
        (Access(), "U0NOBODY", STRANGER),
        (Access(ask_guests=True), BEN, None),
        (Access(ask_guests=True), DMITRI, STRANGER),
        (Access(ask_strangers=True), DMITRI, None),
        (Access(ask_strangers=True), BEN, GUEST),
        (Access(ask_people=frozenset({DMITRI})), DMITRI, None),
        (Access(ask_people=frozenset({DMITRI})), ADA, NOT_LISTED),
        (replace(EVERYONE, ask_people=frozenset({BEN})), ADA, NOT_LISTED),
    ],
)
def test_people_are_let_in_as_the_row_says(
    ask: Ask, access: Access, user: str, refusal: str | None
) -> None:
    assert ask(access, user, HELP) == refusal


@pytest.mark.parametrize(
    ("access", "channel", "refusal"),
    [
        (replace(EVERYONE, ask_channels=frozenset({HELP})), HELP, None),
        (replace(EVERYONE, ask_channels=frozenset({HELP})), GENERAL, ELSEWHERE),
        (replace(EVERYONE, ask_channels=frozenset({HELP})), DIRECT, None),
        (Access(ask_channels=frozenset({HELP})), DIRECT, GUEST),
        (Access(ask_channels=frozenset({HELP}), ask_people=frozenset({BEN})), GENERAL, ELSEWHERE),
    ],
)
def test_channels_are_open_as_the_row_says(
    ask: Ask, access: Access, channel: str, refusal: str | None
) -> None:
    assert ask(access, BEN, channel) == refusal


def test_slack_is_not_asked_where_everyone_may_ask(ask: Ask, slack: Control) -> None:
    assert ask(EVERYONE, DMITRI) is None
    assert slack.calls("users.info") == []


def test_slack_is_asked_once_about_a_person(simulator: Simulator, slack: Control) -> None:
    client = WebClient(TOKEN, base_url=simulator.api_url, retry_handlers=[])
    access_policy = AccessPolicy(Access(), TEAM)
    for _ in range(3):
        assert access_policy.refusal(client, HELP, ADA) is None
        assert access_policy.refusal(client, HELP, DMITRI) == STRANGER
    assert len(slack.calls("users.info")) == 2


def test_nobody_is_let_in_by_a_failure(ask: Ask, slack: Control) -> None:
    slack.fault("api", "error", match="users.info", error="internal_error")
    with pytest.raises(SlackApiError):
        ask(Access(), DMITRI)


def test_an_installation_elsewhere_takes_our_own_people_for_strangers(
    simulator: Simulator,
) -> None:
    client = WebClient(TOKEN, base_url=simulator.api_url, retry_handlers=[])
    assert AccessPolicy(Access(), PARTNER_TEAM).refusal(client, HELP, ADA) == STRANGER


def test_the_time_is_that_of_the_askers_clock(simulator: Simulator, slack: Control) -> None:
    client = WebClient(TOKEN, base_url=simulator.api_url, retry_handlers=[])
    access_policy = AccessPolicy(Access(), TEAM)
    assert access_policy.refusal(client, GENERAL, ADA) is None
    assert access_policy.now(client, ADA).utcoffset() == timedelta(hours=1)
    assert len(slack.calls("users.info")) == 1, "what was known already is not asked again"
    slack.fault("api", "status", "users.info", status=500)
    assert access_policy.now(client, BEN).utcoffset() == timedelta(0)
