"""Who is told, and sees, when StackBot is not well: the alarms and the dashboard."""

from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns

from infra.stack import BotStack

MINUTE = cdk.Duration.minutes(1)


@dataclass(frozen=True, slots=True)
class Measure:
    """A metric, and from where on it is worth waking someone; counts are per minute."""

    name: str
    meaning: str
    metric: cloudwatch.Metric
    too_much: float
    minutes: int = 1


def watch(stack: BotStack) -> None:
    """Add what the environment's row asks for."""
    measures = _measures(stack)
    if stack.row.alarms:
        _alarms(stack, measures)
    if stack.row.dashboard:
        _dashboard(stack, measures)


def _measures(stack: BotStack) -> list[Measure]:
    return [
        Measure(
            "IngressErrors",
            "The ingress fails, so Slack's requests are lost after its three retries.",
            stack.live_ingress.metric_errors(period=MINUTE, statistic="Sum"),
            too_much=1,
        ),
        Measure(
            "AckTime",
            "The slowest acknowledgements near Slack's three seconds (milliseconds, p99).",
            stack.api.metric_latency(period=MINUTE, statistic="p99"),
            too_much=2_500,
            minutes=3,
        ),
        Measure(
            "ServerErrors",
            "The API answers Slack with a 5xx.",
            stack.api.metric_server_error(period=MINUTE, statistic="Sum"),
            too_much=1,
        ),
        Measure(
            "DeadLetters",
            "Questions that got an apology instead of an answer: look, mend, redrive.",
            stack.dead_letters.metric_approximate_number_of_messages_visible(
                period=MINUTE, statistic="Maximum"
            ),
            too_much=1,
        ),
        Measure(
            "OldestMessage",
            "People wait: the oldest message is older than one whole try (seconds).",
            stack.requests.metric_approximate_age_of_oldest_message(
                period=MINUTE, statistic="Maximum"
            ),
            too_much=stack.row.visibility,
        ),
        Measure(
            "WorkerErrors",
            "The worker crashed or ran out of time.",
            stack.live_worker.metric_errors(period=MINUTE, statistic="Sum"),
            too_much=1,
        ),
        Measure(
            "WorkerThrottles",
            "The account's concurrency is used up.",
            stack.live_worker.metric_throttles(period=MINUTE, statistic="Sum"),
            too_much=1,
            minutes=5,
        ),
    ]


def _alarms(stack: cdk.Stack, measures: list[Measure]) -> None:
    topic = sns.Topic(stack, "Alarms", enforce_ssl=True)
    topic.add_to_resource_policy(_alarms_may_publish(stack, topic))
    for measure in measures:
        alarm = measure.metric.create_alarm(
            stack,
            f"{measure.name}Alarm",
            alarm_description=measure.meaning,
            threshold=measure.too_much,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            evaluation_periods=measure.minutes,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        alarm.add_alarm_action(actions.SnsAction(topic))
    cdk.CfnOutput(stack, "AlarmTopic", value=topic.topic_arn)


def _alarms_may_publish(stack: cdk.Stack, topic: sns.Topic) -> iam.PolicyStatement:
    """A topic's own policy replaces the default one, which let the account's alarms in."""
    return iam.PolicyStatement(
        actions=["sns:Publish"],
        principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
        resources=[topic.topic_arn],
        conditions={"StringEquals": {"aws:SourceAccount": stack.account}},
    )


def _dashboard(stack: cdk.Stack, measures: list[Measure]) -> None:
    cloudwatch.Dashboard(
        stack,
        "Dashboard",
        dashboard_name=stack.stack_name,
        widgets=[
            [
                cloudwatch.GraphWidget(title=measure.meaning, left=[measure.metric], width=8)
                for measure in measures
            ]
        ],
    )
