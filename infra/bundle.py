"""What the Lambdas run: the code, and the layer of packages beneath it, as zips.

Both are built without Docker and come out the same, byte for byte, wherever they are built, so
that a deployment changes only what has changed.
"""

import hashlib
import io
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import threading
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Self

ROOT = Path(__file__).resolve().parent.parent
BUILD_FOLDER = ROOT / ".stackbot"
LOCK = ROOT / "requirements" / "bot.txt"


class BundleError(Exception):
    """The layer could not be built; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Target:
    """The Python that a layer is built for, as uv names it."""

    python: str
    platform: str | None = None  # None: this machine, and the Python that runs
    bytecode: bool = False  # needs this very Python; see docs/decisions/0009

    @classmethod
    def aws(cls, architecture: str, python: str) -> Self:
        machine = {"arm64": "aarch64"}.get(architecture, architecture)
        return cls(python=python, platform=f"{machine}-manylinux2014")

    @classmethod
    def this_machine(cls) -> Self:
        return cls(python=platform.python_version(), bytecode=True)

    def __str__(self) -> str:
        return f"{self.platform or sysconfig.get_platform()}-{self.python}-{self.bytecode}"


def code(folder: Path = BUILD_FOLDER, root: Path = ROOT) -> Path:
    """A zip of `bot/` alone: hidden files and bytecode stay behind."""
    return _zip(root, code_files(root), folder / "code.zip")


def code_files(root: Path = ROOT) -> list[Path]:
    """What is deployed of `bot/`, sorted."""
    return sorted(
        path
        for path in (root / "bot").rglob("*")
        if path.is_file()
        and path.suffix != ".pyc"
        and not any(part.startswith(".") for part in path.relative_to(root).parts)
    )


def layer(target: Target, folder: Path = BUILD_FOLDER, lock: Path = LOCK) -> Path:
    """Return the zip of the locked packages for `target`, which is built once and then reused.

    Raises `BundleError` in one sentence where a package cannot be had.
    """
    recipe = (lock.read_bytes(), Path(__file__).read_bytes(), str(target).encode())
    key = hashlib.sha256(b"\0".join(recipe)).hexdigest()[:16]
    path = folder / "layers" / f"{key}.zip"
    if not path.exists():
        folder.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            packages = Path(scratch, "python")
            _install(packages, lock, target)
            _strip(packages)
            if target.bytecode:
                _compile(packages)
            _zip(Path(scratch), sorted(_files(packages)), path)
    return path


def unpacked(target: Target, folder: Path = BUILD_FOLDER, lock: Path = LOCK) -> Path:
    """The folder with the layer's packages, unpacked once. Raises `BundleError`."""
    archive = layer(target, folder, lock)
    packages = archive.with_suffix("")
    if not packages.exists():
        with tempfile.TemporaryDirectory(dir=archive.parent) as scratch:
            zipfile.ZipFile(archive).extractall(scratch)
            try:
                Path(scratch, "python").replace(packages)
            except OSError:  # somebody else was quicker
                if not packages.exists():
                    raise
    return packages


def _install(packages: Path, lock: Path, target: Target) -> None:
    command = [_uv(), "pip", "install", "--quiet", "--target", str(packages)]
    command += ["--require-hashes", "--only-binary", ":all:", "--no-installer-metadata"]
    command += ["--link-mode", "copy", "--no-config", "--python", sys.executable]
    if target.platform:
        command += ["--python-platform", target.platform, "--python-version", target.python]
    environment = os.environ | package_index()
    process = subprocess.run(  # noqa: S603
        [*command, "--requirement", str(lock)],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    if process.returncode:
        stderr = " ".join(process.stderr.split())
        raise BundleError(
            f"The packages of {lock.name} could not be fetched for {target}, so check the network"
            f" or set UV_DEFAULT_INDEX to an index that you can reach: {stderr[:300]}"
        )


def package_index() -> dict[str, str]:
    """uv does not read pip's configuration; this tells it which index pip was told to use."""
    if any(name in os.environ for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_INDEX")):
        return {}
    index = os.environ.get("PIP_INDEX_URL") or _configured_index()
    return {"UV_DEFAULT_INDEX": index} if index else {}


@cache
def _configured_index() -> str:
    command = [sys.executable, "-m", "pip", "config", "get", "global.index-url"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603


def _strip(packages: Path) -> None:
    """Drop what only an installer or a test reads; versions, entry points and licences stay."""
    shutil.rmtree(packages / "bin", ignore_errors=True)
    for path in list(_files(packages)):
        of_the_installer = path.parent.suffix == ".dist-info" and path.name not in (
            "METADATA",
            "entry_points.txt",
        )
        if of_the_installer or path.suffix in (".pyc", ".pyi") or path.name == ".lock":
            path.unlink()


def _compile(packages: Path) -> None:
    """Byte-compile, without time stamps and always in the same order."""
    command = [sys.executable, "-m", "compileall", "-q", "-s", str(packages), "-p", "/opt/python"]
    subprocess.run(  # noqa: S603
        [*command, "--invalidation-mode", "unchecked-hash", str(packages)],
        env={"PYTHONHASHSEED": "0"},
        check=True,
    )


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip that depends on nothing but the files' names, their order and their bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))  # the earliest that a zip can say
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _zip(base: Path, files: list[Path], target: Path) -> Path:
    """The zip of `files`, named from `base`, as a file."""
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
    contents = {path.relative_to(base).as_posix(): path.read_bytes() for path in files}
    try:
        unfinished.write_bytes(zipped(contents))
        return unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def _uv() -> str:
    beside = Path(sys.executable).with_name("uv")
    return str(beside) if beside.exists() else shutil.which("uv") or "uv"


if __name__ == "__main__":
    layer(Target.this_machine())  # so that the first start need not
