"""The cells of a row, as a worker's variables hold them."""

import json
from collections.abc import Mapping
from typing import Any

from bot.runtime.cells import VARIABLE


def cells_in(variables: Mapping[str, Any]) -> dict[str, Any]:
    """What a worker with these variables is told of its row."""
    cells: dict[str, Any] = json.loads(variables[VARIABLE])
    return cells


def with_cells(variables: Mapping[str, Any], **cells: object) -> dict[str, Any]:
    """The variables with these cells in the place of the row's own."""
    return {**variables, VARIABLE: json.dumps(cells_in(variables) | cells)}
