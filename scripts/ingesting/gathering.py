"""Finds what the PATHs of a command hold: files of folders, of archives, or single ones."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path, PurePosixPath

from scripts.ingesting import dates, exports
from scripts.ingesting.archives import Member, Unpacking, is_archive, is_hidden, without_suffix
from scripts.ingesting.found import RULES, Found, Skipped, kind_of
from scripts.problem import Problem


@dataclass(frozen=True, slots=True)
class Gathered:
    """All that was found. `rules` are the rules files, each with the folder that it speaks of."""

    files: tuple[Found, ...]
    skipped: tuple[Skipped, ...]
    rules: tuple[tuple[str, Path], ...]


def gather(paths: Sequence[Path], scratch: Path) -> Gathered:
    """What the PATHs hold, by name. `scratch` is for what comes out of archives.

    Of several PATHs each file's name begins with that of its PATH. Raises `Problem` where a PATH is
    none, or a folder cannot be read: its documents would seem to be deleted.
    """
    unpacking = Unpacking(scratch)
    files: dict[str, Found] = {}
    skipped: list[Skipped] = []
    rules: list[tuple[str, Path]] = []
    for path in paths:
        folder = f"{root_name(path)}/" if len(paths) > 1 else ""
        for name, found in _of_path(path, unpacking):
            if isinstance(found, Skipped):
                skipped.append(Skipped(_writable(f"{folder}{name}"), found.why))
            elif found.kind == RULES:
                rules.append((_writable(f"{folder}{found.name}").removesuffix(RULES), found.path))
            else:
                place = _writable(f"{folder}{found.name}")
                free = _free(place, files)
                files[free] = replace(found, name=free, place=place)
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
        if path.name == RULES or is_archive(path.name) or isinstance(kind_of(path.name, 1), str)
    ]


def _of_path(path: Path, unpacking: Unpacking) -> Iterator[tuple[str, Found | Skipped]]:
    if path.is_dir():
        yield from _of_folder(path, unpacking)
    elif path.name == RULES:
        raise Problem(f"{path} speaks of its folder: name the folder, so that its rules hold.")
    elif path.is_file() and is_archive(path.name):
        yield from _of_archive(path, path.name, unpacking)
    elif path.is_file():
        day = dates.of_folder(path.parent, [path.name]).get(path.name, "")
        yield path.name, _judged(path.name, path, day or _day(path))
        if (beside := path.with_name(RULES)).is_file():
            yield RULES, Found(RULES, beside, RULES)
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
                below = f"{without_suffix(name)}/{inner}"
                yield below, replace(found, name=below)
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
            yield (
                short[member.name],
                _judged(short[member.name], member.path, member.modified),
            )


def _judged(name: str, path: Path, modified: str) -> Found | Skipped:
    if PurePosixPath(name).name == RULES:
        return Found(exports.cleaned(name), path, RULES)
    try:
        kind = kind_of(name, path.stat().st_size)
    except OSError as error:
        return Skipped(name, f"it cannot be read ({error.strerror})")
    if isinstance(kind, Skipped):
        return kind
    clean, url = exports.cleaned(name), exports.notion_url(name)
    return Found(clean, path, kind, modified, PurePosixPath(clean).stem if url else "", url)


def _visible(folder: Path) -> list[Path]:
    """The files below a folder, without hidden ones and links. Raises `Problem`.

    What a link leads to inside of the folder is found where it is, and rules mean that place.
    """
    found: list[Path] = []
    for above, folders, files in os.walk(folder, onerror=_unreadable):
        folders[:] = [name for name in folders if not is_hidden(PurePosixPath(name))]
        paths = (Path(above, name) for name in files if not is_hidden(PurePosixPath(name)))
        found += (path for path in paths if path.is_file() and not path.is_symlink())
    return sorted(found)


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
