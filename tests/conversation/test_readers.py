"""Who reads along in a channel, as Slack tells it, and how often it is asked about that."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from slack_sdk import WebClient

from bot.answering.events import Question, Source
from bot.answering.retrieval.index import Index
from bot.answering.retrieval.passages import Passage
from bot.answering.retrieval.permissions import Audience
from bot.conversation.access.groups import Groups
from bot.conversation.access.policy import AccessPolicy
from bot.conversation.access.readers import Readers, is_shared
from bot.conversation.knowledge import KnowledgeSnapshot
from bot.conversation.message import Message
from bot.runtime.cells import Access, ReaderPolicy
from slack_simulator import Control, Simulator
from slack_simulator.workspace.people import TEAM

TOKEN = "xoxb-fake"
GENERAL, HELP = "C0GENERAL", "C0HELP"
OPEN, CLOSED = Question("What does the falcon eat?"), Question("What does the owl eat?")
GUESTS = ReaderPolicy(guests_read_along=True)
INDEX = Index.of(
    [
        Passage(Source("Falcon", "falcon.md"), "The falcon.", audience=Audience(public=True)),
        Passage(Source("Owl", "owl.md"), "The owl."),
    ]
)


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator(bot_token=TOKEN) as simulator:
        yield simulator


@pytest.fixture
def slack(simulator: Simulator) -> Control:
    simulator.control.reset()
    return simulator.control


@pytest.fixture
def clock() -> Clock:
    return Clock()


Outsiders = Callable[..., bool]


@pytest.fixture
def outsiders(simulator: Simulator, slack: Control, clock: Clock) -> Outsiders:  # noqa: ARG001
    """Whether people from outside read the answer to a question along."""
    client = WebClient(TOKEN, base_url=simulator.api_url, retry_handlers=[])
    access_policy = AccessPolicy(Access(), TEAM)
    groups = Groups(lambda: KnowledgeSnapshot(INDEX))
    readers_by_policy: dict[ReaderPolicy, Readers] = {}

    def ask(policy: ReaderPolicy, question: Question, channel: str, shared: bool | None) -> bool:
        readers = readers_by_policy.setdefault(
            policy, Readers(policy, TEAM, access_policy, groups, lambda: INDEX, clock)
        )
        message = Message(TEAM, channel, "1.1", "1.1", "U0ADA", question.text, shared=shared)
        return readers.in_channel(client, message, question).outsiders

    return ask


@pytest.mark.parametrize("shared", [True, False])
def test_what_the_event_says_is_not_asked_again(
    outsiders: Outsiders, slack: Control, shared: bool
) -> None:
    assert outsiders(ReaderPolicy(), CLOSED, GENERAL, shared) is shared
    assert slack.calls() == []


def test_without_an_event_slack_is_asked_and_silence_means_yes(
    outsiders: Outsiders, slack: Control
) -> None:
    assert not outsiders(ReaderPolicy(), CLOSED, GENERAL, None)
    assert outsiders(ReaderPolicy(), CLOSED, HELP, None)
    slack.fault("api", "error", match="conversations.info", error="missing_scope")
    assert outsiders(ReaderPolicy(), CLOSED, GENERAL, None)


def test_guests_count_only_where_the_row_says_so(outsiders: Outsiders, slack: Control) -> None:
    assert not outsiders(ReaderPolicy(), CLOSED, GENERAL, shared=False)
    assert slack.calls() == []
    assert outsiders(GUESTS, CLOSED, GENERAL, shared=False)
    slack.reset()


def test_without_guests_a_channel_is_our_own(outsiders: Outsiders, slack: Control) -> None:
    slack.set_members("#general", ["ada", "chiyo"])
    assert not outsiders(GUESTS, CLOSED, GENERAL, shared=False)


def test_nobody_is_asked_about_where_the_answer_rests_on_public_documents(
    outsiders: Outsiders, slack: Control
) -> None:
    assert outsiders(GUESTS, Question("falcon"), GENERAL, shared=False)
    assert slack.calls() == []


def test_people_are_remembered_for_an_hour_and_members_for_ten_minutes(
    outsiders: Outsiders, slack: Control, clock: Clock
) -> None:
    slack.set_members("#general", ["ada", "chiyo"])
    assert not outsiders(GUESTS, CLOSED, GENERAL, shared=False)
    slack.set_members("#general", ["ada", "ben"])
    clock.now = 599
    assert not outsiders(GUESTS, CLOSED, GENERAL, shared=False)
    clock.now = 600
    assert outsiders(GUESTS, CLOSED, GENERAL, shared=False)
    assert [len(slack.calls(m)) for m in ("users.list", "conversations.members")] == [1, 2]
    clock.now = 3_600
    assert outsiders(GUESTS, CLOSED, GENERAL, shared=False)
    assert [len(slack.calls(m)) for m in ("users.list", "conversations.members")] == [2, 3]


@pytest.mark.parametrize("method", ["users.list", "conversations.members"])
@pytest.mark.parametrize("error", ["missing_scope", "internal_error"])
def test_where_slack_does_not_tell_there_are_guests_and_it_is_not_remembered(
    outsiders: Outsiders, slack: Control, method: str, error: str
) -> None:
    slack.set_members("#general", ["ada", "chiyo"])
    slack.fault("api", "error", match=method, error=error)
    assert outsiders(GUESTS, CLOSED, GENERAL, shared=False)
    assert not outsiders(GUESTS, CLOSED, GENERAL, shared=False)


DOCUMENTED = {
    "id": "C123456",
    "name": "general",
    "is_channel": True,
    "is_group": False,
    "is_im": False,
    "is_mpim": False,
    "is_private": False,
    "is_shared": False,
    "is_org_shared": False,
    "is_pending_ext_shared": False,
    "pending_shared": [],
    "context_team_id": "T12345ABCDE",
    "is_ext_shared": False,
    "shared_team_ids": ["T12345ABCDE"],
    "pending_connected_team_ids": [],
}
"""From https://docs.slack.dev/reference/objects/conversation-object."""


@pytest.mark.parametrize(
    ("changed", "shared"),
    [
        ({}, False),
        ({"is_ext_shared": True, "is_shared": True}, True),
        ({"is_pending_ext_shared": True}, True),
        ({"is_shared": True, "is_org_shared": True}, False),
        ({"is_shared": True}, True),
        ({"connected_team_ids": ["T12345ABCDE"]}, False),
        ({"connected_team_ids": ["E163Q94DX"]}, True),
        ({"is_ext_shared": None}, True),
    ],
)
def test_a_channel_is_shared_as_slack_documents_it(
    changed: dict[str, object], shared: bool
) -> None:
    assert is_shared(DOCUMENTED | changed, "T12345ABCDE") is shared
