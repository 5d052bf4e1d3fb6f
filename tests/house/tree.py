"""The modules of a tree of Python code, and which imports which."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

_NOT_OURS = (".git", ".venv", ".stackbot", ".hypothesis", ".*_cache", "__pycache__")
_BUILT = ("node_modules", "cdk.out", "*.egg-info", "build", "dist")

Graph = Mapping[str, frozenset[str]]
"""By each name, the names that it uses."""


@dataclass(frozen=True)
class Module:
    """One file of Python, by its dotted name: a package has that of its folder."""

    name: str
    path: Path

    @cached_property
    def text(self) -> str:
        return self.path.read_text()

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def lines(self) -> int:
        return len(self.text.splitlines())

    def imports(self, modules: Mapping[str, "Module"]) -> frozenset[str]:
        """The modules among `modules` that it imports, at its top or within a function."""
        names = {name for node in ast.walk(self.tree) for name in self._imported(node, modules)}
        return frozenset(names & modules.keys() - {self.name})

    def _imported(self, node: ast.AST, modules: Mapping[str, "Module"]) -> Iterator[str]:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            source = self._absolute(node)
            for alias in node.names:
                name = f"{source}.{alias.name}"
                yield name if name in modules else source

    def _absolute(self, node: ast.ImportFrom) -> str:
        """The module that `from … import` names, also where it begins with dots."""
        package = self.name if self.path.stem == "__init__" else self.name.rpartition(".")[0]
        for _ in range(node.level - 1):
            package = package.rpartition(".")[0]
        parts = [package] if node.level else []
        return ".".join([*parts, *([node.module] if node.module else [])])


def files(folder: Path) -> list[Path]:
    """Every file of a folder, except what tools generate there."""
    paths: list[Path] = []
    for path in sorted(folder.iterdir()):
        if any(path.match(pattern) for pattern in (*_NOT_OURS, *_BUILT)) or path.is_symlink():
            continue
        paths += files(path) if path.is_dir() else [path]
    return paths


def lines(path: Path) -> int:
    """How many lines a file has; none where it is no text."""
    try:
        return len(path.read_text().splitlines())
    except UnicodeDecodeError:
        return 0


def modules(root: Path, folder: str) -> dict[str, Module]:
    """The modules of a top-level folder, by name."""
    if not (root / folder).is_dir():
        return {}
    paths = [path for path in files(root / folder) if path.suffix == ".py"]
    return {module.name: module for module in (_module(root, path) for path in paths)}


def import_graph(modules: Mapping[str, Module]) -> Graph:
    return {name: module.imports(modules) for name, module in modules.items()}


def rooms(graph: Graph) -> Graph:
    """The same between rooms, which are what stands right below the top-level folder."""
    arrows: dict[str, set[str]] = {}
    for name, used in graph.items():
        if room := _room(name):
            neighbours = {_room(module) for module in used} - {room, ""}
            arrows.setdefault(room, set()).update(neighbours)
    return {room: frozenset(used) for room, used in arrows.items()}


def depth(graph: Graph) -> int:
    """The length of the longest chain, in names; names that use each other count as one."""
    reached = {name: _reached(graph, name) for name in graph}
    circles = {name: frozenset({name} | _back(reached, name)) for name in graph}
    depths: dict[frozenset[str], int] = {}

    def measure(circle: frozenset[str]) -> int:
        if circle not in depths:
            below = {circles[used] for name in circle for used in graph[name]} - {circle}
            depths[circle] = 1 + max(map(measure, below), default=0)
        return depths[circle]

    return max(map(measure, circles.values()), default=0)


def _back(reached: Graph, name: str) -> set[str]:
    return {used for used in reached[name] if name in reached[used]}


def _reached(graph: Graph, name: str) -> frozenset[str]:
    """All names that a name uses, directly or by others."""
    reached: set[str] = set()
    waiting = [name]
    while waiting:
        new = graph[waiting.pop()] - reached
        reached |= new
        waiting += new
    return frozenset(reached)


def _module(root: Path, path: Path) -> Module:
    parts = path.relative_to(root).with_suffix("").parts
    return Module(".".join(parts[:-1] if parts[-1] == "__init__" else parts), path)


def _room(name: str) -> str:
    return name.split(".")[1] if "." in name else ""
