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

ISSUER = "token.actions.githubusercontent.com"
REPOSITORY = "acme@12/bot@34"


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """A cloud that refuses what no grant allows; its checkout says where its repository is."""
    with Cloud(tmp_path_factory.mktemp("cloud"), enforce_iam=True) as running:
        done = running.run("init", "--repository", REPOSITORY, caller="dev")
        assert done.returncode == 0, done.stderr
        yield running


def test_a_role_is_made_once_for_each_environment(cloud: Cloud) -> None:
    _let_in(cloud)
    iam = cloud.client("dev", "iam")
    role = iam.get_role(RoleName="stackbot-pipeline-dev")["Role"]
    (provider,) = iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Federated": provider["Arn"]}
    _let_in(cloud)
    assert iam.get_role(RoleName="stackbot-pipeline-dev")["Role"] == role


def test_it_is_for_jobs_of_that_environment_alone(cloud: Cloud) -> None:
    assert _take_the_role(cloud, f"repo:{REPOSITORY}:environment:dev")["SecretAccessKey"]
    for other in (
        f"repo:{REPOSITORY}:environment:prod",
        f"repo:{REPOSITORY}:ref:refs/heads/main",
        "repo:acme/bot:environment:dev",
    ):
        with pytest.raises(ClientError, match="Not authorized"):
            _take_the_role(cloud, other)


def test_a_workflow_is_told_the_role_without_credentials(cloud: Cloud) -> None:
    done = cloud.run("pipeline", "prod", "--print", AWS_ACCESS_KEY_ID="", AWS_ENDPOINT_URL="")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        f"role=arn:aws:iam::{ACCOUNTS['prod']}:role/stackbot-pipeline-prod\nregion=us-east-1\n"
    )


def test_nobody_is_let_into_another_account(cloud: Cloud) -> None:
    done = cloud.run("pipeline", "prod", caller="staging")
    assert done.returncode == 1
    assert f"prod is in the account {ACCOUNTS['prod']}" in done.stderr
    listed = cloud.client("staging", "iam").list_open_id_connect_providers()
    assert listed["OpenIDConnectProviderList"] == []


def test_a_missing_repository_is_said(cloud: Cloud) -> None:
    cloud.run("init", "--repository", "", caller="dev")
    done = cloud.run("pipeline", "dev")
    assert done.returncode == 1
    assert done.stderr == (
        "infra/environments.py names no repository for dev: run ./stackbot init\n"
    )


def _let_in(cloud: Cloud) -> None:
    done = cloud.run("pipeline", "dev")
    assert done.returncode == 0, done.stderr


def _take_the_role(cloud: Cloud, subject: str) -> dict[str, str]:
    """The credentials that AWS gives for GitHub's token."""
    claims = {"iss": f"https://{ISSUER}", "aud": "sts.amazonaws.com", "sub": subject}
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode() for part in ({}, claims)]
    taken: dict[str, dict[str, str]] = cloud.client("dev", "sts").assume_role_with_web_identity(
        RoleArn=f"arn:aws:iam::{ACCOUNTS['dev']}:role/stackbot-pipeline-dev",
        RoleSessionName="stackbot-1",
        WebIdentityToken=f"{'.'.join(parts)}.unsigned",
    )
    return taken["Credentials"]
