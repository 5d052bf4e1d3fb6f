"""The whole of StackBot on loopback: emulator, Slack simulator, the deployed stack, knowledge."""

import json
import secrets
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from infra import bundle
from infra.environments import LOCAL, Environment
from infra.names import EVENTS_PATH, stack_name
from scripts.aws import store
from scripts.aws.account import Account
from scripts.aws.cdk import cdk, outputs, run
from scripts.deploy import functions
from scripts.documents import knowledge
from scripts.documents.indexing import vectors
from scripts.local.emulator import REGION, Emulator, api_url
from scripts.local.leftovers import PREFIX, recorded
from scripts.local.models import Model
from scripts.slack.manifest import manifest
from scripts.terminal.steps import step
from slack_simulator import Simulator

STACK = stack_name(LOCAL.name)


class LocalStack:
    """Everything that runs, as long as the `with` lasts. `port` is the page's; 0 takes a free one.

    `context` overrides cells of the table's local row, such as `worker_timeout=4`; `crowd` is how
    many people more there are in Slack.
    """

    def __init__(
        self,
        model: Model,
        port: int = 0,
        *,
        enforce_iam: bool = False,
        time_scale: float = 1.0,
        context: tuple[str, ...] = (),
        crowd: int = 0,
    ) -> None:
        self._model, self._context = model, context
        self._exit = ExitStack()
        self._folder = Path()
        self.emulator = Emulator(enforce_iam=enforce_iam)
        self.signing_secret = secrets.token_hex(16)
        self.slack = Simulator(
            port=port,
            manifest=manifest(f"https://example.com{EVENTS_PATH}"),
            signing_secret=self.signing_secret,
            bot_token=f"xoxb-local-{secrets.token_hex(8)}",
            time_scale=time_scale,
            crowd=crowd,
        )
        self._account = Account.of_emulator(LOCAL, self.emulator.variables)
        self.outputs: dict[str, str] = {}
        self.build, self.code = "", b""

    def __enter__(self) -> Self:
        with ExitStack() as started:
            scratch = tempfile.TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True)
            self._folder = Path(started.enter_context(scratch))
            started.enter_context(recorded(self._folder))
            with step("Slack simulator"):
                started.enter_context(self.slack)
            with ThreadPoolExecutor() as pool:
                synthesised = pool.submit(self._synth)  # needs no emulator, and takes longest
                with step("AWS emulator"):
                    started.enter_context(self.emulator)
                with step("CDK bootstrap"):
                    _together(pool, self._bootstrap, self._store_secrets)
                with step("CDK synth"):
                    synthesised.result()
                with step("CDK deploy"):
                    self._deploy()
                with step("First request"):
                    _together(pool, self._start_ingress, self._start_worker, self.upload_knowledge)
                    self._connect()
            self._exit = started.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._exit.close()

    @property
    def request_url(self) -> str:
        """Where Slack sends its events."""
        return api_url(self.emulator.url, self.outputs["SlackUrl"], EVENTS_PATH)

    @property
    def functions(self) -> tuple[str, str]:
        """The names of the ingress and of the worker."""
        return self.outputs["IngressFunction"], self.outputs["WorkerFunction"]

    @property
    def queue_url(self) -> str:
        return self.outputs["QueueUrl"]

    @property
    def row(self) -> Environment:
        return LOCAL

    @property
    def emulated(self) -> bool:
        return True

    def client(self, service: str) -> Any:
        """A boto3 client of the emulator's account, made once."""
        return self._account.client(service)

    def deploy(self) -> None:
        """Deploy a changed stack. Raises `CdkError`."""
        self._synth()
        self._deploy()

    def upload_knowledge(self) -> None:
        """Make the index of `knowledge/` and put it where the worker looks for it."""
        model = vectors.embeddings(self.client, self.functions[1])
        knowledge.upload(self.client("s3"), self.outputs["Bucket"], model)

    def renew_token(self) -> None:
        """Install the app in Slack anew, and store its new token."""
        self.slack.control.renew_token()
        self.store_token()

    def store_token(self) -> None:
        """Store the app's token and ids in Slack where the worker looks for them."""
        store.write(self._account, "slack", json.dumps(self.slack.credentials))

    def ping(self, function: str) -> str:
        """Start a function, and return the id of the build that it runs. Raises `DoesNotStart`."""
        return functions.ping(self.client("lambda"), function)

    @property
    def _variables(self) -> dict[str, str]:
        """The emulator's, and our folder for temporary files: it is removed in any case."""
        return {**self.emulator.variables, "TMPDIR": str(self._folder)}

    def _bootstrap(self) -> None:
        # In a folder with a cdk.json it would synthesise first.
        environment = f"aws://{self.emulator.account}/{REGION}"
        cdk("bootstrap", environment, variables=self._variables, folder=self._folder)

    def _synth(self) -> None:
        # As the CDK command line runs the app, whose own start would take a second.
        slack = f"slack_api_url={self.slack.api_url}"
        context = [f"env={LOCAL.name}", slack, *self._model.context, *self._context]
        run("infra.app", str(self._folder / "out"), *context, variables=self._variables)

    def _deploy(self) -> None:
        outputs_file = self._folder / "outputs.json"
        cdk(
            *("deploy", "--app", str(self._folder / "out"), "--method=direct"),
            *("--require-approval=never", f"--outputs-file={outputs_file}"),
            variables=self._variables,
        )
        self.outputs = outputs(outputs_file, STACK)

    def _start_ingress(self) -> None:
        """Slack waits 3 s for an answer, and on a busy machine the start alone may take as long."""
        self.ping(self.functions[0])

    def _connect(self) -> None:
        """Set the app's request URL in Slack, which then has to answer Slack's challenge."""
        self.slack.control.set_request_url(self.request_url)

    def _start_worker(self) -> None:
        self.code, self.build = bundle.code().read_bytes(), self.ping(self.functions[1])

    def _store_secrets(self) -> None:
        store.write(self._account, "signing-secret", self.signing_secret)
        self.store_token()
        if self._model.key:
            store.write(self._account, "openai-api-key", self._model.key)


def _together(pool: ThreadPoolExecutor, *parts: Callable[[], None]) -> None:
    for future in [pool.submit(part) for part in parts]:
        future.result()
