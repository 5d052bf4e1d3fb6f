"""Reads `rules.toml`: details of documents, by patterns as in .gitignore.

["people/**"]
groups = ["S0123ABCD"]
contact = "#people"
"""

import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

from scripts.documents.sources.details import NOTHING, Details, Malformed
from scripts.documents.sources.documents import DocumentFile, RulesFile
from scripts.terminal.problem import Problem

_LARGEST = 256 * 1024
"""In bytes, of a rules.toml: some thousand rules."""
_LONGEST = 4_000
"""In characters, of a line."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One pattern of the rules.toml `file`; `spec` matches names below that file's folder."""

    file: RulesFile
    pattern: str
    details: Details
    spec: Any

    @classmethod
    def of(cls, file: RulesFile, pattern: str, table: Any) -> Self:
        """Raises `Malformed`."""
        from pathspec import GitIgnoreSpec

        if not isinstance(table, dict):
            raise Malformed(f'{pattern} is no table: write ["{pattern}"] above it')
        if pattern.startswith("!"):
            raise Malformed(f"{pattern}: a pattern cannot take back what another one says")
        try:
            spec = GitIgnoreSpec.from_lines([_composed(pattern)])
            return cls(file, pattern, Details.of(table), spec)
        except Malformed as error:
            raise Malformed(f"{pattern}: {error}") from None

    def __str__(self) -> str:
        return f"{self.file.name}: {self.pattern}"

    def matches(self, document: DocumentFile) -> bool:
        """Whether the rule's pattern matches the document's place or any of its aliases."""
        names = self._names(document.place, *document.aliases)
        return any(self.spec.match_file(_composed(name)) for name in names)

    def applied_to(self, document: DocumentFile) -> Details:
        """The rule's details. A url that ends with "/" is completed by the document's name."""
        details = self.details
        if not details.url.endswith("/"):
            return details
        url = details.url + quote(next(self._names(document.place), document.place))
        return replace(details, url=url)

    def _names(self, *names: str) -> Iterator[str]:
        """The names as seen from the rules' folder; none of files that are not below it."""
        folder = self.file.folder
        for name in names:
            if name.startswith(folder):
                yield from (f"{above}{name[len(folder) :]}" for above in self.file.above or ("",))


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of all folders. A later one may limit a document further, but never open it."""

    rules: tuple[Rule, ...] = ()

    @classmethod
    def read(cls, files: Iterable[RulesFile]) -> Self:
        """Raises `Problem` where a file cannot be read: documents might be open to all."""
        return cls(tuple(rule for file in files for rule in _read(file)))

    def of(self, document: DocumentFile) -> Details:
        """The details of a document by all rules that match it. Raises `Malformed`."""
        details = NOTHING
        for rule in self.rules:
            if rule.matches(document):
                details = details.under(rule.applied_to(document))
        return details

    def idle(self, documents: Iterable[DocumentFile]) -> list[str]:
        """The patterns that match no document, which may be misspelt.

        Rules above a PATH are left out: they may be about its neighbours.
        """
        inner = [rule for rule in self.rules if not rule.file.above]
        return [str(rule) for rule, fits in _with_fit(inner, documents) if not fits]

    def outer(self, documents: Iterable[DocumentFile]) -> list[str]:
        """The patterns above the PATHs that match documents in them."""
        above = [rule for rule in self.rules if rule.file.above]
        return [str(rule) for rule, fits in _with_fit(above, documents) if fits]


def _with_fit(
    rules: Iterable[Rule], documents: Iterable[DocumentFile]
) -> Iterator[tuple[Rule, bool]]:
    """Each rule, and whether it matches any of the documents."""
    files = list(documents)
    return ((rule, any(map(rule.matches, files))) for rule in rules)


def _read(file: RulesFile) -> list[Rule]:
    try:
        tables = tomllib.loads(_text(file.path))
        return [Rule.of(file, pattern, table) for pattern, table in tables.items()]
    # tomllib's own errors are ValueErrors. It also lets Python's through: ValueError for integers
    # of more than 4,300 digits, RecursionError for arrays nested too deeply.
    except (ValueError, RecursionError, OSError, Malformed) as error:
        raise Problem(
            f"{file.name} cannot be understood: {error}. Nothing was taken in, since it says who"
            " may see what."
        ) from None


def _text(path: Path) -> str:
    """The file's text, within limits: tomllib's memory for a key such as a.a.a.… is quadratic.

    Raises `Malformed`.
    """
    if path.stat().st_size > _LARGEST:
        raise Malformed(f"it is larger than {_LARGEST // 1024} KB")
    text = path.read_text(encoding="utf-8-sig")
    if max(map(len, text.splitlines()), default=0) > _LONGEST:
        raise Malformed(f"a line of it is longer than {_LONGEST} characters")
    return text


def _composed(name: str) -> str:
    """The name in Unicode's NFC: macOS writes "\u00fc" as two characters, which look the same."""
    return unicodedata.normalize("NFC", name)
