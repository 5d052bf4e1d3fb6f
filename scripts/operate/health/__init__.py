"""Whether an environment is well: one finding for each thing that `./stackbot status` looks at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Finding:
    """The state of one part of an environment.

    `summary` is a line for people, `figures` what --json prints. The command's exit status is 1
    where any finding is not `well`.
    """

    summary: str
    well: bool = True
    figures: Mapping[str, Any] = field(default_factory=dict)
