"""The app's front door: which environment it builds, and what it refuses to."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from aws_cdk import aws_sqs as sqs

from infra import app
from infra.app import build, check, target
from infra.environments import DEV, LOCAL, PROD, SLUG, STAGING, UnknownEnvironmentError, environment
from tests.infra.conftest import new_app, synthesise
from tests.infra.template import Template


def test_everyone_may_have_a_dev_of_their_own() -> None:
    assert environment("dev-ada") == replace(DEV, name="dev-ada")


@pytest.mark.parametrize("name", ["", "production", "dev-", "dev-Ada", "dev-a_b", "prod-2"])
def test_an_unknown_environment_is_refused_in_one_sentence(name: str) -> None:
    with pytest.raises(UnknownEnvironmentError) as refused:
        environment(name)
    message = str(refused.value)
    assert all(name in message for name in ("local", "dev", "staging", "prod", "-c env=dev"))
    assert "\n" not in message


def test_this_machine_may_override_its_row() -> None:
    context = {"model": "scripted", "worker_timeout": "4", "lease_margin": "1", "name": "prod"}
    row = LOCAL.with_context(context)
    assert (row.model, row.worker_timeout, row.lease, row.name) == ("scripted", 4, 5, "local")


def test_its_limits_may_be_overridden_too() -> None:
    row = LOCAL.with_context(
        {"daily_dollars": "0.5", "ask_channels": "C1,C2", "ask_people": "", "ask_guests": "true"}
    )
    assert (row.daily_dollars, row.ask_channels, row.ask_people) == (0.5, ("C1", "C2"), ())
    assert (row.ask_guests, row.ask_strangers) == (True, False)


def test_no_other_environment_may() -> None:
    assert PROD.with_context({"model": "scripted", "worker_timeout": "4"}) == PROD


def test_the_lambdas_of_aws_get_the_packages_of_their_own_platform() -> None:
    assert str(target(PROD)) == "aarch64-manylinux2014-3.14-False"
    assert target(LOCAL).platform is None


def test_a_model_of_bedrock_is_granted_by_name(tmp_path: Path, zipped: Path) -> None:
    row = replace(DEV, model_provider="bedrock", model="openai.gpt-oss-120b-1:0")
    synthesise(tmp_path, row, zipped=zipped)
    model = "arn:${AWS::Partition}:bedrock:${AWS::Region}::foundation-model/openai.gpt-oss-120b-1:0"
    assert {
        ("bedrock:InvokeModel", model),
        ("bedrock:InvokeModelWithResponseStream", model),
    } <= Template.read(tmp_path, row).grants("worker")


def test_a_profile_of_bedrock_is_granted_with_its_model_wherever_it_runs(
    tmp_path: Path, zipped: Path
) -> None:
    row = replace(DEV, model_provider="bedrock", model="eu.amazon.nova-pro-v1:0")
    synthesise(tmp_path, row, zipped=zipped)
    granted = Template.read(tmp_path, row).grants("worker")
    models = {resource.split(":bedrock:")[1] for _, resource in granted if ":bedrock:" in resource}
    assert models == {
        "${AWS::Region}:${AWS::AccountId}:inference-profile/eu.amazon.nova-pro-v1:0",
        "*::foundation-model/amazon.nova-pro-v1:0",
    }


def test_an_emulator_is_spared_what_it_does_not_know(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")
    app.synthesise(tmp_path, env="staging")
    assert not Template.read(tmp_path, STAGING).every("Lambda::ResourcePolicy")
    errors = capsys.readouterr().err
    assert errors.startswith("An emulator knows no AWS::Lambda::ResourcePolicy")
    assert errors.count("\n") == 1


def test_the_policy_for_an_organisation_says_what_the_template_does(
    tmp_path: Path, zipped: Path
) -> None:
    decision = Path("docs/decisions/0017-hotswap-refused.md").read_text()
    (recipe,) = json.loads(decision.partition("```json\n")[2].partition("```")[0])["Statement"]
    synthesise(tmp_path, STAGING, zipped=zipped)
    template = Template.read(tmp_path, STAGING)
    (statement,) = template.properties("Lambda::ResourcePolicy")[0]["PolicyDocument"]["Statement"]
    assert recipe["Effect"] == statement["Effect"]
    assert statement["Action"] in recipe["Action"]
    assert recipe["Resource"] == [
        f"arn:*:lambda:*:*:function:{SLUG}-{name}-*" for name in ("staging", "prod")
    ]
    role = template.text(statement["Condition"].pop("ArnNotLike")["aws:PrincipalArn"])
    excepted = recipe["Condition"].pop("ArnNotLike")["aws:PrincipalArn"]
    assert excepted.partition(":role/")[2] == role.partition(":role/")[2]
    assert recipe["Condition"] == statement["Condition"]


def test_a_finding_that_nobody_explained_stops_the_synthesis(tmp_path: Path, zipped: Path) -> None:
    new = new_app(tmp_path)
    stack = build(new, DEV, code=zipped, packages=zipped)
    sqs.Queue(stack, "Unexplained")
    check(new, stack)
    with pytest.raises(RuntimeError, match="AwsSolutions-SQS4"):
        new.synth()


def test_the_cdk_command_line_is_pinned_without_a_registry() -> None:
    lock = Path("package-lock.json").read_text()
    assert json.loads(lock)["packages"]["node_modules/aws-cdk"]["version"] == "2.1148.1"
    assert "http" not in lock
