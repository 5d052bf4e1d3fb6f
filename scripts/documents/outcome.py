"""What became of the documents: for the report, for scripts, and to be kept."""

from dataclasses import dataclass

from scripts.documents.sources.documents import Skipped


@dataclass(frozen=True, slots=True)
class Leaked:
    """A secret that was left out. The line is the file's, or that of the text made of it."""

    file: str
    kind: str
    line: int


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of the PATHs: numbers of documents, of passages, and what there is to say.

    `unchanged` documents are known from an earlier run; `limited` are for some people only.
    `outer_rules` are the patterns of a rules.toml above the PATHs that hold for documents in them.
    """

    documents: int
    unchanged: int
    limited: int
    passages: int
    folded: int
    skipped: tuple[Skipped, ...]
    leaked: tuple[Leaked, ...]
    idle_rules: tuple[str, ...]
    outer_rules: tuple[str, ...] = ()
