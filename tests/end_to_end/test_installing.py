"""Setting up where it cannot work: one line, and the way out."""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


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
