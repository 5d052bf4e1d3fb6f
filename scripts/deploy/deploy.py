"""`./stackbot deploy ENV`: from nothing to chatting, and on again from wherever it was interrupted.

Each step finds out by itself whether there is anything to do: nothing is remembered but in AWS.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra import bundle
from scripts.aws import deployment as reach
from scripts.aws import store
from scripts.aws.account import Account
from scripts.aws.deployment import Deployed
from scripts.deploy import assembly, cloudformation, functions, preflight, rollout, verify
from scripts.deploy.assembly import Assembly
from scripts.deploy.cloudformation import Stack
from scripts.deploy.preflight import Ground
from scripts.documents import knowledge
from scripts.documents.indexing import vectors
from scripts.slack import installation, slack_app
from scripts.slack.slack_app import SlackApp
from scripts.terminal.problem import Problem
from scripts.terminal.prompt import Declined, agree, ask_for_secret
from scripts.terminal.steps import console, say, step


def run(options: argparse.Namespace) -> int:
    """Deploy one environment. Raises `Problem`; after any, running it again goes on from there."""
    again = f"To go on from there, run ./stackbot deploy {options.environment} again."
    with reach.account(options.environment) as account:
        if account.row.on_this_machine:
            raise Problem(f"{account.row.name} is run by ./stackbot local, which deploys it, too.")
        deployment, build = Deployment(account, options.yes), verify.this_build()
        try:
            deployed = deployment.run()
            works = all(one.ok for one in verify.findings(deployed, build))
        except KeyboardInterrupt:
            say(f"\nInterrupted. Done: {', '.join(deployment.done) or 'nothing yet'}. {again}")
            return 130
        except Declined:
            raise
        except Problem as problem:
            raise Problem(f"{problem}\n{again}") from problem
    if works:
        say(f"\n  Chat with it: {_where_to_chat(deployed)}\n")
    return 0 if works else 1


class Deployment:
    """One run of the command. `done` names the steps that are behind it."""

    def __init__(self, account: Account, yes: bool) -> None:
        self.done: list[str] = []
        self._account, self._row, self._yes = account, account.row, yes

    def run(self) -> Deployed:
        """Do whatever is not done yet, and return what is deployed. Raises `Problem`."""
        with self._step(f"Account {self._account.number}, {self._account.region}"):
            ground = preflight.look(self._account)
        with tempfile.TemporaryDirectory(prefix="stackbot-") as scratch:
            built = self._build(ground, Path(scratch, "out"))
            self._ask(ground, built)
            slack_app.ensure(self._account, self._row, "")  # who is to be asked is asked now
            self._bootstrap(ground, Path(scratch))
            deployed = self._bring_out(ground, built)
        self._documents(deployed)
        self._model_key()
        self._slack(deployed)
        rollout.release(deployed)
        return deployed

    @contextmanager
    def _step(self, name: str) -> Iterator[None]:
        with step(name):
            yield
        self.done.append(name)

    def _build(self, ground: Ground, folder: Path) -> Assembly:
        live = rollout.parameters(self._account, self._row)
        with self._step("Build"):
            return Assembly.build(
                self._account, folder, {"MaximumConcurrency": str(ground.workers), **live}
            )

    def _ask(self, ground: Ground, built: Assembly) -> None:
        """Ask all there is to agree to, before anything is changed. Raises `Declined`."""
        if ground.stack and ground.stack.stillborn:
            say("  The first deployment failed: what it left of the stack will be deleted.")
        if self._row.keep_data:
            self._show(ground.stack, built)
            agree(f"Deploy to {self._row.name}?", self._yes)
        if not ground.bootstrapped:
            place = f"{self._account.number}, {self._account.region}"
            agree(f"The CDK has to be set up in {place}: a bucket and roles. Do it?", self._yes)

    def _show(self, stack: Stack | None, built: Assembly) -> None:
        """What a deployment would change."""
        if stack is None or stack.stillborn:
            say(f"  {len(built.template['Resources'])} resources will be made.")
        elif built.is_deployed(stack):
            say("  The stack will stay as it is.")
        else:
            console.print(built.difference(), markup=False, soft_wrap=True)

    def _bootstrap(self, ground: Ground, folder: Path) -> None:
        if ground.bootstrapped:
            return
        with self._step("CDK bootstrap"):
            assembly.bootstrap(self._account, folder)

    def _bring_out(self, ground: Ground, built: Assembly) -> Deployed:
        """Have the stack be what was built, and its functions run what the stack says."""
        stack = ground.stack
        if stack and stack.stillborn:
            with self._step("Remains of the failed deployment"):
                cloudformation.unprotect(self._account, stack)
                cloudformation.delete(self._account, stack)
        if stack and built.is_deployed(stack):
            say("  [green]=[/] CloudFormation: nothing has changed")
            deployed = reach.deployed_in(self._account)
            self._swap_back(deployed)
            return deployed
        if stack and not stack.stillborn and (moved := built.moved(stack)):
            with self._step("What is live, told to CloudFormation"):
                cloudformation.retell(
                    self._account, stack, moved
                )  # what it goes back to if it fails
        with self._step("CloudFormation"):
            built.deploy()
        return reach.deployed_in(self._account)

    def _swap_back(self, deployed: Deployed) -> None:
        """Replace code that was swapped in behind CloudFormation's back, as by a hotswap."""
        client, code = deployed.client("lambda"), bundle.code().read_bytes()
        digest = functions.digest_of(code)
        swapped = [name for name in deployed.functions if functions.digest(client, name) != digest]
        if self._row.hotswap and swapped:
            with self._step("Code, over what was swapped in"):
                for name in swapped:
                    functions.update(client, name, code)
                    functions.settle(client, name)

    def _documents(self, deployed: Deployed) -> None:
        with self._step("Documents"):
            asks = self._row.embedding_model  # else the pipeline's role need not read about it
            by = vectors.embeddings(deployed.client, deployed.functions[1]) if asks else None
            knowledge.upload(deployed.client("s3"), deployed.outputs["Bucket"], by)

    def _model_key(self) -> None:
        name, key = "openai-api-key", os.environ.get("OPENAI_API_KEY", "")
        if self._row.model_provider != "openai" or store.read(self._account, name):
            return
        if key:
            with self._step("Model's key, from OPENAI_API_KEY"):
                store.write(self._account, name, key)
        else:
            say(
                "  [yellow]![/] No model's key yet, so it answers in quotes:"
                f" ./stackbot secrets set {self._row.name} {name}"
            )

    def _slack(self, deployed: Deployed) -> None:
        """Tell Slack where the bot is, and have a person install it where only a person can."""
        app = slack_app.ensure(self._account, self._row, deployed.request_url)
        if app.needs_install:
            self._install(app)
        self.done.append("Slack app")

    def _install(self, app: SlackApp) -> None:
        given, kept = os.environ.get("SLACK_BOT_TOKEN", ""), installation.stored(self._account)
        if not given:
            say(
                f"\n  Install the Slack app, for {app.lacks}: {app.install_url}\n"
                "  Then copy its Bot User OAuth Token (xoxb-…), shown there under OAuth &"
                " Permissions." + (" If it is the old one, just press Enter." if kept else "")
            )
        while True:
            token = given or ask_for_secret("  Bot token")
            if not (token or kept):
                raise Problem(
                    "Without the bot's token it can say nothing in Slack: paste it, or set"
                    " SLACK_BOT_TOKEN."
                )
            try:
                slack_app.install(self._account, self._row, app, token)
            except Problem as problem:
                if given or not sys.stdin.isatty():
                    raise
                say(f"  [red]✗[/] {problem}")
            else:
                return


def _where_to_chat(deployed: Deployed) -> str:
    app = slack_app.found(deployed.account)
    return f"https://slack.com/app_redirect?app={app.app_id}&team={app.team_id}"
