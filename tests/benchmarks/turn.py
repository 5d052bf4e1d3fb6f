"""One turn of a benchmark, in a checkout of any commit: prints what ours takes as JSON.

Runs as a file, with PYTHONPATH naming the checkout, whose own benchmark it imports: older commits
have no option to leave the contestants out. Standard library only; nothing of this commit.
"""

import json
import math
import os
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import fields
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

_OURS = {
    "ack": "ingress",
    "worker": "bot.worker.handler",
    "start": "ours",
    "synth": "ours",
    "writer": "",
}
"""How the names of ours begin among a benchmark's contestants. The writer needs both of its."""

_ROUNDS = {"ack": 3, "worker": 3}
"""So many within a turn where preparing it takes longer than measuring, else one."""


def main(name: str) -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # cleans up behind it
    os.environ.pop("JSII_NODE", None)  # the Node of whoever started this, which infra/ would keep
    benchmark = _benchmark(Path.cwd(), name)
    if name in _OURS:
        _leave_out_contestants(benchmark, _OURS[name], _ROUNDS.get(name, 1))
    if name == "size":  # its contestant is what this downloads, given as a path with a size
        vars(benchmark)["_everything"] = lambda scratch: scratch
    results = dict(map(_figure, benchmark.measure()))
    sys.stdout.write("\n" + json.dumps({"results": results}) + "\n")


def _figure(row: Any) -> tuple[str, list[Any]]:
    """What ours takes, by name: the first three fields of a Row, whose names differ by commit."""
    name, unit, ours = (getattr(row, field.name) for field in fields(row)[:3])
    return name, [unit, ours.median]


def _benchmark(root: Path, name: str) -> ModuleType:
    """The benchmark's module, in tests/benchmarks or, in older commits, in scripts/bench."""
    for file in root.glob(f"[st]*/bench*/**/{name}.py"):
        return import_module(".".join(file.relative_to(root).with_suffix("").parts))
    sys.exit(f"this commit has no benchmark {name}")


def _leave_out_contestants(benchmark: ModuleType, ours: str, most: int) -> None:
    series = benchmark.interleave.__globals__["Series"]

    def only_ours(contestants: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, Any]:
        figures = {name: [math.nan] for name in contestants}
        names = [name for name in contestants if name.startswith(ours)]
        if not names:
            raise RuntimeError(f"none of {', '.join(contestants)} begins with {ours}")
        for name in names:
            figures[name] = [contestants[name]() for _ in range(min(rounds, most))]
        return {name: series(tuple(values)) for name, values in figures.items()}

    vars(benchmark)["interleave"] = only_ours


if __name__ == "__main__":
    main(sys.argv[1])
