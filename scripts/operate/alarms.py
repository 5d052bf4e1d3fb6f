"""The alarms of a deployed stack, and whether one goes off after a release."""

from dataclasses import dataclass, field
from typing import Any

from scripts.aws.deployment import Deployed
from scripts.terminal.steps import say


def names_of(deployed: Deployed) -> list[str]:
    """The names of the stack's alarms; [] where its row asks for none."""
    pages = deployed.client("cloudformation").get_paginator("list_stack_resources")
    return [
        resource["PhysicalResourceId"]
        for page in pages.paginate(StackName=deployed.stack)
        for resource in page["StackResourceSummaries"]
        if resource["ResourceType"] == "AWS::CloudWatch::Alarm"
    ]


@dataclass(slots=True)
class Alarms:
    """The stack's alarms. Only one that was calm after the switch can tell of a bad release."""

    client: Any
    names: list[str]
    calm: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, deployed: Deployed) -> "Alarms":
        """Read the stack's alarms, and say which are on already."""
        alarms = cls(deployed.client("cloudwatch"), names_of(deployed))
        alarms.gone_off()
        for name in set(alarms.names) - alarms.calm:
            say(f"  [yellow]![/] {name} is on already, so it is watched once it is off")
        return alarms

    def gone_off(self) -> str | None:
        """The name and the description of an alarm that went off after it was calm, or None."""
        if not self.names:
            return None
        alarms = self.client.describe_alarms(AlarmNames=self.names)["MetricAlarms"]
        alarming = {alarm["AlarmName"]: alarm for alarm in alarms if alarm["StateValue"] == "ALARM"}
        alarm = next((alarm for name, alarm in alarming.items() if name in self.calm), None)
        self.calm |= set(self.names) - set(alarming)
        return f"{alarm['AlarmName']} ({alarm['AlarmDescription']})" if alarm else None
