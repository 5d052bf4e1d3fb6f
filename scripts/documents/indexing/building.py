"""From PATHs to the index of what they hold. What has not changed since is not done again."""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

from bot.answering.model.embeddings import Embeddings
from bot.answering.retrieval.index_writing import write_index
from bot.answering.retrieval.passages import Passage
from scripts.documents.indexing import duplicates, index_cache, keys, pooling
from scripts.documents.indexing.cache import Kept
from scripts.documents.indexing.preparing import Prepared, Task, redacted
from scripts.documents.indexing.vectors import vectors
from scripts.documents.outcome import Leaked, Taken
from scripts.documents.progress import Progress, silent
from scripts.documents.reading.converting import PASSING, convert
from scripts.documents.sources.details import Malformed
from scripts.documents.sources.documents import CONVERTED, Found, Skipped
from scripts.documents.sources.gathering import gather, root_name
from scripts.documents.sources.rules import Rules


def build(
    paths: Sequence[Path],
    index: Path,
    kept: Kept,
    converter: Callable[[], Path],
    progress: Progress = silent,
    embeddings: Embeddings | None = None,
) -> Taken:
    """Write the index of what the PATHs hold to the file `index`.

    `converter` gives the Python of the converter's environment; it is asked only where there is
    something to convert. Raises `Problem`, and EmbeddingFailedError.
    """
    made_from = [root_name(path) for path in paths]
    with _looked(paths, progress) as looked:
        model = embeddings.model if embeddings else ""
        about_rules = looked.idle_rules, looked.outer_rules
        key = keys.of_index(looked.tasks, looked.skipped, *about_rules, made_from, model)
        if known := index_cache.recalled(kept, key, index):
            return known
        read = _read(looked, kept, converter, progress)
    passages = [*chain.from_iterable(one.passages for one in read.good.values())]
    counts = [*chain.from_iterable(one.counts for one in read.good.values())]
    sketches = [*chain.from_iterable(one.sketches for one in read.good.values())]
    progress("folding copies", 0, 0)
    numbers = duplicates.folded(passages, sketches)
    chosen = [passages[number] for number in numbers]
    bits = vectors(chosen, embeddings, kept, progress) if embeddings else ()
    progress("writing the index", 0, 0)
    write_index(
        index,
        chosen,
        roots=made_from,
        embedding_model=model,
        vectors=bits,
        term_counts=(counts[number] for number in numbers),
    )
    taken = _taken(looked, read, len(numbers), len(passages) - len(numbers))
    index_cache.remember(kept, key, index, taken)
    return taken


def passages(paths: Sequence[Path], kept: Kept, converter: Callable[[], Path]) -> list[Passage]:
    """All that the documents say, without an index of it. Raises `Problem`."""
    with _looked(paths, silent) as looked:
        read = _read(looked, kept, converter, silent)
    return [passage for document in read.good.values() for passage in document.passages]


@dataclass(frozen=True, slots=True)
class _Looked:
    """What there is to do, by the key under which its result is kept; and what is not done."""

    tasks: Mapping[bytes, Task]
    skipped: tuple[Skipped, ...]
    idle_rules: tuple[str, ...]
    outer_rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Read:
    """The documents by their names, and those that could not be read."""

    good: Mapping[str, Prepared]
    unchanged: int
    skipped: tuple[Skipped, ...]


@contextmanager
def _looked(paths: Sequence[Path], progress: Progress) -> Iterator[_Looked]:
    """What is unpacked stays for the block."""
    with tempfile.TemporaryDirectory(prefix="stackbot-") as scratch:
        progress("looking for documents", 0, 0)
        gathered = gather(paths, Path(scratch))
        rules = Rules.read(gathered.rules)
        tasks, refused = _tasks(gathered.files, rules)
        yield _Looked(
            tasks,
            (*gathered.skipped, *refused),
            idle_rules=tuple(rules.idle(gathered.files)),
            outer_rules=tuple(rules.outer(gathered.files)),
        )


def _read(looked: _Looked, kept: Kept, converter: Callable[[], Path], progress: Progress) -> _Read:
    known = kept.get(looked.tasks)
    todo = {key: task for key, task in looked.tasks.items() if key not in known}
    fresh = _prepared(_converted(todo, kept, converter, progress), kept, progress)
    found = {
        key: (task.found.name, Prepared.from_json(known.get(key) or fresh[key]))
        for key, task in looked.tasks.items()
    }
    return _Read(
        good={name: one for name, one in found.values() if not one.why},
        unchanged=sum(not one.why for key, (_, one) in found.items() if key in known),
        skipped=tuple(Skipped(name, one.why) for name, one in found.values() if one.why),
    )


def _taken(looked: _Looked, read: _Read, passages: int, folded: int) -> Taken:
    good = read.good
    return Taken(
        documents=len(good),
        unchanged=read.unchanged,
        limited=sum(one.passages[0].audience.is_limited for one in good.values()),
        passages=passages,
        folded=folded,
        skipped=tuple(sorted((*looked.skipped, *read.skipped))),
        leaked=tuple(
            Leaked(name, leak.kind, leak.line) for name, one in good.items() for leak in one.leaks
        ),
        idle_rules=looked.idle_rules,
        outer_rules=looked.outer_rules,
    )


def _tasks(files: Sequence[Found], rules: Rules) -> tuple[dict[bytes, Task], list[Skipped]]:
    """What there is to do, by the key under which its result is kept."""
    tasks: dict[bytes, Task] = {}
    skipped: list[Skipped] = []
    digests = keys.digests(tuple(files))
    for found in files:
        try:
            task = Task(found, rules.of(found))
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
