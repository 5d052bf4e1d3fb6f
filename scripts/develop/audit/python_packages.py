"""Audits requirements files by pip-audit, at the first advisory database that answers.

pip-audit looks at what this machine would install, so that a package for another platform or
Python is left out. The lock files are for all of them: pip-audit is given every pin without its
condition, and a package with two versions in two runs.
"""

import json
import os
import re
import subprocess
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from scripts.develop.audit.advisories import Audit, Vulnerability
from scripts.terminal.problem import Problem

_DATABASES = {"osv": "OSV", "pypi": "PyPI"}
"""The services of pip-audit, in the order in which they are asked. OSV holds what PyPI holds."""

_PIN = re.compile(r"^([\w.-]+)(?:\[[\w,.-]+\])?==([^\s;\\]+)", re.MULTILINE)  # numpy==2.4.6 ; …
_SECONDS = 15

# How pip-audit 2.10 ends where a service is out of reach or refuses: with the traceback of one of
# these as the last line, or with a tip. All else that goes wrong is no reason to let pins pass.
_UNREACHED = re.compile(
    r"^(?:requests\.exceptions\.|pip_audit\._service\.interface\.(?:Service|Connection)Error)"
    r"|your network may be blocking this service",
    re.MULTILINE,
)

_Pin = tuple[str, str]


def audit(python: Path, locks: Mapping[str, Path], scratch: Path) -> Audit:
    """Audit requirements files, by their names. `python` is that of pip-audit's environment.

    Raises `Problem` where a file pins nothing or pip-audit fails of itself.
    """
    pins = _pins(locks)
    reasons = []
    for service, database in _DATABASES.items():
        try:
            entries = _ask(python, service, _passes(pins, scratch))
        except _UnreachedError as error:
            reasons.append(f"{database}: {error}")
            continue
        audited = [entry for entry in entries if "version" in entry]
        if not audited:  # a mirror of PyPI often knows packages, and nothing about them
            reasons.append(f"{database}: it knows none of the packages")
            continue
        return Audit(
            tuple(locks),
            len(pins),
            database,
            tuple(item for entry in audited for item in _vulnerabilities(entry, pins)),
            tuple(sorted(entry["name"] for entry in entries if "version" not in entry)),
        )
    return Audit(tuple(locks), len(pins), unreached="; ".join(reasons))


class _UnreachedError(Exception):
    """Says in a clause why a database did not answer."""


def _pins(locks: Mapping[str, Path]) -> dict[_Pin, list[str]]:
    """Each name and version, with the names of the lock files that pin it."""
    pins: dict[_Pin, list[str]] = defaultdict(list)
    for name, path in locks.items():
        try:
            pinned = _PIN.findall(path.read_text())
        except (OSError, UnicodeDecodeError) as error:
            raise Problem(f"{name} cannot be read: {error}.") from None
        if not pinned:
            raise Problem(f"{name} pins no package: a lock file has lines such as idna==3.20.")
        for package, version in pinned:
            pins[_normal(package), version].append(name)
    return pins


def _passes(pins: Mapping[_Pin, Sequence[str]], scratch: Path) -> list[Path]:
    """Requirements files in which no package stands twice, as pip-audit wants them."""
    lines: list[list[str]] = []
    counts: dict[str, int] = defaultdict(int)
    for name, version in sorted(pins):
        if counts[name] == len(lines):
            lines.append([])
        lines[counts[name]].append(f"{name}=={version}\n")
        counts[name] += 1
    paths = [scratch / f"requirements-{number}.txt" for number in range(len(lines))]
    for path, part in zip(paths, lines, strict=True):
        path.write_text("".join(part))
    return paths


def _ask(python: Path, service: str, requirements: Sequence[Path]) -> list[dict[str, Any]]:
    return [entry for path in requirements for entry in _ask_once(python, service, path)]


def _ask_once(python: Path, service: str, requirements: Path) -> list[dict[str, Any]]:
    """pip-audit's entry for each package. Raises `_UnreachedError`, or `Problem`."""
    options = ["--no-deps", "--disable-pip", "--progress-spinner=off", "--format=json"]
    caching = ["--cache-dir", str(requirements.parent / "cache"), "--timeout", str(_SECONDS)]
    done = subprocess.run(
        [python, "-m", "pip_audit", "-r", requirements, "-s", service, *options, *caching],
        env={**os.environ, **_certificates()},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    try:
        entries: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        last = done.stderr.strip().rpartition("\n")[2][:300]
        if _UNREACHED.search(done.stderr):
            raise _UnreachedError(last.removeprefix("requests.exceptions.")[:160]) from None
        raise Problem(f"pip-audit failed: {last}") from None
    return entries


def _certificates() -> dict[str, str]:
    """Behind a proxy with its own CA: requests does not read the variable that all others do."""
    file = os.environ.get("SSL_CERT_FILE")
    return {"REQUESTS_CA_BUNDLE": file} if file and "REQUESTS_CA_BUNDLE" not in os.environ else {}


def _vulnerabilities(
    entry: Mapping[str, Any], pins: Mapping[_Pin, Sequence[str]]
) -> list[Vulnerability]:
    name, version = entry["name"], entry["version"]
    return [
        Vulnerability(
            name,
            version,
            (advisory["id"], *advisory["aliases"]),
            advisory["description"],
            tuple(advisory["fix_versions"]),
            tuple(pins.get((_normal(name), version), ())),
        )
        for advisory in entry["vulns"]
    ]


def _normal(name: str) -> str:
    """A package's name as PEP 503 compares them."""
    return re.sub(r"[-_.]+", "-", name).lower()  # Jaraco.Text → jaraco-text
