"""What GitHub may do in an environment's account, and which job of whose repository."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import aws_iam as iam

from infra.app import plug_in_the_checks
from infra.environments import DEV, STAGING, Environment
from infra.pipeline import PipelineStack
from tests.infra.conftest import new_app

ACCOUNT = "111111111111"
HERE = f"us-east-1:{ACCOUNT}"
ROW = replace(DEV, account=ACCOUNT, region="us-east-1")
REPOSITORY = "acme@12/bot@34"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return _synthesised(tmp_path_factory.mktemp("assembly"), ROW)


def test_it_is_one_job_that_may_take_the_role(template: dict[str, Any]) -> None:
    issuer = "token.actions.githubusercontent.com"
    (trust,) = template["AWS::IAM::Role"]["AssumeRolePolicyDocument"]["Statement"]
    assert trust == {
        "Effect": "Allow",
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{issuer}"},
        "Condition": {
            "StringEquals": {
                f"{issuer}:aud": "sts.amazonaws.com",
                f"{issuer}:sub": f"repo:{REPOSITORY}:environment:dev",
            },
            "StringEqualsIfExists": {f"{issuer}:ref": "refs/heads/main"},
        },
    }


def test_it_may_do_what_the_commands_do(template: dict[str, Any]) -> None:
    ingress, worker = (
        f"lambda:{HERE}:function:stackbot-dev-{name}" for name in ("ingress", "worker")
    )
    versions = {f"{ingress}:*", f"{worker}:*"}
    stack = f"cloudformation:{HERE}:stack/stackbot-dev/*"
    parameters = f"ssm:{HERE}:parameter/stackbot/dev/*"
    index = "/knowledge/index-2.sqlite"
    documents = {f"s3:::stackbot-dev-knowledge*{key}" for key in ("", index, f"{index}.previous")}
    assert _granted(template) == {
        "sts:AssumeRole": {
            f"iam::{ACCOUNT}:role/cdk-hnb659fds-{role}-{ACCOUNT}-us-east-1"
            for role in ("deploy-role", "file-publishing-role", "lookup-role")
        },
        "cloudformation:DescribeStacks": {stack},
        "cloudformation:DescribeStackEvents": {stack},
        "cloudformation:GetTemplate": {stack},
        "cloudformation:ListStackResources": {stack},
        "cloudformation:UpdateStack": {stack},
        "ssm:GetParameter": {parameters, f"ssm:{HERE}:parameter/cdk-bootstrap/hnb659fds/version"},
        "ssm:GetParametersByPath": {parameters},
        "ssm:PutParameter": {parameters},
        "ssm:DeleteParameter": {parameters},
        "s3:ListBucket": documents,
        "s3:GetObject": documents,
        "s3:PutObject": documents,
        "lambda:InvokeFunction": {ingress, worker, *versions},
        "lambda:GetFunctionConfiguration": {ingress, worker, *versions},
        "lambda:GetAlias": {ingress, worker, *versions},
        "lambda:ListAliases": {ingress, worker},
        "lambda:ListVersionsByFunction": {ingress, worker},
        "lambda:UpdateAlias": {ingress, worker},
        "lambda:UpdateFunctionCode": {ingress, worker},
        "lambda:DeleteFunction": versions,
        "lambda:GetAccountSettings": {"*"},
        "cloudwatch:DescribeAlarms": {"*"},
    }


def test_no_code_is_swapped_where_that_is_refused(tmp_path: Path) -> None:
    staging = replace(STAGING, account=ACCOUNT, region="us-east-1")
    assert "lambda:UpdateFunctionCode" not in _granted(_synthesised(tmp_path, staging))


def test_a_wider_grant_without_a_reason_stops_the_synthesis(tmp_path: Path) -> None:
    app = new_app(tmp_path)
    stack = PipelineStack(app, ROW, repository=REPOSITORY)
    role = stack.node.find_child("Role")
    assert isinstance(role, iam.Role)
    role.add_to_policy(
        iam.PolicyStatement(actions=["ssm:PutParameter"], resources=["arn:aws:ssm:*"])
    )
    plug_in_the_checks(app)
    with pytest.raises(RuntimeError, match="AwsSolutions-IAM5"):
        app.synth()


def _synthesised(folder: Path, row: Environment) -> dict[str, Any]:
    """The stack's resources by their type, checked by cdk-nag and by CDK's own validator."""
    app = new_app(folder)
    PipelineStack(app, row, repository=REPOSITORY)
    plug_in_the_checks(app)
    app.synth()
    resources = json.loads((folder / f"{row.pipeline}.template.json").read_text())["Resources"]
    assert len(resources) == 2
    return {resource["Type"]: resource["Properties"] for resource in resources.values()}


def _granted(template: dict[str, Any]) -> dict[str, set[str]]:
    """What each action is granted on, without the beginning that all ARNs share."""
    granted: dict[str, set[str]] = {}
    for statement in template["AWS::IAM::Policy"]["PolicyDocument"]["Statement"]:
        for action in _listed(statement["Action"]):
            on = {arn.removeprefix("arn:aws:") for arn in _listed(statement["Resource"])}
            granted.setdefault(action, set()).update(on)
    return granted


def _listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]
