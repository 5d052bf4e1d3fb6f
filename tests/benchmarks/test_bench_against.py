"""What `./stackbot bench --against` makes of both commits' figures, which are made up here."""

import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from scripts.__main__ import main
from scripts.terminal.json_output import JsonOutput
from tests.benchmarks import against, figures, table, turn
from tests.benchmarks.ratios import Comparison

COMMIT = "0123456789abcdef0123456789abcdef01234567"
NOISE = (1.0, 1.03, 0.98, 1.01, 0.99) * 4


def compared(growth: float, noise: tuple[float, ...] = NOISE) -> Comparison:
    """An ingress of 50 ms that grew so many times, give or take."""
    return Comparison("ingress", "s", tuple((0.05, 0.05 * growth * chance) for chance in noise))


def printed(
    comparison: Comparison, slower: float | None, capsys: pytest.CaptureFixture[str]
) -> tuple[int, dict[str, object]]:
    output = JsonOutput(sys.stdout)
    status = against.show({"ack": [comparison]}, {}, COMMIT, slower, output)
    return status, json.loads(capsys.readouterr().out)


def test_the_ratio_is_the_geometric_mean_of_the_pairs() -> None:
    pairs = ((1.0, 2.0), (4.0, 2.0), (1.0, 8.0))
    comparison = Comparison("ingress", "s", pairs)
    assert comparison.ratio == pytest.approx((2 * 0.5 * 8) ** (1 / 3))
    assert (comparison.before, comparison.after) == (1.0, 2.0)


def test_the_interval_is_that_of_a_normal_distribution_where_figures_scatter_evenly() -> None:
    # The mean of the logarithms and 1.96 of its standard errors: 0.00185 ± 0.0075.
    assert compared(1.0).interval == pytest.approx((0.9944, 1.0094), abs=0.001)


def test_the_same_pairs_give_the_same_interval() -> None:
    assert compared(1.1).interval == compared(1.1).interval


def test_pairs_that_all_agree_leave_no_doubt() -> None:
    assert compared(1.25, (1.0,) * 3).interval == pytest.approx((1.25, 1.25))


@pytest.mark.parametrize(
    ("pairs", "ratio"), [(((1.0, 2.0),), 2.0), (((0.0, 1.0), (1.0, 1.0)), None)]
)
def test_one_pair_or_a_figure_of_zero_has_no_interval_and_shows_nothing(
    pairs: tuple[tuple[float, float], ...], ratio: float | None
) -> None:
    comparison = Comparison("ingress", "s", pairs)
    assert (comparison.ratio, comparison.interval) == (ratio, None)
    assert not comparison.within(1000)


@pytest.mark.parametrize(
    ("growth", "slower", "status"),
    [
        (1.0, 5, 0),
        (1.03, 5, 0),
        (1.045, 5, 1),
        (1.2, 5, 1),
        (1.2, 25, 0),
        (1.2, None, 0),
        (0.9, 0, 0),
    ],
)
def test_the_status_is_1_where_the_interval_reaches_above_what_is_allowed(
    growth: float, slower: float | None, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert printed(compared(growth), slower, capsys)[0] == status


def test_the_status_is_1_where_a_benchmark_failed(capsys: pytest.CaptureFixture[str]) -> None:
    output = JsonOutput(sys.stdout)
    assert against.show({}, {"start": "no emulator"}, COMMIT, None, output) == 1
    assert json.loads(capsys.readouterr().out)["failed"] == {"start": "no emulator"}


def test_json_is_one_object_with_both_medians_ratio_interval_and_pairs(
    capsys: pytest.CaptureFixture[str],
) -> None:
    _, output = printed(compared(1.2, (1.0, 1.0)), 5, capsys)
    figure = {"what": "ingress", "unit": "s", "before": 0.05, "after": 0.06, "ratio": 1.2}
    figure |= {"interval": [1.2, 1.2], "pairs": 2, "held": False}
    assert output == {"against": COMMIT, "benchmarks": {"ack": [figure]}, "failed": {}}


def test_the_table_shows_both_medians_the_ratio_its_interval_and_a_mark() -> None:
    screen = io.StringIO()
    console = Console(file=screen, width=160)
    failed = {"start": "no emulator [1]"}
    table.show_compared({"ack": [compared(1.2, (1.0, 1.0))]}, failed, "0123456", 5, console)
    headings, line, failure = screen.getvalue().splitlines()
    assert "before: 0123456" in headings
    assert " ".join(line.split()) == "ack: ingress 50 ms 60 ms 1.200 1.200 .. 1.200 2 ✗"
    assert failure == "✗ start could not be measured: no emulator [1]"


def test_both_are_measured_in_each_round_and_take_turns_to_go_first() -> None:
    order: list[str] = []

    def measure(name: str) -> Callable[[], against.Figures]:
        def figures_of() -> against.Figures:
            order.append(name)
            return {"ingress": ("s", float(len(order)))}

        return figures_of

    rounds = [against.in_turn(measure("before"), measure("after"), n) for n in (1, 2)]
    assert order == ["before", "after", "after", "before"]
    assert against.paired(rounds) == [Comparison("ingress", "s", ((1.0, 2.0), (4.0, 3.0)))]


def test_a_figure_of_one_commit_alone_is_left_out() -> None:
    pair = {"code": ("kB", 1.0), "old": ("kB", 1.0)}, {"code": ("kB", 2.0), "new": ("kB", 1.0)}
    assert against.paired([pair]) == [Comparison("code", "kB", ((1.0, 2.0),))]
    with pytest.raises(RuntimeError, match="no figure in common"):
        against.paired([({"old": ("kB", 1.0)}, {"new": ("kB", 1.0)})])


@pytest.mark.parametrize("home", ["scripts/bench", "tests/benchmarks", "tests/benchmarks/cold"])
def test_a_turn_runs_the_checkouts_own_benchmark_without_its_contestants(
    home: str, tmp_path: Path
) -> None:
    folder = tmp_path / home
    folder.mkdir(parents=True)
    (folder / "figures.py").write_bytes(Path(figures.__file__).read_bytes())
    (folder / "ack.py").write_text(f"""
import os
from {home.replace("/", ".")}.figures import Row, Series, interleave

def measure():
    assert "JSII_NODE" not in os.environ, "the other checkout's Node"
    print("what a benchmark says by itself")
    found = interleave({{"ingress": lambda: 0.5, "bolt": lambda: 1 / 0}}, 11)
    assert len(found["ingress"].values) == 3
    return [Row("ingress", "s", found["ingress"], "Bolt", found["bolt"])]
""")
    command = [sys.executable, "-P", turn.__file__, "ack"]
    variables = {"PYTHONPATH": str(tmp_path), "JSII_NODE": "node"}
    done = subprocess.run(command, cwd=tmp_path, env=variables, capture_output=True, text=True)
    assert done.stderr == ""
    assert json.loads(done.stdout.splitlines()[-1]) == {"results": {"ingress": ["s", 0.5]}}


def test_a_commit_without_the_benchmark_says_so(tmp_path: Path) -> None:
    command = [sys.executable, "-P", turn.__file__, "ack"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (1, "this commit has no benchmark ack\n")


@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        (["size", "--slower", "5"], 2, "name one with --against"),
        (["size", "--rounds", "5"], 2, "name one with --against"),
        (["loop", "--against", "HEAD"], 2, "loop can't be compared so"),
        (["size", "--against", "no-such-commit"], 1, "There is no commit 'no-such-commit' here"),
        (["size", "--against", "--help-me"], 2, "expected one argument"),
        (["size", "--against", "HEAD", "--slower", "-5"], 2, "a number from 0 on, not '-5'"),
        (["size", "--against", "HEAD", "--slower", "nan"], 2, "a number from 0 on, not 'nan'"),
    ],
)
def test_what_cannot_be_compared_is_told_in_one_sentence(
    arguments: list[str], status: int, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["bench", *arguments]) == status
    assert sentence in capsys.readouterr().err.splitlines()[-1]
