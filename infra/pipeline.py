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
from infra.environments import NAME, REPOSITORY, Environment, environment
from infra.names import KNOWLEDGE_KEY, PREVIOUS_KNOWLEDGE_KEY, parameter_name, stack_name

ISSUER = "token.actions.githubusercontent.com"
AUDIENCE = "sts.amazonaws.com"
BRANCH = "refs/heads/main"
BOOTSTRAP = "cdk-hnb659fds"  # begins the names of what CDK's bootstrap makes, unless told otherwise
BOOTSTRAPPED = "cdk-bootstrap/hnb659fds/version"
BOOTSTRAP_ROLES = ("deploy-role", "file-publishing-role", "lookup-role")

# What is done to the stack, to its parameters and to its functions.
LOOKING = ("DescribeStacks", "DescribeStackEvents", "GetTemplate", "ListStackResources")
TELLING = ("UpdateStack",)  # what is live; CloudFormation does it by its own role, as before
KEEPING = ("GetParameter", "GetParametersByPath", "PutParameter", "DeleteParameter")
RELEASING = ("ListAliases", "ListVersionsByFunction", "UpdateAlias")
TRYING = ("GetAlias", "GetFunctionConfiguration", "InvokeFunction")


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
        self._deployed = stack_name(row.name)
        role = iam.Role(self, "Role", role_name=row.pipeline, assumed_by=self._github(repository))
        for grant in self._grants():
            role.add_to_policy(iam.PolicyStatement(actions=grant.actions, resources=grant.on))
            self._acknowledge(grant)

    def _github(self, repository: str) -> iam.WebIdentityPrincipal:
        """A job on the main branch that the rules of GitHub's environment have let through."""
        provider = f"arn:{self.partition}:iam::{self.account}:oidc-provider/{ISSUER}"
        claims = {
            f"{ISSUER}:aud": AUDIENCE,
            f"{ISSUER}:sub": f"repo:{repository}:environment:{self.row.name}",
        }
        # A young claim to AWS: where it does not know it, GitHub's own rule of branches is left.
        branch = {f"{ISSUER}:ref": BRANCH}
        conditions = {"StringEquals": claims, "StringEqualsIfExists": branch}
        return iam.WebIdentityPrincipal(provider, conditions)

    def _grants(self) -> list[Grant]:
        """What the commands do themselves; CloudFormation's work is for the bootstrap's roles."""
        roles = [f"{BOOTSTRAP}-{name}-{self.account}-{self.region}" for name in BOOTSTRAP_ROLES]
        return [
            Grant(
                ["sts:AssumeRole"],
                [f"arn:{self.partition}:iam::{self.account}:role/{role}" for role in roles],
            ),
            Grant(["ssm:GetParameter"], [self._arn("ssm", f"parameter/{BOOTSTRAPPED}")]),
            *self._of_the_stack(),
            *self._of_its_functions(),
            Grant(
                ["lambda:GetAccountSettings", "cloudwatch:DescribeAlarms"],
                ["*"],
                since="AWS has no ARN for an account's settings, nor for a list of alarms.",
            ),
        ]

    def _of_the_stack(self) -> list[Grant]:
        bucket = f"arn:{self.partition}:s3:::{self._deployed}-knowledge*"
        return [
            Grant(
                [f"cloudformation:{action}" for action in LOOKING + TELLING],
                [self._arn("cloudformation", f"stack/{self._deployed}/*")],
                since="AWS ends a stack's ARN in an id that changes whenever it is made anew.",
            ),
            Grant(
                [f"ssm:{action}" for action in KEEPING],
                [self._arn("ssm", "parameter" + parameter_name(self.row.name, "*"))],
                since="All of them are this environment's own.",
            ),
            Grant(
                ["s3:ListBucket", "s3:GetObject", "s3:PutObject"],
                [bucket, *(f"{bucket}/{key}" for key in (KNOWLEDGE_KEY, PREVIOUS_KNOWLEDGE_KEY))],
                since="CloudFormation ends the bucket's name as it likes.",
            ),
        ]

    def _of_its_functions(self) -> list[Grant]:
        names = [f"{self._deployed}-{name}" for name in ("ingress", "worker")]
        functions = [self._arn("lambda", f"function:{name}") for name in names]
        versions = [f"{function}:*" for function in functions]
        swapping = ["lambda:UpdateFunctionCode"] if self.row.hotswap else []
        return [
            Grant([f"lambda:{action}" for action in RELEASING] + swapping, functions),
            Grant(
                [f"lambda:{action}" for action in TRYING],
                functions + versions,
                since="A version's number is known only once it is published.",
            ),
            Grant(
                ["lambda:DeleteFunction"],
                versions,
                since="Old versions go, whatever their number; the function itself may not.",
            ),
        ]

    def _acknowledge(self, grant: Grant) -> None:
        for arn in grant.on:
            if "*" in arn:
                finding = f"AwsSolutions::AwsSolutions-IAM5[Resource::{self.resolve(arn)}]"
                acknowledgment = cdk.Acknowledgment(id=finding, reason=grant.since)
                cdk.Validations.of(self).acknowledge(acknowledgment)

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
