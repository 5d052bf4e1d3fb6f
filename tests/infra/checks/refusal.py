"""Where hot swaps are refused, AWS refuses them too: to everyone but CloudFormation."""

from infra.environments import Environment
from tests.infra.check import check
from tests.infra.template import Json, Template


def refuses(row: Environment) -> bool:
    """Whether no code may come but by CloudFormation."""
    return not row.hotswap


def _statements(t: Template) -> list[Json]:
    policies = t.properties("Lambda::ResourcePolicy")
    return [statement for policy in policies for statement in policy["PolicyDocument"]["Statement"]]


def _excepted(t: Template) -> list[Json]:
    return [statement["Condition"] for statement in _statements(t)]


@check(broken_by=lambda t: _statements(t)[0].update(Action="lambda:GetFunction"), applies=refuses)
def new_code_is_denied_on_both_functions(t: Template) -> bool:
    denied = {
        (*(denial[key] for key in ("Effect", "Principal", "Action")), t.text(denial["Resource"]))
        for denial in _statements(t)
    }
    on = {t.text(policy["ResourceArn"]) for policy in t.properties("Lambda::ResourcePolicy")}
    functions = {"<ingress>", "<worker>"}
    return on == functions and denied == {
        ("Deny", "*", "lambda:UpdateFunctionCode", name) for name in functions
    }


@check(broken_by=lambda t: _excepted(t)[1].pop("ArnNotLike"), applies=refuses)
def the_role_that_cloudformation_has_from_the_bootstrap_is_excepted(t: Template) -> bool:
    where = t.row.account or "${AWS::AccountId}"
    role = f"arn:${{AWS::Partition}}:iam::{where}:role/*cdk-*-cfn-exec-role-*"
    return all(
        t.text(statement.get("ArnNotLike", {}).get("aws:PrincipalArn", "")) == role
        for statement in _excepted(t)
    )


@check(
    broken_by=lambda t: _excepted(t)[0].pop("ForAllValues:StringNotEquals"),
    applies=refuses,
)
def so_is_cloudformation_in_the_callers_name(t: Template) -> bool:
    via = {"aws:CalledVia": "cloudformation.amazonaws.com"}
    return all(statement.get("ForAllValues:StringNotEquals") == via for statement in _excepted(t))


@check(
    broken_by=lambda t: t.only("Lambda::Permission").update(
        FunctionName=t.only("ApiGatewayV2::Integration")["ApiId"]
    ),
    applies=refuses,
)
def no_permission_is_on_a_function_that_has_a_policy(t: Template) -> bool:
    """Each would overwrite the other: the API's permission is on the alias."""
    return t.text(t.only("Lambda::Permission")["FunctionName"]).startswith("<live ")


@check(
    broken_by=lambda t: t.resources.update(Added={"Type": "AWS::Lambda::ResourcePolicy"}),
    applies=lambda row: row.hotswap,
)
def elsewhere_code_may_be_swapped(t: Template) -> bool:
    return not t.every("Lambda::ResourcePolicy")
