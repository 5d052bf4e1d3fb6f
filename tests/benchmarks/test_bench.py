"""What `./stackbot bench` makes of its figures. Taking them is no test's business."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from scripts.__main__ import main
from scripts.measurements import BENCHMARKS
from scripts.terminal.json_output import JsonOutput
from tests import benchmarks
from tests.benchmarks import table
from tests.benchmarks.figures import Hold, Row, Series, interleave

ROOT = Path(__file__).parents[2]
SLOW, QUICK = Series((3.0, 1.0, 2.0)), Series((0.4, 0.2, 9.0))


def printed_table(rows_by_name: dict[str, list[Row]], failed: dict[str, str] | None = None) -> str:
    screen = io.StringIO()
    table.show(rows_by_name, failed or {}, Console(file=screen, width=160))
    return screen.getvalue()


def test_a_series_tells_its_median_and_its_range() -> None:
    assert (QUICK.median, QUICK.low, QUICK.high) == (0.4, 0.2, 9.0)


def test_a_ratio_says_how_many_times_more_the_other_takes() -> None:
    assert Row("ack", "s", QUICK, "Bolt", SLOW).ratio == pytest.approx(5)


@pytest.mark.parametrize(
    ("hold", "holds"),
    [
        (None, None),
        (Hold(at_most=0.4), True),
        (Hold(at_most=0.39), False),
        (Hold(ratio=5), True),
        (Hold(ratio=5.1), False),
        (Hold(at_most=0.4, ratio=5.1), False),
        (Hold(at_most=0.3, ratio=5), False),
    ],
)
def test_a_number_is_held_by_the_median_and_by_the_ratio(
    hold: Hold | None, holds: bool | None
) -> None:
    assert Row("ack", "s", QUICK, "Bolt", SLOW, hold).holds is holds


def test_a_ratio_is_not_held_without_anything_to_beat() -> None:
    assert Row("ack", "s", QUICK, hold=Hold(ratio=1)).holds is False


def test_contestants_take_turns_and_each_goes_first_now_and_then() -> None:
    order: list[str] = []

    def contestant(name: str) -> float:
        order.append(name)
        return float(len(order))

    series = interleave({"a": lambda: contestant("a"), "b": lambda: contestant("b")}, rounds=2)
    assert order == ["a", "b", "b", "a"]
    assert series == {"a": Series((1.0, 4.0)), "b": Series((2.0, 3.0))}


def test_the_table_shows_medians_ranges_and_whether_the_numbers_hold() -> None:
    rows = [
        Row("ingress", "s", QUICK, "Bolt's adapter", SLOW, Hold(at_most=0.5, ratio=6)),
        Row("code", "kB", Series((60.04,)), hold=Hold(at_most=100)),
    ]
    missed, met = printed_table({"ack": rows}).splitlines()[-2:]
    for part in ("ack: ingress", "400 ms", "200 ms .. 9.00 s", "2.00 s Bolt's adapter", "5.0 x"):
        assert part in missed
    assert missed.split()[-7:] == ["≤", "500", "ms,", "≥", "6", "x", "✗"]
    assert met.split() == ["ack:", "code", "60.04", "kB", "≤", "100", "kB", "✓"]


def test_a_benchmark_that_failed_says_why() -> None:
    assert "✗ loop could not be measured: no emulator" in printed_table({}, {"loop": "no emulator"})


def test_json_is_one_object_that_names_units_runs_and_the_one_to_beat(
    capsys: pytest.CaptureFixture[str],
) -> None:
    row = Row("ingress", "s", QUICK, "Bolt", SLOW, Hold(ratio=6))
    benchmarks.show({"ack": [row]}, {"loop": "no emulator"}, JsonOutput(sys.stdout))
    printed = json.loads(capsys.readouterr().out)
    assert printed["failed"] == {"loop": "no emulator"}
    assert printed["benchmarks"]["ack"] == [
        {
            "what": "ingress",
            "unit": "s",
            "ours": {"median": 0.4, "min": 0.2, "max": 9.0, "runs": 3},
            "to_beat": {"name": "Bolt", "median": 2.0, "min": 1.0, "max": 3.0, "runs": 3},
            "ratio": 5.0,
            "hold": {"at_most": None, "ratio": 6},
            "held": False,
        }
    ]


def test_an_unknown_name_is_told_in_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "ack", "lop"]) == 2
    assert capsys.readouterr().err == (
        f"There is no benchmark 'lop': choose from {', '.join(BENCHMARKS)}.\n"
    )


def test_help_lists_the_benchmarks_without_the_projects_packages() -> None:
    command = [sys.executable, "-S", "-m", "scripts", "bench", "--help"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    for name, summary in BENCHMARKS.items():
        assert f"{name} " in done.stdout
        assert summary in done.stdout
    assert "./stackbot bench ack loop" in done.stdout


@pytest.mark.parametrize("name", BENCHMARKS)
def test_every_benchmark_has_its_page_in_the_documentation(name: str) -> None:
    assert f"\n## {name}: " in (ROOT / "docs" / "benchmarks.md").read_text()
