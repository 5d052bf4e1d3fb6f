"""Another Slack, local-slack, which others have written: what it has, and how to act in it."""

import json
import subprocess
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self, TypeVar

from scripts.local.ports import free_port

T = TypeVar("T")
_LOOPBACK_ONLY = """
const serve = Bun.serve;
Bun.serve = (options) => serve({ ...options, hostname: "127.0.0.1" });
"""
"""Run before it starts: by itself it listens on every interface."""


class SecondSlack:
    """Runs for as long as the `with` lasts; `app` is what its configuration tells of the bot."""

    def __init__(self, binary: Path, folder: Path, app: dict[str, str], team: str) -> None:
        self._binary, self._folder = binary, folder
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        members = ["U0ADA", app["botUserId"]]
        self._configuration = {
            "workspace": {"name": "Second", "domain": "second", "teamId": team},
            "apps": [{**app, "mode": "events"}],
            "users": [{"id": "U0ADA", "name": "ada", "real_name": "Ada Okafor"}],
            "channels": [{"id": "C0SECOND", "name": "second", "members": members}],
        }

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def __enter__(self) -> Self:
        configuration, preload = self._folder / "second.json", self._folder / "loopback.js"
        configuration.write_text(json.dumps(self._configuration))
        preload.write_text(_LOOPBACK_ONLY)
        files = self._folder / "files"
        files.mkdir()
        where = f"--port {self._port} --base-host 127.0.0.1".split()
        self._process = subprocess.Popen(
            [self._binary, *where, "--config", configuration, "--files-dir", files],
            env={"BUN_OPTIONS": f"--preload={preload}", "HOME": str(self._folder)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.until(self._is_there)
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process
        self._process.kill()
        self._process.wait()

    def listens_on(self) -> list[str]:
        """The addresses that it listens on, as the kernel writes them."""
        sockets = [
            line.split()[1:4]
            for table in ("tcp", "tcp6")
            for line in Path("/proc/net", table).read_text().splitlines()[1:]
        ]
        port = f"{self._port:04X}"
        places = [local.split(":") for local, _, state in sockets if state == "0A"]
        return [address for address, number in places if number == port]

    def say(self, text: str, thread: str = "") -> str:
        """Post as Ada; returns the message's `ts`."""
        order = {"channel": "C0SECOND", "user": "U0ADA", "text": text}
        told = self._call("/message", order | ({"thread_ts": thread} if thread else {}))
        return str(told["message"]["ts"])

    def command(self, command: str, text: str) -> None:
        order = {"channel": "C0SECOND", "user": "U0ADA", "command": command, "text": text}
        self._call("/command", order)

    def click(self, message: dict[str, Any], action: dict[str, Any]) -> None:
        order = {"channel": "C0SECOND", "user": "U0ADA", "messageTs": message["ts"]}
        self._call("/interact", order | {"action": action})

    def answers(self) -> list[dict[str, Any]]:
        """Every message of the bot's in the channel, oldest first."""
        messages = self._call("/messages/C0SECOND")["messages"]
        return [message for message in messages if message.get("bot_id")]

    def until(self, look: Callable[[], T], seconds: float = 30) -> T:
        """The first true value of `look`: there is no feed of what happens to wait for."""
        until = time.monotonic() + seconds
        while not (found := look()):
            assert time.monotonic() < until, f"it did not happen in {seconds:g} s"
            time.sleep(0.05)
        return found

    def _is_there(self) -> bool:
        try:
            return bool(self._call("/state"))
        except OSError:
            return False

    def _call(self, path: str, order: dict[str, Any] | None = None) -> dict[str, Any]:
        body = None if order is None else json.dumps(order).encode()
        request = urllib.request.Request(  # noqa: S310 - on loopback
            f"{self.url}/_control{path}", body, {"content-type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            told: dict[str, Any] = json.load(answer)
        return told
