"""A full disk, a checkout that can only be read, and the like end in one sentence with the way out.

A real full disk is a file system of 64 kB in a mount namespace of its own. Where the machine allows
none (some forbid them to users), the limit of a file's size takes its place.
"""

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from scripts.install import way_out
from scripts.local.whole_file import replacing
from scripts.terminal.problem import Problem, machine_problems
from tests.documents.test_left_out import as_nobody

ROOT = Path(__file__).parents[2]
FULL = ("The disk is full", "A file grows larger than the system allows")
READ_ONLY = ("cannot be written, since its disk can only be read", "is not yours to open")
_NAMESPACE = ["unshare", "--map-root-user", "--mount", "sh", "-ec"]
_FULL_DISK = (
    'mount -t tmpfs -o size=64k none "$0"; "$@" && exit; status=$?; ls -A "$0"; exit $status'
)
_READ_ONLY = 'mount --bind "$0" "$0"; mount -o remount,ro,bind "$0"; cd "$0"; exec "$@"'


def ends(command: list[str], **options: object) -> subprocess.CompletedProcess[str]:
    """Run a command of ./stackbot, which has to end without a traceback."""
    done = subprocess.run(command, text=True, capture_output=True, cwd=ROOT, **options)  # type: ignore[call-overload]
    assert "Traceback" not in done.stderr
    return done  # type: ignore[no-any-return]


def stackbot(*arguments: str) -> list[str]:
    return [sys.executable, str(ROOT / "stackbot"), *arguments]


def has_namespaces(folder: Path) -> bool:
    try:
        return ends([*_NAMESPACE, _READ_ONLY, str(folder), "true"]).returncode == 0
    except FileNotFoundError:
        return False


def test_a_full_disk_ends_a_report_in_a_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    command = stackbot("eval", "--search-only", "--report", str(disk / "report.html"))
    if has_namespaces(tmp_path):
        done = ends([*_NAMESPACE, _FULL_DISK, str(disk), *command])
    else:
        done = ends(["sh", "-c", 'ulimit -f 64; exec "$@"', "sh", *command])
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith(FULL)
    assert "report.html" not in done.stdout
    assert list(disk.iterdir()) == []


def test_the_first_set_up_on_a_full_disk_says_so(tmp_path: Path) -> None:
    sentence = "The disk is full: StackBot's packages need about 1.5 GB."
    if not has_namespaces(tmp_path):
        assert way_out("OSError: [Errno 28] No space left on device") == sentence
        return
    disk = tmp_path / "disk"
    disk.mkdir()
    fill = 'mount -t tmpfs -o size=18m none "$0"; cp -r "$@" "$0"; exec "$0"/stackbot check'
    parts = [str(ROOT / name) for name in ("stackbot", "scripts", "infra", "requirements")]
    done = ends([*_NAMESPACE, fill, str(disk), *parts])
    assert done.returncode == 1
    assert sentence in done.stderr


def test_an_output_that_finds_no_room_is_told_once() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            stackbot("eval", "--search-only"), cwd=ROOT, stdout=full, stderr=subprocess.PIPE
        )
    assert done.returncode == 1
    assert done.stderr.decode().splitlines()[-1].startswith(FULL[0])


def test_in_a_checkout_that_can_only_be_read_what_writes_nothing_works(tmp_path: Path) -> None:
    if has_namespaces(tmp_path):
        inside = [*_NAMESPACE, _READ_ONLY, str(ROOT), sys.executable, "stackbot"]
        measured = ends([*inside, "eval", "--search-only"])
        refused = ends([*inside, "init", "--name", "Ada"])
        assert (measured.returncode, refused.returncode) == (0, 1)
        assert "No report:" in measured.stderr
        (sentence,) = refused.stderr.splitlines()
        assert sentence.startswith(f"{ROOT}/infra/environments.py {READ_ONLY[0]}")
    else:
        with pytest.raises(Problem, match=READ_ONLY[1]), machine_problems():
            _in_a_folder_of_others()


def _full() -> None:
    with Path("/dev/full").open("w") as file:
        file.write("x")


def _too_large() -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with tempfile.TemporaryFile() as file, ExitStack() as after:
        after.callback(resource.setrlimit, resource.RLIMIT_FSIZE, before)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_024, before[1]))
        os.write(file.fileno(), b"x" * 1_024)
        os.write(file.fileno(), b"x")


def _too_many_files() -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    with ExitStack() as files:
        files.callback(resource.setrlimit, resource.RLIMIT_NOFILE, before)
        resource.setrlimit(resource.RLIMIT_NOFILE, (64, before[1]))
        while True:
            files.enter_context(Path(os.devnull).open())


def _in_a_folder_of_others() -> None:
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o500)
        with as_nobody():
            Path(name, "report.html").write_text("x")


@pytest.mark.parametrize(
    ("fail", "sentence"),
    [
        (_full, "The disk is full: make room there, or where temporary files go"),
        (_too_large, "A file grows larger than the system allows"),
        (_in_a_folder_of_others, "report.html is not yours to open: run this as the user"),
        (_too_many_files, "Too many files are open at once: allow more"),
    ],
)
def test_what_the_machine_lacks_is_a_sentence(fail: Callable[[], None], sentence: str) -> None:
    with pytest.raises(Problem, match=sentence), machine_problems():
        fail()


def test_a_mistake_of_ours_stays_one() -> None:
    with pytest.raises(FileNotFoundError), machine_problems():
        Path("/nowhere/at/all").read_text()


def test_a_file_that_cannot_be_written_whole_leaves_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    path.write_text("before")
    with pytest.raises(OSError, match="No space"):
        _write_half(path)
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [
        ("baseline.json", "before")
    ]


def _write_half(path: Path) -> None:
    with replacing(path) as partial:
        partial.write_text("half")
        _full()
