"""A cell that the worker reads is spelled in the row and in a class of bot/runtime/cells.py."""

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from bot.runtime.cells import cell_names, read_cells
from infra import app
from infra.environments import DEV, ENVIRONMENTS, LOCAL, OVERRIDABLE, Environment
from infra.function import VariablesTooLongError
from tests.infra.conftest import synthesise


@dataclass(frozen=True, slots=True)
class _Drinks:
    coffee: str


@dataclass(frozen=True, slots=True)
class _MoreCells:
    retention_days: int
    drinks: _Drinks


@pytest.mark.parametrize("row", ENVIRONMENTS.values(), ids=str)
def test_what_the_worker_reads_is_what_the_row_says(row: Environment) -> None:
    cells = dict(_flat(asdict(read_cells(row.settings))))
    assert set(cells) == set(cell_names()) > {"lease", "model", "ask_people", "daily_dollars"}
    assert cells == {name: _as_read(getattr(row, name)) for name in cells}


def test_a_new_cell_of_a_class_is_one_that_the_row_must_have() -> None:
    assert list(cell_names(_MoreCells)) == ["retention_days", "coffee"]
    with pytest.raises(AttributeError, match="coffee"):
        [getattr(LOCAL, name) for name in cell_names(_MoreCells)]


def test_this_machine_may_override_each_cell_by_its_type() -> None:
    texts = {bool: "true", int: "7", float: "0.25", str: "text", tuple[str, ...]: "a,b"}
    values = {bool: True, int: 7, float: 0.25, str: "text", tuple[str, ...]: ("a", "b")}
    types = {name: Environment.__annotations__[name] for name in OVERRIDABLE - {"lease"}}
    for name, kind in types.items():
        row = LOCAL.with_context({name: texts.get(kind, "text")})
        assert getattr(row, name) == values.get(kind, "text"), name


def test_settings_that_lambda_would_refuse_stop_the_synthesis(tmp_path: Path, zipped: Path) -> None:
    people = tuple(f"U{number:010}" for number in range(300))
    row = replace(DEV, ask_people=people, ask_instead="#it-help")
    with pytest.raises(VariablesTooLongError) as refusal:
        synthesise(tmp_path, row, zipped=zipped)
    text = str(refusal.value)
    assert text.startswith("The variables of the worker take ")
    assert "Lambda allows 4,096: shorten the longest cells of the row dev in" in text
    assert "which are ask_people (4,201 bytes), " in text


def test_they_are_measured_in_bytes_and_as_lambda_does(tmp_path: Path, zipped: Path) -> None:
    synthesise(tmp_path / "short", replace(DEV, ask_instead="x" * 1_000), zipped=zipped)
    with pytest.raises(VariablesTooLongError, match="ask_instead"):
        synthesise(tmp_path / "bytes", replace(DEV, ask_instead="é" * 1_500), zipped=zipped)
    with pytest.raises(VariablesTooLongError, match="ask_instead"):
        synthesise(tmp_path / "quotes", replace(DEV, ask_instead='"' * 1_000), zipped=zipped)


def test_the_command_says_so_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="shorten the longest cells of the row local in infra/"):
        app.main(str(tmp_path), "env=local", f"ask_instead={'x' * 4_000}")


def _flat(cells: dict[str, Any]) -> Any:
    for name, cell in cells.items():
        yield from _flat(cell) if isinstance(cell, dict) else [(name, cell)]


def _as_read(cell: Any) -> Any:
    return frozenset(cell) if isinstance(cell, tuple) else cell
