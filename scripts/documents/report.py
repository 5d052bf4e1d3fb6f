"""Says what of the documents was taken, what was not, and why."""

from collections.abc import Iterable

from rich.markup import escape

from scripts.documents.outcome import Taken
from scripts.documents.sources.documents import Skipped
from scripts.terminal.steps import say

_NAMED = 5
_NO_DOCUMENT = "it is no document"


def show(taken: Taken) -> None:
    """On stderr; each reason once, with the first of the files that it holds for."""
    say(f"  [green]✓[/] {_count(taken.documents, 'document')}{_of_which(taken)}")
    say(f"  [green]✓[/] {_count(taken.passages, 'passage')}{_folded(taken.folded)}")
    for why, names in _by_reason(taken.skipped).items():
        mark = "[dim]-[/]" if why.startswith(_NO_DOCUMENT) else "[yellow]![/]"
        say(f"  {mark} left out, {escape(why)}: {_listed(names)}")
    for leak in taken.leaked:
        say(f"  [yellow]![/] left out of {escape(leak.file)}:{leak.line}: {leak.kind}")
    for rule in taken.outer_rules:
        say(f"  [green]✓[/] {escape(rule)} holds here, too")
    for rule in taken.idle_rules:
        say(f"  [yellow]![/] {escape(rule)} fits no document: is it misspelt?")


def _of_which(taken: Taken) -> str:
    parts = []
    if taken.unchanged:
        parts.append(f"{taken.unchanged} unchanged")
    if taken.limited:
        parts.append(f"{taken.limited} for some people only")
    return f" [dim]({', '.join(parts)})[/]" if parts else ""


def _folded(count: int) -> str:
    return f" [dim]({count} more say the same as others)[/]" if count else ""


def _count(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _by_reason(skipped: Iterable[Skipped]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in skipped:
        found.setdefault(one.why, []).append(one.name)
    return dict(sorted(found.items(), key=lambda pair: pair[0].startswith(_NO_DOCUMENT)))


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return escape(", ".join(names[:_NAMED])) + more
