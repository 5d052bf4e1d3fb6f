"""What is live: the version that the alias names, which a deployment by itself never changes."""

from tests.infra.check import check, publishes
from tests.infra.template import Json, Template

FUNCTIONS = ("ingress", "worker")


def _alias(t: Template, name: str) -> Json:
    return next(
        alias
        for alias in t.properties("Lambda::Alias")
        if t.text(alias["FunctionName"]) == f"<{name}>"
    )


def _switch_at_once(t: Template) -> None:
    choice = _alias(t, "worker")["FunctionVersion"]["Fn::If"]
    choice[2] = choice[1]


@check(broken_by=lambda t: t.only("ApiGatewayV2::Integration").update(IntegrationUri="<other>"))
def slack_reaches_what_is_live(t: Template) -> bool:
    return t.text(t.only("ApiGatewayV2::Integration")["IntegrationUri"]) == t.live("ingress")


@check(broken_by=lambda t: t.only("Lambda::EventSourceMapping").update(FunctionName="<other>"))
def the_queue_reaches_what_is_live(t: Template) -> bool:
    target = t.text(t.only("Lambda::EventSourceMapping")["FunctionName"])
    return target == ("<worker>:live" if t.row.publish else "<worker>")


@check(
    broken_by=lambda t: t.every("Lambda::Version")[0].update(DeletionPolicy="Delete"),
    applies=publishes,
)
def a_version_outlives_the_deployment_that_published_it(t: Template) -> bool:
    policies = [version["DeletionPolicy"] for version in t.every("Lambda::Version")]
    return policies == ["RetainExceptOnCreate"] * 2


@check(broken_by=_switch_at_once, applies=publishes)
def a_deployment_leaves_live_what_is_live(t: Template) -> bool:
    return all(
        _alias(t, name)["FunctionVersion"]["Fn::If"][2] == {"Ref": f"Live{name.title()}Version"}
        for name in FUNCTIONS
    )


@check(broken_by=lambda t: t.conditions.update(FirstWorkerVersion=False), applies=publishes)
def where_nothing_is_live_yet_the_first_version_is(t: Template) -> bool:
    for name in FUNCTIONS:
        condition, newest, _ = _alias(t, name)["FunctionVersion"]["Fn::If"]
        version = t.resources[newest["Fn::GetAtt"][0]]
        unset = {"Fn::Equals": [{"Ref": f"Live{name.title()}Version"}, ""]}
        if t.conditions[condition] != unset or version["Type"] != "AWS::Lambda::Version":
            return False
    return True


@check(broken_by=lambda t: t.parameters["LiveWorkerVersion"].pop("Default"), applies=publishes)
def nobody_need_say_what_is_live_at_first(t: Template) -> bool:
    return all(
        t.parameters[f"Live{name.title()}Version"].get("Default") == "" for name in FUNCTIONS
    )


@check(broken_by=lambda t: t.outputs.pop("WorkerVersion"), applies=publishes)
def a_release_finds_what_was_published(t: Template) -> bool:
    return {"IngressVersion", "WorkerVersion"} <= set(t.outputs)


def _alarms_of_functions(t: Template) -> list[dict[str, str]]:
    """What each of them looks at, by the names of its dimensions."""
    return [
        {entry["Name"]: t.text(entry["Value"]) for entry in alarm["Dimensions"]}
        for alarm in t.properties("CloudWatch::Alarm")
        if alarm["Namespace"] == "AWS/Lambda"
    ]


@check(
    broken_by=lambda t: t.properties("CloudWatch::Alarm")[0]["Dimensions"].pop(),
    applies=publishes,
)
def the_alarms_of_a_function_look_at_what_is_live(t: Template) -> bool:
    """A new version that fails its self-test has kept nobody waiting."""
    watched = _alarms_of_functions(t)
    return len(watched) == 3 and all(
        alarm.get("Resource") == f"{alarm['FunctionName']}:live" for alarm in watched
    )
