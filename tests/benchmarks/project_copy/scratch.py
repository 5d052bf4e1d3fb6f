"""A copy of the project to save files in: the tree that somebody works in is left alone."""

import shutil
import tempfile
from pathlib import Path
from typing import Any

from infra.bundle import ROOT
from tests.benchmarks.processes.background import results_of

_COPIED = ("bot", "infra", "knowledge", "packages", "requirements", "scripts", "tests")
_FILES = ("cdk.json", "package.json", "package-lock.json", "pyproject.toml")
_LINKED = (".venv", "node_modules", ".stackbot/emulator", ".stackbot/layers")
_SECONDS = 150


def measured_inside(name: str, seconds: float = _SECONDS) -> Any:
    """What `tests.benchmarks.project_copy.inside` finds when it runs in a copy of the project."""
    with tempfile.TemporaryDirectory(prefix="stackbot-bench-") as scratch:
        project = _copy(Path(scratch, "project"))
        python = project / ".venv" / "bin" / "python"
        return results_of(
            [python, "-m", "tests.benchmarks.project_copy.inside", name],
            project,
            Path(scratch),
            {"PYTHONPATH": str(project)},
            seconds,
        )


def _copy(project: Path) -> Path:
    (project / ".stackbot").mkdir(parents=True)
    for name in _COPIED:
        without = shutil.ignore_patterns("__pycache__", ".*")
        shutil.copytree(ROOT / name, project / name, ignore=without)
    for name in _FILES:
        shutil.copyfile(ROOT / name, project / name)
    for name in _LINKED:
        (project / name).symlink_to(ROOT / name, target_is_directory=True)
    return project
