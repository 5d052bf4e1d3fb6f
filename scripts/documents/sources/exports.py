"""Reads the names in exports: Notion's carry ids, archives of repositories have one folder."""

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

_ID = re.compile(r"[ _-]?\b([0-9a-f]{32})(?=(?:_all)?(?:\.\w+)?$)")
"""As in "Pay 0123456789abcdef0123456789abcdef.md", or "Docks 0123…cdef_all.csv"."""
_LINKED_ID = re.compile(r"(?:%20|[ _-])[0-9a-f]{32}(?=(?:_all)?\.(?:md|csv|html)|[/)])")
"""As in "(Handbook%200123456789abcdef0123456789abcdef/Parking.md)"."""
_WHOLE_TABLE = re.compile(r"_all(?=\.csv$)")  # "Docks_all.csv"


def cleaned(name: str) -> str:
    """A file's path without the ids that Notion writes into it."""
    parts = [_ID.sub("", part) or part for part in PurePosixPath(name).parts]
    return _WHOLE_TABLE.sub("", "/".join(parts)) if notion_url(name) else "/".join(parts)


def notion_url(name: str) -> str:
    """The page's address in Notion; "" for a file that Notion has not exported."""
    match = _ID.search(PurePosixPath(name).name)
    return f"https://www.notion.so/{match[1]}" if match else ""


def without_ids(markdown: str) -> str:
    """The text without the ids in its links to other pages of an export."""
    return _LINKED_ID.sub("", markdown)


def partial(names: Sequence[str]) -> set[str]:
    """The tables that are part of another file: Notion's `X.csv` beside `X_all.csv`."""
    whole = {_WHOLE_TABLE.sub("", name) for name in names if _WHOLE_TABLE.search(name)}
    return whole.intersection(names)


def without_top_folder(names: Sequence[str]) -> Mapping[str, str]:
    """The names in an archive without its single folder, whose name has a commit at Git hosts."""
    tops = {name.partition("/")[0] for name in names}
    if len(tops) != 1 or not all("/" in name for name in names):
        return {name: name for name in names}
    return {name: name.partition("/")[2] for name in names}
