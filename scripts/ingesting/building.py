"""From PATHs to the index of what they hold. What has not changed since is not done again."""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

from bot.answering.clearance import EVERYONE
from bot.answering.index_writing import write_index
from bot.answering.passages import Passage
from scripts.ingesting import duplicates, keys, pooling
from scripts.ingesting.converting import PASSING, convert
from scripts.ingesting.details import Malformed
from scripts.ingesting.found import CONVERTED, Found, Skipped
from scripts.ingesting.gathering import gather, root_name
from scripts.ingesting.kept import Kept
from scripts.ingesting.preparing import Prepared, Task, redacted
from scripts.ingesting.progress import Progress, silent
from scripts.ingesting.rules import Rules


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
    """

    documents: int
    unchanged: int
    limited: int
    passages: int
    folded: int
    skipped: tuple[Skipped, ...]
    leaked: tuple[Leaked, ...]
    idle_rules: tuple[str, ...]


def build(
    paths: Sequence[Path],
    index: Path,
    kept: Kept,
    converter: Callable[[], Path],
    progress: Progress = silent,
) -> Taken:
    """Write the index of what the PATHs hold to the file `index`.

    `converter` gives the Python of the converter's environment; it is asked only where there is
    something to convert. Raises `Problem`.
    """
    read = _read(paths, kept, converter, progress)
    progress("writing the index", 0, 0)
    passages, folded = _write(index, [*read.good.values()], paths)
    return Taken(
        documents=len(read.good),
        unchanged=read.unchanged,
        limited=sum(one.passages[0].audience != EVERYONE for one in read.good.values()),
        passages=passages,
        folded=folded,
        skipped=tuple(sorted(read.skipped)),
        leaked=tuple(
            Leaked(name, leak.kind, leak.line)
            for name, one in read.good.items()
            for leak in one.leaks
        ),
        idle_rules=tuple(read.idle_rules),
    )


def passages(paths: Sequence[Path], kept: Kept, converter: Callable[[], Path]) -> list[Passage]:
    """All that the documents say, without an index of it. Raises `Problem`."""
    read = _read(paths, kept, converter, silent)
    return [passage for document in read.good.values() for passage in document.passages]


@dataclass(frozen=True, slots=True)
class _Read:
    """The documents by their names, and what is left out."""

    good: Mapping[str, Prepared]
    unchanged: int
    skipped: Sequence[Skipped]
    idle_rules: Sequence[str]


def _read(
    paths: Sequence[Path], kept: Kept, converter: Callable[[], Path], progress: Progress
) -> _Read:
    with tempfile.TemporaryDirectory(prefix="stackbot-") as scratch:
        progress("looking for documents", 0, 0)
        gathered = gather(paths, Path(scratch))
        rules = Rules.read(gathered.rules)
        tasks, refused = _tasks(gathered.files, rules)
        known = kept.get(tasks)
        todo = {key: task for key, task in tasks.items() if key not in known}
        fresh = _prepared(_converted(todo, kept, converter, progress), kept, progress)
    found = {
        key: (task.found.name, Prepared.from_json(known.get(key) or fresh[key]))
        for key, task in tasks.items()
    }
    unread = [Skipped(name, one.why) for name, one in found.values() if one.why]
    return _Read(
        good={name: one for name, one in found.values() if not one.why},
        unchanged=sum(not one.why for key, (_, one) in found.items() if key in known),
        skipped=[*gathered.skipped, *refused, *unread],
        idle_rules=rules.idle(file.name for file in gathered.files),
    )


def _tasks(files: Sequence[Found], rules: Rules) -> tuple[dict[bytes, Task], list[Skipped]]:
    """What there is to do, by the key under which its result is kept."""
    tasks: dict[bytes, Task] = {}
    skipped: list[Skipped] = []
    digests = keys.digests(tuple(files))
    for found in files:
        try:
            task = Task(found, rules.of(found.name))
        except Malformed as error:
            skipped.append(Skipped(found.name, str(error)))
            continue
        if found in digests:
            tasks[keys.of_preparation(task, digests[found])] = replace(task, digest=digests[found])
        else:
            skipped.append(Skipped(found.name, "it cannot be read"))
    return tasks, skipped


def _converted(
    tasks: Mapping[bytes, Task], kept: Kept, converter: Callable[[], Path], progress: Progress
) -> dict[bytes, Task]:
    """The tasks, with what the converter tells of those that it reads."""
    wanted = {
        keys.of_conversion(task.found, task.digest): task.found
        for task in tasks.values()
        if task.found.kind in CONVERTED.values()
    }
    told: dict[bytes, Any] = kept.get(wanted)
    missing = {found: key for key, found in wanted.items() if key not in told}
    answers = convert([*missing], converter()) if missing else iter(())
    for number, (found, answer) in enumerate(answers, 1):
        progress("converting", number, len(missing))
        told[missing[found]] = redacted(dict(answer))
        if answer.get("why") not in PASSING:
            kept.put({missing[found]: told[missing[found]]})
    return {
        key: replace(task, told=told.get(keys.of_conversion(task.found, task.digest)))
        for key, task in tasks.items()
    }


def _prepared(tasks: Mapping[bytes, Task], kept: Kept, progress: Progress) -> dict[bytes, Any]:
    """What comes of the tasks, kept as soon as it is there."""
    found: dict[bytes, Any] = {}
    for fresh in pooling.prepared(tasks):
        kept.put({key: one for key, one in fresh.items() if one[-1] not in PASSING})
        found |= fresh
        progress("splitting", len(found), len(tasks))
    return found


def _write(index: Path, prepared: Sequence[Prepared], paths: Sequence[Path]) -> tuple[int, int]:
    """Write the index, and say how many passages are in it, and how many were folded."""
    passages = [*chain.from_iterable(one.passages for one in prepared)]
    sketches = [*chain.from_iterable(one.sketches for one in prepared)]
    counts = [*chain.from_iterable(one.counts for one in prepared)]
    numbers = duplicates.folded(passages, sketches)
    write_index(
        index,
        [passages[number] for number in numbers],
        roots=[root_name(path) for path in paths],
        counted=[counts[number] for number in numbers],
    )
    return len(numbers), len(passages) - len(numbers)
