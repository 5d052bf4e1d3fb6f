"""`./stackbot audit`: whether anything is known against what the lock files pin."""

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from scripts.develop.audit import node_packages, python_packages, report
from scripts.develop.audit.acceptances import FILE, Acceptances
from scripts.develop.audit.advisories import Audit
from scripts.install import auditor
from scripts.terminal.problem import Problem

ROOT = Path(__file__).resolve().parents[3]
_NPM_LOCK = "package-lock.json"


def run(options: argparse.Namespace) -> int:
    """1 where an advisory applies that nobody has accepted; 0 too where no database is reached."""
    acceptances = Acceptances.read(Path(options.accepted or ROOT / FILE), date.today())
    audits = list(_audits(_locks(options.locks)))
    if options.json:
        options.json.print(report.as_json(audits, acceptances))
    else:
        report.show(audits, acceptances)
    vulnerabilities = (item for audit in audits for item in audit.vulnerabilities)
    return 0 if all(map(acceptances.cover, vulnerabilities)) else 1


def _locks(names: Sequence[str]) -> dict[str, Path]:
    """The lock files by the names that are shown: those that are asked for, or all there are."""
    paths = [Path(name).resolve() for name in names] or [
        ROOT / _NPM_LOCK,
        *sorted((ROOT / "requirements").glob("*.txt")),
        *sorted((ROOT / "requirements").glob(f"*/{_NPM_LOCK}")),
    ]
    for path in paths:
        if not path.is_file() or not (path.name == _NPM_LOCK or path.suffix == ".txt"):
            raise Problem(f"{path} is no {_NPM_LOCK} and no requirements file such as bot.txt.")
    return {_display_name(path): path for path in paths}


def _display_name(path: Path) -> str:
    return str(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path)


def _audits(locks: dict[str, Path]) -> Iterator[Audit]:
    requirements = {name: path for name, path in locks.items() if path.suffix == ".txt"}
    if requirements:
        with tempfile.TemporaryDirectory(prefix="stackbot-") as scratch:
            yield python_packages.audit(auditor(ROOT), requirements, Path(scratch))
    for name, path in locks.items():
        if name not in requirements:
            yield node_packages.audit(ROOT, name, path)
