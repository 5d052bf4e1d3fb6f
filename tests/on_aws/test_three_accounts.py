"""Dev, staging and prod in three accounts and three workspaces, from nothing to destroyed."""

import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.on_aws.conftest import ACCOUNTS, Cloud

Done = subprocess.CompletedProcess[str]


def each(work: Callable[[str], Any]) -> dict[str, Any]:
    """Do something with all three environments at once."""
    with ThreadPoolExecutor() as pool:
        return dict(zip(ACCOUNTS, pool.map(work, ACCOUNTS), strict=True))


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """Three empty accounts and workspaces; alarms are watched for a second."""
    with Cloud(tmp_path_factory.mktemp("three"), bare=True) as running:
        rows = running.root / "infra" / "environments.py"
        rows.write_text(rows.read_text().replace("bake: int = 300", "bake: int = 1"))
        yield running


@pytest.fixture(scope="module")
def first(cloud: Cloud) -> dict[str, Done]:
    """What the first deployments said: nobody has pressed "Install" for them yet."""

    def deploy(name: str) -> Done:
        token = cloud.slack(name).configure("ada")["refresh_token"]
        return cloud.run("deploy", name, "--yes", SLACK_CONFIG_REFRESH_TOKEN=token)

    return each(deploy)


@pytest.fixture(scope="module")
def second(cloud: Cloud, first: dict[str, Done]) -> dict[str, Done]:  # noqa: ARG001 - comes before
    """What the next ones said, once a person had pressed it and copied the token."""
    return each(
        lambda name: cloud.run("deploy", name, "--yes", SLACK_BOT_TOKEN=cloud.slack(name).install())
    )


def test_the_first_deployment_ends_at_the_click_that_is_a_persons(first: dict[str, Done]) -> None:
    for name, done in first.items():
        assert done.returncode == 1
        said = words(done.stderr)
        assert "https://api.slack.com/apps/A0STACKBOT/install-on-team" in said
        assert f"To go on from there, run ./stackbot deploy {name} again." in said


def test_the_second_goes_on_from_there_to_a_bot_that_answers(
    cloud: Cloud, second: dict[str, Done]
) -> None:
    for name, done in second.items():
        assert done.returncode == 0, done.stderr
        assert "CloudFormation: nothing has changed" in done.stderr
        assert "Chat with it: https://slack.com/app_redirect?app=A0STACKBOT" in done.stderr
        ask(cloud, name)


def ask(cloud: Cloud, name: str) -> None:
    """Ask something in an environment's workspace, and wait for the answer from the documents."""
    slack = cloud.slack(name)
    posted = slack.say("ada", "#general", "<@bot> How do I deploy to staging?")
    assert "staging" in slack.wait_for_answer(posted.channel, posted.ts, timeout=60).text


def words(text: str) -> str:
    """What was printed, as if there were no lines to break."""
    return " ".join(text.split())
