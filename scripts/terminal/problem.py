"""Errors that a person can repair, each as a sentence that says how."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager

_FULL = (
    "The disk is full{at}: make room there, or where temporary files go (TMPDIR names another"
    " folder for them), and run this again."
)
_TOO_MANY = "Too many files are open at once: allow more (ulimit -n 4096), and run this again."
# https://man7.org/linux/man-pages/man3/errno.3.html
_BY_NUMBER = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL.replace("The disk is full", "Your share of the disk is used up"),
    errno.EFBIG: "A file grows larger than the system allows{at}: allow more (ulimit -f unlimited),"
    " and run this again.",
    errno.EROFS: "{file} cannot be written, since its disk can only be read: run this in a copy"
    " that can be written.",
    errno.EMFILE: _TOO_MANY,
    errno.ENFILE: _TOO_MANY,
}
_BY_NUMBER_OF_A_FILE = {
    errno.EACCES: "{file} is not yours to open: run this as the user whose it is, or in a copy of"
    " your own.",
    errno.EPERM: "{file} is not yours to change: run this as the user whose it is, or in a copy of"
    " your own.",
    errno.EIO: "The disk of {file} fails: see what the system says of it.",
}
# https://sqlite.org/rescode.html
_OF_SQLITE = {"SQLITE_FULL": errno.ENOSPC, "SQLITE_READONLY": errno.EROFS}
_NO_TEMPORARY = "No usable temporary directory"  # "… found in ['/tmp', …]", by the module tempfile


class Problem(Exception):
    """Ends the command with `status`; the text is a sentence that says what to do."""

    status = 1


class UsageError(Problem):
    """The command does not take these arguments."""

    status = 2


@contextmanager
def machine_problems() -> Iterator[None]:
    """Turn errors of this machine, such as a full disk, into a `Problem` with the way out."""
    try:
        yield
    except Exception as error:
        sentence = _sentence(error)
        if sentence is None:
            raise
        raise Problem(sentence) from error


def _sentence(error: Exception) -> str | None:
    """What to tell the person, or None where the machine is not the cause."""
    if not isinstance(error, OSError):
        # sqlite3 is not imported for this: https://docs.python.org/3/library/sqlite3.html
        number = _OF_SQLITE.get(str(getattr(error, "sqlite_errorname", "")))
        return _BY_NUMBER[number].format(at="", file="A cache") if number else None
    if str(error.strerror).startswith(_NO_TEMPORARY):
        return "There is no folder for temporary files: set TMPDIR to one with room in it."
    file = error.filename2 or error.filename
    sentence = _BY_NUMBER.get(error.errno or 0)
    if sentence is None and isinstance(file, str | os.PathLike):
        sentence = _BY_NUMBER_OF_A_FILE.get(error.errno or 0)
    return sentence and sentence.format(at=f" ({file})" if file else "", file=file or "A file")
