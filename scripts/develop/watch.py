"""`./stackbot watch`: saved code answers in a dev environment a second or two later."""

import argparse
import signal
import threading
from typing import Any

from infra.environments import Environment
from scripts.aws import deployment
from scripts.aws.cdk import cdk
from scripts.aws.deployment import Deployed
from scripts.develop import hotswap, reload
from scripts.develop.tail import tailing
from scripts.documents import knowledge
from scripts.documents.indexing import vectors
from scripts.terminal.interruption import end_on
from scripts.terminal.problem import Problem
from scripts.terminal.steps import say


def run(options: argparse.Namespace) -> int:
    """Deploy saves until Ctrl-C. Raises `Problem`."""
    end_on(signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    row = hotswap.check_row(options.environment)
    if row.on_this_machine:
        raise Problem("./stackbot local brings in what is saved by itself.")
    with deployment.deployed(row.name) as deployed:
        hotswap.check_stack(deployed)
        say(f"\n  Watching for {row.name}: {deployed.stack} in {deployed.account.region}")
        say("  Save a file and it is brought there; what the functions log shows here.")
        say("  (Ctrl-C ends this.)\n")
        stop = threading.Event()
        try:
            on_swap = reload.print_json if options.json_lines else lambda _: None
            with tailing(deployed):
                reload.watch(Watched(deployed), stop, on_swap)
        finally:
            stop.set()
    return 0


class Watched:
    """A deployed environment as a `SwapTarget`."""

    def __init__(self, deployed: Deployed) -> None:
        self._deployed = deployed

    @property
    def row(self) -> Environment:
        return self._deployed.row

    @property
    def emulated(self) -> bool:
        return self._deployed.account.endpoint is not None

    @property
    def functions(self) -> tuple[str, str]:
        return self._deployed.functions

    @property
    def queue_url(self) -> str:
        return self._deployed.outputs["QueueUrl"]

    def client(self, service: str) -> Any:
        return self._deployed.client(service)

    def deploy(self) -> None:
        """Deploy in CloudFormation's express mode, which does not wait for resources to settle.

        It leaves a failed update as it is, unless --rollback restores what was there before.
        """
        account = self._deployed.account
        cdk(
            *("deploy", "--express", "--rollback", "--require-approval=never"),
            *("-c", f"env={self.row.name}"),
            variables=account.variables,
        )
        self._deployed = deployment.deployed_in(account)

    def upload_knowledge(self) -> None:
        model = vectors.embeddings(self.client, self.functions[1])
        knowledge.upload(self.client("s3"), self._deployed.outputs["Bucket"], model)
