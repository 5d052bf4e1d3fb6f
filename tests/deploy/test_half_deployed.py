"""What commands say of a stack whose first deployment failed, and so has no outputs."""

from typing import Any

import boto3
import pytest

from infra.environments import DEV
from scripts.aws.account import Account
from scripts.aws.deployment import NotDeployed, deployed_in


class CloudFormation:
    """boto3's client."""

    def describe_stacks(self, **arguments: str) -> dict[str, Any]:
        return {
            "Stacks": [{"StackName": arguments["StackName"], "StackStatus": "ROLLBACK_COMPLETE"}]
        }


def test_a_stack_without_outputs_says_what_to_do() -> None:
    clients = {"cloudformation": CloudFormation()}
    account = Account(DEV, boto3.Session(region_name="us-east-1"), "us-east-1", None, {}, clients)
    deployed = deployed_in(account)
    assert deployed.status == "ROLLBACK_COMPLETE"
    with pytest.raises(NotDeployed, match=r"is in the state ROLLBACK_COMPLETE .*deploy dev"):
        assert deployed.functions
