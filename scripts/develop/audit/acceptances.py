"""Advisories that are accepted until a day, each with a reason: `requirements/accepted.toml`."""

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Self

from scripts.develop.audit.advisories import Vulnerability
from scripts.terminal.problem import Problem

FILE = "requirements/accepted.toml"
_LONGEST = timedelta(days=366)
_KEYS = {"reason", "until"}


@dataclass(frozen=True, slots=True)
class Acceptance:
    """One advisory, by any of its ids, accepted up to and including the day `until`."""

    advisory: str
    reason: str
    until: date

    @classmethod
    def of(cls, advisory: str, table: Any, today: date) -> Self:
        """Raises `Problem` where reason or day are missing or make no sense."""
        if not isinstance(table, dict) or set(table) != _KEYS:
            raise Problem(
                f"{FILE}: {advisory} needs a reason and a day, until = 2026-12-31, alone."
            )
        reason, until = table["reason"], table["until"]
        if not isinstance(reason, str) or not reason.strip():
            raise Problem(f"{FILE}: the reason of {advisory} is no text.")
        if type(until) is not date or until > today + _LONGEST:
            raise Problem(f"{FILE}: until of {advisory} is no day within a year, such as {today}.")
        return cls(advisory, reason.strip(), until)


@dataclass(frozen=True, slots=True)
class Acceptances:
    """All acceptances of the file, as of `today`."""

    acceptances: tuple[Acceptance, ...]
    today: date

    @classmethod
    def read(cls, path: Path, today: date) -> Self:
        """Raises `Problem` where the file cannot be understood."""
        try:
            tables = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
            raise Problem(f"{path} cannot be understood: {error}.") from None
        return cls(tuple(Acceptance.of(*item, today) for item in tables.items()), today)

    def of(self, vulnerability: Vulnerability) -> Acceptance | None:
        """The acceptance that names the vulnerability, expired ones included."""
        return next((a for a in self.acceptances if a.advisory in vulnerability.ids), None)

    def cover(self, vulnerability: Vulnerability) -> bool:
        """Whether it is accepted today."""
        acceptance = self.of(vulnerability)
        return acceptance is not None and acceptance.until >= self.today
