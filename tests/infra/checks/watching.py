"""What is told and to whom: logs, alarms, the dashboard."""

from infra.environments import Environment
from tests.infra.check import check
from tests.infra.template import Json, Template

MEASURED = {
    ("Errors", "<ingress>"),
    ("Latency", "<api>"),
    ("5xx", "<api>"),
    ("ApproximateNumberOfMessagesVisible", "<dead letters>"),
    ("ApproximateAgeOfOldestMessage", "<requests>"),
    ("Errors", "<worker>"),
    ("Throttles", "<worker>"),
}


def has_alarms(row: Environment) -> bool:
    """Whether the row asks for alarms."""
    return row.alarms


def _alarm(t: Template, metric: str) -> Json:
    return next(a for a in t.properties("CloudWatch::Alarm") if a["MetricName"] == metric)


def _drop_or_add(t: Template, kind: str) -> None:
    ids = [name for name, value in t.resources.items() if value["Type"] == f"AWS::{kind}"]
    if ids:
        del t.resources[ids[0]]
    else:
        t.resources["Added"] = {
            "Type": f"AWS::{kind}",
            "Properties": {"MetricName": "Errors", "Dimensions": [{"Value": "other"}]},
        }


@check(broken_by=lambda t: t.properties("Logs::LogGroup")[-1].pop("RetentionInDays"))
def every_log_is_kept_as_long_as_the_row_says(t: Template) -> bool:
    days = [log.get("RetentionInDays") for log in t.properties("Logs::LogGroup")]
    return days == [t.row.log_retention] * 3


@check(broken_by=lambda t: t.function("worker")["LoggingConfig"].pop("LogGroup"))
def each_function_writes_the_log_it_owns(t: Template) -> bool:
    return all(
        t.text(function["LoggingConfig"].get("LogGroup", ""))
        == f"<log /aws/lambda/{function['FunctionName']}>"
        for function in t.properties("Lambda::Function")
    )


@check(broken_by=lambda t: t.function("ingress")["LoggingConfig"].update(LogFormat="Text"))
def logs_are_json(t: Template) -> bool:
    return {f["LoggingConfig"]["LogFormat"] for f in t.properties("Lambda::Function")} == {"JSON"}


@check(broken_by=lambda t: t.variables("worker").update(BOT_LOG_LEVEL="ERROR"))
def both_functions_log_at_the_level_of_the_row(t: Template) -> bool:
    levels = {t.variables(name)["BOT_LOG_LEVEL"] for name in ("ingress", "worker")}
    passed = {f["LoggingConfig"]["ApplicationLogLevel"] for f in t.properties("Lambda::Function")}
    return levels == passed == {t.row.log_level}


@check(broken_by=lambda t: t.only("ApiGatewayV2::Stage").pop("AccessLogSettings"))
def the_api_logs_what_it_refuses(t: Template) -> bool:
    settings = t.only("ApiGatewayV2::Stage").get("AccessLogSettings", {})
    return "$context.status" in settings.get("Format", "")


@check(
    broken_by=lambda t: t.only("ApiGatewayV2::Stage")["AccessLogSettings"].update(
        Format="$context.identity.sourceIp"
    )
)
def the_api_logs_nothing_about_people(t: Template) -> bool:
    settings = t.only("ApiGatewayV2::Stage").get("AccessLogSettings", {})
    return "$context.identity" not in settings.get("Format", "")


@check(broken_by=lambda t: _drop_or_add(t, "CloudWatch::Alarm"))
def there_are_the_alarms_that_the_row_asks_for(t: Template) -> bool:
    alarms = t.properties("CloudWatch::Alarm")
    measured = {(alarm["MetricName"], t.text(alarm["Dimensions"][0]["Value"])) for alarm in alarms}
    return measured == (MEASURED if t.row.alarms else set())


@check(broken_by=lambda t: _alarm(t, "5xx").pop("AlarmActions"), applies=has_alarms)
def every_alarm_tells_someone(t: Template) -> bool:
    return all(
        [t.text(action) for action in alarm.get("AlarmActions", [])] == ["<topic>"]
        for alarm in t.properties("CloudWatch::Alarm")
    )


@check(broken_by=lambda t: _alarm(t, "Latency").pop("TreatMissingData"), applies=has_alarms)
def silence_is_no_alarm(t: Template) -> bool:
    return all(
        a.get("TreatMissingData") == "notBreaching" for a in t.properties("CloudWatch::Alarm")
    )


@check(broken_by=lambda t: _alarm(t, "Latency").update(Threshold=5_000), applies=has_alarms)
def a_slow_ack_is_told_before_slack_gives_up(t: Template) -> bool:
    alarm = _alarm(t, "Latency")
    return bool(alarm["ExtendedStatistic"] == "p99" and alarm["Threshold"] < 3_000)


@check(
    broken_by=lambda t: _alarm(t, "ApproximateNumberOfMessagesVisible").update(Threshold=10),
    applies=has_alarms,
)
def the_first_dead_letter_is_told(t: Template) -> bool:
    alarm = _alarm(t, "ApproximateNumberOfMessagesVisible")
    return bool(alarm["Threshold"] == 1 and alarm["EvaluationPeriods"] == 1)


@check(
    broken_by=lambda t: _alarm(t, "ApproximateAgeOfOldestMessage").update(Threshold=9_000),
    applies=has_alarms,
)
def a_question_that_waits_longer_than_a_try_is_told(t: Template) -> bool:
    return bool(_alarm(t, "ApproximateAgeOfOldestMessage")["Threshold"] == t.row.visibility)


@check(
    broken_by=lambda t: t.only("SNS::TopicPolicy")["PolicyDocument"].update(Statement=[]),
    applies=has_alarms,
)
def this_accounts_alarms_may_publish_and_only_by_tls(t: Template) -> bool:
    statements = t.only("SNS::TopicPolicy")["PolicyDocument"]["Statement"]
    conditions = {statement["Effect"]: str(statement["Condition"]) for statement in statements}
    return (
        "aws:SecureTransport" in conditions.get("Deny", "")
        and "aws:SourceAccount" in conditions.get("Allow", "")
        and {"Service": "cloudwatch.amazonaws.com"} in [s["Principal"] for s in statements]
    )


@check(broken_by=lambda t: _drop_or_add(t, "CloudWatch::Dashboard"))
def there_is_a_dashboard_where_the_row_asks_for_one(t: Template) -> bool:
    return len(t.every("CloudWatch::Dashboard")) == t.row.dashboard
