"""GitHub is let into an environment's account, for one repository, environment and branch."""

import pytest

from tests.on_aws.conftest import ACCOUNTS, Cloud

ISSUER = "token.actions.githubusercontent.com"
REPOSITORY = "acme@12/bot@34"


@pytest.fixture(scope="module")
def cloud(cloud: Cloud) -> Cloud:
    """The cloud whose checkout says where its repository is."""
    done = cloud.run("init", "--repository", REPOSITORY, caller="dev")
    assert done.returncode == 0, done.stderr
    return cloud


def test_a_role_is_made_for_one_environment_of_one_repository(cloud: Cloud) -> None:
    _make(cloud)
    iam = cloud.client("dev", "iam")
    role = iam.get_role(RoleName="stackbot-pipeline-dev")["Role"]
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    (provider,) = iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]
    assert trust["Principal"] == {"Federated": provider["Arn"]}
    assert trust["Condition"]["StringEquals"] == {
        f"{ISSUER}:aud": "sts.amazonaws.com",
        f"{ISSUER}:sub": f"repo:{REPOSITORY}:environment:dev",
        f"{ISSUER}:ref": "refs/heads/main",
    }
    _make(cloud)
    assert iam.get_role(RoleName="stackbot-pipeline-dev")["Role"] == role


def test_a_workflow_is_told_the_role_without_credentials(cloud: Cloud) -> None:
    done = cloud.run("pipeline", "prod", "--print", AWS_ACCESS_KEY_ID="", AWS_ENDPOINT_URL="")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        f"role=arn:aws:iam::{ACCOUNTS['prod']}:role/stackbot-pipeline-prod\nregion=us-east-1\n"
    )


def test_the_role_of_another_account_is_not_made(cloud: Cloud) -> None:
    done = cloud.run("pipeline", "prod", caller="staging")
    assert done.returncode == 1
    assert f"prod is in the account {ACCOUNTS['prod']}" in done.stderr
    assert (
        cloud.client("staging", "iam").list_open_id_connect_providers()["OpenIDConnectProviderList"]
        == []
    )


def test_a_missing_repository_is_said(cloud: Cloud) -> None:
    cloud.run("init", "--repository", "", caller="dev")
    done = cloud.run("pipeline", "dev")
    assert done.returncode == 1
    assert done.stderr == (
        "infra/environments.py names no repository for dev: run ./stackbot init\n"
    )


def _make(cloud: Cloud) -> None:
    done = cloud.run("pipeline", "dev")
    assert done.returncode == 0, done.stderr
