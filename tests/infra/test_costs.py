"""The tables of docs/costs.md add up, and say what the code says."""

import re
from dataclasses import dataclass
from typing import Self

import pytest

from infra import bundle
from infra.environments import PROD
from tests.infra.conftest import Templates

PAGE = (bundle.ROOT / "docs" / "costs.md").read_text()
HALF_A_CENT = 0.005
PRECISION = 0.00006


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a table. `price` is for one; `list_price` and `within` are what the page says."""

    name: str
    quantity: float
    price: float
    list_price: float
    free: float
    within: float

    @classmethod
    def read(cls, line: str) -> Self:
        name, quantity, price, list_price, free, within = (
            cell.strip() for cell in line.strip("|").split("|")
        )
        dollars = re.fullmatch(r"(\$[\d.]+) (?:each|per ([\d,]+))", price)
        assert dollars, line
        unit_price = number(dollars[1]) / number(dollars[2] or "1")
        return cls(
            name, number(quantity), unit_price, number(list_price), number(free), number(within)
        )


def number(text: str) -> float:
    return float(re.sub(r"[$,*]", "", text))


def section(title: str) -> str:
    return PAGE.partition(f"## {title}\n")[2].partition("\n## ")[0]


def items(title: str) -> list[Item]:
    lines = [line for line in section(title).splitlines() if line.startswith("|")]
    return [Item.read(line) for line in lines[2:-1]]


def sums(title: str) -> tuple[float, float]:
    """What the page says that they come to, without free tiers and within them."""
    (line,) = [line for line in section(title).splitlines() if line.startswith("| **sum**")]
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    return number(cells[3]), number(cells[5])


def test_every_line_and_every_sum_adds_up() -> None:
    for title in ("Idle, a month", "1,000 questions: AWS", "1,000 questions: the model"):
        for item in items(title):
            assert item.list_price == pytest.approx(item.quantity * item.price, abs=PRECISION), item
            more = max(0.0, item.quantity - item.free)
            assert item.within == pytest.approx(more * item.price, abs=PRECISION), item
        list_price, within = sums(title)
        lines = items(title)
        assert list_price == pytest.approx(sum(i.quantity * i.price for i in lines), abs=PRECISION)
        assert within == pytest.approx(
            sum(max(0.0, i.quantity - i.free) * i.price for i in lines), abs=PRECISION
        )


def test_the_page_begins_with_its_sums() -> None:
    rows = dict(re.findall(r"^\| (.*?) \| (\$[\d.]+ \| \$[\d.]+) \|$", PAGE, re.MULTILINE))
    sums_on_page = {name: tuple(map(number, cells.split(" | "))) for name, cells in rows.items()}
    idle, dashboard = items("Idle, a month"), 3.0
    prod, within = sums("Idle, a month")
    assert sum(item.list_price for item in idle if "dashboard" in item.name) == dashboard
    assert list(sums_on_page.values()) == [
        pytest.approx((prod, within), abs=HALF_A_CENT),
        pytest.approx((prod - dashboard, within), abs=HALF_A_CENT),
        pytest.approx(sums("1,000 questions: AWS"), abs=HALF_A_CENT),
        pytest.approx(sums("1,000 questions: the model"), abs=HALF_A_CENT),
    ]


def test_an_idle_environment_costs_less_than_half_a_dollar_within_free_tiers() -> None:
    assert sums("Idle, a month")[1] < 0.5


def test_the_page_counts_what_the_stack_has(templates: Templates) -> None:
    prod = templates["prod"]
    quantities = {item.name.partition(" (")[0]: item.quantity for item in items("Idle, a month")}
    assert quantities["CloudWatch: alarms"] == len(prod.every("CloudWatch::Alarm"))
    assert quantities["CloudWatch: dashboard"] == len(prod.every("CloudWatch::Dashboard"))
    for name in ("ingress", "worker"):
        (line,) = [i for i in items("1,000 questions: AWS") if i.name.startswith(f"Lambda: {name}")]
        times, seconds, memory = map(number, re.findall(r"[\d.,]*\d(?= )", line.name))
        assert memory == prod.function(name)["MemorySize"]
        assert line.quantity == pytest.approx(times * seconds * memory / 1024)


def test_the_model_costs_what_the_table_of_environments_says() -> None:
    input_line, output_line = items("1,000 questions: the model")
    assert input_line.price * 1e6 == pytest.approx(PROD.input_price)
    assert output_line.price * 1e6 == pytest.approx(PROD.output_price)
