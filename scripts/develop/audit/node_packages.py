"""Audits a package-lock.json by `npm audit`, which asks the registry that npm is set to."""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from scripts.develop.audit.advisories import Audit, Vulnerability
from scripts.install import npm
from scripts.terminal.problem import Problem

_DATABASE = "npm"

# Whatever the machine's own settings are: none may leave packages out or keep npm from asking.
_OPTIONS = [
    *("--json", "--package-lock-only", "--offline=false"),
    *("--include=dev", "--include=optional", "--include=peer"),
]


def audit(root: Path, name: str, lock: Path) -> Audit:
    """Audit one lock file by its name. Raises `Problem` where npm cannot understand it."""
    packages = _packages(name, lock)
    done = subprocess.run(
        [*npm(root), "audit", *_OPTIONS, "--prefix", lock.parent],
        env={**os.environ, "npm_config_fetch_retries": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    try:
        report: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        raise Problem(f"npm audit failed: {done.stderr.strip()[-300:]}") from None
    if "message" in report:  # npm writes it where the registry's endpoint fails or refuses
        return Audit((name,), len(packages), unreached=f"{_DATABASE}: {report['message']}")
    if "auditReportVersion" not in report:
        summary = report.get("error", {}).get("summary", "")
        raise Problem(f"npm audit could not read {name}: {summary}")
    return Audit((name,), len(packages), _DATABASE, tuple(_vulnerabilities(report, packages, name)))


def _packages(name: str, lock: Path) -> dict[str, str]:
    """The version of each package, by its path in the lock file. Raises `Problem`."""
    try:
        packages = json.loads(lock.read_text())["packages"]
        return {path: entry["version"] for path, entry in packages.items() if path}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Problem(f"{name} is no lock file of npm: make it anew with npm install.") from None


def _vulnerabilities(
    report: Mapping[str, Any], packages: Mapping[str, str], lock: str
) -> Iterator[Vulnerability]:
    """One for each advisory and version. Packages that merely depend on it are left out."""
    for entry in report["vulnerabilities"].values():
        for advisory in entry["via"]:
            if isinstance(advisory, str):
                continue
            # https://github.com/advisories/GHSA-vh95-rmgr-6w4m
            ids = (advisory["url"].rpartition("/")[2], str(advisory["source"]))
            for version in sorted({packages.get(node, "?") for node in entry["nodes"]}):
                summary = f"{advisory['title']} ({advisory['severity']}, {advisory['range']})"
                yield Vulnerability(entry["name"], version, ids, summary, (), (lock,))
