"""An environment's stack in CloudFormation: its state, template, stores and last failure."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from botocore.exceptions import ClientError, WaiterError

from infra.names import stack_name
from scripts.aws.account import Account
from scripts.aws.deployment import described, tags_of
from scripts.terminal.problem import Problem
from scripts.terminal.steps import say

Json = dict[str, Any]

CREATION_FAILED = ("CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "REVIEW_IN_PROGRESS")
"""States of a stack whose creation failed: it can only be deleted."""

_STORES = {
    "AWS::DynamoDB::Table": "table",
    "AWS::S3::Bucket": "bucket",
    "AWS::SQS::Queue": "queue",
}
_LOOK_SECONDS = 2
_PATIENCE_SECONDS = 3_600


@dataclass(frozen=True, slots=True)
class Stack:
    """The stack at one moment. `parameters` and `tags` are those of its last deployment."""

    name: str
    status: str
    protected: bool
    parameters: Mapping[str, str]
    tags: Mapping[str, str]
    changed: datetime

    @classmethod
    def find(cls, account: Account) -> Self | None:
        """The environment's stack, or None where there is none."""
        description = described(account)
        if description is None:
            return None
        return cls(
            stack_name(account.row.name),
            description["StackStatus"],
            description.get("EnableTerminationProtection", False),
            {p["ParameterKey"]: p["ParameterValue"] for p in description.get("Parameters", ())},
            tags_of(description),
            description.get("LastUpdatedTime", description["CreationTime"]),
        )

    @property
    def busy(self) -> bool:
        return self.status.endswith("_IN_PROGRESS") and self.status not in CREATION_FAILED

    @property
    def creation_failed(self) -> bool:
        return self.status in CREATION_FAILED

    @property
    def settled(self) -> bool:
        """Whether the last operation has ended, be it in a rollback to the state before."""
        return self.status.endswith("_COMPLETE") and not self.creation_failed


def at_rest(account: Account) -> Stack | None:
    """Wait for the operation under way, if any, and return the stack, or None without one.

    A deployment that was interrupted here may go on there. Raises `Problem` after an hour.
    """
    until, announced = time.monotonic() + _PATIENCE_SECONDS, False
    while (stack := Stack.find(account)) and stack.busy:
        if not announced:
            say(f"  {stack.name} is {stack.status}: waiting until CloudFormation is done with it.")
            announced = True
        if time.monotonic() > until:
            raise Problem(f"{stack.name} is {stack.status} for an hour: see the AWS console.")
        time.sleep(_LOOK_SECONDS)
    return stack


def template(account: Account, stack: Stack) -> Json:
    """The template that the stack was last made from."""
    response = account.client("cloudformation").get_template(StackName=stack.name)
    return dict(response["TemplateBody"])


def update_parameters(account: Account, stack: Stack, changes: Mapping[str, str]) -> None:
    """Update the stack's parameters and nothing else of it. Raises `Problem`."""
    client = account.client("cloudformation")
    unchanged = [name for name in stack.parameters if name not in changes]
    client.update_stack(
        StackName=stack.name,
        UsePreviousTemplate=True,
        Parameters=[
            *({"ParameterKey": name, "UsePreviousValue": True} for name in unchanged),
            *({"ParameterKey": name, "ParameterValue": value} for name, value in changes.items()),
        ],
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
    )
    _wait_for("stack_update_complete", account, stack, "does not take its parameters")


def delete(account: Account, stack: Stack) -> None:
    """Delete the stack, and return when it is gone. Raises `Problem` with what failed."""
    account.client("cloudformation").delete_stack(StackName=stack.name)
    _wait_for("stack_delete_complete", account, stack, "could not be deleted")


def _wait_for(waiter: str, account: Account, stack: Stack, complaint: str) -> None:
    """Wait for half an hour at most. Raises `Problem` with the complaint and what failed."""
    try:
        account.client("cloudformation").get_waiter(waiter).wait(
            StackName=stack.name, WaiterConfig={"Delay": _LOOK_SECONDS, "MaxAttempts": 900}
        )
    except WaiterError:
        why = failure(account) or "see its events in the AWS console"
        raise Problem(f"{stack.name} {complaint}: {why}") from None


def failure(account: Account) -> str:
    """The first failure of the stack's last operation, in CloudFormation's words; or ""."""
    events = account.client("cloudformation").get_paginator("describe_stack_events")
    first = ""
    try:
        for page in events.paginate(StackName=stack_name(account.row.name)):
            for event in page["StackEvents"]:  # the newest first
                status, reason = event["ResourceStatus"], event.get("ResourceStatusReason", "")
                if status.endswith("_FAILED") and "cancelled" not in reason:
                    text = " ".join(reason.split())
                    first = f"CloudFormation failed at {event['LogicalResourceId']}: {text}"
                elif _begins(event):
                    return first
    except ClientError:
        return ""
    return first


def _begins(event: Json) -> bool:
    """Whether an operation on the whole stack began with the event."""
    itself = event["PhysicalResourceId"] == event["StackId"]
    beginnings = ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS")
    return itself and event["ResourceStatus"] in beginnings


@dataclass(frozen=True, slots=True)
class Store:
    """A resource that holds data. If `retained`, it stays when the stack is deleted."""

    kind: str
    name: str
    retained: bool


def stores(account: Account, stack: Stack) -> list[Store]:
    """The stores of the deployed stack, by its own template rather than the checkout's."""
    resources = template(account, stack)["Resources"]
    pages = account.client("cloudformation").get_paginator("list_stack_resources")
    return [
        Store(
            _STORES[resource["ResourceType"]],
            resource["PhysicalResourceId"].rsplit("/")[-1],
            resources[resource["LogicalResourceId"]].get("DeletionPolicy", "").startswith("Retain"),
        )
        for page in pages.paginate(StackName=stack.name)
        for resource in page["StackResourceSummaries"]
        if resource["ResourceType"] in _STORES and resource["ResourceStatus"] != "DELETE_COMPLETE"
    ]


def unprotect(account: Account, stack: Stack) -> None:
    """Turn the stack's termination protection off."""
    client = account.client("cloudformation")
    client.update_termination_protection(EnableTerminationProtection=False, StackName=stack.name)
