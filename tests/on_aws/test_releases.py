"""What staging goes through: deployed beside what is live, tried, switched to, taken back."""

import json
import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.environments import SLUG
from infra.names import EVENTS_PATH
from scripts.local.emulator import api_url
from slack_simulator.workspace import people
from tests.on_aws.conftest import ACCOUNTS, Cloud
from tests.slack_requests import SECRET, Json, event_request, mention

Finished = subprocess.CompletedProcess[str]

DEPLOY = """
from infra.environments import environment
from scripts.aws import deployment
from scripts.aws.cdk import cdk
from scripts.deploy import versions
with deployment.account("staging") as account:
    live = versions.parameters(account, environment("staging"))
told = [word for cell in live.items() for word in ("--parameters", "=".join(cell))]
cdk("deploy", "--require-approval=never", "--method=direct", "-c", "env=staging", *told,
    variables=account.variables)
"""
RELEASE = """
import sys
from scripts.aws import deployment
from scripts.deploy import rollout
from scripts.terminal.problem import Problem
try:
    with deployment.deployed("staging") as deployed:
        rollout.release(deployed, bake=float(sys.argv[1]))
except Problem as problem:
    sys.exit(str(problem))
except KeyboardInterrupt:
    sys.exit(130)
"""
INGRESS, WORKER = f"{SLUG}-staging-ingress", f"{SLUG}-staging-worker"
CODE = Path("bot", "answering", "quoting", "extractive.py")
OLD_NOTE = "No model is set up, so this comes straight from the documents."
NEW_NOTE = "Quoted by the newest version."


@dataclass(frozen=True)
class Staging:
    """The environment, with whatever its deployments have published."""

    cloud: Cloud

    def deploy(self) -> None:
        done = self.cloud.python("staging", DEPLOY)
        assert done.returncode == 0, done.stderr

    def release(self) -> Finished:
        return self.cloud.python("staging", RELEASE, "0")

    @contextmanager
    def releasing(self) -> Iterator[subprocess.Popen[str]]:
        """A release whose alarms are being watched, for longer than any test takes."""
        with self.cloud.started("staging", RELEASE, "300") as process:
            assert process.stderr
            for line in process.stderr:
                if "rollback staging" in line:
                    break
            yield process

    def rewrite(self, old: str, new: str) -> None:
        """Change the code that the next deployment brings out."""
        path = self.cloud.root / CODE
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new))

    def make_live(self, version: str) -> None:
        """As if there had been no release yet since that version."""
        for name in (INGRESS, WORKER):
            self.client("lambda").update_alias(
                FunctionName=name, Name="live", FunctionVersion=version
            )
        with suppress(ClientError):
            self.client("ssm").delete_parameter(Name=f"/{SLUG}/staging/release")

    def client(self, service: str) -> Any:
        return self.cloud.client("staging", service)

    @property
    def live(self) -> list[str]:
        """The versions of the ingress and of the worker."""
        client = self.client("lambda")
        names = (INGRESS, WORKER)
        return [client.get_alias(FunctionName=n, Name="live")["FunctionVersion"] for n in names]

    @property
    def newest(self) -> list[str]:
        """What the last deployment published."""
        return [self.output("IngressVersion"), self.output("WorkerVersion")]

    def output(self, name: str) -> str:
        client = self.client("cloudformation")
        (stack,) = client.describe_stacks(StackName=f"{SLUG}-staging")["Stacks"]
        return next(str(o["OutputValue"]) for o in stack["Outputs"] if o["OutputKey"] == name)

    def send(self, event: Json) -> None:
        """Let Slack tell of something."""
        bot = {"team_id": people.TEAM, "user_id": people.BOT_USER, "is_bot": True}
        envelope = {"team_id": people.TEAM, "api_app_id": people.APP, "authorizations": [bot]}
        http = event_request(event, secret=SECRET, envelope=envelope)
        url = api_url(self.cloud.emulator.url, self.output("SlackUrl"), EVENTS_PATH)
        request = urllib.request.Request(  # noqa: S310
            f"{url}?AWSAccessKeyId={ACCOUNTS['staging']}", http["body"].encode(), http["headers"]
        )
        urllib.request.urlopen(request, timeout=20).close()  # noqa: S310

    def deliver(self, enabled: bool) -> None:
        """Whether the queue is read."""
        client = self.client("lambda")
        (mapping,) = client.list_event_source_mappings()["EventSourceMappings"]
        client.update_event_source_mapping(UUID=mapping["UUID"], Enabled=enabled)


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """One of our own: its checkout is changed."""
    with Cloud(tmp_path_factory.mktemp("releases")) as running:
        yield running


@pytest.fixture(scope="module")
def staging(cloud: Cloud) -> Staging:
    """Two versions, of which the first is live and the second was published since."""
    environment = Staging(cloud)
    cloud.cdk("staging", "bootstrap", f"aws://{ACCOUNTS['staging']}/us-east-1")
    environment.deploy()
    slack = {
        "bot_token": cloud.slack("staging").renew_token(),
        "bot_id": people.BOT,
        "bot_user_id": people.BOT_USER,
        "team_id": people.TEAM,
    }
    for name, value in (("slack", json.dumps(slack)), ("signing-secret", SECRET)):
        environment.client("ssm").put_parameter(
            Name=f"/{SLUG}/staging/{name}", Value=value, Type="SecureString"
        )
    done = environment.release()
    assert (done.returncode, done.stderr, environment.live) == (0, "", ["1", "1"])
    environment.rewrite(OLD_NOTE, NEW_NOTE)
    environment.deploy()
    assert (environment.live, environment.newest) == (["1", "1"], ["2", "2"])
    return environment


def test_a_new_version_answers_what_the_old_one_has_queued(staging: Staging) -> None:
    staging.make_live("1")
    slack = staging.cloud.slack("staging")
    staging.deliver(enabled=False)
    asked = slack.say("ada", "#general", "Who may deploy?")
    event = mention("Who may deploy?", asked.ts, channel=asked.channel, user="U0ADA")
    staging.send(event | {"text": f"<@{people.BOT_USER}> Who may deploy?"})
    done = staging.release()
    assert (done.returncode, staging.live) == (0, ["2", "2"]), done.stderr
    staging.deliver(enabled=True)
    assert NEW_NOTE in slack.wait_for_answer(asked.channel, asked.ts, 40).text


def test_an_alarm_takes_a_release_back(staging: Staging) -> None:
    staging.make_live("1")
    client = staging.client("cloudwatch")
    found = client.describe_alarms()["MetricAlarms"]
    alarm = next(each["AlarmName"] for each in found if "WorkerErrors" in each["AlarmName"])
    with staging.releasing() as release:
        assert staging.live == ["2", "2"]
        client.set_alarm_state(AlarmName=alarm, StateValue="ALARM", StateReason="a test")
        _, said = release.communicate(timeout=60)
    client.set_alarm_state(AlarmName=alarm, StateValue="OK", StateReason="a test")
    assert (release.returncode, staging.live) == (1, ["1", "1"])
    assert "staging is back at ingress 1, worker 1, because an alarm went off" in said
    assert f"{alarm} (The worker crashed or ran out of time.)" in said


def test_an_interrupted_release_goes_on_or_back(staging: Staging) -> None:
    staging.make_live("1")
    with staging.releasing() as release:
        release.send_signal(signal.SIGINT)
        _, said = release.communicate(timeout=60)
    assert (release.returncode, staging.live) == (130, ["2", "2"])
    assert "staging is live at ingress 2, worker 2, not watched to the end" in said
    resumed = staging.release()
    assert (resumed.returncode, "alarms watched" in resumed.stderr) == (0, True)
    assert staging.release().stderr == ""
    assert staging.cloud.run("rollback", "staging", "--yes").returncode == 0
    assert staging.live == ["1", "1"]
    again = staging.cloud.run("rollback", "staging", "--yes")
    assert (again.returncode, again.stderr) == (
        1,
        "staging has no earlier version to go back to.\n",
    )


def test_the_oldest_versions_are_deleted(staging: Staging) -> None:
    staging.make_live("1")
    client = staging.client("lambda")
    for number in range(6):
        client.update_function_configuration(FunctionName=WORKER, Description=str(number))
        client.publish_version(FunctionName=WORKER)
    assert staging.release().returncode == 0
    found = client.list_versions_by_function(FunctionName=WORKER)["Versions"]
    assert [each["Version"] for each in found] == ["$LATEST", "1", "2", "4", "5", "6", "7", "8"]


def test_code_that_does_not_answer_never_goes_live(staging: Staging) -> None:
    staging.make_live("2")
    staging.rewrite("yield Quoted(", "raise RuntimeError(")
    try:
        staging.deploy()
        done = staging.release()
    finally:
        staging.rewrite("raise RuntimeError(", "yield Quoted(")
    assert (done.returncode, staging.live) == (1, ["2", "2"])
    assert "answers no question, so nothing was switched" in done.stderr
    assert NEW_NOTE in done.stderr
