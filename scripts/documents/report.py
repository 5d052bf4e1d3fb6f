"""What became of the documents: which were taken in, which were left out, and why."""

from collections.abc import Iterable
from dataclasses import dataclass

from rich.markup import escape

from scripts.documents.sources.documents import Skipped
from scripts.terminal.steps import say

_MOST_NAMES = 5
_NO_DOCUMENT = "it is no document"


@dataclass(frozen=True, slots=True)
class FileLeak:
    """A secret that was left out. The line is the file's, or that of the text converted from it."""

    file: str
    kind: str
    line: int


@dataclass(frozen=True, slots=True)
class Report:
    """Numbers of documents and of passages, and what is to be said of single files and rules.

    `unchanged` documents are known from an earlier run; `limited` are for some people only.
    `folded` passages say the same as others. `idle_rules` are patterns that match no document;
    `outer_rules` those of a rules.toml above the PATHs that match one.
    """

    documents: int
    unchanged: int
    limited: int
    passages: int
    folded: int
    skipped: tuple[Skipped, ...]
    leaked: tuple[FileLeak, ...]
    idle_rules: tuple[str, ...]
    outer_rules: tuple[str, ...] = ()


def show(report: Report) -> None:
    """Print it on stderr: each reason once, with the first few of the files."""
    duplicates = f" [dim]({report.folded} more say the same as others)[/]" if report.folded else ""
    say(f"  [green]✓[/] {_count(report.documents, 'document')}{_of_which(report)}")
    say(f"  [green]✓[/] {_count(report.passages, 'passage')}{duplicates}")
    for why, names in _by_reason(report.skipped).items():
        mark = "[dim]-[/]" if why.startswith(_NO_DOCUMENT) else "[yellow]![/]"
        say(f"  {mark} left out, {escape(why)}: {_listed(names)}")
    for leak in report.leaked:
        say(f"  [yellow]![/] left out of {escape(leak.file)}:{leak.line}: {leak.kind}")
    for rule in report.outer_rules:
        say(f"  [green]✓[/] {escape(rule)} holds here, too")
    for rule in report.idle_rules:
        say(f"  [yellow]![/] {escape(rule)} fits no document: is it misspelt?")


def _of_which(report: Report) -> str:
    parts = []
    if report.unchanged:
        parts.append(f"{report.unchanged} unchanged")
    if report.limited:
        parts.append(f"{report.limited} for some people only")
    return f" [dim]({', '.join(parts)})[/]" if parts else ""


def _count(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _by_reason(skipped: Iterable[Skipped]) -> dict[str, list[str]]:
    names: dict[str, list[str]] = {}
    for file in skipped:
        names.setdefault(file.why, []).append(file.name)
    return dict(sorted(names.items(), key=lambda pair: pair[0].startswith(_NO_DOCUMENT)))


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _MOST_NAMES:,} more" if len(names) > _MOST_NAMES else ""
    return escape(", ".join(names[:_MOST_NAMES])) + more
