"""What is deployed: the zip of `bot/`, and the layer of packages for AWS."""

import os
import subprocess
import tempfile
import zipfile
from pathlib import Path

from infra import bundle
from infra.app import target
from infra.environments import DEV
from tests.benchmarks.figures import Hold, Row, Series

_SECONDS = 120


def measure() -> list[Row]:
    """Zip both. A layer that is not built yet is fetched, which needs the network."""
    with tempfile.TemporaryDirectory(prefix="stackbot-bench-") as scratch:
        code = _size(bundle.code(Path(scratch)), 1_000)
        layer = _size(bundle.layer(target(DEV)), 1_000_000)
        everything = _size(_everything(Path(scratch)), 1_000_000)
    return [
        Row("code", "kB", code, hold=Hold(at_most=100)),
        Row("layer", "MB", layer, "unstripped, with boto3", everything, Hold(at_most=8)),
    ]


def _everything(scratch: Path) -> Path:
    """The layer's packages and boto3, as an installer leaves them, for the same machine."""
    packages = scratch / "python"
    aws, locks = target(DEV), bundle.ROOT / "requirements"
    assert aws.platform
    command: list[str | Path] = [
        bundle.ROOT / ".venv" / "bin" / "uv",
        "pip",
        "install",
        "--quiet",
        "boto3",
    ]
    command += ["--requirement", locks / "bot.txt", "--constraint", locks / "dev.txt"]
    command += ["--target", packages, "--only-binary", ":all:", "--no-config"]
    command += ["--python-platform", aws.platform, "--python-version", aws.python]
    done = subprocess.run(
        command,
        env={**os.environ, **bundle.package_index()},
        capture_output=True,
        text=True,
        timeout=_SECONDS,
    )
    if done.returncode:
        reason = " ".join(done.stderr.split())[:200]
        raise RuntimeError(f"the packages to compare with could not be fetched: {reason}")
    archive_file = scratch / "everything.zip"
    with zipfile.ZipFile(archive_file, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(packages.rglob("*")):
            archive.write(path, path.relative_to(scratch))
    return archive_file


def _size(file: Path, unit: int) -> Series:
    return Series((file.stat().st_size / unit,))
