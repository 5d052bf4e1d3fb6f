"""Starts a new build for each save, and has it answer if it starts."""

import time

import watchfiles
from rich.markup import escape

from scripts.aws.cdk import ROOT
from scripts.develop import saved
from scripts.develop.saved import BrokenCode, Code
from scripts.develop.socket_mode.backing import Backing
from scripts.develop.socket_mode.build import Builder
from scripts.develop.socket_mode.relay import Relay
from scripts.terminal.steps import say

_WATCHED = ("bot", "knowledge")
_DEBOUNCE_MS = 30
_LOOK_MS = 1_000
"""How often to look without a notification: there is none for a save before the watch began."""


class Restarts:
    """Compares what is saved with the build that serves, whose id is `build` at first."""

    def __init__(self, relay: Relay, builder: Builder, backing: Backing, build: str) -> None:
        self._relay, self._builder, self._backing = relay, builder, backing
        self._serving = self._newest = build

    def follow(self) -> None:
        """Serve with every saved change, until Ctrl-C."""
        for _ in watchfiles.watch(
            *(ROOT / name for name in _WATCHED),
            debounce=_DEBOUNCE_MS,
            step=_DEBOUNCE_MS,
            rust_timeout=_LOOK_MS,
            yield_on_timeout=True,
        ):
            self._bring_in_documents()
            self._bring_in_code()

    def _bring_in_documents(self) -> None:
        if saved.documents() != self._backing.documents:
            started = time.monotonic()
            self._backing.upload_knowledge()
            _say("knowledge indexed", started)

    def _bring_in_code(self) -> None:
        code, started = Code.read(), time.monotonic()
        if code.build == self._newest:
            return
        self._newest = code.build
        if code.build == self._serving:
            return
        try:
            self._relay.serve_with(self._builder.started(code))
        except BrokenCode as error:
            say(f"  [red]✗[/] {escape(str(error))}\n    The code from before goes on serving.")
        else:
            self._serving = code.build
            _say(f"build {code.build} answers", started)


def _say(text: str, started: float) -> None:
    say(f"  [green]✓[/] {text} [dim]{time.monotonic() - started:.2f} s[/]")
