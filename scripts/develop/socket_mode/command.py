"""`./stackbot socket`: real Slack, with the code that is on this machine."""

import argparse
import json
import os
import signal
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from infra.environments import LOCAL, Environment
from scripts.develop.saved import Code
from scripts.develop.socket_mode import own_app
from scripts.develop.socket_mode.backing import Backing
from scripts.develop.socket_mode.build import Builder
from scripts.develop.socket_mode.connection import Connection
from scripts.develop.socket_mode.own_app import Tokens
from scripts.develop.socket_mode.relay import Relay
from scripts.develop.socket_mode.restart import Restarts
from scripts.local.leftovers import PREFIX, recorded
from scripts.local.models import Model
from scripts.terminal.interruption import end_on
from scripts.terminal.steps import say, step


def run(options: argparse.Namespace) -> int:
    """Connect, serve until Ctrl-C, and finish what has come. Raises `Problem`."""
    if options.manifest:
        return _print_manifest()
    end_on(signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    tokens = Tokens.of_shell(os.environ)
    model = Model.from_shell(os.environ)
    row = _row(model)
    with step("Slack's tokens"):
        bot = tokens.check(row)
    model.check()
    with ExitStack() as started:
        scratch = tempfile.TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True)
        folder = Path(started.enter_context(scratch))
        started.enter_context(recorded(folder))
        with step("AWS emulator"):
            backing = started.enter_context(Backing(row, bot.parameter, model.key))
        with step("First build"):
            builder = Builder(folder, backing.variables, row.worker_timeout)
            code = Code.read()
            build = builder.started(code)
            relay = started.enter_context(Relay(backing, build, row.maximum_concurrency))
        with step("Connection"):
            connection = Connection(tokens.app, row.slack_api_url, relay.take)
            started.callback(connection.close)
            connection.open()
        say(f"\n  Model    {model}")
        say(f"  Chat     with @{own_app.BOT} in the workspace {bot.team_id}   (Ctrl-C stops it)\n")
        try:
            Restarts(relay, builder, backing, code.build).follow()
        except KeyboardInterrupt:
            _finish(connection, relay, row.worker_timeout)
    return 0


def _print_manifest() -> int:
    sys.stdout.write(json.dumps(own_app.manifest(), indent=2, ensure_ascii=False) + "\n")
    say(f"Paste it at {own_app.APPS}?new_app=1, under From a manifest, and install the app.")
    say("Its tokens go into SLACK_APP_TOKEN and SLACK_BOT_TOKEN; see docs/socket-mode.md.")
    return 0


def _row(model: Model) -> Environment:
    """This machine's row, with the model that the shell names; Slack may be the simulator."""
    slack = os.environ.get("SLACK_API_URL") or LOCAL.slack_api_url
    cells = dict(cell.split("=", 1) for cell in model.context)
    return replace(LOCAL, slack_api_url=slack).with_context(cells)


def _finish(connection: Connection, relay: Relay, seconds: float) -> None:
    """Disconnect, and answer what has come; another Ctrl-C drops the rest."""
    connection.close()
    unanswered = relay.unfinished
    if unanswered:
        say(f"  Finishing {unanswered} more … (Ctrl-C again drops what is left)")
        try:
            unanswered = relay.finish(seconds)
        except KeyboardInterrupt:
            unanswered = relay.unfinished
    if unanswered:
        say(f"  [red]✗[/] {unanswered} not answered.")
    else:
        say("  Stopped, with everything answered.")
