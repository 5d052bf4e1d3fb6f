"""Who may do what: each function exactly what its code does, and nothing by a wildcard."""

from infra.environments import SLUG, Environment
from tests.infra.check import check
from tests.infra.template import Template, words


def _parameter(row: Environment, name: str) -> str:
    where = f"{row.region or '${AWS::Region}'}:{row.account or '${AWS::AccountId}'}"
    return f"arn:${{AWS::Partition}}:ssm:{where}:parameter/{SLUG}/{row.name}/{name}"


def _add(t: Template, name: str, action: str, resource: object = "arn:aws:s3:::other") -> None:
    t.statements(name)[0].update(Action=action, Resource=resource)


@check(broken_by=lambda t: t.statements("ingress")[1].update(Action="sqs:ReceiveMessage"))
def the_ingress_may_do_four_things(t: Template) -> bool:
    log = f"<log /aws/lambda/{SLUG}-{t.row.name}-ingress>"
    return t.grants("ingress") == {
        ("logs:CreateLogStream", log),
        ("logs:PutLogEvents", log),
        ("sqs:SendMessage", "<requests>"),
        ("dynamodb:PutItem", "<table>"),
        ("ssm:GetParameter", _parameter(t.row, "signing-secret")),
    }


@check(broken_by=lambda t: _add(t, "worker", "dynamodb:DeleteItem"))
def the_worker_may_do_what_its_code_does(t: Template) -> bool:
    log = f"<log /aws/lambda/{SLUG}-{t.row.name}-worker>"
    return t.grants("worker") == {
        ("logs:CreateLogStream", log),
        ("logs:PutLogEvents", log),
        ("sqs:SendMessage", "<requests>"),
        ("sqs:ReceiveMessage", "<requests>"),
        ("sqs:DeleteMessage", "<requests>"),
        ("sqs:GetQueueAttributes", "<requests>"),
        ("sqs:ChangeMessageVisibility", "<requests>"),
        ("sqs:ReceiveMessage", "<dead letters>"),
        ("sqs:DeleteMessage", "<dead letters>"),
        ("sqs:ChangeMessageVisibility", "<dead letters>"),
        ("dynamodb:BatchGetItem", "<table>"),
        ("dynamodb:UpdateItem", "<table>"),
        ("dynamodb:BatchWriteItem", "<table>"),
        ("dynamodb:Query", "<table>/index/by-person"),
        ("dynamodb:Scan", "<table>/index/by-person"),
        ("s3:GetObject", "<bucket>/knowledge/index-2.sqlite"),
        ("s3:GetObject", "<bucket>/knowledge/index-2.sqlite.previous"),
        ("ssm:GetParameter", _parameter(t.row, "slack")),
        ("ssm:GetParameter", _parameter(t.row, "openai-api-key")),
    }


@check(broken_by=lambda t: _add(t, "ingress", "sqs:*"))
def no_action_is_granted_by_a_wildcard(t: Template) -> bool:
    grants = t.grants("ingress") | t.grants("worker")
    return not any("*" in action for action, _ in grants)


@check(broken_by=lambda t: _add(t, "worker", "s3:GetObject", "*"))
def nothing_is_granted_on_a_wildcard(t: Template) -> bool:
    grants = t.grants("ingress") | t.grants("worker")
    return not any("*" in resource for _, resource in grants)


@check(broken_by=lambda t: _add(t, "ingress", "ssm:GetParameter", "arn:aws:ssm:::parameter/slack"))
def the_ingress_reads_the_signing_secret_only(t: Template) -> bool:
    read = [resource for action, resource in t.grants("ingress") if action.startswith("ssm:")]
    return read == [_parameter(t.row, "signing-secret")]


@check(broken_by=lambda t: _add(t, "worker", "bedrock:InvokeModel"))
def no_model_is_granted_that_the_row_does_not_ask(t: Template) -> bool:
    return not any(action.startswith("bedrock:") for action, _ in t.grants("worker"))


@check(broken_by=lambda t: _add(t, "worker", "kms:Decrypt"))
def no_key_is_granted_since_aws_lets_its_own_keys_be_used(t: Template) -> bool:
    return not any(action.startswith("kms:") for action, _ in t.grants("worker"))


@check(broken_by=lambda t: t.function("worker").update(Role=t.function("ingress")["Role"]))
def each_function_has_a_role_of_its_own(t: Template) -> bool:
    return bool(t.function("ingress")["Role"] != t.function("worker")["Role"])


@check(
    broken_by=lambda t: t.role_of("worker")["AssumeRolePolicyDocument"]["Statement"][0].update(
        Principal={"AWS": "*"}
    )
)
def only_lambda_may_take_the_roles(t: Template) -> bool:
    return all(
        statement["Principal"] == {"Service": "lambda.amazonaws.com"}
        for name in ("ingress", "worker")
        for statement in t.role_of(name)["AssumeRolePolicyDocument"]["Statement"]
    )


@check(
    broken_by=lambda t: t.role_of("ingress").update(
        ManagedPolicyArns=["arn:aws:iam::aws:policy/AdministratorAccess"]
    )
)
def no_role_takes_a_policy_from_elsewhere(t: Template) -> bool:
    return not any(role.get("ManagedPolicyArns") for role in t.properties("IAM::Role"))


@check(
    broken_by=lambda t: t.variables("ingress").update(BOT_SIGNING_SECRET_PARAMETER="/other/secret")
)
def the_functions_are_told_the_parameters_they_may_read(t: Template) -> bool:
    names = {
        value
        for name in ("ingress", "worker")
        for variable, value in t.variables(name).items()
        if variable.endswith("_PARAMETER")
    }
    secrets = ("signing-secret", "slack", "openai-api-key")
    return names == {f"/{SLUG}/{t.row.name}/{secret}" for secret in secrets}


@check(broken_by=lambda t: t.variables("worker").update(SLACK_BOT_TOKEN="xoxb-fake"))
def no_secret_is_written_in_the_template(t: Template) -> bool:
    return not any(
        word.startswith(("xoxb-", "xapp-", "sk-")) or word in ("SLACK_BOT_TOKEN", "OPENAI_API_KEY")
        for word in words(t.resources)
    )
