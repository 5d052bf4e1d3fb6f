"""What the names in exports mean: Notion's carry ids, repositories are in one folder."""

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

_ID = re.compile(r"[ _-]?\b([0-9a-f]{32})(?=(?:_all)?(?:\.\w+)?$)")
_LINKED_ID = re.compile(r"(?:%20|[ _-])[0-9a-f]{32}(?=(?:_all)?\.(?:md|csv|html)|[/)])")
_ALL = re.compile(r"_all(?=\.csv$)")


def cleaned(name: str) -> str:
    """A file's path without the ids that Notion writes into it."""
    parts = [_ID.sub("", part) or part for part in PurePosixPath(name).parts]
    return _ALL.sub("", "/".join(parts)) if notion_url(name) else "/".join(parts)


def notion_url(name: str) -> str:
    """Where a file that Notion has exported can be opened; "" for any other."""
    found = _ID.search(PurePosixPath(name).name)
    return f"https://www.notion.so/{found[1]}" if found else ""


def without_ids(markdown: str) -> str:
    """A text whose links to other pages of an export are rid of their ids."""
    return _LINKED_ID.sub("", markdown)


def partial(names: Sequence[str]) -> set[str]:
    """Tables that show a part of what another file has: Notion's `X.csv` beside `X_all.csv`."""
    whole = {_ALL.sub("", name) for name in names if _ALL.search(name)}
    return whole.intersection(names)


def without_top_folder(names: Sequence[str]) -> Mapping[str, str]:
    """Names by those in an archive: without its one folder, which Git hosts name by commit."""
    tops = {name.partition("/")[0] for name in names}
    if len(tops) != 1 or not all("/" in name for name in names):
        return {name: name for name in names}
    return {name: name.partition("/")[2] for name in names}
