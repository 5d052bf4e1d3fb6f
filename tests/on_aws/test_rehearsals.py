"""What a self-test makes of versions that answer well, badly or not at all.

The functions are stand-ins: each version says what a test wants it to.
"""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest

from infra.environments import SLUG, STAGING
from scripts.aws.account import Account
from scripts.aws.deployment import Deployed
from scripts.deploy.dry_run import RehearsalFailed, rehearse
from scripts.deploy.versions import Versions
from scripts.local.emulator import Emulator

NAMES = {"ingress": f"{SLUG}-staging-ingress", "worker": f"{SLUG}-staging-worker"}
INGRESS = """
import json
def handler(event, context):
    signed = "X-Slack-Signature" in event["dry"]["headers"]
    return {{"status": {status} if signed else 401, "message": {{"body": {queues!r}}}}}
"""
WORKER = """
def handler(event, context):
    if event["dry"] not in {reads!r}:
        raise ValueError("format version 2")
    return {{"answer": {answer!r}, "sources": [], "without_model": {why!r}}}
"""


class Stage:
    """Two functions of which any number of versions can be published."""

    def __init__(self, emulator: Emulator) -> None:
        variables = emulator.variables
        account = Account.of(STAGING, variables)
        outputs = {f"{name.title()}Function": function for name, function in NAMES.items()}
        self.deployed = Deployed(account, f"{SLUG}-staging", "CREATE_COMPLETE", outputs, {})
        self._client = account.client("lambda")
        for function in NAMES.values():
            self._client.create_function(
                FunctionName=function,
                Role="arn:aws:iam::000000000001:role/any",
                Runtime="python3.12",
                Handler="code.handler",
                Code={"ZipFile": _zip("")},
            )

    def ingress(self, status: int = 200, queues: str = "format 1") -> str:
        return self._publish("ingress", INGRESS.format(status=status, queues=queues))

    def worker(
        self, reads: tuple[str, ...] = ("format 1",), answer: str = "Yes.", why: str = ""
    ) -> str:
        return self._publish("worker", WORKER.format(reads=reads, answer=answer, why=why))

    def refused(self, new: Versions, live: Versions) -> str:
        """Why the new versions may not go live."""
        with pytest.raises(RehearsalFailed) as failed:
            rehearse(self.deployed, new, live)
        assert "\n" not in str(failed.value)
        return str(failed.value)

    def _publish(self, name: str, code: str) -> str:
        function = NAMES[name]
        self._client.update_function_code(FunctionName=function, ZipFile=_zip(code))
        return str(self._client.publish_version(FunctionName=function)["Version"])


def _zip(code: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("code.py", code)
    return packed.getvalue()


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with pytest.MonkeyPatch.context() as shell, Emulator() as emulator:
        for name, value in emulator.variables.items():
            shell.setenv(name, value)
        stage = Stage(emulator)
        stage.deployed.client("ssm").put_parameter(
            Name=f"/{SLUG}/staging/signing-secret", Value="not-a-secret", Type="SecureString"
        )
        yield stage


@pytest.fixture(scope="module")
def live(stage: Stage) -> Versions:
    return Versions(stage.ingress(), stage.worker())


def test_versions_that_answer_may_go_live(stage: Stage, live: Versions) -> None:
    new = Versions(stage.ingress(queues="format 2"), stage.worker(("format 1", "format 2")))
    rehearse(stage.deployed, new, live)


def test_an_ingress_that_takes_no_request_may_not(stage: Stage, live: Versions) -> None:
    new = Versions(stage.ingress(status=500), live.worker)
    said = stage.refused(new, live)
    assert said.startswith(f"Ingress {new.ingress} answers a signed request with 500")


def test_a_worker_without_an_answer_may_not(stage: Stage, live: Versions) -> None:
    new = Versions(live.ingress, stage.worker(answer=""))
    assert stage.refused(new, live).startswith(f"Worker {new.worker} answers no question")


def test_a_worker_that_cannot_read_what_is_queued_may_not(stage: Stage, live: Versions) -> None:
    new = Versions(stage.ingress(queues="format 2"), stage.worker(("format 2",)))
    assert "nothing was switched: format version 2" in stage.refused(new, live)


def test_a_worker_that_has_lost_its_model_may_not(stage: Stage, live: Versions) -> None:
    new = Versions(live.ingress, stage.worker(why="401 invalid_api_key"))
    said = stage.refused(new, live)
    assert f"worker {live.worker} does" in said
    assert "401 invalid_api_key" in said


def test_a_repair_goes_out_while_the_model_is_down(stage: Stage) -> None:
    ingress = stage.ingress()
    down = [stage.worker(why="503"), stage.worker(why="503", answer="Yes, indeed.")]
    rehearse(stage.deployed, Versions(ingress, down[1]), Versions(ingress, down[0]))


def test_a_broken_ingress_can_be_repaired(stage: Stage, live: Versions) -> None:
    broken = Versions(stage.ingress(status=500), live.worker)
    rehearse(stage.deployed, Versions(stage.ingress(), live.worker), broken)


def test_what_to_do_without_a_signing_secret_is_said(stage: Stage, live: Versions) -> None:
    client: Any = stage.deployed.client("ssm")
    secret = f"/{SLUG}/staging/signing-secret"
    client.delete_parameter(Name=secret)
    try:
        assert "run ./stackbot secrets set staging" in stage.refused(live, live)
    finally:
        client.put_parameter(Name=secret, Value="not-a-secret", Type="SecureString")
