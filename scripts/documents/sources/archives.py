"""Unpacks archives, which may be hostile, within limits of size, number and depth.

Members are written under names of our own, so that no name in an archive can lead out of the
folder. Links and devices are left out.
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

from scripts.documents.sources.documents import LARGEST, MEGABYTE, Skipped, is_rules, kind_of
from scripts.terminal.problem import Problem

SUFFIXES = (".zip", ".tar", ".tar.gz", ".tgz")
_LARGEST_TOTAL = 4 * 1024 * MEGABYTE
_MOST_MEMBERS = 200_000
_DEPTH = 3
"""Levels of archives in archives: Notion packs its exports into a second one."""
_ENCRYPTED, _UTF8 = 0x1, 0x800
"""Bits of a ZIP member's flags: 4.4.4 of PKWARE's APPNOTE.TXT."""
_DAMAGED_ERRORS = (
    *(zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError),
    *(OSError, ValueError),
)


@dataclass(frozen=True, slots=True)
class Member:
    """An unpacked file of an archive. `modified` is an ISO date, or "" where it is unknown."""

    name: str
    path: Path
    modified: str


def is_archive(name: str) -> bool:
    return name.lower().endswith(SUFFIXES)


def without_suffix(name: str) -> str:
    """The archive's name as a folder: "people" of "people.tar.gz"."""
    suffix = next(suffix for suffix in SUFFIXES if name.lower().endswith(suffix))
    return name[: -len(suffix)]


class Unpacking:
    """Unpacks into `folder`. The limits are for all archives of one command together."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._bytes_left, self._members = _LARGEST_TOTAL, 0

    def members(self, archive: Path, name: str, depth: int = 1) -> Iterator[Member | Skipped]:
        """The files of an archive, and of archives in it. `name` is the archive's in messages.

        Files of an inner archive are named as if they were beside it, so that rules about the
        folder match them. Raises `Problem` where a rules.toml cannot be unpacked.
        """
        if depth > _DEPTH:
            yield Skipped(name, "it is an archive in an archive in an archive")
            return
        beside = PurePosixPath(name).parent if depth > 1 else PurePosixPath()
        try:
            reading = self._zip if name.lower().endswith(".zip") else self._tar
            # As a list: where an archive is truncated, its rules may be in the missing part.
            for unpacked in list(reading(archive)):
                member = replace(unpacked, name=str(beside / unpacked.name))
                if isinstance(member, Member) and is_archive(member.name):
                    yield from self.members(member.path, member.name, depth + 1)
                elif isinstance(member, Skipped) and is_rules(member.name):
                    raise Problem(
                        f"{name}: {member.name} cannot be read: {member.why}. Nothing was taken in,"
                        " since it says who may see what."
                    )
                else:
                    yield member
        except _DAMAGED_ERRORS:
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
                if refusal := self._refusal(name, info.file_size):
                    yield refusal
                    continue
                try:
                    with packed.open(info) as file:
                        yield self._unpack(name, file, _iso(*info.date_time[:3]))
                except _DAMAGED_ERRORS:
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
                if refusal := self._refusal(info.name, info.size):
                    yield refusal
                    continue
                file = packed.extractfile(info)
                if file:
                    yield self._unpack(info.name, file, _day(info.mtime))
            _check_end(packed)

    def _refusal(self, name: str, size: int) -> Skipped | None:
        """Why a member is not unpacked; None where it is."""
        self._members += 1
        if self._members > _MOST_MEMBERS:
            return Skipped(name, f"the archives hold more than {_MOST_MEMBERS:,} files")
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or "\0" in name:
            return Skipped(name, "its path leads out of the archive")
        if is_archive(name) or is_rules(name):
            return None
        kind = kind_of(name, size)
        return kind if isinstance(kind, Skipped) else None

    def _unpack(self, name: str, file: IO[bytes], modified: str) -> Member | Skipped:
        """Write a member to the folder, and count its bytes: the archive's sizes may be false."""
        path = self._folder / f"{self._members}{Path(name).suffix}"
        suffix = Path(name).suffix.lower()
        limit = min(LARGEST.get(suffix, _LARGEST_TOTAL), self._bytes_left)
        try:
            with path.open("wb") as output:
                while piece := file.read(MEGABYTE):
                    limit -= len(piece)
                    self._bytes_left -= len(piece)
                    if limit < 0:
                        path.unlink()
                        return Skipped(name, "it swells beyond the limit when it is unpacked")
                    output.write(piece)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            raise Problem(
                f"There is no room to unpack {name} into {self._folder}: make some, or set TMPDIR"
                " to a folder elsewhere. Nothing was changed."
            ) from None
        return Member(name, path, modified)


def is_hidden(path: PurePosixPath) -> bool:
    """Whether a file belongs to an editor, a system or Git: ".git/config", "__MACOSX/._a.md"."""
    return any(part.startswith(".") or part == "__MACOSX" for part in path.parts)


def _check_end(packed: tarfile.TarFile) -> None:
    """Raise `tarfile.ReadError` where the archive is truncated between two members.

    tarfile takes that for the end, which in truth is a block of 512 zeros: see POSIX's pax(1).
    """
    assert packed.fileobj
    packed.fileobj.seek(packed.offset)
    if packed.fileobj.read(tarfile.BLOCKSIZE) != bytes(tarfile.BLOCKSIZE):
        raise tarfile.ReadError("it breaks off")


def _name_of(info: zipfile.ZipInfo) -> str:
    """A member's name, decoded as UTF-8 where possible, even without the flag that says so.

    macOS packs names in UTF-8 without the flag (bit 11, 4.4.4 of PKWARE's APPNOTE.TXT). By the old
    code page, "F\u00fchrung/" would read "F\u251c\u255dhrung/", which no rule matches.
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
