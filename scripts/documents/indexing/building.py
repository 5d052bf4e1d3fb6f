"""Builds the index of what PATHs hold. Documents that have not changed come from the cache."""

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
from scripts.documents.indexing.cache import Cache
from scripts.documents.indexing.preparing import PreparedDocument, Task, redacted
from scripts.documents.indexing.vectors import vectors
from scripts.documents.progress import Progress, silent
from scripts.documents.reading.converting import TRANSIENT, convert
from scripts.documents.report import FileLeak, Report
from scripts.documents.sources.details import Malformed
from scripts.documents.sources.documents import CONVERTED, DocumentFile, Skipped
from scripts.documents.sources.gathering import gather, root_name
from scripts.documents.sources.rules import Rules


def build(
    paths: Sequence[Path],
    index: Path,
    cache: Cache,
    converter: Callable[[], Path],
    progress: Progress = silent,
    embeddings: Embeddings | None = None,
) -> Report:
    """Write the index of what the PATHs hold to the file `index`.

    `converter` returns the Python of the converter's environment. It is called only where there is
    something to convert. Raises `Problem`, and EmbeddingFailedError.
    """
    made_from = [root_name(path) for path in paths]
    with _plan(paths, progress) as plan:
        model = embeddings.model if embeddings else ""
        rules = plan.idle_rules, plan.outer_rules
        key = keys.of_index(plan.tasks, plan.skipped, *rules, made_from, model)
        if report := index_cache.restore(cache, key, index):
            return report
        corpus = _read(plan, cache, converter, progress)
    documents = corpus.documents.values()
    passages = [*chain.from_iterable(document.passages for document in documents)]
    counts = [*chain.from_iterable(document.counts for document in documents)]
    sketches = [*chain.from_iterable(document.sketches for document in documents)]
    progress("folding copies", 0, 0)
    numbers = duplicates.unique(passages, sketches)
    unique = [passages[number] for number in numbers]
    bits = vectors(unique, embeddings, cache, progress) if embeddings else ()
    progress("writing the index", 0, 0)
    write_index(
        index,
        unique,
        roots=made_from,
        embedding_model=model,
        vectors=bits,
        term_counts=(counts[number] for number in numbers),
    )
    report = _report(plan, corpus, len(numbers), len(passages) - len(numbers))
    index_cache.save(cache, key, index, report)
    return report


def passages(paths: Sequence[Path], cache: Cache, converter: Callable[[], Path]) -> list[Passage]:
    """The passages of all documents, without an index. Raises `Problem`."""
    with _plan(paths, silent) as plan:
        corpus = _read(plan, cache, converter, silent)
    return [passage for document in corpus.documents.values() for passage in document.passages]


@dataclass(frozen=True, slots=True)
class _Plan:
    """The documents to prepare, by the cache's key of their result; and those that are left out."""

    tasks: Mapping[bytes, Task]
    skipped: tuple[Skipped, ...]
    idle_rules: tuple[str, ...]
    outer_rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Corpus:
    """The documents by their names, and those that could not be read."""

    documents: Mapping[str, PreparedDocument]
    unchanged: int
    skipped: tuple[Skipped, ...]


@contextmanager
def _plan(paths: Sequence[Path], progress: Progress) -> Iterator[_Plan]:
    """The files that archives are unpacked into exist while the block runs."""
    with tempfile.TemporaryDirectory(prefix="stackbot-") as scratch:
        progress("looking for documents", 0, 0)
        gathered = gather(paths, Path(scratch))
        rules = Rules.read(gathered.rules)
        tasks, refused = _tasks(gathered.files, rules)
        yield _Plan(
            tasks,
            (*gathered.skipped, *refused),
            idle_rules=tuple(rules.idle(gathered.files)),
            outer_rules=tuple(rules.outer(gathered.files)),
        )


def _read(plan: _Plan, cache: Cache, converter: Callable[[], Path], progress: Progress) -> _Corpus:
    cached = cache.get(plan.tasks)
    todo = {key: task for key, task in plan.tasks.items() if key not in cached}
    fresh = _prepared(_converted(todo, cache, converter, progress), cache, progress)
    results = {
        key: (task.file.name, PreparedDocument.from_json(cached.get(key) or fresh[key]))
        for key, task in plan.tasks.items()
    }
    return _Corpus(
        documents={name: result for name, result in results.values() if not result.why},
        unchanged=sum(not result.why for key, (_, result) in results.items() if key in cached),
        skipped=tuple(Skipped(name, result.why) for name, result in results.values() if result.why),
    )


def _report(plan: _Plan, corpus: _Corpus, passages: int, duplicate_count: int) -> Report:
    documents = corpus.documents
    return Report(
        documents=len(documents),
        unchanged=corpus.unchanged,
        limited=sum(document.passages[0].audience.is_limited for document in documents.values()),
        passages=passages,
        folded=duplicate_count,
        skipped=tuple(sorted((*plan.skipped, *corpus.skipped))),
        leaked=tuple(
            FileLeak(name, leak.kind, leak.line)
            for name, document in documents.items()
            for leak in document.leaks
        ),
        idle_rules=plan.idle_rules,
        outer_rules=plan.outer_rules,
    )


def _tasks(files: Sequence[DocumentFile], rules: Rules) -> tuple[dict[bytes, Task], list[Skipped]]:
    """The documents to prepare, by the cache's key of their result; and those that are left out."""
    tasks: dict[bytes, Task] = {}
    skipped: list[Skipped] = []
    digests = keys.digests(files)
    for file in files:
        try:
            task = Task(file, rules.of(file))
        except Malformed as error:
            skipped.append(Skipped(file.name, str(error)))
            continue
        if file in digests:
            tasks[keys.of_preparation(task, digests[file])] = replace(task, digest=digests[file])
        else:
            skipped.append(Skipped(file.name, "it cannot be read"))
    return tasks, skipped


def _converted(
    tasks: Mapping[bytes, Task], cache: Cache, converter: Callable[[], Path], progress: Progress
) -> dict[bytes, Task]:
    """The tasks, with the conversions of those that the converter reads."""
    files = {
        keys.of_conversion(task.file, task.digest): task.file
        for task in tasks.values()
        if task.file.kind in CONVERTED.values()
    }
    conversions: dict[bytes, Any] = cache.get(files)
    missing = {file: key for key, file in files.items() if key not in conversions}
    fresh = convert([*missing], converter()) if missing else iter(())
    for number, (file, conversion) in enumerate(fresh, 1):
        progress("converting", number, len(missing))
        conversions[missing[file]] = redacted(dict(conversion))
        if conversion.get("why") not in TRANSIENT:
            cache.put({missing[file]: conversions[missing[file]]})
    return {
        key: replace(task, conversion=conversions.get(keys.of_conversion(task.file, task.digest)))
        for key, task in tasks.items()
    }


def _prepared(tasks: Mapping[bytes, Task], cache: Cache, progress: Progress) -> dict[bytes, Any]:
    """The prepared documents as JSON, each batch cached as soon as it is ready."""
    documents: dict[bytes, Any] = {}
    for batch in pooling.prepared(tasks):
        cache.put({key: fields for key, fields in batch.items() if fields[-1] not in TRANSIENT})
        documents |= batch
        progress("splitting", len(documents), len(tasks))
    return documents
