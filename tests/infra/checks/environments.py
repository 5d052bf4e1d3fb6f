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
    *("PERSON_BURST", "PERSON_PER_MINUTE", "PERSON_AT_ONCE", "TEAM_BURST", "TEAM_PER_MINUTE"),
    *("DAILY_DOLLARS", "INPUT_PRICE", "OUTPUT_PRICE", "STREAMS_PER_MINUTE", "RETENTION_DAYS"),
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
    return not t.all("Lambda::Alias") and not t.all("Lambda::Version")


@check(broken_by=_toggle)
def the_stack_is_protected_where_the_row_says_so(t: Template) -> bool:
    return bool(t.stack.get("terminationProtection", False) is t.row.termination_protection)


@check(broken_by=lambda t: t.variables("worker").update(BOT_ENVIRONMENT="another"))
def the_functions_know_where_they_are(t: Template) -> bool:
    return {t.variables(name)["BOT_ENVIRONMENT"] for name in ("ingress", "worker")} == {t.row.name}


@check(broken_by=lambda t: t.function("worker").update(FunctionName="worker"))
def function_names_of_two_environments_never_meet(t: Template) -> bool:
    names = {function["FunctionName"] for function in t.each("Lambda::Function")}
    return names == {f"{SLUG}-{t.row.name}-ingress", f"{SLUG}-{t.row.name}-worker"}


@check(broken_by=lambda t: t.variables("worker").update(SLACK_API_URL="http://127.0.0.1/api/"))
def the_worker_talks_to_slack_itself(t: Template) -> bool:
    return bool(t.variables("worker")["SLACK_API_URL"] == "https://slack.com/api/")


@check(broken_by=lambda t: t.variables("worker").update(BOT_MODEL=""))
def the_worker_knows_its_model(t: Template) -> bool:
    told = t.variables("worker")
    return bool(
        (told["BOT_MODEL_PROVIDER"], told["BOT_MODEL"]) == (t.row.model_provider, t.row.model)
    )


@check(broken_by=lambda t: t.variables("worker").update(BOT_DAILY_DOLLARS="1000000"))
def the_worker_knows_what_it_may_spend(t: Template) -> bool:
    told, row = t.variables("worker"), t.row
    return {name: float(told[f"BOT_{name}"]) for name in SPENDING} == {
        name: float(getattr(row, name.lower())) for name in SPENDING
    }


@check(
    broken_by=lambda t: t.variables("worker").update(BOT_PERSON_AT_ONCE="5"),
    applies=on_aws,
)
def one_person_leaves_workers_to_the_others(t: Template) -> bool:
    at_once = int(t.variables("worker")["BOT_PERSON_AT_ONCE"])
    workers = t.parameters["MaximumConcurrency"]["Default"]
    return bool(at_once <= workers / 2)


@check(broken_by=lambda t: t.variables("worker").update(BOT_ASK_STRANGERS="true"))
def the_worker_knows_who_may_ask(t: Template) -> bool:
    told, row = t.variables("worker"), t.row
    return (
        told["BOT_ASK_CHANNELS"] == ",".join(row.ask_channels)
        and told["BOT_ASK_PEOPLE"] == ",".join(row.ask_people)
        and (told["BOT_ASK_GUESTS"] == "true") is row.ask_guests
        and (told["BOT_ASK_STRANGERS"] == "true") is row.ask_strangers
    )


@check(broken_by=lambda t: t.variables("worker").update(BOT_DOCUMENTS_PUBLIC="true"))
def the_worker_knows_what_people_from_outside_may_read(t: Template) -> bool:
    told, row = t.variables("worker"), t.row
    return (told["BOT_DOCUMENTS_PUBLIC"] == "true") is row.documents_public and (
        told["BOT_GUESTS_READ_ALONG"] == "true"
    ) is row.guests_read_along


@check(broken_by=lambda t: t.variables("worker").update(BOT_MODEL_SEES="maybe"))
def the_worker_knows_whether_its_model_takes_images(t: Template) -> bool:
    told = {"true": True, "false": False}.get(t.variables("worker")["BOT_MODEL_SEES"])
    return told is t.row.model_sees


@check(broken_by=lambda t: t.variables("worker").update(BOT_EMBEDDING_MODEL="another"))
def the_worker_knows_what_makes_its_vectors(t: Template) -> bool:
    told = t.variables("worker")
    made = told["BOT_EMBEDDING_MODEL"], told["BOT_EMBEDDING_URL"]
    return made == (t.row.embedding_model, t.row.embedding_url)


@check(broken_by=lambda t: t.variables("worker").update(BOT_TOOLS="drink"))
def the_worker_knows_which_tools_the_model_may_call(t: Template) -> bool:
    return bool(t.variables("worker")["BOT_TOOLS"] == ",".join(t.row.tools))


@check(broken_by=lambda t: t.variables("worker").update(BOT_ASK_INSTEAD="#elsewhere"))
def the_worker_knows_whom_to_ask_instead(t: Template) -> bool:
    return bool(t.variables("worker")["BOT_ASK_INSTEAD"] == t.row.ask_instead)


@check(broken_by=lambda t: t.variables("worker").update(BOT_PROMPT_TOKENS="1000000"))
def the_worker_knows_how_much_its_model_reads(t: Template) -> bool:
    return int(t.variables("worker")["BOT_PROMPT_TOKENS"]) == t.row.prompt_tokens


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
    return {found["Type"].removeprefix("AWS::") for found in t.resources.values()} <= MADE_OF
