"""Finds the rules.toml files above a PATH, so that part of a folder keeps the limits of the whole.

The search goes up to the root of the repository that the PATH is in (with submodules, of the
outermost); outside of a repository up to the home folder or the root of the file system, since
nothing marks where an unpacked export begins.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from scripts.documents.sources.archives import is_archive, without_suffix
from scripts.documents.sources.documents import RULES, RulesFile, is_rules


def outer_rules(path: Path, folder: str) -> list[RulesFile]:
    """The rules files above a PATH, the outermost first. `folder` is its files' prefix.

    For a PATH that is a link, the folders above the link and above its target count.
    """
    chains = dict.fromkeys((path.resolve(), Path(os.path.abspath(path))))  # noqa: PTH100 - keeps links
    return [
        RulesFile(folder, rules, _names(end, rules.parent))
        for end in chains
        for above in _folders(end)
        for rules in _rules_in(above)
    ]


def _folders(path: Path) -> list[Path]:
    """The folders above a PATH whose rules apply to it, the outermost first."""
    repositories = [folder for folder in (path, *path.parents) if _exists(folder / ".git")]
    if repositories:
        root = repositories[-1]
        return [folder for folder in reversed(path.parents) if folder.is_relative_to(root)]
    beyond = {*_home_and_above(), Path(path.anchor)}
    return [
        folder
        for folder in reversed(path.parents)
        if folder not in beyond or (folder == path.parent and not path.is_dir())
    ]


def _home_and_above() -> list[Path]:
    """Empty where there is no home folder: without HOME, as a user without an account."""
    try:
        return [Path.home(), *Path.home().parents]
    except RuntimeError:
        return []


def _names(path: Path, folder: Path) -> tuple[str, ...]:
    """The prefixes of names below a PATH, as seen from a folder above it."""
    name = path.relative_to(folder).as_posix()
    if path.is_dir():
        return (f"{name}/",)
    if is_archive(name):
        return f"{without_suffix(name)}/", f"{name}/"
    return (name.removesuffix(path.name),)


def _rules_in(folder: Path) -> Iterator[Path]:
    """The folder's rules file, in any case of letters; also a dangling link."""
    try:
        yield from sorted(path for path in folder.iterdir() if is_rules(path.name))
    except OSError:  # a folder may be traversable and not readable
        if _exists(folder / RULES):
            yield folder / RULES


def _exists(path: Path) -> bool:
    """Whether there is a file, or none can be ruled out."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True
