"""`./stackbot audit` with the real pip-audit and npm, and databases that are recordings."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from scripts.__main__ import main
from tests.develop.audit.recorded import databases

HASH = f"--hash=sha256:{'0' * 64}"
BAD = f"jinja2==2.10 \\\n    {HASH}\n    # via nothing\nidna==3.20 \\\n    {HASH}\n"
GOOD = BAD.replace("2.10", "2.10.1")


@pytest.fixture
def reached(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    with databases() as url:
        monkeypatch.setenv("PIP_AUDIT_OSV_URL", f"{url}/v1/query")
        monkeypatch.setenv("npm_config_registry", f"{url}/")
        monkeypatch.setenv("npm_config_cache", str(tmp_path / "npm"))
        yield


@pytest.fixture
def unreached(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nobody answers there; what PyPI is asked for goes the same way, through a dead proxy."""
    dead = "http://127.0.0.1:9"  # discard, which nobody serves any more
    monkeypatch.setenv("PIP_AUDIT_OSV_URL", f"{dead}/v1/query")
    monkeypatch.setenv("npm_config_registry", f"{dead}/")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "npm"))
    monkeypatch.setenv("HTTPS_PROXY", dead)
    monkeypatch.setenv("https_proxy", dead)


@pytest.mark.usefixtures("reached")
def test_a_known_bad_pin_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lock = write(tmp_path / "bot.txt", BAD)
    assert main(["audit", lock]) == 1
    stderr = capsys.readouterr().err
    assert f"jinja2 2.10 in {lock} has CVE-2019-10906 (GHSA-462w-v97r-4m45)" in stderr
    assert "Fixed in 2.10.1." in stderr
    assert "requirements/accepted.toml" in stderr


@pytest.mark.usefixtures("reached")
def test_a_good_pin_passes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lock = write(tmp_path / "bot.txt", GOOD)
    assert main(["audit", lock]) == 0
    assert f"2 packages of {lock}: nothing known (OSV)" in capsys.readouterr().err


@pytest.mark.parametrize(
    "line",
    [
        "jinja2==2.10 ; sys_platform == 'win32' \\",
        "Jinja2[i18n]==2.10 ; python_full_version < '3.9' \\",
        "jinja2==2.10.1 ; python_full_version >= '3.12' \\\n    --hash=sha256:1\njinja2==2.10 \\",
    ],
)
@pytest.mark.usefixtures("reached")
def test_a_bad_pin_for_another_machine_fails_too(
    tmp_path: Path, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    lock = write(tmp_path / "bot.txt", f"{line}\n    {HASH}\n")
    assert main(["audit", lock, "--json"]) == 1
    (audit,) = json.loads(capsys.readouterr().out)["audits"]
    assert [
        (vulnerability["package"], vulnerability["version"])
        for vulnerability in audit["vulnerabilities"]
    ] == [("jinja2", "2.10")]


@pytest.mark.parametrize("settings", [{}, {"NODE_ENV": "production", "npm_config_offline": "true"}])
@pytest.mark.usefixtures("reached")
def test_a_bad_package_of_node_fails_however_npm_is_set(
    tmp_path: Path,
    settings: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    assert main(["audit", npm_lock(tmp_path, "0.0.8"), "--json"]) == 1
    (audit,) = json.loads(capsys.readouterr().out)["audits"]
    (vulnerability,) = audit["vulnerabilities"]
    assert vulnerability["ids"] == ["1179", "1179"]
    assert (vulnerability["package"], vulnerability["version"]) == ("minimist", "0.0.8")


@pytest.mark.usefixtures("reached")
def test_a_good_package_of_node_passes(tmp_path: Path) -> None:
    assert main(["audit", npm_lock(tmp_path, "1.2.8")]) == 0


@pytest.mark.usefixtures("unreached")
def test_where_no_database_is_reached_it_says_so_and_passes(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert main(["audit", write(tmp_path / "bot.txt", BAD), npm_lock(tmp_path, "0.0.8")]) == 0
    output = capsys.readouterr()
    assert output.err.count("Not audited, since no advisory database was reached") == 2
    assert output.out.count("::warning title=Not audited::") == 2


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("bot.txt", "idna>=3\n", "pins no package"),
        ("package-lock.json", "{", "is no lock file of npm"),
        ("package-lock.json", '{"packages": {"a": 1}}', "is no lock file of npm"),
        ("package-lock.json", "[" * 100_000, "is no lock file of npm"),
    ],
)
def test_a_lock_that_cannot_be_read_fails_in_a_sentence(
    tmp_path: Path, name: str, content: str, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", write(tmp_path / name, content)]) == 1
    stderr = capsys.readouterr().err
    assert reason in stderr
    assert "Traceback" not in stderr


@pytest.mark.parametrize("advisory", ["GHSA-462w-v97r-4m45", "CVE-2019-10906"])
@pytest.mark.parametrize(("days", "status"), [(30, 0), (0, 0), (-1, 1)])
@pytest.mark.usefixtures("reached")
def test_an_advisory_is_accepted_with_a_reason_until_its_day(
    tmp_path: Path,
    advisory: str,
    days: int,
    status: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    until = date.today() + timedelta(days=days)
    accepted = write(
        tmp_path / "it.toml", f'["{advisory}"]\nreason = "No sandbox."\nuntil = {until}\n'
    )
    lock = write(tmp_path / "bot.txt", BAD)
    assert main(["audit", lock, "--accepted", accepted]) == status
    stderr = capsys.readouterr().err
    assert ("It was accepted until" if status else "No sandbox.") in stderr


@pytest.mark.parametrize(
    "table",
    [
        'reason = "Because."',
        "until = 2026-01-01",
        'reason = ""\nuntil = 2026-01-01',
        'reason = "For ever."\nuntil = 9999-12-31',
        'reason = "Because."\nuntil = "2026-01-01"',
        'reason = "Because."\nuntil = 2026-01-01\nevery = true',
        "reason = ",
    ],
)
def test_an_acceptance_without_a_reason_or_an_end_is_refused(
    tmp_path: Path, table: str, capsys: pytest.CaptureFixture[str]
) -> None:
    accepted = write(tmp_path / "it.toml", f'["CVE-2019-10906"]\n{table}\n')
    lock = write(tmp_path / "bot.txt", BAD)
    assert main(["audit", lock, "--accepted", accepted]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def write(path: Path, content: str) -> str:
    path.write_text(content)
    return str(path)


def npm_lock(folder: Path, version: str) -> str:
    (folder / "package.json").write_text('{"name": "it", "devDependencies": {"minimist": "*"}}')
    packages = {
        "": {"name": "it", "devDependencies": {"minimist": "*"}},
        "node_modules/minimist": {"version": version, "dev": True},
    }
    lock = {"name": "it", "lockfileVersion": 3, "requires": True, "packages": packages}
    return write(folder / "package-lock.json", json.dumps(lock))
