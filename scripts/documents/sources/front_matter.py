"""Reads the YAML of a document's front matter, which may be hostile.

An alias (`*name`) repeats the value of an anchor (`&name`), and the merge key `<<` copies it, so
that 300 bytes expand to gigabytes ("billion laughs"). Only aliases of single values are allowed.
"""

from collections.abc import Mapping
from typing import Any

import yaml  # type: ignore[import-untyped]

from scripts.documents.sources.details import Malformed

_LARGEST = 64 * 1024
"""In characters, for which PyYAML takes up to 2 s; usual front matter has a few hundred."""


def read(text: str) -> Mapping[str, Any]:
    """Its keys and values. Raises `Malformed`."""
    if len(text) > _LARGEST:
        raise Malformed(f"its front matter is larger than {_LARGEST // 1024} KB")
    try:
        values = yaml.load(text, Loader=_Loader)  # noqa: S506 (it is a SafeLoader)
    # PyYAML lets Python's own errors through: ValueError for the date 2026-13-45, OverflowError for
    # 1:59:59:….5, a number to the base of 60.
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 2}" if mark else ""
        raise Malformed(f"its front matter is no YAML{where}") from None
    if not isinstance(values, dict):
        raise Malformed("its front matter is no list of keys and values")
    return {str(key): value for key, value in values.items()}


class _Loader(yaml.SafeLoader):  # type: ignore[misc]
    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.events.AliasEvent):
            name = self.peek_event().anchor
            if isinstance(self.anchors.get(name), yaml.nodes.CollectionNode):
                raise Malformed(f"its front matter repeats a part by *{name}: write it out")
        return super().compose_node(parent, index)
