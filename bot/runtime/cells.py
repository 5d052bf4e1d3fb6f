"""Which cells of its environment's row the worker reads, by the row's own names.

A new cell is spelled in the row (infra/environments.py), in a class here, and where it is used.
The stack renders the fields of `Cells` as one variable, `BOT_SETTINGS`, and `read_cells` reads it.
"""

import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, NewType

from bot.runtime.settings import SettingError, is_http_url, required

Url = NewType("Url", str)
"""A cell with an address such as "https://slack.com/api/"; it must not be empty."""

VARIABLE = "BOT_SETTINGS"


@dataclass(frozen=True, slots=True)
class Times:
    """The times of one answer, in seconds. A claim is held for the `lease`."""

    worker_timeout: int
    lease: int
    deliveries: int

    @property
    def model(self) -> int:
        """How long after the start the model is cut off, so that the rest can still be said."""
        return self.worker_timeout - min(15, self.worker_timeout // 4)


@dataclass(frozen=True, slots=True)
class Access:
    """Who may ask: ids of Slack's, where none means everyone; guests and people from elsewhere."""

    ask_channels: frozenset[str] = frozenset()
    ask_people: frozenset[str] = frozenset()
    ask_guests: bool = False
    ask_strangers: bool = False


@dataclass(frozen=True, slots=True)
class ReaderPolicy:
    """What people from outside may read, and whether guests count as such."""

    documents_public: bool = False
    guests_read_along: bool = False


@dataclass(frozen=True, slots=True)
class Budget:
    """How much the model may be asked. Prices are in dollars for a million tokens."""

    person_burst: int
    person_per_minute: int
    person_at_once: int
    team_burst: int
    team_per_minute: int
    daily_dollars: float
    input_price: float
    output_price: float


@dataclass(frozen=True, slots=True)
class Cells:
    """All that the worker reads of its row; infra/environments.py says what each means."""

    times: Times
    model_provider: str
    model: str
    model_url: str
    embedding_model: str
    embedding_url: str
    model_sees: bool
    prompt_tokens: int
    tools: frozenset[str]
    slack_api_url: Url
    streams_per_minute: int
    retention_days: int
    budget: Budget
    access: Access
    readers: ReaderPolicy
    ask_instead: str


def cell_names(group: type[Any] = Cells) -> Iterator[str]:
    """Yield the names of the cells, those of the classes within included."""
    for field in fields(group):
        if is_dataclass(field.type):
            yield from cell_names(field.type)  # type: ignore[arg-type]
        else:
            yield field.name


def read_cells(env: Mapping[str, str]) -> Cells:
    """Read the variable `BOT_SETTINGS`. Raises `SettingError`, which names the cell."""
    text = required(env, VARIABLE)
    try:
        cells = json.loads(text)
    except ValueError:
        cells = None
    if not isinstance(cells, dict):
        raise SettingError(f"{VARIABLE} must be a JSON object: deploy the stack again.")
    settings: Cells = _read(Cells, cells)
    return settings


def _read(group: Any, cells: Mapping[str, Any]) -> Any:
    """Make a class of its fields' cells, each read by the type of the field."""
    return group(
        **{field.name: _read_field(field.name, field.type, cells) for field in fields(group)}
    )


def _read_field(name: str, kind: Any, cells: Mapping[str, Any]) -> Any:
    if is_dataclass(kind):
        return _read(kind, cells)
    if name not in cells:
        raise SettingError(
            f"{name} is not in {VARIABLE}: infra/stack.py sets it, so deploy the stack again."
        )
    cell, (rule, holds, read) = cells[name], _KINDS[kind]
    if not holds(cell):
        raise SettingError(f"{name} in {VARIABLE} must be {rule}, not {cell!r}.")
    return read(cell)


def _is_number(cell: Any, least: float, *kinds: type) -> bool:
    """Whether a cell is a finite number from `least` on; JSON's true is no number."""
    return type(cell) in kinds and math.isfinite(cell) and cell >= least


def _is_list_of_texts(cell: Any) -> bool:
    return isinstance(cell, list) and all(isinstance(text, str) for text in cell)


_Kind = tuple[str, Callable[[Any], bool], Callable[[Any], Any]]

_KINDS: Mapping[Any, _Kind] = {
    bool: ("true or false", lambda cell: isinstance(cell, bool), bool),
    int: ("a whole number of at least 1", lambda cell: _is_number(cell, 1, int), int),
    float: ("an amount of at least 0", lambda cell: _is_number(cell, 0, int, float), float),
    str: ("a text", lambda cell: isinstance(cell, str), str),
    Url: (
        "a URL such as https://example.com/",
        lambda cell: isinstance(cell, str) and is_http_url(cell),
        str,
    ),
    frozenset[str]: ("a list of texts", _is_list_of_texts, frozenset),
}
"""By the type of a field: the rule that a cell must hold to, whether it does, and the reader."""
