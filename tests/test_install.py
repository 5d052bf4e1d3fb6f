"""What a person is told when the set-up cannot go on."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.install import way_out

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize(
    ("printed", "told"),
    [
        ("Error: Command '… -m ensurepip …' returned non-zero exit status 1.", "python3-venv"),
        ("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed certificate", "SSL_CERT_FILE"),
        ("invalid peer certificate: UnknownIssuer", "SSL_CERT_FILE"),
        ("npm error code SELF_SIGNED_CERT_IN_CHAIN", "NODE_EXTRA_CA_CERTS"),
        ("ERROR: No matching distribution found for uv==0.13.9", "HTTPS_PROXY"),
        ("error: client error (Connect): tcp connect error", "HTTPS_PROXY"),
        ("OSError: [Errno 28] No space left on device", "The disk is full"),
    ],
)
def test_a_failed_step_says_what_to_do(printed: str, told: str) -> None:
    assert told in way_out(f"Collecting …\n{printed}\n")


def test_what_is_not_known_is_shown_as_it_is() -> None:
    assert way_out("something else broke") == "something else broke"


def test_without_a_network_the_set_up_ends_with_one_line(tmp_path: Path) -> None:
    for name in ("stackbot", "scripts", "infra", "requirements", "package-lock.json"):
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, tmp_path / name)
    done = subprocess.run(
        [sys.executable, tmp_path / "stackbot", "check"],
        # Nothing listens on the discard port, and no cache or configuration is in reach.
        env={
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "HOME": str(tmp_path),
            "PIP_NO_CACHE_DIR": "1",
            "PIP_RETRIES": "0",
            "PIP_CONFIG_FILE": "/dev/null",
            "HTTPS_PROXY": "http://127.0.0.1:9",
            "ALL_PROXY": "http://127.0.0.1:9",
        },
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    last = done.stderr.strip().splitlines()[-1]
    assert "behind a proxy set HTTPS_PROXY" in last
    assert str(tmp_path / ".stackbot" / "install.log") in last
