"""The dev loop in an environment, and where it is refused."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from bot.runtime.build import hash_tree
from infra.environments import SLUG
from infra.names import EVENTS_PATH
from scripts.local.emulator import api_url
from slack_simulator import Control, Message
from slack_simulator.workspace import people
from tests.end_to_end.running import Local, running
from tests.on_aws.conftest import ACCOUNTS, Cloud
from tests.slack_requests import SECRET

STACK = f"{SLUG}-dev"
CODE = "bot/answering/quoting/extractive.py"
NOTE = "No model is set up, so this comes straight from the documents."
PARKING = "# Parking\n\nVisitors may park their submarines in dock seven.\n"


class Dev:
    """The environment, with its Slack app installed; and a checkout that may be changed."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud

    def deploy(self) -> None:
        self.cloud.cdk("dev", "bootstrap")
        self.cloud.cdk("dev", "deploy", "--require-approval=never")
        slack = {
            "bot_token": self.slack.renew_token(),
            "bot_id": people.BOT,
            "bot_user_id": people.BOT_USER,
            "team_id": people.TEAM,
        }
        for name, value in (("slack", json.dumps(slack)), ("signing-secret", SECRET)):
            self.client("ssm").put_parameter(
                Name=f"/{SLUG}/dev/{name}", Value=value, Type="SecureString"
            )
        url = api_url(self.cloud.emulator.url, self.output("SlackUrl"), EVENTS_PATH)
        self.slack.set_request_url(f"{url}?AWSAccessKeyId={ACCOUNTS['dev']}")

    @property
    def slack(self) -> Control:
        return self.cloud.slack("dev")

    def client(self, service: str) -> Any:
        return self.cloud.client("dev", service)

    def output(self, name: str) -> str:
        (stack,) = self.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"]
        return next(str(o["OutputValue"]) for o in stack["Outputs"] if o["OutputKey"] == name)

    @property
    def builds(self) -> set[str]:
        """What the functions say that they run."""
        client = self.client("lambda")
        names = (f"{STACK}-ingress", f"{STACK}-worker")
        answers = [client.invoke(FunctionName=n, Payload=b'{"ping": true}') for n in names]
        return {json.load(answer["Payload"])["build"] for answer in answers}

    @property
    def saved_build(self) -> str:
        return hash_tree(str(self.cloud.root / "bot"))

    def ask(self, question: str) -> Message:
        asked = self.slack.say("ada", "#general", f"<@bot> {question}")
        return self.slack.wait_for_answer(asked.channel, asked.ts, 30)

    def rewrite(self, file: str, old: str, new: str) -> None:
        path = self.cloud.root / file
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new))


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dev]:
    """In a cloud of our own: its checkout is changed."""
    with Cloud(tmp_path_factory.mktemp("watch")) as cloud:
        environment = Dev(cloud)
        environment.deploy()
        yield environment


@pytest.fixture(scope="module")
def watch(dev: Dev, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Local]:
    command = [*dev.cloud.interpreter, "-m", "scripts", "watch"]
    folder = tmp_path_factory.mktemp("run")
    shell = {**dev.cloud.variables("dev"), "PYTHONPATH": str(dev.cloud.root)}
    with running(command, folder, dev.cloud.root, **shell) as process:
        process.wait_for(f"Build {dev.saved_build} runs, as it is saved")
        yield process


def test_what_is_saved_answers_in_slack_and_its_lines_are_shown(dev: Dev, watch: Local) -> None:
    (dev.cloud.root / "knowledge" / "parking.md").write_text(PARKING)
    watch.wait_for("✓ knowledge indexed")
    dev.rewrite(CODE, NOTE, "Quoted by the newest code.")
    shown = watch.wait_for(r"✓ build (\w+) answers .+ s: noticed .+, checked .+, uploaded .+")
    assert dev.builds == {shown[1]} == {dev.saved_build}
    answer = dev.ask("Where may visitors park their submarines?")
    assert "Quoted by the newest code." in answer.text
    assert "in dock seven" in answer.text
    watch.wait_for(r"ingress +INFO +accepted")
    watch.wait_for(rf"worker +INFO +delivered .*build={shown[1]}")


def test_a_changed_stack_is_deployed_and_why_is_said(dev: Dev, watch: Local) -> None:
    so_far = len(watch.printed)
    dev.rewrite("infra/environments.py", "worker_memory: int = 1024", "worker_memory: int = 1025")
    watch.wait_for(
        r"infra/environments\.py changed, which only a deployment of the stack brings out", so_far
    )
    watch.wait_for("✓ deployed", so_far)
    worker = dev.client("lambda").get_function_configuration(FunctionName=f"{STACK}-worker")
    assert worker["MemorySize"] == 1025


def test_it_ends_on_ctrl_c_and_leaves_nothing(watch: Local) -> None:
    assert watch.press_ctrl_c() == 130
    assert watch.processes_left() == []
    assert watch.files_left() == []
    assert "Traceback" not in watch.printed


def test_the_cdks_own_hotswap_goes_on_working(dev: Dev) -> None:
    dev.rewrite("bot/slack/ui/blocks.py", '"""', '"""\n')
    done = dev.cloud.run("cdk", "deploy", "--hotswap", "-c", "env=dev", caller="dev")
    assert done.returncode == 0, done.stderr
    assert dev.builds == {dev.saved_build}


@pytest.mark.parametrize(
    "command",
    [
        ("watch", "prod"),
        ("cdk", "deploy", "--hotswap", f"{SLUG}-prod"),
        ("cdk", "deploy", "-c", "env=prod", "--hotswap-fallback"),
        ("cdk", "deploy", "-c=env=prod", "--HotSwap=true"),
        ("cdk", "watch", "-c", "env=prod"),
    ],
    ids=" ".join,
)
def test_an_environment_whose_row_refuses_swapped_code_says_so(
    dev: Dev, command: tuple[str, ...]
) -> None:
    done = dev.cloud.run(*command, caller="prod")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("prod refuses swapped code, as its row in infra/")
    assert "./stackbot deploy prod" in done.stderr


def test_what_is_swapped_is_what_was_asked_about(dev: Dev) -> None:
    synthesised = dev.cloud.run("cdk", "synth", "--quiet", "-c", "env=prod", caller="dev")
    assert synthesised.returncode == 0, synthesised.stderr
    done = dev.cloud.run("cdk", "deploy", "--app", "cdk.out", "--hotswap", caller="dev")
    assert done.returncode == 1
    assert f"No stacks match the name(s) {STACK}" in done.stderr


def test_a_stack_whose_tag_refuses_it_does_so_whatever_the_checkout_says(
    dev: Dev,
) -> None:
    refusing = [{"Key": "hotswap", "Value": "refused"}]
    formation = dev.client("cloudformation")
    formation.update_stack(
        StackName=STACK,
        UsePreviousTemplate=True,
        Tags=refusing,
        Capabilities=["CAPABILITY_IAM"],
    )
    formation.get_waiter("stack_update_complete").wait(
        StackName=STACK, WaiterConfig={"Delay": 1, "MaxAttempts": 30}
    )
    for command in (("watch", "dev"), ("cdk", "deploy", "--hotswap")):
        done = dev.cloud.run(*command, caller="dev")
        assert done.returncode == 1
        assert f"dev refuses swapped code, as the tag of the stack {STACK} says" in done.stderr
