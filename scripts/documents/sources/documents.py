"""What there is to take in: files of folders and archives, and what of it is left out."""

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

MEGABYTE = 1024 * 1024

RULES = "rules.toml"
"""Says of a folder's documents whom they are for, and where they are."""
TEXTS = {
    ".md": ".md",
    ".markdown": ".md",
    ".txt": ".txt",
    ".text": ".txt",
    ".rst": ".rst",
    ".csv": ".csv",
    ".tsv": ".csv",
}
"""What is read right here."""
CONVERTED = {
    ".pdf": ".pdf",
    ".docx": ".docx",
    ".pptx": ".pptx",
    ".xlsx": ".xlsx",
    ".html": ".html",
    ".htm": ".html",
    ".xhtml": ".html",
}
"""What the converter reads."""
KINDS = TEXTS | CONVERTED
LARGEST = dict.fromkeys(TEXTS, 20 * MEGABYTE) | dict.fromkeys(CONVERTED, 100 * MEGABYTE)
"""In bytes, for each file."""
_OLD = {".doc": ".docx", ".ppt": ".pptx", ".xls": ".xlsx"}


@dataclass(frozen=True, slots=True)
class Found:
    """A file to take in. `path` is where its bytes are now, `name` what it is called in sources.

    `modified` is an ISO date, or "" where nobody knows; `title` and `url` are what an export's own
    names tell. `place` is what rules call it: two files of one name differ in `name` alone.
    `aliases` are what else they may call it, such as by the name of the archive that it is in.
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
    """A rules.toml, which speaks of the files whose names begin with `folder`.

    One above a PATH, outside of what is brought in, has in `above` how the PATH is called from its
    own folder: "leads/", for an archive both "leads/" and "leads.zip/".
    """

    folder: str
    path: Path
    above: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """As the report calls it."""
        return str(self.path) if self.above else f"{self.folder}{RULES}"


@dataclass(frozen=True, slots=True, order=True)
class Skipped:
    """A file that is left out. `why` is a clause: "NAME: WHY"."""

    name: str
    why: str


def is_rules(name: str) -> bool:
    """Whether a file is a rules.toml. Some systems do not tell `Rules.toml` from it."""
    return PurePosixPath(name).name.lower() == RULES


def kind_of(name: str, size: int) -> str | Skipped:
    """Of which kind a file is, by its name, or why it is not taken."""
    suffix = Path(name).suffix.lower()
    if kind := KINDS.get(suffix):
        if size > LARGEST[suffix]:
            return Skipped(name, f"it is larger than {LARGEST[suffix] // MEGABYTE} MB")
        return kind if size else Skipped(name, "it is empty")
    if suffix in _OLD:
        return Skipped(name, f"it is of an old kind of Office: save it as {_OLD[suffix]}")
    return Skipped(name, f"it is no document ({suffix or 'no suffix'})")
