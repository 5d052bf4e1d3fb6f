"""What one person alone may see: Slack is asked who is in a group where a document names one."""

from typing import Any

import pytest
from slack_sdk import WebClient

from bot.answering.events import Source
from bot.answering.retrieval.index import Index
from bot.answering.retrieval.passages import Passage
from bot.answering.retrieval.permissions import Audience
from bot.conversation.access.groups import Groups
from bot.conversation.knowledge import KnowledgeSnapshot
from slack_simulator import Control

ADA, CHIYO = "U0ADA", "U0CHIYO"
LEADS, STAFF = "S0ENGINEERS", "S0OPERATIONS"


def over(*audiences: Audience) -> Groups:
    """With a document for each of these audiences."""
    source = Source("Pay", "pay.md")
    index = Index.of(Passage(source, "Every month.", audience=audience) for audience in audiences)
    return Groups(lambda: KnowledgeSnapshot(index))


def test_a_person_has_the_groups_that_documents_name_and_no_others(
    client: WebClient, slack: Control
) -> None:
    slack.set_group(STAFF, ["ada", "chiyo"])
    groups = over(Audience(groups=(STAFF,)))
    assert groups.permissions(client, ADA).groups == {STAFF}
    assert groups.permissions(client, "U0BEN").groups == frozenset()


def test_slack_is_not_asked_where_no_document_names_a_group(
    client: WebClient, slack: Control
) -> None:
    groups = over(Audience(channels=("C0HELP",)), Audience())
    assert groups.permissions(client, ADA, "D0ADA").groups == frozenset()
    assert slack.calls("usergroups.list") == []


def test_slack_is_asked_once_for_everybody(client: WebClient, slack: Control) -> None:
    groups = over(Audience(groups=(LEADS,)), Audience(groups=(STAFF,)))
    assert groups.permissions(client, ADA).groups == {LEADS}
    assert groups.permissions(client, CHIYO).groups == {STAFF}
    assert len(slack.calls("usergroups.list")) == 1


@pytest.mark.parametrize(
    "failure",
    [
        {"action": "error", "error": "missing_scope"},
        {"action": "status", "status": 429},
        {"action": "drop"},
    ],
    ids=["missing scope", "limited", "no answer"],
)
def test_a_failure_lets_nobody_in_and_is_not_remembered(
    client: WebClient,
    slack: Control,
    failure: dict[str, Any],
    capsys: pytest.CaptureFixture[str],
) -> None:
    groups = over(Audience(groups=(LEADS,)))
    slack.fault("api", match="usergroups.list", **failure)
    assert groups.permissions(client, ADA).groups == frozenset()
    assert '"event":"groups_unknown"' in capsys.readouterr().out
    assert groups.permissions(client, ADA).groups == {LEADS}
