"""Writes cells into infra/environments.py, and leaves every other byte of it as it was."""

import ast
import re
from collections.abc import Mapping
from pathlib import Path

from scripts.local.whole_file import replacing
from scripts.terminal.problem import Problem

Cells = Mapping[tuple[str, str], str]
"""New values by row and cell: ("dev", "account"), or ("", "NAME") for a constant of the file."""
Place = tuple[int, int]
"""A line, counted from 0, and a byte offset within it."""

_COMMA = re.compile(rb",\s*")  # between two cells of a line
_COMMA_ALONE = re.compile(rb",\s*(#.*)?$")  # ",  # a comment", at the end of a line


def rewrite(file: Path, cells: Cells) -> bool:
    """Write all cells or none. Returns whether that changes the file. Raises `Problem`."""
    before = file.read_text()
    after = edited(before, cells)
    if after == before:
        return False
    with replacing(file) as half_done:
        half_done.write_text(after)
        half_done.chmod(file.stat().st_mode)
    return True


def edited(source: str, cells: Cells) -> str:
    """Return the source with the cells in it; "" removes a row's cell. Raises `Problem`."""
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
            case ast.Assign(targets=[ast.Name(id=constant)], value=value) if constant == name:
                return value
    raise Problem(f"infra/environments.py has no constant {name} any more: write it there by hand.")


def _call(tree: ast.Module, row: str) -> ast.Call:
    """The `Environment(name="<row>", …)` of a row."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and any(
            cell.arg == "name" and ast.unparse(cell.value) == repr(row) for cell in node.keywords
        ):
            return node
    raise Problem(f"infra/environments.py has no row named {row!r}: write the cell by hand.")


def _put(lines: list[bytes], call: ast.Call, cell: str, value: str) -> None:
    present = next((keyword for keyword in call.keywords if keyword.arg == cell), None)
    if present and value:
        _replace(lines, present.value, value)
    elif present:
        _take_out(lines, present)
    elif value:
        _insert(lines, call, cell, value)


def _replace(lines: list[bytes], value: ast.expr, text: str) -> None:
    _splice(lines, _begin(value), _end(value), _literal(text).encode())


def _insert(lines: list[bytes], call: ast.Call, cell: str, value: str) -> None:
    """Insert a cell behind those that rows begin with; on its own line where these have theirs."""
    first = ("name", "account", "region", "workspace")
    before = [keyword for keyword in call.keywords if keyword.arg in first[: first.index(cell)]][-1]
    end, text = _end(before.value), f"{cell}={_literal(value)}"
    if _has_its_own_lines(lines, before):
        lines.insert(end[0] + 1, f"{' ' * before.col_offset}{text},\n".encode())
    else:
        _splice(lines, end, end, f", {text}".encode())


def _take_out(lines: list[bytes], keyword: ast.keyword) -> None:
    begin, end = _begin(keyword), _end(keyword.value)
    if _has_its_own_lines(lines, keyword):
        del lines[begin[0] : end[0] + 1]
    elif comma := _COMMA.match(lines[end[0]], end[1]):
        _splice(lines, begin, (end[0], comma.end()), b"")
    else:
        before = lines[begin[0]][: begin[1]].rstrip(b", ")
        _splice(lines, (begin[0], len(before)), end, b"")


def _has_its_own_lines(lines: list[bytes], keyword: ast.keyword) -> bool:
    """Whether nothing but a comma and a comment shares the keyword's lines."""
    (line, column), end = _begin(keyword), _end(keyword.value)
    nothing_before = not lines[line][:column].strip()
    return nothing_before and bool(_COMMA_ALONE.match(lines[end[0]], end[1]))


def _begin(node: ast.expr | ast.keyword) -> Place:
    return node.lineno - 1, node.col_offset


def _end(node: ast.expr) -> Place:
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    return node.end_lineno - 1, node.end_col_offset


def _splice(lines: list[bytes], begin: Place, end: Place, text: bytes) -> None:
    rest = lines[end[0]][end[1] :]
    lines[begin[0] : end[0] + 1] = [lines[begin[0]][: begin[1]] + text + rest]


def _literal(value: str) -> str:
    """As ruff writes it: in double quotes where there are none inside."""
    return repr(value) if '"' in value or "\\" in value else f'"{value}"'
