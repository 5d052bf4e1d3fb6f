"""What advisory databases say of the packages that lock files pin."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Vulnerability:
    """An advisory that applies to a pinned version. `ids` begins with the database's own."""

    package: str
    version: str
    ids: tuple[str, ...]
    summary: str
    fixed_in: tuple[str, ...]
    locks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Audit:
    """The audit of some lock files, of `packages` packages together.

    `unreached` says why no database was reached, and is empty where one was. `unknown` names the
    packages that the database does not know, so that nobody has looked at them.
    """

    locks: tuple[str, ...]
    packages: int
    database: str = ""
    vulnerabilities: tuple[Vulnerability, ...] = ()
    unknown: tuple[str, ...] = ()
    unreached: str = ""
