"""Writes cells into infra/environments.py, and leaves every other byte of it as it was."""

import ast
from collections.abc import Mapping
from pathlib import Path

from scripts.problem import Problem

Cells = Mapping[tuple[str, str], str]
"""New values by where they stand: ("dev", "account"), or ("", "NAME") for the file's constant."""


def rewrite(file: Path, cells: Cells) -> bool:
    """Write the cells at once or not at all. False: they were there already. Raises `Problem`."""
    before = file.read_text()
    after = edited(before, cells)
    if after == before:
        return False
    half_done = file.with_suffix(".half-done")
    half_done.write_text(after)
    half_done.chmod(file.stat().st_mode)
    half_done.replace(file)
    return True


def edited(source: str, cells: Cells) -> str:
    """The source with the cells in it; "" takes a row's cell out. Raises `Problem`."""
    for (row, cell), value in cells.items():
        tree = ast.parse(source)
        lines = source.encode().splitlines(keepends=True)  # ast counts bytes
        if row:
            _put(lines, _call(tree, row), cell, value)
        else:
            _replace(lines, _constant(tree, cell), value)
        source = b"".join(lines).decode()
    return source


def constants(source: str) -> dict[str, str]:
    """The file's constants that are plain strings, such as NAME."""
    return {
        statement.targets[0].id: statement.value.value
        for statement in ast.parse(source).body
        if isinstance(statement, ast.Assign)
        and isinstance(statement.targets[0], ast.Name)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    }


def _constant(tree: ast.Module, name: str) -> ast.expr:
    for statement in tree.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=found)], value=value) if found == name:
                return value
    raise Problem(f"infra/environments.py has no constant {name} any more: write it there by hand.")


def _call(tree: ast.Module, row: str) -> ast.Call:
    """The `Environment(name="<row>", …)` of a row."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and any(
            one.arg == "name" and ast.unparse(one.value) == repr(row) for one in node.keywords
        ):
            return node
    raise Problem(f"infra/environments.py has no row named {row!r}: write the cell by hand.")


def _put(lines: list[bytes], call: ast.Call, cell: str, value: str) -> None:
    there = next((one for one in call.keywords if one.arg == cell), None)
    if there and value:
        _replace(lines, there.value, value)
    elif there:
        _take_out(lines, there)
    elif value:
        _insert(lines, call, cell, value)


def _replace(lines: list[bytes], value: ast.expr, text: str) -> None:
    _splice(lines, value, _literal(text).encode())


def _insert(lines: list[bytes], call: ast.Call, cell: str, value: str) -> None:
    """Behind the cells that every row begins with, on a line of its own as ruff has it."""
    first = ("name", "account", "region", "workspace")
    before = [one for one in call.keywords if one.arg in first[: first.index(cell)]][-1]
    line, indent = before.value.end_lineno or 0, " " * before.col_offset
    lines.insert(line, f"{indent}{cell}={_literal(value)},\n".encode())


def _take_out(lines: list[bytes], there: ast.keyword) -> None:
    del lines[there.lineno - 1 : there.value.end_lineno]


def _splice(lines: list[bytes], node: ast.expr, text: bytes) -> None:
    begin, end = node.lineno - 1, (node.end_lineno or node.lineno) - 1
    rest = lines[end][node.end_col_offset :]
    lines[begin : end + 1] = [lines[begin][: node.col_offset] + text + rest]


def _literal(value: str) -> str:
    """As ruff writes it: in double quotes where there are none inside."""
    return repr(value) if '"' in value or "\\" in value else f'"{value}"'
