"""Finds what the PATHs of a command hold: files of folders, of archives, or single ones."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path, PurePosixPath

from scripts.documents.sources import dates, exports
from scripts.documents.sources.archives import (
    Member,
    Unpacking,
    is_archive,
    is_hidden,
    without_suffix,
)
from scripts.documents.sources.documents import RULES, Found, RulesFile, Skipped, is_rules, kind_of
from scripts.documents.sources.outer_rules import outer_rules
from scripts.terminal.problem import Problem


@dataclass(frozen=True, slots=True)
class Gathered:
    """All that was found, in the PATHs and, of rules files, above them."""

    files: tuple[Found, ...]
    skipped: tuple[Skipped, ...]
    rules: tuple[RulesFile, ...]


def gather(paths: Sequence[Path], scratch: Path) -> Gathered:
    """What the PATHs hold, by name. `scratch` is for what comes out of archives.

    Of several PATHs each file's name begins with that of its PATH. Raises `Problem` where a PATH is
    none, or a folder cannot be read: its documents would seem to be deleted.
    """
    unpacking = Unpacking(scratch)
    files: dict[str, Found] = {}
    skipped: list[Skipped] = []
    rules: list[RulesFile] = []
    for path in paths:
        folder = f"{root_name(path)}/" if len(paths) > 1 else ""
        rules += outer_rules(path, folder)
        for name, found in _of_path(path, unpacking):
            if isinstance(found, Skipped):
                skipped.append(Skipped(_writable(f"{folder}{name}"), found.why))
            elif found.kind == RULES:
                of = _writable(f"{folder}{found.name}")[: -len(RULES)]
                rules.append(RulesFile(of, found.path))
            else:
                place = _writable(f"{folder}{found.name}")
                free = _free(place, files)
                aliases = tuple(_writable(f"{folder}{alias}") for alias in found.aliases)
                files[free] = replace(found, name=free, place=place, aliases=aliases)
    ordered = sorted(files.values(), key=lambda file: file.name)
    return Gathered(tuple(ordered), tuple(sorted(skipped)), tuple(sorted(rules)))


def root_name(path: Path) -> str:
    """What a PATH is called, wherever on a machine it is."""
    return path.resolve().name


def documents(folder: Path) -> list[Path]:
    """Every file below `folder` that says what the documents are, archives included."""
    return [
        path
        for path in _visible(folder)
        if is_rules(path.name) or is_archive(path.name) or isinstance(kind_of(path.name, 1), str)
    ]


def _of_path(path: Path, unpacking: Unpacking) -> Iterator[tuple[str, Found | Skipped]]:
    if path.is_dir():
        yield from _of_folder(path, unpacking)
    elif is_rules(path.name):
        raise Problem(f"{path} speaks of its folder: name the folder, so that its rules hold.")
    elif path.is_file() and is_archive(path.name):
        yield from _of_archive(path, path.name, unpacking)
    elif path.is_file():
        day = dates.of_folder(path.parent, [path.name]).get(path.name, "")
        yield path.name, _judged(path.name, path, day or _day(path))
    else:
        raise Problem(f"There is no {path}: name a folder, an archive or a file.")


def _of_folder(folder: Path, unpacking: Unpacking) -> Iterator[tuple[str, Found | Skipped]]:
    paths = {path.relative_to(folder).as_posix(): path for path in _visible(folder)}
    committed = dates.of_folder(folder, paths)
    part = exports.partial([*paths])
    for name, path in paths.items():
        if name in part:
            continue
        if is_archive(name):
            for inner, found in _of_archive(path, name, unpacking):
                yield f"{without_suffix(name)}/{inner}", _in_archive(found, name)
            continue
        day = committed.get(name)
        yield name, _judged(name, path, _day(path) if day is None else day)


def _of_archive(
    archive: Path, name: str, unpacking: Unpacking
) -> Iterator[tuple[str, Found | Skipped]]:
    members: list[Member] = []
    for found in unpacking.members(archive, name):
        if isinstance(found, Skipped):
            yield found.name, found
        else:
            members.append(found)
    short = exports.without_top_folder([member.name for member in members])
    part = exports.partial([member.name for member in members])
    for member in members:
        if member.name not in part:
            judged = _judged(short[member.name], member.path, member.modified)
            if isinstance(judged, Found) and member.name != short[member.name]:
                judged = replace(judged, aliases=(*judged.aliases, member.name))
            yield short[member.name], judged


def _in_archive(found: Found | Skipped, archive: str) -> Found | Skipped:
    """What an archive of a folder holds, named as if it lay in a folder of the archive's name.

    Rules may name the archive as they see it: "people.zip".
    """
    folder = f"{without_suffix(archive)}/"
    if isinstance(found, Skipped):
        return replace(found, name=f"{folder}{found.name}")
    names = (found.name, *found.aliases)
    aliases = [*(f"{folder}{name}" for name in names[1:]), *(f"{archive}/{name}" for name in names)]
    return replace(found, name=f"{folder}{found.name}", aliases=tuple(aliases))


def _judged(name: str, path: Path, modified: str) -> Found | Skipped:
    if is_rules(name):
        return Found(exports.cleaned(name), path, RULES)
    try:
        kind = kind_of(name, path.stat().st_size)
    except OSError as error:
        return Skipped(name, f"it cannot be read ({error.strerror})")
    if isinstance(kind, Skipped):
        return kind
    clean, url = exports.cleaned(name), exports.notion_url(name)
    title = PurePosixPath(clean).stem if url else ""
    aliases = (name,) if name != clean else ()
    return Found(clean, path, kind, modified, title, url, aliases=aliases)


def _visible(folder: Path) -> list[Path]:
    """The files below a folder, without hidden ones and links. Raises `Problem`.

    What a link leads to inside of the folder is found where it is, and rules mean that place. Rules
    that are a link themselves hold: without them, all would be for everyone.
    """
    found: list[Path] = []
    for above, folders, files in os.walk(folder, onerror=_unreadable):
        folders[:] = [name for name in folders if not is_hidden(PurePosixPath(name))]
        paths = (Path(above, name) for name in files if not is_hidden(PurePosixPath(name)))
        found += (path for path in paths if is_rules(path.name) or _is_plain_file(path))
    return sorted(found)


def _is_plain_file(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _unreadable(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise Problem(f"{error.filename} cannot be read: {error.strerror}. Nothing was changed.")


def _day(path: Path) -> str:
    try:
        return date.fromtimestamp(path.stat().st_mtime).isoformat()
    except OSError:
        return ""


def _free(name: str, taken: dict[str, Found]) -> str:
    """The name, or where another file has it already, one like it."""
    path, number, free = PurePosixPath(name), 1, name
    while free in taken:
        number += 1
        free = path.with_name(f"{path.stem} ({number}){path.suffix}").as_posix()
    return free


def _writable(name: str) -> str:
    """A name whose bytes are no UTF-8, as older archives have them, with a mark for each."""
    return name.encode(errors="surrogateescape").decode(errors="replace")
