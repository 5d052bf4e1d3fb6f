"""Where the app that Slack has differs from the one that the code wants."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

# What Slack writes by itself, and how a person makes the app look: neither is ours to say.
_NOT_OURS = (
    "_metadata",
    "display_information.background_color",
    "display_information.long_description",
    "oauth_config.token_management_enabled",
    "settings.function_runtime",
)
_NAMED_BY = ("command", "callback_id", "title", "name")


@dataclass(frozen=True, slots=True)
class Difference:
    """`path` leads there in the manifest; None stands for nothing."""

    path: str
    slack: Any
    wanted: Any

    def __str__(self) -> str:
        if self.slack is None:
            return f"{self.path}: Slack lacks {self.wanted!r}"
        if self.wanted is None:
            return f"{self.path}: Slack has {self.slack!r}, which nothing here needs"
        return f"{self.path}: Slack has {self.slack!r}, it should be {self.wanted!r}"


def differences(slack: Json, wanted: Json) -> list[Difference]:
    """What differs between two manifests; lists have no order, and what is off need not be said."""
    there, ours = dict(_leaves(slack)), dict(_leaves(wanted))
    paths = [path for path in {**ours, **there} if not path[0].startswith(_NOT_OURS)]
    return [
        Difference(path[0], there.get(path), ours.get(path))
        for path in sorted(paths)
        if (there.get(path) or None) != (ours.get(path) or None)
    ]


def with_its_looks(wanted: Json, slack: Json) -> Json:
    """The wanted manifest with what a person chose for the app's looks: an update replaces all."""
    looks = slack.get("display_information", {})
    return wanted | {"display_information": looks | wanted["display_information"]}


def _leaves(value: Any, path: str = "") -> Iterator[tuple[tuple[str, str], Any]]:
    """Each value with its path; in a list of words each word has a place of its own."""
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
