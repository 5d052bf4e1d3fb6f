"""What the model may call: one module per tool, and one line here. See docs/tools.md.

Tools only read. None changes anything, so that no document can make the bot do harm.
"""

from collections.abc import Collection

from bot.answering.tools.dates import count_days
from bot.answering.tools.search import search_documents
from bot.answering.tools.tool import Tool

TOOLS = (
    search_documents,
    count_days,
)

ALL_TOOLS = "*"


def allowed(names: Collection[str]) -> tuple[Tool, ...]:
    """The tools of these names, of which "*" means all. Raises ValueError for unknown names."""
    existing = {tool.name for tool in TOOLS}
    if unknown := [name for name in names if name not in existing | {ALL_TOOLS}]:
        raise ValueError(
            f"There is no tool {unknown[0]!r}: set tools in infra/environments.py to some of"
            f" {', '.join(sorted(existing))}, or to {ALL_TOOLS!r} for all."
        )
    return tuple(tool for tool in TOOLS if ALL_TOOLS in names or tool.name in names)
