"""Prints an audit: a line for each group of lock files, and one for each advisory."""

import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from scripts.develop.audit.acceptances import FILE, Acceptances
from scripts.develop.audit.advisories import Audit, Vulnerability
from scripts.terminal.steps import console


def show(audits: Sequence[Audit], acceptances: Acceptances) -> None:
    """All of it on stderr; what was not audited also as an annotation, where GitHub runs this."""
    for audit in audits:
        _show(audit, acceptances)
    everything = [item for audit in audits for item in audit.vulnerabilities]
    if not all(map(acceptances.cover, everything)):
        _line(f"Pin a version without it and lock anew (CONTRIBUTING.md), or accept it in {FILE}.")


def as_json(audits: Sequence[Audit], acceptances: Acceptances) -> dict[str, Any]:
    return {
        "audits": [
            {
                **asdict(audit),
                "vulnerabilities": [
                    {**asdict(item), "accepted": _accepted(item, acceptances)}
                    for item in audit.vulnerabilities
                ],
            }
            for audit in audits
        ]
    }


def _show(audit: Audit, acceptances: Acceptances) -> None:
    locks = ", ".join(audit.locks)
    if audit.unreached:
        _warn(f"Not audited, since no advisory database was reached: {locks} ({audit.unreached}).")
        return
    bad = [item for item in audit.vulnerabilities if not acceptances.cover(item)]
    if not bad:
        _line(f"  ✓ {audit.packages} packages of {locks}: nothing known ({audit.database})")
    if audit.unknown:
        _warn(f"{audit.database} does not know {', '.join(audit.unknown)}: nobody looked at these.")
    for item in audit.vulnerabilities:
        _line(f"  {'✗' if item in bad else '!'} {_sentence(item, acceptances)}")


def _sentence(item: Vulnerability, acceptances: Acceptances) -> str:
    """jinja2 2.10 in requirements/dev.txt has PYSEC-2019-217 (…): In Pallets Jinja …"""
    ids = item.ids[0] + (f" ({', '.join(item.ids[1:])})" if item.ids[1:] else "")
    fixed = f" Fixed in {', '.join(item.fixed_in)}." if item.fixed_in else ""
    acceptance = acceptances.of(item)
    if acceptance and acceptances.cover(item):
        fixed = f" Accepted until {acceptance.until}: {acceptance.reason}"
    elif acceptance:
        fixed += f" It was accepted until {acceptance.until}."
    summary = " ".join(item.summary.split())
    short = summary if len(summary) <= 200 else f"{summary[:199]}…"
    where = ", ".join(item.locks)
    return f"{item.package} {item.version} in {where} has {ids}: {short}{fixed}"


def _accepted(item: Vulnerability, acceptances: Acceptances) -> str | None:
    acceptance = acceptances.of(item)
    return acceptance.reason if acceptance and acceptances.cover(item) else None


def _warn(text: str) -> None:
    _line(f"  ! {text}")
    # Shown on the page of the run; see "Workflow commands for GitHub Actions".
    if os.environ.get("GITHUB_ACTIONS") == "true":
        sys.stdout.write(f"::warning title=Not audited::{' '.join(text.split())}\n")


def _line(text: str) -> None:
    console.print(text, soft_wrap=True, markup=False)
