"""Reads `rules.toml`: for patterns of files, as .gitignore has them, what front matter would say.

["people/**"]
groups = ["S0123ABCD"]
contact = "#people"
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

from scripts.ingesting.details import NOTHING, Details, Malformed
from scripts.ingesting.found import RULES
from scripts.problem import Problem


@dataclass(frozen=True, slots=True)
class Rule:
    """`folder` is where its rules.toml is, with a `/` at the end, or ""; `spec` matches files."""

    folder: str
    pattern: str
    details: Details
    spec: Any

    @classmethod
    def of(cls, folder: str, pattern: str, table: Any) -> Self:
        """Raises `Malformed`."""
        from pathspec import GitIgnoreSpec

        if not isinstance(table, dict):
            raise Malformed(f'{pattern} is no table: write ["{pattern}"] above it')
        if pattern.startswith("!"):
            raise Malformed(f"{pattern}: a pattern cannot take back what another one says")
        try:
            return cls(folder, pattern, Details.of(table), GitIgnoreSpec.from_lines([pattern]))
        except Malformed as error:
            raise Malformed(f"{pattern}: {error}") from None

    def matches(self, name: str) -> bool:
        inside = name.removeprefix(self.folder)
        return name.startswith(self.folder) and bool(self.spec.match_file(inside))


@dataclass(frozen=True, slots=True)
class Rules:
    """Those of all folders. A later one says more, but never opens what an earlier one closes."""

    rules: tuple[Rule, ...] = ()

    @classmethod
    def read(cls, files: Iterable[tuple[str, Path]]) -> Self:
        """Of rules files with their folders. Raises `Problem`: half of the rules are not enough."""
        return cls(tuple(rule for folder, path in files for rule in _read(folder, path)))

    def of(self, name: str) -> Details:
        """What they say of a file together. Raises `Malformed`."""
        found = NOTHING
        for rule in self.rules:
            if rule.matches(name):
                found = found.under(_placed(rule, name))
        return found

    def idle(self, names: Iterable[str]) -> list[str]:
        """The patterns that fit no file, which may be misspelt."""
        known = list(names)
        return [
            f"{rule.folder}{RULES}: {rule.pattern}"
            for rule in self.rules
            if not any(rule.matches(name) for name in known)
        ]


def _read(folder: str, path: Path) -> list[Rule]:
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        return [Rule.of(folder, pattern, table) for pattern, table in tables.items()]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError, Malformed) as error:
        raise Problem(
            f"{folder}{RULES} cannot be understood: {error}. Nothing was taken in, since it says"
            " who may see what."
        ) from None


def _placed(rule: Rule, name: str) -> Details:
    """A rule's details with the file's own address, where they tell that of the folder."""
    told = rule.details
    if not told.url.endswith("/"):
        return told
    url = told.url + quote(name.removeprefix(rule.folder))
    return Details(told.audience, url, told.contact, told.updated, told.title)
