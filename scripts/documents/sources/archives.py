"""Unpacks archives: nothing leaves its folder, and nothing swells beyond its limits.

Members are written under names of our own, so that no name in an archive means anything on this
machine. Links and devices are left out.
"""

import errno
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path, PurePosixPath
from typing import IO

from scripts.documents.sources.documents import KINDS, LARGEST, MEGABYTE, Skipped, is_rules, kind_of
from scripts.terminal.problem import Problem

SUFFIXES = (".zip", ".tar", ".tar.gz", ".tgz")
_LARGEST_WHOLE = 4 * 1024 * MEGABYTE
_MEMBERS = 200_000
_DEPTH = 3
"""An archive in an archive in an archive: Notion packs its exports into a second one."""
_ENCRYPTED, _UTF8 = 0x1, 0x800
_BROKEN = (
    *(zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError),
    *(OSError, ValueError),
)


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an archive, unpacked. `modified` is an ISO date, or ""."""

    name: str
    path: Path
    modified: str


def is_archive(name: str) -> bool:
    return name.lower().endswith(SUFFIXES)


def without_suffix(name: str) -> str:
    """The name of an archive as that of a folder."""
    suffix = next(one for one in SUFFIXES if name.lower().endswith(one))
    return name[: -len(suffix)]


class Unpacking:
    """Unpacks into `folder`; the limits hold for all archives of one command together."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._left, self._members = _LARGEST_WHOLE, 0

    def members(self, archive: Path, name: str, depth: int = 1) -> Iterator[Member | Skipped]:
        """The files of an archive and of those in it. `name` is what it is called.

        Those of an inner archive are named as if they lay beside it: rules for its folder hold.
        """
        if depth > _DEPTH:
            yield Skipped(name, "it is an archive in an archive in an archive")
            return
        beside = PurePosixPath(name).parent if depth > 1 else PurePosixPath()
        try:
            reading = self._zip if name.lower().endswith(".zip") else self._tar
            # All of it before any: what breaks off may have its rules behind the break.
            for one in list(reading(archive)):
                found = replace(one, name=str(beside / one.name))
                if isinstance(found, Member) and is_archive(found.name):
                    yield from self.members(found.path, found.name, depth + 1)
                elif isinstance(found, Skipped) and is_rules(found.name):
                    raise Problem(
                        f"{name}: {found.name} cannot be read: {found.why}. Nothing was taken in,"
                        " since it says who may see what."
                    )
                else:
                    yield found
        except _BROKEN:
            yield Skipped(name, "it is damaged, or no archive")

    def _zip(self, archive: Path) -> Iterator[Member | Skipped]:
        with zipfile.ZipFile(archive) as packed:
            for info in packed.infolist():
                name = _name_of(info).replace("\\", "/")
                if info.is_dir() or is_hidden(PurePosixPath(name)):
                    continue
                if info.flag_bits & _ENCRYPTED:
                    yield Skipped(name, "it is protected with a password")
                    continue
                year, month, day = info.date_time[:3]
                if why := self._refused(name, info.file_size):
                    yield why
                    continue
                try:
                    with packed.open(info) as file:
                        yield self._written(name, file, _iso(year, month, day))
                except _BROKEN:
                    yield Skipped(name, "it is damaged")
                except NotImplementedError:
                    yield Skipped(name, "it is packed in a way that Python does not know")

    def _tar(self, archive: Path) -> Iterator[Member | Skipped]:
        with tarfile.open(archive) as packed:
            for info in packed:
                if info.isdir() or is_hidden(PurePosixPath(info.name)):
                    continue
                if not info.isreg():
                    yield Skipped(info.name, "it is a link, or no file")
                    continue
                if why := self._refused(info.name, info.size):
                    yield why
                    continue
                file = packed.extractfile(info)
                if file:
                    yield self._written(info.name, file, _day(info.mtime))
            _check_end(packed)

    def _refused(self, name: str, size: int) -> Skipped | None:
        """Why a member is not even unpacked."""
        self._members += 1
        if self._members > _MEMBERS:
            return Skipped(name, f"the archives hold more than {_MEMBERS:,} files")
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or "\0" in name:
            return Skipped(name, "its path leads out of the archive")
        if is_archive(name) or is_rules(name):
            return None
        kind = kind_of(name, size)
        return kind if isinstance(kind, Skipped) else None

    def _written(self, name: str, file: IO[bytes], modified: str) -> Member | Skipped:
        """Believes no size that the archive tells, but counts."""
        path = self._folder / f"{self._members}{Path(name).suffix}"
        suffix = Path(name).suffix.lower()
        most = min(LARGEST[suffix] if suffix in KINDS else _LARGEST_WHOLE, self._left)
        try:
            with path.open("wb") as written:
                while piece := file.read(MEGABYTE):
                    most -= len(piece)
                    self._left -= len(piece)
                    if most < 0:
                        path.unlink()
                        return Skipped(name, "it swells beyond the limit when it is unpacked")
                    written.write(piece)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            raise Problem(
                f"There is no room to unpack {name} into {self._folder}: make some, or set TMPDIR"
                " to a folder elsewhere. Nothing was changed."
            ) from None
        return Member(name, path, modified)


def is_hidden(path: PurePosixPath) -> bool:
    """Whether a file is an editor's, a system's or Git's own."""
    return any(part.startswith(".") or part == "__MACOSX" for part in path.parts)


def _check_end(packed: tarfile.TarFile) -> None:
    """Raise `tarfile.ReadError` where the archive breaks off between two members.

    The library takes that for its end, which is a block of 512 zeros, says POSIX's pax(1).
    """
    assert packed.fileobj
    packed.fileobj.seek(packed.offset)
    if packed.fileobj.read(tarfile.BLOCKSIZE) != bytes(tarfile.BLOCKSIZE):
        raise tarfile.ReadError("it breaks off")


def _name_of(info: zipfile.ZipInfo) -> str:
    """A member's name. UTF-8 goes before the old code page where its flag is missing.

    macOS packs names in UTF-8 without the flag (bit 11, 4.4.4 of PKWARE's APPNOTE.TXT), and a rule
    for "F\u00fchrung/" would miss "F\u251c\u255dhrung/".
    """
    if info.flag_bits & _UTF8 or info.filename.isascii():
        return info.filename
    try:
        return info.filename.encode("cp437").decode()
    except UnicodeError:
        return info.filename


def _day(seconds: float) -> str:
    try:
        return date.fromtimestamp(max(0, seconds)).isoformat()
    except (ValueError, OverflowError, OSError):
        return ""


def _iso(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""
