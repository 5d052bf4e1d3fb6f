"""One question to a template, with the change that makes its answer no."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from infra.environments import Environment
from tests.infra.template import Template

Holds = Callable[[Template], bool]
Break = Callable[[Template], object]
Applies = Callable[[Environment], bool]


@dataclass(frozen=True, slots=True)
class Check:
    """`holds` must be true of the rows it `applies` to, and false after `break_it`."""

    holds: Holds
    break_it: Break
    applies: Applies

    def asked_of(self, templates: Mapping[str, Template]) -> list[tuple[str, Template]]:
        """The environments that it applies to: at least one."""
        rows = [
            (name, template) for name, template in templates.items() if self.applies(template.row)
        ]
        assert rows
        return rows

    def __str__(self) -> str:
        return self.holds.__name__


CHECKS: list[Check] = []


def check(broken_by: Break, applies: Applies = lambda _: True) -> Callable[[Holds], Holds]:
    """Add the decorated question to the list."""

    def add(holds: Holds) -> Holds:
        CHECKS.append(Check(holds, broken_by, applies))
        return holds

    return add


def on_aws(row: Environment) -> bool:
    """Whether it is AWS, which has TLS and layers, rather than an emulator on this machine."""
    return not row.on_this_machine


def publishes(row: Environment) -> bool:
    """Whether new code is published beside what is live, rather than put in its place."""
    return row.publish
