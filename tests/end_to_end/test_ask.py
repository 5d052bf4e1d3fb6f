"""`./stackbot local --ask`, as a newcomer types it."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from scripts.local.ports import free_port

ROOT = Path(__file__).resolve().parent.parent.parent

_ALONE = ["unshare", "--map-root-user", "--net", "--mount", "sh", "-ec"]
"""Runs a script in namespaces of its own, where there is no network but a loopback that is down."""
_COUNTED = """
ip link set lo up
mount --bind "$0" /etc/resolv.conf
"$@"
cat /proc/net/snmp /proc/net/snmp6 >&2
"""
"""At its end Linux tells how often somebody wanted to go where no route leads."""
_NO_ROUTES = re.compile(r"(?m)^Ip:(?: -?\d+){11} (\d+)|^Ip6OutNoRoutes\s+(\d+)")
"""The twelfth number of "Ip:", OutNoRoutes: https://docs.kernel.org/networking/snmp_counter.html"""


def test_one_question_is_answered_from_the_documents_with_its_source() -> None:
    done = _ask("How do I deploy to staging?", "--json")
    assert done.returncode == 0, done.stderr
    outcome = json.loads(done.stdout)
    assert "stackbot deploy staging" in outcome["answer"]
    assert any("Deploying" in source for source in outcome["sources"])
    moments = outcome["timeline"]
    assert list(moments) == ["event_sent", "acked", "worker_started", "first_text", "finished"]
    assert all(at is not None for at in moments.values())
    assert moments["first_text"] <= moments["finished"]
    assert outcome["message_id"]
    assert all(outcome["request_ids"].values())
    assert len(set(outcome["builds"].values())) == 1


def test_a_later_run_needs_no_network_and_sends_nothing_elsewhere(tmp_path: Path) -> None:
    """Where the machine allows users no namespace, a proxy that is not there stands for it."""
    ask: list[str | Path] = [ROOT / "stackbot", "local", "--json", "--ask=How do I deploy?"]
    if subprocess.run([*_ALONE, "exit 0"], capture_output=True, check=False).returncode:
        names = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
        done = _run(ask, **dict.fromkeys(names, f"http://127.0.0.1:{free_port()}"))
    else:
        connect = "import socket, sys; socket.socket().connect_ex(('192.0.2.1', 80))"
        assert _attempts(tmp_path, [sys.executable, "-c", connect])[1] == 1
        done, attempts = _attempts(tmp_path, ask)
        assert attempts == 0
    assert done.returncode == 0, done.stderr
    assert "./stackbot deploy" in json.loads(done.stdout)["answer"]


def test_json_without_a_question_says_what_is_missing() -> None:
    done = _ask(None, "--json")
    assert done.returncode != 0
    assert done.stderr.strip() == '--json goes with --ask "…".'
    assert json.loads(done.stdout) == {"error": '--json goes with --ask "…".'}


def test_a_malformed_model_url_is_named_at_the_start() -> None:
    done = _ask("Hello?", OPENAI_BASE_URL="localhost:11434")
    assert done.returncode == 1
    assert "OPENAI_BASE_URL must be a URL such as http" in done.stderr
    assert done.stdout == ""


def _ask(question: str | None, *options: str, **variables: str) -> subprocess.CompletedProcess[str]:
    asked = [f"--ask={question}"] if question else []
    return _run([ROOT / "stackbot", "local", *asked, *options], **variables)


def _attempts(
    folder: Path, command: Sequence[str | Path]
) -> tuple[subprocess.CompletedProcess[str], int]:
    """What became of a command without a network, and how often something tried to reach one."""
    resolver = folder / "resolv.conf"
    resolver.write_text("nameserver 192.0.2.1\n")  # asking for a name counts, too
    done = _run([*_ALONE, _COUNTED, resolver, *command])
    return done, sum(int(v4 or v6) for v4, v6 in _NO_ROUTES.findall(done.stderr))


def _run(command: Sequence[str | Path], **variables: str) -> subprocess.CompletedProcess[str]:
    shell = {name: value for name, value in os.environ.items() if not name.startswith("OPENAI_")}
    return subprocess.run(
        command, env=shell | variables, capture_output=True, text=True, timeout=120, check=False
    )
