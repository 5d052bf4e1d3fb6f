"""The role by which GitHub deploys one environment, in a small stack of its own.

No key is kept anywhere: GitHub signs for some minutes of which repository, environment and branch
a job is, and AWS lets in that one. See docs/decisions/0024.
"""

import json
import sys
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra import bundle
from infra.environments import NAME, REPOSITORY, SLUG, Environment, environment

ISSUER = "token.actions.githubusercontent.com"
AUDIENCE = "sts.amazonaws.com"
BRANCH = "refs/heads/main"
BOOTSTRAP = "cdk-hnb659fds"  # begins the names of what CDK's bootstrap makes, unless told otherwise
BOOTSTRAPPED = "cdk-bootstrap/hnb659fds/version"
BOOTSTRAP_ROLES = ("deploy-role", "file-publishing-role", "lookup-role")


@dataclass(frozen=True, slots=True)
class Grant:
    """Actions on ARNs; where one of these ends in `*`, `since` says why it cannot be narrower."""

    actions: list[str]
    on: list[str]
    since: str = ""


class PipelineStack(cdk.Stack):
    """Who may deploy one environment from GitHub, and what that takes."""

    def __init__(self, scope: Construct, row: Environment, *, repository: str) -> None:
        super().__init__(
            scope,
            row.pipeline,
            description=f"GitHub's role to deploy {NAME} to {row.name}",
            env=cdk.Environment(account=row.account, region=row.region),
            # By the caller's own credentials, and before there is a bootstrap stack.
            synthesizer=cdk.LegacyStackSynthesizer(),
            tags={"environment": row.name},
        )
        self.row = row
        self._deployed = f"{SLUG}-{row.name}"
        role = iam.Role(self, "Role", role_name=row.pipeline, assumed_by=self._github(repository))
        for grant in self._grants():
            role.add_to_policy(iam.PolicyStatement(actions=grant.actions, resources=grant.on))
            self._acknowledge(grant)

    def _github(self, repository: str) -> iam.WebIdentityPrincipal:
        """A job on the main branch that the rules of GitHub's environment have let through."""
        provider = f"arn:{self.partition}:iam::{self.account}:oidc-provider/{ISSUER}"
        whose = {
            f"{ISSUER}:aud": AUDIENCE,
            f"{ISSUER}:sub": f"repo:{repository}:environment:{self.row.name}",
        }
        # A young claim to AWS: where it does not know it, GitHub's own rule of branches is left.
        branch = {f"{ISSUER}:ref": BRANCH}
        conditions = {"StringEquals": whose, "StringEqualsIfExists": branch}
        return iam.WebIdentityPrincipal(provider, conditions)

    def _grants(self) -> list[Grant]:
        """What the commands do themselves; CloudFormation's work is for the bootstrap's roles."""
        names = [f"{self._deployed}-{name}" for name in ("ingress", "worker")]
        functions = [self._arn("lambda", f"function:{name}") for name in names]
        versions = [f"{function}:*" for function in functions]
        bucket = f"arn:{self.partition}:s3:::{self._deployed}-knowledge*"
        return [
            Grant(["sts:AssumeRole"], [self._bootstrap_role(name) for name in BOOTSTRAP_ROLES]),
            Grant(
                [
                    "cloudformation:DescribeStacks",
                    "cloudformation:DescribeStackEvents",
                    "cloudformation:GetTemplate",
                    "cloudformation:ListStackResources",
                ],
                [self._arn("cloudformation", f"stack/{self._deployed}/*")],
                since="AWS ends a stack's ARN in an id that changes whenever it is made anew.",
            ),
            Grant(["ssm:GetParameter"], [self._arn("ssm", f"parameter/{BOOTSTRAPPED}")]),
            Grant(
                ["ssm:GetParameter", "ssm:PutParameter", "ssm:DeleteParameter"],
                [self._arn("ssm", f"parameter/{SLUG}/{self.row.name}/*")],
                since="All of them are this environment's own.",
            ),
            Grant(
                ["s3:ListBucket", "s3:PutObject"],
                [bucket, f"{bucket}/knowledge.json"],
                since="CloudFormation ends the bucket's name as it likes.",
            ),
            Grant(
                ["lambda:InvokeFunction", "lambda:GetFunctionConfiguration", "lambda:GetAlias"],
                functions + versions,
                since="A version's number is known only once it is published.",
            ),
            Grant(
                ["lambda:ListAliases", "lambda:ListVersionsByFunction", "lambda:UpdateAlias"],
                functions,
            ),
            Grant(
                ["lambda:DeleteFunction"],
                versions,
                since="Old versions go, whatever their number; the function itself may not.",
            ),
            Grant(
                ["lambda:GetAccountSettings", "cloudwatch:DescribeAlarms"],
                ["*"],
                since="AWS has no ARN for an account's settings, nor for a list of alarms.",
            ),
        ]

    def _acknowledge(self, grant: Grant) -> None:
        for arn in grant.on:
            if "*" in arn:
                finding = f"AwsSolutions::AwsSolutions-IAM5[Resource::{self.resolve(arn)}]"
                acknowledgment = cdk.Acknowledgment(id=finding, reason=grant.since)
                cdk.Validations.of(self).acknowledge(acknowledgment)

    def _bootstrap_role(self, name: str) -> str:
        place = f"{self.account}-{self.region}"
        return f"arn:{self.partition}:iam::{self.account}:role/{BOOTSTRAP}-{name}-{place}"

    def _arn(self, service: str, resource: str) -> str:
        return self.format_arn(service=service, resource=resource)


def main(folder: str, name: str) -> None:
    """Write the cloud assembly of one environment's role to `folder`."""
    flags = json.loads((bundle.ROOT / "cdk.json").read_text())["context"]
    app = cdk.App(analytics_reporting=False, context=flags, outdir=folder)
    PipelineStack(app, environment(name), repository=REPOSITORY)
    app.synth()


if __name__ == "__main__":
    main(*sys.argv[1:])
