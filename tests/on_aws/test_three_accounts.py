"""Dev, staging and prod in three accounts and three workspaces, from nothing to destroyed.

The tests of this file are one story, told in their order.
"""

import io
import json
import os
import signal
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.on_aws.conftest import ACCOUNTS, Cloud

Done = subprocess.CompletedProcess[str]

NEVER = (
    'cdk.CfnWaitCondition(self, "Never", timeout="1",'
    ' handle=cdk.CfnWaitConditionHandle(self, "Handle").ref)'
)
"""What CloudFormation waits for in vain."""


def each(work: Callable[[str], Any]) -> dict[str, Any]:
    """Do something with all three environments at once."""
    with ThreadPoolExecutor() as pool:
        return dict(zip(ACCOUNTS, pool.map(work, ACCOUNTS), strict=True))


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """Three empty accounts and workspaces. IAM is enforced; alarms are watched for a second.

    The Lambdas call the emulator without TLS, so the stacks must not insist on it.
    """
    with Cloud(tmp_path_factory.mktemp("three"), bare=True, enforce_iam=True) as running:
        edit(running, "infra/environments.py", "tls_only: bool = True", "tls_only: bool = False")
        edit(running, "infra/environments.py", "bake: int = 300", "bake: int = 1")
        yield running


@pytest.fixture(scope="module")
def first(cloud: Cloud) -> dict[str, Done]:
    """What the first deployments said, while a person pressed "Install" and pasted the token."""

    def deploy(name: str) -> Done:
        slack = cloud.slack(name)
        token = slack.configure("ada")["refresh_token"]
        deploying = cloud.begin("deploy", name, "--yes", SLACK_CONFIG_REFRESH_TOKEN=token)
        printed = read_until(deploying, "/install-on-team")
        _, rest = deploying.communicate(f"{slack.install()}\n", timeout=240)
        return Done(deploying.args, deploying.returncode, "", printed + rest)

    return each(deploy)


@pytest.fixture
def everywhere(first: dict[str, Done]) -> None:
    """All three are deployed."""
    assert all(done.returncode == 0 for done in first.values())


def test_the_first_deployment_goes_from_nothing_to_a_bot_that_answers(
    cloud: Cloud, first: dict[str, Done]
) -> None:
    for name, done in first.items():
        assert done.returncode == 0, done.stderr
        said = words(done.stderr)
        assert "Install the Slack app" in said
        assert "Chat with it: https://slack.com/app_redirect?app=A0SAMPLE" in said
        ask(cloud, name)


def test_what_an_emulator_is_spared_is_said(first: dict[str, Done]) -> None:
    spared = "An emulator knows no AWS::Lambda::ResourcePolicy"
    assert {name for name, done in first.items() if spared in words(done.stderr)} == {
        "staging",
        "prod",
    }


@pytest.mark.usefixtures("everywhere")
def test_a_repeat_changes_nothing(cloud: Cloud) -> None:
    before = each(lambda name: state(cloud, name))
    again = each(lambda name: cloud.run("deploy", name, "--yes"))
    assert {name: done.returncode for name, done in again.items()} == dict.fromkeys(ACCOUNTS, 0)
    assert each(lambda name: state(cloud, name)) == before


@pytest.mark.usefixtures("everywhere")
def test_code_that_was_swapped_in_is_replaced_though_the_stack_stays(cloud: Cloud) -> None:
    client, before = cloud.client("dev", "lambda"), state(cloud, "dev")
    nothing = io.BytesIO()
    zipfile.ZipFile(nothing, "w").close()
    client.update_function_code(FunctionName="stackbot-dev-ingress", ZipFile=nothing.getvalue())
    done = cloud.run("deploy", "dev")
    assert done.returncode == 0, done.stderr
    assert "Code, over what was swapped in" in done.stderr
    assert state(cloud, "dev") == before


@pytest.mark.usefixtures("everywhere")
def test_the_wrong_account_or_region_is_refused_before_anything_changes(cloud: Cloud) -> None:
    before = state(cloud, "prod")
    done = cloud.run("deploy", "prod", "--yes", caller="staging")
    assert done.returncode == 1
    assert done.stderr.startswith(f"prod is in the account {ACCOUNTS['prod']}, and your")
    done = cloud.run("deploy", "prod", "--yes", AWS_REGION="eu-west-1")
    assert done.returncode == 1
    assert done.stderr.startswith("prod is in us-east-1, and your shell's AWS_REGION says")
    assert state(cloud, "prod") == before
    stacks = cloud.client("staging", "cloudformation").list_stacks()["StackSummaries"]
    assert {stack["StackName"] for stack in stacks} == {"CDKToolkit", "stackbot-staging"}


@pytest.mark.usefixtures("everywhere")
def test_an_interrupted_deployment_is_resumed(cloud: Cloud) -> None:
    edit(cloud, "bot/__init__.py", "", "# another build\n")
    deploying = cloud.begin("deploy", "staging", "--yes")
    read_until(deploying, "Number of stacks with differences")  # CloudFormation comes next
    os.killpg(deploying.pid, signal.SIGINT)
    _, rest = deploying.communicate(timeout=60)
    assert deploying.returncode == 130
    assert "Interrupted. Done: Account 222222222222, us-east-1, Build" in words(rest)

    done = cloud.run("deploy", "staging", "--yes")
    assert done.returncode == 0, done.stderr
    assert "Switch to ingress 2, worker 2" in done.stderr
    ask(cloud, "staging")


@pytest.mark.usefixtures("everywhere")
def test_a_deployment_that_fails_leaves_live_what_is(cloud: Cloud) -> None:
    """CloudFormation goes back to what it was last told, which was before the last release."""
    client, outputs = cloud.client("staging", "lambda"), "        self._outputs("
    edit(cloud, "bot/__init__.py", "# another", "# yet another")
    late = f"        {NEVER}.node.add_dependency(self.live_ingress, self.live_worker)\n"
    edit(cloud, "infra/stack.py", outputs, late + outputs)
    try:
        done = cloud.run("deploy", "staging", "--yes")
    finally:
        edit(cloud, "infra/stack.py", late, "")
        edit(cloud, "bot/__init__.py", "# yet another", "# another")
    assert done.returncode == 1
    assert "CloudFormation failed at Never: WaitCondition timed out." in done.stderr
    for name in ("ingress", "worker"):
        alias = client.get_alias(FunctionName=f"stackbot-staging-{name}", Name="live")
        assert alias["FunctionVersion"] == "2"


@pytest.mark.usefixtures("everywhere")
def test_prod_is_not_touched_unless_a_person_has_seen_the_changes_and_agrees(cloud: Cloud) -> None:
    before = state(cloud, "prod")
    done = cloud.run("deploy", "prod", answers="no\n")
    assert done.returncode == 1
    assert "[~] AWS::Lambda::Function Worker" in done.stderr
    assert "Deploy to prod? (yes/no): Nothing was done." in words(done.stderr)
    assert state(cloud, "prod") == before


@pytest.mark.usefixtures("everywhere")
def test_verify_tells_another_build_from_this_one(cloud: Cloud) -> None:
    done = cloud.run("verify", "prod", "--json")
    assert done.returncode == 1
    told = json.loads(done.stdout)
    assert [one["check"] for one in told["checks"] if not one["ok"]] == [
        "Both functions run the build"
    ]
    assert "deploy this checkout" in told["checks"][0]["told"]


@pytest.mark.usefixtures("everywhere")
def test_a_failed_first_deployment_says_why_and_is_done_again(cloud: Cloud) -> None:
    token = cloud.slack("dev").configure("ada")["refresh_token"]
    outputs = "        self._outputs("
    edit(cloud, "infra/stack.py", outputs, f"        {NEVER}\n{outputs}")
    done = deploy_annas(cloud, SLACK_CONFIG_REFRESH_TOKEN=token)
    assert done.returncode == 1
    assert "CloudFormation failed at Never: WaitCondition timed out." in done.stderr

    edit(cloud, "infra/stack.py", f"        {NEVER}\n", "")
    done = deploy_annas(cloud)
    assert "The first deployment failed: what it left of the stack will be deleted" in words(
        done.stderr
    )
    said = words(done.stderr)
    assert "https://api.slack.com/apps/A0SAMPLE2/install-on-team" in said
    assert said.endswith("To go on from there, run ./stackbot deploy dev-anna again.")


def deploy_annas(cloud: Cloud, **shell: str) -> Done:
    return cloud.run("deploy", "dev-anna", "--yes", caller="dev", **shell)


@pytest.mark.usefixtures("everywhere")
def test_dev_is_destroyed_with_its_data_once_its_name_is_typed(cloud: Cloud) -> None:
    assert cloud.run("destroy", "dev", answers="yes\n").returncode == 1
    done = cloud.run("destroy", "dev", "--slack-app", answers="dev\n")
    assert done.returncode == 0, done.stderr
    formation = cloud.client("dev", "cloudformation")
    left = formation.list_stacks(StackStatusFilter=["CREATE_COMPLETE"])["StackSummaries"]
    assert {stack["StackName"] for stack in left} == {"CDKToolkit", "stackbot-dev-anna"}
    ssm = cloud.client("dev", "ssm")
    assert ssm.get_parameters_by_path(Path="/stackbot/dev/")["Parameters"] == []
    assert [call.ok for call in cloud.slack("dev").calls("apps.manifest.delete")] == [True]
    assert "There is nothing of dev." in cloud.run("destroy", "dev").stderr


@pytest.mark.usefixtures("everywhere")
def test_prod_has_to_be_unprotected_to_be_destroyed_and_keeps_its_data(cloud: Cloud) -> None:
    before = state(cloud, "prod")
    done = cloud.run("destroy", "prod", "--yes")
    assert done.returncode == 1
    assert "aws cloudformation update-termination-protection --no-enable" in done.stderr
    assert state(cloud, "prod") == before

    table = cloud.client("prod", "dynamodb").list_tables()["TableNames"]
    cloud.client("prod", "cloudformation").update_termination_protection(
        StackName="stackbot-prod", EnableTerminationProtection=False
    )
    done = cloud.run("destroy", "prod", "--yes")
    assert done.returncode == 0, done.stderr
    assert f"Stays: the table {table[0]}" in words(done.stderr)
    assert cloud.client("prod", "dynamodb").list_tables()["TableNames"] == table
    assert cloud.client("prod", "lambda").list_functions()["Functions"] == []


def ask(cloud: Cloud, name: str) -> None:
    """Ask something in an environment's workspace, and wait for the answer from the documents."""
    slack = cloud.slack(name)
    posted = slack.say("ada", "#general", "<@bot> How do I deploy to staging?")
    assert "staging" in slack.wait_for_answer(posted.channel, posted.ts, timeout=60).text


def read_until(process: subprocess.Popen[str], text: str) -> str:
    """What a command has printed, up to the line with this in it."""
    assert process.stderr
    printed = ""
    while text not in printed:
        line = process.stderr.readline()
        assert line, printed
        printed += line
    return printed


def state(cloud: Cloud, name: str) -> dict[str, Any]:
    """All that a deployment could have changed."""
    formation, ssm = cloud.client(name, "cloudformation"), cloud.client(name, "ssm")
    (stack,) = formation.describe_stacks(StackName=f"stackbot-{name}")["Stacks"]
    outputs = {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}
    bucket = cloud.client(name, "s3").list_object_versions(Bucket=outputs["Bucket"])
    functions = cloud.client(name, "lambda").list_functions(FunctionVersion="ALL")["Functions"]
    parameters = ssm.get_parameters_by_path(Path=f"/stackbot/{name}/")["Parameters"]
    return {
        "stack": (stack.get("LastUpdatedTime"), stack["StackStatus"], outputs),
        "documents": [one["VersionId"] for one in bucket["Versions"]],
        "functions": sorted((one["FunctionArn"], one["CodeSha256"]) for one in functions),
        "parameters": {one["Name"]: one["Version"] for one in parameters},
        "app": len(cloud.slack(name).calls("apps.manifest.update")),
    }


def edit(cloud: Cloud, file: str, old: str, new: str) -> None:
    """Replace a piece of a file of the checkout, once."""
    path = cloud.root / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def words(text: str) -> str:
    """What was printed, as if there were no lines to break."""
    return " ".join(text.split())
