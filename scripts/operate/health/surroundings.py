"""The health of what surrounds the functions: alarms, the day's budget, the documents."""

import json
from datetime import UTC, datetime

from botocore.exceptions import ClientError

from bot.state.rate_limits import spent_today
from infra.names import KNOWLEDGE_KEY, parameter_name
from scripts.aws import store
from scripts.aws.deployment import Deployed
from scripts.operate.alarms import names_of
from scripts.operate.health import Finding


def alarms(deployed: Deployed) -> Finding:
    names = names_of(deployed)
    if not names:
        return Finding("none in this environment", True, {"alarming": []})
    answer = deployed.client("cloudwatch").describe_alarms(AlarmNames=names, StateValue="ALARM")
    alarming = [alarm["AlarmName"] for alarm in answer["MetricAlarms"]]
    summary = ", ".join(alarming) or f"all of {len(names)} are calm"
    return Finding(summary, not alarming, {"alarming": alarming})


def spending(deployed: Deployed) -> Finding:
    """What is spent of today's budget; above it answers come from the documents alone."""
    connection = store.read(deployed.account, "slack")
    if connection is None:
        name = parameter_name(deployed.row.name, "slack")
        return Finding(f"Slack is not connected yet: there is no parameter {name}", False)
    team, budget = json.loads(connection)["team_id"], deployed.row.daily_dollars
    with deployed.table() as table:
        dollars = spent_today(table, team)
    figures = {"spent_today": dollars, "budget": budget}
    return Finding(f"${dollars:.4f} of ${budget:.2f} today", dollars < budget, figures)


def knowledge(deployed: Deployed) -> Finding:
    location = {"Bucket": deployed.outputs["Bucket"], "Key": KNOWLEDGE_KEY}
    try:
        head = deployed.client("s3").head_object(**location)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("404", "NoSuchKey"):
            raise
        return Finding("there is no index in the bucket yet", False, {"bytes": 0})
    age = (datetime.now(UTC) - head["LastModified"]).total_seconds()
    figures = {"bytes": head["ContentLength"], "age_seconds": round(age)}
    summary = (
        f"{head['ContentLength'] / 1e3:,.0f} kB, from {head['LastModified']:%Y-%m-%d %H:%M} UTC"
    )
    return Finding(summary, True, figures)
