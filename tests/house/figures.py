"""The house in figures, whatever its layout.

    .venv/bin/python -m tests.house.figures [--json] [--no-mention] [--root FOLDER]

It starts the local stack, to see what a mention runs through; `--no-mention` leaves that out.
"""

import argparse
import ast
import json
import statistics
import sys
from collections import Counter
from collections.abc import Mapping
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from tests.house import names, tree
from tests.house.tree import Module

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("bot", "infra", "scripts")
CODE = (*PRODUCT, "packages")
LARGEST_ROOM = 16
"""Modules in a folder, the package's own `__init__` apart."""

_NOTABLE_NAMES = 12


def main(arguments: list[str] | None = None) -> None:
    """Print the figures of a tree."""
    parser = argparse.ArgumentParser(prog="python -m tests.house.figures", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--no-mention", action="store_true", help="start no stack")
    parser.add_argument("--root", type=Path, default=ROOT, help="another checkout's folder")
    options = parser.parse_args(arguments)
    stdout = sys.stdout
    with redirect_stdout(sys.stderr):
        figures = measure(options.root)
        if not options.no_mention:
            figures["mention"] = mention()
    stdout.write((json.dumps(figures) if options.json else as_text(figures)) + "\n")


def measure(root: Path) -> dict[str, Any]:
    """All but the mention, which needs the stack."""
    modules = {folder: tree.modules(root, folder) for folder in CODE}
    product = {name: m for folder in PRODUCT for name, m in modules[folder].items()}
    return {
        "folders": _folders(root),
        "python_lines": {
            "+".join(PRODUCT): _lines(product),
            "packages": _lines(modules["packages"]),
        },
        "modules": {folder: _sizes(root, part) for folder, part in modules.items() if part},
        "import_depth": {
            folder: tree.depth(tree.import_graph(modules[folder])) for folder in ("bot", "scripts")
        },
        "bare_names": {
            "bot": _bare(modules["bot"]),
            "+".join(PRODUCT): _bare(product),
        },
        "rooms_of_bot": _rooms(modules["bot"]),
        "classes_of_bot_named_alike": classes_named_alike(modules["bot"]),
        f"folders_over_{LARGEST_ROOM}_modules": large_folders(root, modules),
    }


def as_text(figures: Mapping[str, Any]) -> str:
    """The same for people: a heading for each kind, and a line for each of its figures."""
    lines = []
    for kind, parts in figures.items():
        lines.append(kind.replace("_", " "))
        lines += [f"  {name:<28} {_line(part)}" for name, part in parts.items()] or ["  none"]
    return "\n".join(lines)


def _line(part: Any) -> str:
    match part:
        case dict():
            return ", ".join(f"{name.replace('_lines', '')} {_line(x)}" for name, x in part.items())
        case list():
            return ", ".join(part)
        case int() | float():
            return f"{part:,}"
    return str(part)


def mention() -> dict[str, int]:
    """Files and functions of `bot/` that one answered mention runs through."""
    from scripts.local.models import Model
    from scripts.local.stack import LocalStack
    from slack_simulator.scripted_model import ModelServer
    from tests.house.mention import calls

    with ModelServer() as server:
        server.will_say("Run the deploy command [1].")
        model = Model("openai", "scripted", server.url, "not-a-real-key")
        with LocalStack(model) as stack:
            traced = calls(stack, "How do I deploy to staging?")
    return {"files": len({call.file for call in traced}), "functions": len(traced)}


def _folders(root: Path) -> dict[str, dict[str, int]]:
    """Files and lines of each top-level folder, hidden ones aside."""
    folders = [path for path in sorted(root.iterdir()) if path.is_dir()]
    listed = {path.name: tree.files(path) for path in folders if not path.name.startswith(".")}
    return {
        name: {"files": len(files), "lines": sum(map(tree.lines, files))}
        for name, files in listed.items()
        if files and name not in ("node_modules", "cdk.out")
    }


def _lines(modules: Mapping[str, Module]) -> int:
    return sum(module.lines for module in modules.values())


def _sizes(root: Path, modules: Mapping[str, Module]) -> dict[str, Any]:
    sizes = {str(m.path.relative_to(root)): m.lines for m in modules.values()}
    largest = max(sizes, key=lambda path: sizes[path])
    return {
        "count": len(sizes),
        "median_lines": statistics.median(sizes.values()),
        "largest": largest,
        "largest_lines": sizes[largest],
    }


def _bare(modules: Mapping[str, Module]) -> dict[str, Any]:
    share, counts = names.bare_share(module.tree for module in modules.values())
    return {
        "percent": round(100 * share, 1),
        "most": dict(counts.most_common(_NOTABLE_NAMES)),
    }


def _rooms(modules: Mapping[str, Module]) -> dict[str, int]:
    rooms = tree.rooms(tree.import_graph(modules))
    arrows = sum(len(used) for used in rooms.values())
    return {"rooms": len(rooms), "floors": tree.depth(rooms), "arrows": arrows}


def classes_named_alike(modules: Mapping[str, Module]) -> dict[str, list[str]]:
    """Classes of the same name in more than one module; a leading underscore counts."""
    where: dict[str, list[str]] = {}
    for module in modules.values():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ClassDef):
                where.setdefault(node.name, []).append(module.name)
    return {name: places for name, places in sorted(where.items()) if len(set(places)) > 1}


def large_folders(root: Path, modules: Mapping[str, Mapping[str, Module]]) -> dict[str, int]:
    """The folders with more than 16 modules, and how many they have."""
    sizes = Counter(
        str(module.path.parent.relative_to(root))
        for part in modules.values()
        for module in part.values()
        if module.path.stem != "__init__"
    )
    return {folder: count for folder, count in sorted(sizes.items()) if count > LARGEST_ROOM}


if __name__ == "__main__":
    main()
