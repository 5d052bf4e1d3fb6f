"""Buckets, budgets and streams are counted exactly, however many workers count at once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import uuid4

import pytest

from bot.runtime.aws import Client
from bot.runtime.signing import Credentials
from bot.state.rate_limits import Bucket, Limits, Refusal, admit, leave, may_stream, spend
from bot.state.table import Table
from scripts.local.emulator import REGION
from scripts.local.stack import LocalStack

NOON = 1_800_014_400.0
LIMITS = Limits(
    person=Bucket(burst=3, per_minute=2),
    team=Bucket(burst=100, per_minute=100),
    at_once=10,
    daily_dollars=1.0,
    lease=130,
)


@pytest.fixture(scope="module")
def table(stack: LocalStack) -> Iterator[Table]:
    credentials = Credentials(stack.emulator.account, "not-a-secret", stack.emulator.token)
    aws = Client(REGION, credentials, stack.emulator.url)
    yield Table(aws, stack.outputs["Table"])
    aws.close()


class Desk:
    """A workspace of its own, whose people ask at a time that the test says."""

    def __init__(self, table: Table) -> None:
        self.table, self.team, self.now = table, f"T{uuid4().hex}", NOON
        self.limits = LIMITS
        self._asked = 0

    def ask(self, person: str = "U1", question: str = "") -> Refusal | None:
        """Ask something new, or one question once more."""
        self._asked += 1
        asked = question or f"{self.team}:C1:{self._asked}"
        return admit(self.table, self.limits, self.team, person, asked, self.now)


@pytest.fixture
def desk(table: Table) -> Desk:
    return Desk(table)


def test_a_person_has_a_burst_and_then_waits_for_more(desk: Desk) -> None:
    assert [desk.ask() for _ in range(4)] == [None, None, None, "person"]
    desk.now += 29
    assert desk.ask() == "person"
    desk.now += 2
    assert [desk.ask(), desk.ask()] == [None, "person"]


def test_a_bucket_never_holds_more_than_a_burst(desk: Desk) -> None:
    desk.ask()
    desk.now += 86_400
    assert [desk.ask() for _ in range(4)] == [None, None, None, "person"]


def test_a_flood_of_one_person_takes_nothing_from_another(desk: Desk) -> None:
    assert [desk.ask("U1") for _ in range(20)].count("person") == 17
    assert desk.ask("U2") is None


def test_a_workspace_has_a_bucket_too(desk: Desk) -> None:
    desk.limits = replace(LIMITS, team=Bucket(burst=4, per_minute=1))
    assert [desk.ask(f"U{number}") for number in range(5)] == [None, None, None, None, "team"]
    desk.now += 61
    assert desk.ask("U9") is None


def test_a_redelivered_question_is_not_counted_twice(desk: Desk) -> None:
    question = f"{desk.team}:C1:again"
    assert [desk.ask(question=question) for _ in range(4)] == [None] * 4
    leave(desk.table, desk.team, "U1", question, desk.now)
    desk.now += 20
    assert desk.ask(question=question) is None
    assert [desk.ask() for _ in range(3)] == [None, None, "person"]


def test_one_person_has_few_questions_with_the_model_at_a_time(desk: Desk) -> None:
    desk.limits = replace(LIMITS, at_once=2)
    first = f"{desk.team}:C1:first"
    assert [desk.ask(question=first), desk.ask(), desk.ask()] == [None, None, "busy"]
    leave(desk.table, desk.team, "U1", first, desk.now + 1)
    desk.now += 2
    assert desk.ask() is None


def test_a_killed_worker_keeps_its_place_for_a_lease_only(desk: Desk) -> None:
    desk.limits = replace(LIMITS, at_once=1)
    assert [desk.ask(), desk.ask()] == [None, "busy"]
    desk.now += LIMITS.lease + 1
    assert desk.ask() is None


def test_leaving_what_nobody_remembers_is_no_failure(desk: Desk) -> None:
    leave(desk.table, desk.team, "U1", "T:C:long-ago", desk.now)


def test_a_day_has_its_dollars_and_the_next_one_has_them_again(desk: Desk) -> None:
    spend(desk.table, desk.team, 999_999, desk.now)
    assert desk.ask("U1") is None
    spend(desk.table, desk.team, 1, desk.now)
    assert desk.ask("U2") == "day"
    desk.now += 86_400
    assert desk.ask("U2") is None


def test_a_minute_has_its_streams_and_the_next_one_has_them_again(desk: Desk) -> None:
    started = [may_stream(desk.table, desk.team, 3, desk.now) for _ in range(5)]
    assert started == [True, True, True, False, False]
    assert may_stream(desk.table, "T-another", 3, desk.now)
    assert may_stream(desk.table, desk.team, 3, desk.now + 60)


def test_many_workers_count_exactly(desk: Desk) -> None:
    desk.limits = replace(LIMITS, person=Bucket(7, 1), team=Bucket(11, 1))
    with ThreadPoolExecutor(8) as pool:
        asked = list(pool.map(desk.ask, ["U1", "U2"] * 16))
        streams = list(
            pool.map(lambda _: may_stream(desk.table, desk.team, 20, desk.now), range(40))
        )
        list(pool.map(lambda _: spend(desk.table, desk.team, 25_000, desk.now), range(40)))
    assert asked.count(None) == 11
    assert streams.count(True) == 20
    assert desk.ask("U3") == "day"
