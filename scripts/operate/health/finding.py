"""What was found about one part of an environment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Finding:
    """A line for people, whether all is well with it, and its figures for scripts."""

    told: str
    well: bool = True
    figures: Mapping[str, Any] = field(default_factory=dict)
