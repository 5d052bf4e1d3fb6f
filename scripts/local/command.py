"""`./stackbot local`: the real stack on this machine, with a page to chat in, or one question."""

import argparse
import os
import signal
import sys
import threading

from scripts.aws.account import findable
from scripts.develop import reload
from scripts.local import ask
from scripts.local.models import Model
from scripts.local.ports import port_is_free
from scripts.local.stack import LocalStack
from scripts.terminal.interruption import end_on
from scripts.terminal.problem import Problem
from scripts.terminal.steps import say

PORT = 3900


def run(options: argparse.Namespace) -> int:
    """Start, serve until Ctrl-C or until the one question is answered, stop."""
    end_on(signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    if options.json and not options.ask:
        raise Problem('--json goes with --ask "…".')
    port = _port(options)
    if port and not port_is_free(port):
        raise Problem(
            f"Port {port} is taken, perhaps by another ./stackbot local: open"
            f" http://127.0.0.1:{port}, or start this one with --port {port + 10}."
        )
    model = Model.from_shell(os.environ)
    model.check()
    with LocalStack(model, port, enforce_iam=options.enforce_iam) as stack:
        return _ask(stack, options) if options.ask else _serve(stack, model)


def _port(options: argparse.Namespace) -> int:
    """One question needs no fixed address, so it runs beside a stack that is open in a browser."""
    if options.port is not None:
        return int(options.port)
    return 0 if options.ask else PORT


def _serve(stack: LocalStack, model: Model) -> int:
    say(f"\n  Model    {model}")
    say(f"  Chat at  [bold]{stack.slack.url}[/]   (Ctrl-C stops everything)\n")
    stop = threading.Event()
    try:
        with findable(stack.emulator):
            reload.watch(stack, stop)
    finally:
        stop.set()
        say("  Stopping …")
    return 0


def _ask(stack: LocalStack, options: argparse.Namespace) -> int:
    outcome = ask.ask(stack, options.ask)
    if options.json:
        options.json.print(outcome.as_json())
    else:
        sys.stdout.write(outcome.as_text() + "\n")
    return 0 if outcome.answer else 1
