"""What `./stackbot socket` does with odd code, and with Ctrl-C while a build starts."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.develop.saved import Code
from scripts.develop.socket_mode.build import Build
from scripts.develop.socket_mode.function import FunctionError

PACKAGE = {
    "bot/__init__.py": b"",
    "bot/worker/handler.py": b"def handler(event, context): return {}\n",
}
SECONDS = 20
INTERRUPTED = """
import sys
from pathlib import Path
from tests.develop.test_socket_build import build_of

try:
    build_of(Path(sys.argv[1]), "print('started', flush=True); import time; time.sleep(1)").start()
except KeyboardInterrupt:
    print("interrupted")
"""


def build_of(folder: Path, ingress: str) -> Build:
    """A build whose ingress runs a statement and returns its event."""
    handler = f"def handler(event, context):\n    {ingress}\n    return event\n"
    code = Code({**PACKAGE, "bot/ingress/handler.py": handler.encode()})
    return Build(code, folder, {}, SECONDS)


def test_an_ingress_that_returns_no_response_fails_and_the_next_request_is_taken(
    tmp_path: Path,
) -> None:
    build = build_of(tmp_path, "pass")
    build.start()
    try:
        with pytest.raises(FunctionError, match="returns no response"):
            build.take_in({"body": "odd"})
        assert build.take_in({"statusCode": 200}) == 200
    finally:
        build.kill()


def test_what_slack_sent_may_be_printed_at_any_length(tmp_path: Path) -> None:
    envelope = json.dumps({"type": "event_callback", "event": {"type": "app_mention"}})
    build = build_of(tmp_path, f"print(({envelope!r} + chr(10)) * 2_000)")
    build.start()
    try:
        assert build.take_in({"statusCode": 200}) == 200
    finally:
        build.kill()


def test_ctrl_c_while_a_build_starts_leaves_nothing_running(tmp_path: Path) -> None:
    command = [sys.executable, "-c", INTERRUPTED, str(tmp_path)]
    with subprocess.Popen(command, stdout=-1, stderr=-1, text=True) as process:
        assert process.stderr
        assert process.stderr.readline() == "started\n"
        process.send_signal(signal.SIGINT)
        try:
            output, _ = process.communicate(timeout=SECONDS)
        finally:
            process.kill()
    assert output == "interrupted\n"
