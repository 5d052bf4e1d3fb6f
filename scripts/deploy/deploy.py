"""`./stackbot deploy ENV`: from nothing to chatting, and on again from wherever it was interrupted.

Each step looks at AWS for whether there is anything to do: no state is kept anywhere else.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra import bundle
from scripts.aws import deployment, store
from scripts.aws.account import Account
from scripts.aws.deployment import Deployed
from scripts.deploy import assembly, cloudformation, functions, preflight, rollout, verify, versions
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
    with deployment.account(options.environment) as account:
        if account.row.on_this_machine:
            raise Problem(f"{account.row.name} is run by ./stackbot local, which deploys it, too.")
        deploy, build = Deployment(account, options.yes), verify.this_build()
        try:
            deployed = deploy.run()
            works = all(check.ok for check in verify.check_all(deployed, build))
        except KeyboardInterrupt:
            say(f"\nInterrupted. Done: {', '.join(deploy.done) or 'nothing yet'}. {again}")
            return 130
        except Declined:
            raise
        except Problem as problem:
            raise Problem(f"{problem}\n{again}") from problem
    if works:
        say(f"\n  Chat with it: {_where_to_chat(deployed)}\n")
    return 0 if works else 1


class Deployment:
    """One run of the command. `done` names the finished steps."""

    def __init__(self, account: Account, yes: bool) -> None:
        self.done: list[str] = []
        self._account, self._row, self._yes = account, account.row, yes

    def run(self) -> Deployed:
        """Do whatever is not done yet, and return what is deployed. Raises `Problem`."""
        with self._step(f"Account {self._account.number}, {self._account.region}"):
            ground = preflight.look(self._account)
        with tempfile.TemporaryDirectory(prefix="stackbot-") as scratch:
            release = self._build(ground, Path(scratch, "out"))
            self._ask(ground, release)
            slack_app.ensure(self._account, self._row, "")  # asks for tokens, if at all, now
            self._bootstrap(ground, Path(scratch))
            deployed = self._bring_out(ground, release)
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
        live = versions.parameters(self._account, self._row)
        with self._step("Build"):
            return Assembly.build(
                self._account, folder, {"MaximumConcurrency": str(ground.workers), **live}
            )

    def _ask(self, ground: Ground, release: Assembly) -> None:
        """Ask for every consent, before anything is changed. Raises `Declined`."""
        if ground.stack and ground.stack.creation_failed:
            say("  The first deployment failed: what it left of the stack will be deleted.")
        if self._row.keep_data:
            self._show(ground.stack, release)
            agree(f"Deploy to {self._row.name}?", self._yes)
        if not ground.bootstrapped:
            place = f"{self._account.number}, {self._account.region}"
            agree(f"The CDK has to be set up in {place}: a bucket and roles. Do it?", self._yes)

    def _show(self, stack: Stack | None, release: Assembly) -> None:
        """Print what a deployment would change."""
        if stack is None or stack.creation_failed:
            say(f"  {len(release.template['Resources'])} resources will be made.")
        elif release.is_deployed(stack):
            say("  The stack will stay as it is.")
        else:
            console.print(release.difference(), markup=False, soft_wrap=True)

    def _bootstrap(self, ground: Ground, folder: Path) -> None:
        if ground.bootstrapped:
            return
        with self._step("CDK bootstrap"):
            assembly.bootstrap(self._account, folder)

    def _bring_out(self, ground: Ground, release: Assembly) -> Deployed:
        """Deploy the stack where it differs from the release, else undo hotswaps alone."""
        stack = ground.stack
        if stack and stack.creation_failed:
            with self._step("Remains of the failed deployment"):
                cloudformation.unprotect(self._account, stack)
                cloudformation.delete(self._account, stack)
        if stack and release.is_deployed(stack):
            say("  [green]=[/] CloudFormation: nothing has changed")
            deployed = deployment.deployed_in(self._account)
            self._swap_back(deployed)
            return deployed
        if stack and not stack.creation_failed and (moved := release.moved(stack)):
            with self._step("What is live, told to CloudFormation"):
                # A deployment that fails goes back to these.
                cloudformation.update_parameters(self._account, stack, moved)
        with self._step("CloudFormation"):
            release.deploy()
        return deployment.deployed_in(self._account)

    def _swap_back(self, deployed: Deployed) -> None:
        """Replace code that was put into the functions without CloudFormation, as by a hotswap."""
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
            asks = self._row.embedding_model  # else the pipeline's role needs no rights for it
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
        """Set the app's request URL, and have a person install it where it lacks scopes."""
        app = slack_app.ensure(self._account, self._row, deployed.request_url)
        if app.needs_install:
            self._install(app)
        self.done.append("Slack app")

    def _install(self, app: SlackApp) -> None:
        preset = os.environ.get("SLACK_BOT_TOKEN", "")
        stored = installation.stored(self._account)
        if not preset:
            say(
                f"\n  Install the Slack app, for {app.lacks}: {app.install_url}\n"
                "  Then copy its Bot User OAuth Token (xoxb-…), shown there under OAuth &"
                " Permissions." + (" If it is the old one, just press Enter." if stored else "")
            )
        while True:
            token = preset or ask_for_secret("  Bot token")
            if not (token or stored):
                raise Problem(
                    "Without the bot's token it can say nothing in Slack: paste it, or set"
                    " SLACK_BOT_TOKEN."
                )
            try:
                slack_app.install(self._account, self._row, app, token)
            except Problem as problem:
                if preset or not sys.stdin.isatty():
                    raise
                say(f"  [red]✗[/] {problem}")
            else:
                return


def _where_to_chat(deployed: Deployed) -> str:
    app = slack_app.require(deployed.account)
    return f"https://slack.com/app_redirect?app={app.app_id}&team={app.team_id}"
