"""The alarms of a deployed stack, and whether one goes off behind a release."""

from dataclasses import dataclass, field
from typing import Any

from scripts.aws.deployment import Deployed
from scripts.terminal.steps import say


def names_of(deployed: Deployed) -> list[str]:
    """The alarms that the stack has; none where its row asks for none."""
    pages = deployed.client("cloudformation").get_paginator("list_stack_resources")
    return [
        each["PhysicalResourceId"]
        for page in pages.paginate(StackName=deployed.stack)
        for each in page["StackResourceSummaries"]
        if each["ResourceType"] == "AWS::CloudWatch::Alarm"
    ]


@dataclass(slots=True)
class Alarms:
    """The stack's alarms. Only one that was calm since the switch tells anything of it."""

    client: Any
    names: list[str]
    calm: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, deployed: Deployed) -> "Alarms":
        """The stack's alarms, looked at once."""
        alarms = cls(deployed.client("cloudwatch"), names_of(deployed))
        alarms.gone_off()
        for name in set(alarms.names) - alarms.calm:
            say(f"  [yellow]![/] {name} is on already, so it is watched once it is off")
        return alarms

    def gone_off(self) -> str | None:
        """The name and the meaning of an alarm that went off since it was calm."""
        if not self.names:
            return None
        found = self.client.describe_alarms(AlarmNames=self.names)["MetricAlarms"]
        on = {each["AlarmName"]: each for each in found if each["StateValue"] == "ALARM"}
        gone_off = next((each for name, each in on.items() if name in self.calm), None)
        self.calm |= set(self.names) - set(on)
        return f"{gone_off['AlarmName']} ({gone_off['AlarmDescription']})" if gone_off else None
