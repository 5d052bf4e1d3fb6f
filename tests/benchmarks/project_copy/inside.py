"""Runs in the copy of the project: the benchmarks that need a stack, or files to save.

python -m tests.benchmarks.project_copy.inside loop
"""

import json
import signal
import sys
from collections.abc import Callable
from typing import Any

from scripts.terminal.interruption import end_on
from tests.benchmarks.project_copy import questions, saving

_BENCHMARKS: dict[str, Callable[[], Any]] = {"loop": saving.measure, "roundtrip": questions.measure}


def main(name: str) -> None:
    """Print the results, in seconds, as one line of JSON."""
    end_on(signal.SIGTERM)
    results = _BENCHMARKS[name]()
    sys.stdout.write(json.dumps({"results": results}) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
