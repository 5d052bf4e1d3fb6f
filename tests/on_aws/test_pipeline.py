"""GitHub is let into an environment's account: one job of one repository, and no further.

IAM is enforced here. The emulator looks at whose token it is and what for, as AWS does, but for the
branch, which it does not know, and GitHub's signature, which it does not check.
"""

import base64
import json
from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError

from tests.on_aws.conftest import ACCOUNTS, Cloud
from tests.test_workflows import commands

ISSUER = "token.actions.githubusercontent.com"
REPOSITORY = "acme@12/bot@34"
STAGING = f"repo:{REPOSITORY}:environment:staging"


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """A cloud that refuses what no grant allows; its checkout says where its repository is.

    No TLS is insisted on, which the emulator has not; alarms are watched for a second.
    """
    with Cloud(tmp_path_factory.mktemp("cloud"), enforce_iam=True, bare=True) as running:
        rows = running.root / "infra" / "environments.py"
        text = rows.read_text().replace("tls_only: bool = True", "tls_only: bool = False")
        rows.write_text(text.replace("bake: int = 300", "bake: int = 1"))
        _run(running, "init", "--repository", REPOSITORY, caller="staging")
        yield running


@pytest.fixture(scope="module")
def trusting(cloud: Cloud) -> Cloud:
    """The cloud whose staging lets GitHub in, and where a person has set up the CDK."""
    _run(cloud, "pipeline", "staging")
    cloud.cdk("staging", "bootstrap", "-c", "env=staging")
    assets = f"cdk-hnb659fds-assets-{ACCOUNTS['staging']}-us-east-1"
    cloud.client("staging", "s3").delete_bucket_policy(Bucket=assets)  # it insists on TLS
    # The emulator looks for this one grant on `*`, where AWS takes the path for the resource.
    by_path = {"Effect": "Allow", "Action": "ssm:GetParametersByPath", "Resource": "*"}
    cloud.client("staging", "iam").put_role_policy(
        RoleName="stackbot-pipeline-staging",
        PolicyName="emulator",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [by_path]}),
    )
    return cloud


def test_a_role_is_made_once_and_rests_on_githubs_tokens(trusting: Cloud) -> None:
    iam = trusting.client("staging", "iam")
    role = iam.get_role(RoleName="stackbot-pipeline-staging")["Role"]
    (provider,) = iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Federated": provider["Arn"]}
    _run(trusting, "pipeline", "staging")
    assert iam.get_role(RoleName="stackbot-pipeline-staging")["Role"] == role


@pytest.mark.parametrize(
    "other",
    [
        f"repo:{REPOSITORY}:environment:prod",
        f"repo:{REPOSITORY}:ref:refs/heads/main",
        "repo:acme/bot:environment:staging",
    ],
)
def test_no_other_job_may_take_it(trusting: Cloud, other: str) -> None:
    with pytest.raises(ClientError, match="Not authorized"):
        _take_the_role(trusting, other)


def test_with_it_the_workflow_deploys_releases_and_rolls_back(trusting: Cloud) -> None:
    slack, github = trusting.slack("staging"), _take_the_role(trusting, STAGING)
    token = slack.configure("ada")["refresh_token"]
    first = trusting.run("deploy", "staging", "--yes", SLACK_CONFIG_REFRESH_TOKEN=token, **github)
    assert "Install the Slack app" in first.stderr  # so all before that is done

    about = trusting.root / "bot" / "slack" / "ui" / "message_reference.py"
    about.write_text(f"{about.read_text()}\n# a change\n")
    said = "".join(
        _run(trusting, *command, SLACK_BOT_TOKEN=slack.install(), **github)
        for command in commands("environment", "staging")
    )
    assert "Switch to ingress 2, worker 2" in said
    _, rollback, *_ = commands("environment", "staging", command="rollback")
    assert "live at ingress 1, worker 1 again" in _run(trusting, *rollback, **github)


def test_a_workflow_is_told_the_role_without_credentials(cloud: Cloud) -> None:
    done = cloud.run("pipeline", "prod", "--print", AWS_ACCESS_KEY_ID="", AWS_ENDPOINT_URL="")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        f"role=arn:aws:iam::{ACCOUNTS['prod']}:role/stackbot-pipeline-prod\nregion=us-east-1\n"
    )


def test_nobody_is_let_into_another_account(cloud: Cloud) -> None:
    done = cloud.run("pipeline", "prod", caller="dev")
    assert done.returncode == 1
    assert f"prod is in the account {ACCOUNTS['prod']}" in done.stderr
    listed = cloud.client("dev", "iam").list_open_id_connect_providers()
    assert listed["OpenIDConnectProviderList"] == []


def test_a_missing_repository_is_said(cloud: Cloud) -> None:
    _run(cloud, "init", "--repository", "", caller="dev")
    done = cloud.run("pipeline", "dev")
    assert done.returncode == 1
    assert done.stderr == (
        "infra/environments.py names no repository for dev: run ./stackbot init\n"
    )


def _run(cloud: Cloud, *command: str, caller: str = "", **shell: str) -> str:
    """What a command says that works."""
    done = cloud.run(*command, caller=caller, **shell)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def _take_the_role(cloud: Cloud, subject: str) -> dict[str, str]:
    """What a shell needs to act by the role that AWS gives for GitHub's token."""
    claims = {"iss": f"https://{ISSUER}", "aud": "sts.amazonaws.com", "sub": subject}
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode() for part in ({}, claims)]
    sts = cloud.client("staging", "sts")
    # This call alone is unsigned, and the emulator listens to nobody without its secret.
    secret = {"X-Amz-Security-Token": cloud.emulator.token}
    sts.meta.events.register("before-send.sts", lambda request, **_: request.headers.update(secret))
    taken = sts.assume_role_with_web_identity(
        RoleArn=f"arn:aws:iam::{ACCOUNTS['staging']}:role/stackbot-pipeline-staging",
        RoleSessionName="stackbot-1",
        WebIdentityToken=f"{'.'.join(parts)}.unsigned",
    )["Credentials"]
    return {
        "AWS_ACCESS_KEY_ID": taken["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": taken["SecretAccessKey"],
        "AWS_SESSION_TOKEN": taken["SessionToken"],
    }
