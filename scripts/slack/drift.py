"""Compares the manifest of the app at Slack with the one that the code needs."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

# Slack sets some of these by itself, and people set the app's looks: neither comes from the code.
_NOT_OURS = (
    "_metadata",
    "display_information.background_color",
    "display_information.long_description",
    "oauth_config.token_management_enabled",
    "settings.function_runtime",
)
_NAMED_BY = ("command", "callback_id", "title", "name")
"""The keys that identify an entry of a list, such as a slash command."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference at `path` in the manifest; None where one side has no value there."""

    path: str
    slack: Any
    expected: Any

    def __str__(self) -> str:
        if self.slack is None:
            return f"{self.path}: Slack lacks {self.expected!r}"
        if self.expected is None:
            return f"{self.path}: Slack has {self.slack!r}, which nothing here needs"
        return f"{self.path}: Slack has {self.slack!r}, it should be {self.expected!r}"

    def as_json(self) -> dict[str, Any]:
        return {"path": self.path, "slack": self.slack, "wanted": self.expected}


def differences(slack: Json, expected: Json) -> list[Difference]:
    """The differences of two manifests. Lists have no order; false, empty and missing are equal."""
    there, ours = dict(_leaves(slack)), dict(_leaves(expected))
    paths = [path for path in {**ours, **there} if not path[0].startswith(_NOT_OURS)]
    return [
        Difference(path[0], there.get(path), ours.get(path))
        for path in sorted(paths)
        if (there.get(path) or None) != (ours.get(path) or None)
    ]


def with_its_looks(expected: Json, slack: Json) -> Json:
    """The expected manifest with the looks that a person chose, since an update replaces all."""
    looks = slack.get("display_information", {})
    return expected | {"display_information": looks | expected["display_information"]}


def _leaves(value: Any, path: str = "") -> Iterator[tuple[tuple[str, str], Any]]:
    """Each value by its path, and by itself where it is a plain entry of a list."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for inner in value:
            if isinstance(inner, dict):
                yield from _leaves(inner, f"{path}[{_name(inner)}]")
            else:
                yield (path, str(inner)), inner
    else:
        yield (path, ""), value


def _name(entry: Json) -> str:
    return str(next((entry[key] for key in _NAMED_BY if key in entry), entry))
