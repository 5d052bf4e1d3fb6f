"""The two zips: what is in them, how big they are, and that they come out the same twice."""

import os
import re
import shutil
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from infra import bundle
from infra.app import target
from infra.environments import PROD

AWS = target(PROD)


@pytest.fixture
def small_lock(tmp_path: Path) -> Path:
    """A lock file of one small package, as the real one pins it."""
    (pinned,) = re.findall(r"^typing-extensions==.+?(?=^\S)", bundle.LOCK.read_text(), re.M | re.S)
    lock = tmp_path / "small.txt"
    lock.write_text(pinned)
    return lock


@pytest.fixture(scope="session")
def aws_layer() -> Path:
    """The layer that is deployed; built once, so that only the first run needs the network."""
    return bundle.layer(AWS)


def names(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        return archive.namelist()


def tree(root: Path, **files: str) -> Path:
    for name, text in files.items():
        path = root / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def test_the_code_is_the_bot_alone(tmp_path: Path) -> None:
    packed = names(bundle.code(tmp_path))
    assert {"bot/ingress/handler.py", "bot/worker/handler.py", "bot/__init__.py"} <= set(packed)
    assert all(name.startswith("bot/") for name in packed)
    assert not [name for name in packed if name.endswith(".pyc") or "/." in name]


def test_the_code_is_small_enough_to_be_swapped_in_a_moment(tmp_path: Path) -> None:
    assert bundle.code(tmp_path).stat().st_size <= 256_000


def test_hidden_files_and_bytecode_stay_behind(tmp_path: Path) -> None:
    root = tree(
        tmp_path, **{"bot__a.py": "", "bot__a.pyc": "", "bot__.a.py.swp": "", "other.py": ""}
    )
    assert names(bundle.code(tmp_path / "built", root)) == ["bot/a.py"]


def test_the_code_is_the_same_wherever_and_whenever_it_is_packed(tmp_path: Path) -> None:
    here = tree(tmp_path / "here", bot__a="1", bot__b="2")
    there = tree(tmp_path / "there", bot__b="2", bot__a="1")
    os.utime(there / "bot" / "a", (0, 0))
    packed = [bundle.code(root / "built", root).read_bytes() for root in (here, there)]
    assert packed[0] == packed[1]


def test_the_bots_own_code_is_the_same_in_another_folder(tmp_path: Path) -> None:
    shutil.copytree(bundle.ROOT / "bot", tmp_path / "bot")
    there = bundle.code(tmp_path / "built", tmp_path).read_bytes()
    assert bundle.code(tmp_path / "again").read_bytes() == there


@pytest.mark.parametrize("target", [AWS, bundle.Target.this_machine()], ids=str)
def test_a_layer_is_the_same_when_it_is_built_twice(
    target: bundle.Target, tmp_path: Path, small_lock: Path
) -> None:
    once = bundle.layer(target, tmp_path / "once", small_lock)
    again = bundle.layer(target, tmp_path / "again", small_lock)
    assert once.name == again.name
    assert once.read_bytes() == again.read_bytes()


def test_only_the_layer_of_this_machine_carries_bytecode(tmp_path: Path, small_lock: Path) -> None:
    def bytecode(target: bundle.Target) -> list[str]:
        layer = bundle.layer(target, tmp_path, small_lock)
        return [name for name in names(layer) if name.endswith(".pyc")]

    assert len(bytecode(bundle.Target.this_machine())) == 1
    assert bytecode(AWS) == []


def test_a_layer_that_was_built_is_found_again(tmp_path: Path, small_lock: Path) -> None:
    layer = bundle.layer(AWS, tmp_path, small_lock)
    layer.write_bytes(b"found again")
    assert bundle.layer(AWS, tmp_path, small_lock).read_bytes() == b"found again"


def test_a_layer_may_be_unpacked_by_many_at_once(tmp_path: Path, small_lock: Path) -> None:
    target = bundle.Target.this_machine()
    bundle.layer(target, tmp_path, small_lock)
    with ThreadPoolExecutor(8) as pool:
        unpacked = [pool.submit(bundle.unpacked, target, tmp_path, small_lock) for _ in range(8)]
    assert len({future.result() for future in unpacked}) == 1


def test_a_changed_lock_file_is_another_layer(tmp_path: Path, small_lock: Path) -> None:
    before = bundle.layer(AWS, tmp_path, small_lock)
    small_lock.write_text(small_lock.read_text() + "\n# changed\n")
    assert bundle.layer(AWS, tmp_path, small_lock) != before


def test_a_package_that_cannot_be_had_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_OFFLINE", "1")
    lock = tmp_path / "lock.txt"
    lock.write_text(f"no-such-package-anywhere==1.0 --hash=sha256:{'0' * 64}\n")
    with pytest.raises(bundle.BundleError) as failed:
        bundle.layer(AWS, tmp_path, lock)
    assert "\n" not in str(failed.value)
    assert "set UV_DEFAULT_INDEX" in str(failed.value)
    assert list(tmp_path.iterdir()) == [lock]


def test_the_index_that_pip_was_told_is_told_to_uv(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_INDEX"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_INDEX_URL", "https://index.example/simple")
    assert bundle.package_index() == {"UV_DEFAULT_INDEX": "https://index.example/simple"}
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://other.example/simple")
    assert bundle.package_index() == {}


def test_the_deployed_layer_is_the_same_when_it_is_built_elsewhere(
    aws_layer: Path, tmp_path: Path
) -> None:
    lock = Path(shutil.copy(bundle.LOCK, tmp_path))
    there = bundle.layer(AWS, tmp_path / "built", lock)
    assert (there.name, there.read_bytes()) == (aws_layer.name, aws_layer.read_bytes())


def test_the_deployed_layer_is_small(aws_layer: Path) -> None:
    assert aws_layer.stat().st_size <= 8_000_000


def test_the_deployed_layer_holds_what_the_worker_imports_and_no_more(aws_layer: Path) -> None:
    packed = names(aws_layer)
    top = {name.split("/")[1] for name in packed}
    assert {"slack_bolt", "slack_sdk", "openai"} <= top
    assert all(name.startswith("python/") for name in packed)
    assert not top & {"bin", "boto3", "botocore", "pip", "slack_simulator", "tests"}
    assert not [name for name in packed if name.endswith("/RECORD")]


def test_the_deployed_layer_is_built_for_lambda(aws_layer: Path) -> None:
    compiled = [name for name in names(aws_layer) if name.endswith(".so")]
    assert compiled
    assert all("aarch64" in name and "-314-" in name for name in compiled)
