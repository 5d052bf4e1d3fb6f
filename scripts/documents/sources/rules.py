"""Reads `rules.toml`: for patterns of files, as .gitignore has them, what front matter would say.

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
from scripts.documents.sources.documents import Found, RulesFile
from scripts.terminal.problem import Problem

_LARGEST = 256 * 1024
"""In bytes, for a rules.toml: some thousand rules."""
_LONGEST = 4_000
"""In characters, for a line."""


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

    def matches(self, document: Found) -> bool:
        """Whether the rule means a document, by any of the names that it may go by."""
        names = self._names(document.place, *document.aliases)
        return any(self.spec.match_file(_composed(name)) for name in names)

    def applied_to(self, document: Found) -> Details:
        """The rule's details; the folder's address becomes the document's own."""
        known = self.details
        if not known.url.endswith("/"):
            return known
        url = known.url + quote(next(self._names(document.place), document.place))
        return replace(known, url=url)

    def _names(self, *names: str) -> Iterator[str]:
        """The names as seen from the folder of the rules; none for what is not below it."""
        folder = self.file.folder
        for name in names:
            if name.startswith(folder):
                yield from (f"{above}{name[len(folder) :]}" for above in self.file.above or ("",))


@dataclass(frozen=True, slots=True)
class Rules:
    """Those of all folders. A later one says more, but never opens what an earlier one closes."""

    rules: tuple[Rule, ...] = ()

    @classmethod
    def read(cls, files: Iterable[RulesFile]) -> Self:
        """Raises `Problem` where one cannot be read: half of the rules are not enough."""
        return cls(tuple(rule for file in files for rule in _read(file)))

    def of(self, document: Found) -> Details:
        """What they say of a document together. Raises `Malformed`."""
        details = NOTHING
        for rule in self.rules:
            if rule.matches(document):
                details = details.under(rule.applied_to(document))
        return details

    def idle(self, documents: Iterable[Found]) -> list[str]:
        """The patterns that fit no document, which may be misspelt.

        Those above a PATH may be meant for its neighbours.
        """
        inner = [rule for rule in self.rules if not rule.file.above]
        return [str(rule) for rule, fits in _with_fit(inner, documents) if not fits]

    def outer(self, documents: Iterable[Found]) -> list[str]:
        """The patterns above the PATHs that hold for documents in them."""
        above = [rule for rule in self.rules if rule.file.above]
        return [str(rule) for rule, fits in _with_fit(above, documents) if fits]


def _with_fit(rules: Iterable[Rule], documents: Iterable[Found]) -> Iterator[tuple[Rule, bool]]:
    """Each rule, and whether it fits any of the documents."""
    known = list(documents)
    return ((rule, any(map(rule.matches, known))) for rule in rules)


def _read(file: RulesFile) -> list[Rule]:
    try:
        tables = tomllib.loads(_text(file.path))
        return [Rule.of(file, pattern, table) for pattern, table in tables.items()]
    # Beside its own errors, which are ValueErrors, tomllib lets Python's through: of numbers of
    # more than 4,300 digits, and of arrays in arrays in arrays.
    except (ValueError, RecursionError, OSError, Malformed) as error:
        raise Problem(
            f"{file.name} cannot be understood: {error}. Nothing was taken in, since it says who"
            " may see what."
        ) from None


def _text(path: Path) -> str:
    """What tomllib may read: the memory for a key such as a.a.a.… grows by its square.

    Raises `Malformed`.
    """
    if path.stat().st_size > _LARGEST:
        raise Malformed(f"it is larger than {_LARGEST // 1024} KB")
    text = path.read_text(encoding="utf-8-sig")
    if max(map(len, text.splitlines()), default=0) > _LONGEST:
        raise Malformed(f"a line of it is longer than {_LONGEST} characters")
    return text


def _composed(name: str) -> str:
    """A name in Unicode's NFC: macOS takes "\u00fc" apart, and nobody sees a difference."""
    return unicodedata.normalize("NFC", name)
