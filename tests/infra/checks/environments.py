"""What tells one environment from another, and keeps them apart."""

from infra.environments import SLUG, Environment
from tests.infra.check import check, on_aws
from tests.infra.template import Template

# Everything that StackBot is made of; what is not here might cost something while idle.
MADE_OF = {
    "ApiGatewayV2::Api",
    "ApiGatewayV2::Integration",
    "ApiGatewayV2::Route",
    "ApiGatewayV2::Stage",
    "CloudWatch::Alarm",
    "CloudWatch::Dashboard",
    "DynamoDB::Table",
    "IAM::Policy",
    "IAM::Role",
    "Lambda::Alias",
    "Lambda::EventSourceMapping",
    "Lambda::Function",
    "Lambda::LayerVersion",
    "Lambda::Permission",
    "Lambda::ResourcePolicy",
    "Lambda::Version",
    "Logs::LogGroup",
    "S3::Bucket",
    "S3::BucketPolicy",
    "SNS::Topic",
    "SNS::TopicPolicy",
    "SQS::Queue",
    "SQS::QueuePolicy",
}

SPENDING = (
    *("person_burst", "person_per_minute", "person_at_once", "team_burst", "team_per_minute"),
    *("daily_dollars", "input_price", "output_price", "streams_per_minute", "retention_days"),
)


def _hotswap(row: Environment) -> str:
    return "allowed" if row.name in ("local", "dev") else "refused"


def _tags(t: Template, name: str) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in t.function(name).get("Tags", [])}


def _toggle(t: Template) -> None:
    t.stack["terminationProtection"] = not t.stack.get("terminationProtection")


def _swap(value: str) -> str:
    return "refused" if value == "allowed" else "allowed"


def _swap_function_tags(t: Template) -> None:
    for tag in t.function("worker")["Tags"]:
        tag["Value"] = _swap(tag["Value"])


@check(broken_by=lambda t: t.stack["tags"].update(hotswap=_swap(t.stack["tags"]["hotswap"])))
def the_stack_says_whether_it_may_be_hotswapped(t: Template) -> bool:
    return bool(t.stack["tags"]["hotswap"] == _hotswap(t.row))


@check(broken_by=_swap_function_tags)
def so_does_each_function(t: Template) -> bool:
    return all(_tags(t, name)["hotswap"] == _hotswap(t.row) for name in ("ingress", "worker"))


@check(broken_by=lambda t: t.stack["tags"].pop("environment"))
def the_stack_says_which_environment_it_is(t: Template) -> bool:
    return bool(t.stack["tags"].get("environment") == t.row.name)


@check(
    broken_by=lambda t: t.resources.update(Live={"Type": "AWS::Lambda::Alias"}),
    applies=lambda row: not row.publish,
)
def no_version_slows_a_hotswap(t: Template) -> bool:
    return not t.every("Lambda::Alias") and not t.every("Lambda::Version")


@check(broken_by=_toggle)
def the_stack_is_protected_where_the_row_says_so(t: Template) -> bool:
    return bool(t.stack.get("terminationProtection", False) is t.row.termination_protection)


@check(broken_by=lambda t: t.variables("worker").update(BOT_ENVIRONMENT="another"))
def the_functions_know_where_they_are(t: Template) -> bool:
    return {t.variables(name)["BOT_ENVIRONMENT"] for name in ("ingress", "worker")} == {t.row.name}


@check(broken_by=lambda t: t.function("worker").update(FunctionName="worker"))
def function_names_of_two_environments_never_meet(t: Template) -> bool:
    names = {function["FunctionName"] for function in t.properties("Lambda::Function")}
    return names == {f"{SLUG}-{t.row.name}-ingress", f"{SLUG}-{t.row.name}-worker"}


@check(broken_by=lambda t: t.change_cells(slack_api_url="http://127.0.0.1/api/"))
def the_worker_talks_to_slack_itself(t: Template) -> bool:
    return bool(t.cells["slack_api_url"] == "https://slack.com/api/")


@check(broken_by=lambda t: t.change_cells(model=""))
def the_worker_knows_its_model(t: Template) -> bool:
    cells = t.cells["model_provider"], t.cells["model"]
    return bool(cells == (t.row.model_provider, t.row.model))


@check(broken_by=lambda t: t.change_cells(daily_dollars=1000000))
def the_worker_knows_what_it_may_spend(t: Template) -> bool:
    cells = t.cells
    return all(cells[name] == getattr(t.row, name) for name in SPENDING)


@check(
    broken_by=lambda t: t.change_cells(person_at_once=5),
    applies=on_aws,
)
def one_person_leaves_workers_to_the_others(t: Template) -> bool:
    at_once = t.cells["person_at_once"]
    workers = t.parameters["MaximumConcurrency"]["Default"]
    return bool(at_once <= workers / 2)


@check(broken_by=lambda t: t.change_cells(ask_strangers=True))
def the_worker_knows_who_may_ask(t: Template) -> bool:
    cells, row = t.cells, t.row
    return (
        cells["ask_channels"] == list(row.ask_channels)
        and cells["ask_people"] == list(row.ask_people)
        and cells["ask_guests"] is row.ask_guests
        and cells["ask_strangers"] is row.ask_strangers
    )


@check(broken_by=lambda t: t.change_cells(documents_public=True))
def the_worker_knows_what_people_from_outside_may_read(t: Template) -> bool:
    cells, row = t.cells, t.row
    public, along = cells["documents_public"], cells["guests_read_along"]
    return public is row.documents_public and along is row.guests_read_along


@check(broken_by=lambda t: t.change_cells(model_sees="maybe"))
def the_worker_knows_whether_its_model_takes_images(t: Template) -> bool:
    return t.cells["model_sees"] is t.row.model_sees


@check(broken_by=lambda t: t.change_cells(embedding_model="another"))
def the_worker_knows_what_makes_its_vectors(t: Template) -> bool:
    cells = t.cells["embedding_model"], t.cells["embedding_url"]
    return cells == (t.row.embedding_model, t.row.embedding_url)


@check(broken_by=lambda t: t.change_cells(tools=["drink"]))
def the_worker_knows_which_tools_the_model_may_call(t: Template) -> bool:
    return bool(t.cells["tools"] == list(t.row.tools))


@check(broken_by=lambda t: t.change_cells(ask_instead="#elsewhere"))
def the_worker_knows_whom_to_ask_instead(t: Template) -> bool:
    return bool(t.cells["ask_instead"] == t.row.ask_instead)


@check(broken_by=lambda t: t.change_cells(prompt_tokens=1000000))
def the_worker_knows_how_much_its_model_reads(t: Template) -> bool:
    return bool(t.cells["prompt_tokens"] == t.row.prompt_tokens)


@check(broken_by=lambda t: t.outputs.pop("SlackUrl"))
def the_commands_find_what_they_need_among_the_outputs(t: Template) -> bool:
    functions = {"IngressFunction", "WorkerFunction"}
    places = {"SlackUrl", "QueueUrl", "DeadLetterQueueUrl", "Table", "Bucket"}
    return functions | places <= set(t.outputs)


@check(broken_by=lambda t: t.outputs["SlackUrl"].update(Value="https://example.com"))
def slack_is_given_the_address_of_the_path(t: Template) -> bool:
    return t.text(t.outputs["SlackUrl"]["Value"]) == "<api>/slack/events"


@check(broken_by=lambda t: t.resources.update(Key={"Type": "AWS::KMS::Key"}))
def it_is_made_of_nothing_that_costs_while_idle(t: Template) -> bool:
    return {resource["Type"].removeprefix("AWS::") for resource in t.resources.values()} <= MADE_OF
