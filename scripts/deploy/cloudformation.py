"""An environment's stack as CloudFormation keeps it: its template, its state, what failed last."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from botocore.exceptions import ClientError, WaiterError

from scripts.aws.account import Account
from scripts.aws.deployment import described, stack_name, tags_of
from scripts.terminal.problem import Problem
from scripts.terminal.steps import say

Json = dict[str, Any]

STILLBORN = ("CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "REVIEW_IN_PROGRESS")
"""What is left of a first deployment that failed: it can only be deleted."""

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
        """Return the environment's stack, or None where there is none."""
        told = described(account)
        if told is None:
            return None
        return cls(
            stack_name(account.row),
            told["StackStatus"],
            told.get("EnableTerminationProtection", False),
            {one["ParameterKey"]: one["ParameterValue"] for one in told.get("Parameters", ())},
            tags_of(told),
            told.get("LastUpdatedTime", told["CreationTime"]),
        )

    @property
    def busy(self) -> bool:
        return self.status.endswith("_IN_PROGRESS") and self.status not in STILLBORN

    @property
    def stillborn(self) -> bool:
        return self.status in STILLBORN

    @property
    def settled(self) -> bool:
        """Whether it is whole: what was last asked for, or what was there before that failed."""
        return self.status.endswith("_COMPLETE") and not self.stillborn


def at_rest(account: Account) -> Stack | None:
    """The stack, once CloudFormation has nothing in hand with it. Raises `Problem` after an hour.

    An earlier deployment may have been interrupted here and gone on there.
    """
    until, told = time.monotonic() + _PATIENCE_SECONDS, False
    while (stack := Stack.find(account)) and stack.busy:
        if not told:
            say(f"  {stack.name} is {stack.status}: waiting until CloudFormation is done with it.")
            told = True
        if time.monotonic() > until:
            raise Problem(f"{stack.name} is {stack.status} for an hour: see the AWS console.")
        time.sleep(_LOOK_SECONDS)
    return stack


def template(account: Account, stack: Stack) -> Json:
    """The template that the stack was last made from."""
    told = account.client("cloudformation").get_template(StackName=stack.name)
    return dict(told["TemplateBody"])


def retell(account: Account, stack: Stack, changed: Mapping[str, str]) -> None:
    """Change parameters alone: all else stays as the stack has it. Raises `Problem`."""
    formation = account.client("cloudformation")
    kept = [name for name in stack.parameters if name not in changed]
    try:
        formation.update_stack(
            StackName=stack.name,
            UsePreviousTemplate=True,
            Parameters=[
                *({"ParameterKey": name, "UsePreviousValue": True} for name in kept),
                *({"ParameterKey": n, "ParameterValue": value} for n, value in changed.items()),
            ],
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
        )
        formation.get_waiter("stack_update_complete").wait(
            StackName=stack.name, WaiterConfig={"Delay": _LOOK_SECONDS, "MaxAttempts": 900}
        )
    except WaiterError:
        why = failure(account) or "see its events in the AWS console"
        raise Problem(f"{stack.name} does not take its parameters: {why}") from None


def delete(account: Account, stack: Stack) -> None:
    """Delete the stack, and return when it is gone. Raises `Problem` with what stood in the way."""
    formation = account.client("cloudformation")
    formation.delete_stack(StackName=stack.name)
    try:
        formation.get_waiter("stack_delete_complete").wait(
            StackName=stack.name, WaiterConfig={"Delay": _LOOK_SECONDS, "MaxAttempts": 900}
        )
    except WaiterError:
        why = failure(account) or "see its events in the AWS console"
        raise Problem(f"{stack.name} could not be deleted: {why}") from None


def failure(account: Account) -> str:
    """What failed first when the stack was last worked at, in CloudFormation's words; or ""."""
    events = account.client("cloudformation").get_paginator("describe_stack_events")
    first = ""
    try:
        for page in events.paginate(StackName=stack_name(account.row)):
            for event in page["StackEvents"]:  # the newest first
                status, reason = event["ResourceStatus"], event.get("ResourceStatusReason", "")
                if status.endswith("_FAILED") and "cancelled" not in reason:
                    told = " ".join(reason.split())
                    first = f"CloudFormation failed at {event['LogicalResourceId']}: {told}"
                elif _begins(event):
                    return first
    except ClientError:
        return ""
    return first


def _begins(event: Json) -> bool:
    """Whether the stack's own operation began with the event."""
    itself = event["PhysicalResourceId"] == event["StackId"]
    begun = ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS")
    return itself and event["ResourceStatus"] in begun


@dataclass(frozen=True, slots=True)
class Store:
    """A resource that holds data. `kept`: it stays when the stack goes."""

    kind: str
    name: str
    kept: bool


def stores(account: Account, stack: Stack) -> list[Store]:
    """What of the deployed stack holds data, as the stack says and not as the checkout does."""
    made_from = template(account, stack)["Resources"]
    pages = account.client("cloudformation").get_paginator("list_stack_resources")
    return [
        Store(
            _STORES[one["ResourceType"]],
            one["PhysicalResourceId"].rsplit("/")[-1],
            made_from[one["LogicalResourceId"]].get("DeletionPolicy", "").startswith("Retain"),
        )
        for page in pages.paginate(StackName=stack.name)
        for one in page["StackResourceSummaries"]
        if one["ResourceType"] in _STORES and one["ResourceStatus"] != "DELETE_COMPLETE"
    ]


def unprotect(account: Account, stack: Stack) -> None:
    """Let a stack be deleted whose row says that it must not be."""
    formation = account.client("cloudformation")
    formation.update_termination_protection(EnableTerminationProtection=False, StackName=stack.name)
