"""The files that PATHs hold: documents, rules, and what is left out."""

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

MEGABYTE = 1024 * 1024

RULES = "rules.toml"
"""A file with rules about a folder's documents: whom they are for, and where they are."""
_TEXTS = {
    ".md": ".md",
    ".markdown": ".md",
    ".txt": ".txt",
    ".text": ".txt",
    ".rst": ".rst",
    ".csv": ".csv",
    ".tsv": ".csv",
}
"""Kinds that are read in this process, by suffix."""
CONVERTED = {
    ".pdf": ".pdf",
    ".docx": ".docx",
    ".pptx": ".pptx",
    ".xlsx": ".xlsx",
    ".html": ".html",
    ".htm": ".html",
    ".xhtml": ".html",
}
"""Kinds that the converter reads, by suffix."""
_KINDS = _TEXTS | CONVERTED
LARGEST = dict.fromkeys(_TEXTS, 20 * MEGABYTE) | dict.fromkeys(CONVERTED, 100 * MEGABYTE)
"""In bytes of one file, by suffix."""
_OLD = {".doc": ".docx", ".ppt": ".pptx", ".xls": ".xlsx"}


@dataclass(frozen=True, slots=True)
class DocumentFile:
    """A file to take in. `path` is where its bytes are, `name` its name as a source.

    `modified` is an ISO date, or "" where it is unknown. `title` and `url` come from the names in
    an export. Rules match `place`, which two files may share (their `name` differs), and `aliases`,
    such as the path with the name of the archive that the file is in.
    """

    name: str
    path: Path
    kind: str
    modified: str = ""
    title: str = ""
    url: str = ""
    place: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class RulesFile:
    """A rules.toml, with rules about the files whose names begin with `folder`.

    One above a PATH, outside of it, has in `above` the PATH as seen from its own folder: "leads/",
    or for an archive both "leads/" and "leads.zip/".
    """

    folder: str
    path: Path
    above: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Its name in the report."""
        return str(self.path) if self.above else f"{self.folder}{RULES}"


@dataclass(frozen=True, slots=True, order=True)
class Skipped:
    """A file that is left out. `why` is a clause: "NAME: WHY"."""

    name: str
    why: str


def is_rules(name: str) -> bool:
    """Whether a file is a rules.toml, in any case: to macOS `Rules.toml` is the same file."""
    return PurePosixPath(name).name.lower() == RULES


def kind_of(name: str, size: int) -> str | Skipped:
    """The file's kind, by its suffix; or why it is left out. `size` is in bytes."""
    suffix = Path(name).suffix.lower()
    if kind := _KINDS.get(suffix):
        if size > LARGEST[suffix]:
            return Skipped(name, f"it is larger than {LARGEST[suffix] // MEGABYTE} MB")
        return kind if size else Skipped(name, "it is empty")
    if suffix in _OLD:
        return Skipped(name, f"it is of an old kind of Office: save it as {_OLD[suffix]}")
    return Skipped(name, f"it is no document ({suffix or 'no suffix'})")
