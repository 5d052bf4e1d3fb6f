"""Lists what the PATHs of a command hold: files of folders, of archives, or single files."""

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
from scripts.documents.sources.documents import (
    RULES,
    DocumentFile,
    RulesFile,
    Skipped,
    is_rules,
    kind_of,
)
from scripts.documents.sources.outer_rules import outer_rules
from scripts.terminal.problem import Problem


@dataclass(frozen=True, slots=True)
class Gathered:
    """What the PATHs hold; `rules` are also those above them."""

    files: tuple[DocumentFile, ...]
    skipped: tuple[Skipped, ...]
    rules: tuple[RulesFile, ...]


def gather(paths: Sequence[Path], scratch: Path) -> Gathered:
    """The files of the PATHs, by name. Archives are unpacked into `scratch`.

    Where there are several PATHs, each file's name begins with its PATH's. Raises `Problem` where a
    PATH does not exist or a folder cannot be read: its documents would seem to be deleted.
    """
    unpacking = Unpacking(scratch)
    files: dict[str, DocumentFile] = {}
    skipped: list[Skipped] = []
    rules: list[RulesFile] = []
    for path in paths:
        folder = f"{root_name(path)}/" if len(paths) > 1 else ""
        rules += outer_rules(path, folder)
        for name, file in _of_path(path, unpacking):
            if isinstance(file, Skipped):
                skipped.append(Skipped(_writable(f"{folder}{name}"), file.why))
            elif file.kind == RULES:
                of = _writable(f"{folder}{file.name}")[: -len(RULES)]
                rules.append(RulesFile(of, file.path))
            else:
                place = _writable(f"{folder}{file.name}")
                free = _free(place, files)
                aliases = tuple(_writable(f"{folder}{alias}") for alias in file.aliases)
                files[free] = replace(file, name=free, place=place, aliases=aliases)
    ordered = sorted(files.values(), key=lambda file: file.name)
    return Gathered(tuple(ordered), tuple(sorted(skipped)), tuple(sorted(rules)))


def root_name(path: Path) -> str:
    """A PATH's own name, which does not depend on where on a machine it is."""
    return path.resolve().name


def documents(folder: Path) -> list[Path]:
    """Every file below `folder` that documents or their rules come from, archives included."""
    return [
        path
        for path in _visible(folder)
        if is_rules(path.name) or is_archive(path.name) or isinstance(kind_of(path.name, 1), str)
    ]


def _of_path(path: Path, unpacking: Unpacking) -> Iterator[tuple[str, DocumentFile | Skipped]]:
    if path.is_dir():
        yield from _of_folder(path, unpacking)
    elif is_rules(path.name):
        raise Problem(f"{path} speaks of its folder: name the folder, so that its rules hold.")
    elif path.is_file() and is_archive(path.name):
        yield from _of_archive(path, path.name, unpacking)
    elif path.is_file():
        day = dates.of_folder(path.parent, [path.name]).get(path.name, "")
        yield path.name, _classified(path.name, path, day or _day(path))
    else:
        raise Problem(f"There is no {path}: name a folder, an archive or a file.")


def _of_folder(folder: Path, unpacking: Unpacking) -> Iterator[tuple[str, DocumentFile | Skipped]]:
    paths = {path.relative_to(folder).as_posix(): path for path in _visible(folder)}
    committed = dates.of_folder(folder, paths)
    part = exports.partial([*paths])
    for name, path in paths.items():
        if name in part:
            continue
        if is_archive(name):
            for inner, file in _of_archive(path, name, unpacking):
                yield f"{without_suffix(name)}/{inner}", _in_archive(file, name)
            continue
        day = committed.get(name)
        yield name, _classified(name, path, _day(path) if day is None else day)


def _of_archive(
    archive: Path, name: str, unpacking: Unpacking
) -> Iterator[tuple[str, DocumentFile | Skipped]]:
    members: list[Member] = []
    for member in unpacking.members(archive, name):
        if isinstance(member, Skipped):
            yield member.name, member
        else:
            members.append(member)
    short = exports.without_top_folder([member.name for member in members])
    part = exports.partial([member.name for member in members])
    for member in members:
        if member.name not in part:
            file = _classified(short[member.name], member.path, member.modified)
            if isinstance(file, DocumentFile) and member.name != short[member.name]:
                file = replace(file, aliases=(*file.aliases, member.name))
            yield short[member.name], file


def _in_archive(file: DocumentFile | Skipped, archive: str) -> DocumentFile | Skipped:
    """The file with a name as if the archive were a folder: "people/a.md" in "people.zip".

    Rules may match the archive's own name as well: "people.zip/a.md".
    """
    folder = f"{without_suffix(archive)}/"
    if isinstance(file, Skipped):
        return replace(file, name=f"{folder}{file.name}")
    names = (file.name, *file.aliases)
    aliases = [*(f"{folder}{name}" for name in names[1:]), *(f"{archive}/{name}" for name in names)]
    return replace(file, name=f"{folder}{file.name}", aliases=tuple(aliases))


def _classified(name: str, path: Path, modified: str) -> DocumentFile | Skipped:
    if is_rules(name):
        return DocumentFile(exports.cleaned(name), path, RULES)
    try:
        kind = kind_of(name, path.stat().st_size)
    except OSError as error:
        return Skipped(name, f"it cannot be read ({error.strerror})")
    if isinstance(kind, Skipped):
        return kind
    clean, url = exports.cleaned(name), exports.notion_url(name)
    title = PurePosixPath(clean).stem if url else ""
    aliases = (name,) if name != clean else ()
    return DocumentFile(clean, path, kind, modified, title, url, aliases=aliases)


def _visible(folder: Path) -> list[Path]:
    """The files below a folder, without hidden ones and links. Raises `Problem`.

    The target of a link within the folder is listed where it is, and rules match that place. A
    rules.toml that is a link counts: without it, all documents would be for everyone.
    """
    visible: list[Path] = []
    for above, folders, files in os.walk(folder, onerror=_unreadable):
        folders[:] = [name for name in folders if not is_hidden(PurePosixPath(name))]
        paths = (Path(above, name) for name in files if not is_hidden(PurePosixPath(name)))
        visible += (path for path in paths if is_rules(path.name) or _is_plain_file(path))
    return sorted(visible)


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


def _free(name: str, files: dict[str, DocumentFile]) -> str:
    """The name; where another file has it, the name with a number: "Pay (2).md"."""
    path, number, free = PurePosixPath(name), 1, name
    while free in files:
        number += 1
        free = path.with_name(f"{path.stem} ({number}){path.suffix}").as_posix()
    return free


def _writable(name: str) -> str:
    """The name with U+FFFD for each byte that is no UTF-8, as in older archives."""
    return name.encode(errors="surrogateescape").decode(errors="replace")
