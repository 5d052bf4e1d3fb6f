"""What is asked and what will go wrong with it, all drawn from one seed."""

import random
from dataclasses import dataclass, field
from typing import Literal

from tests.campaigns.chaos import answers

Delivery = Literal["duplicate", "lose_ack", "lose_ack_twice", "drop"]
SlackTrouble = Literal["429", "500", "500_after", "drop", "lose_ack"]
ModelTrouble = Literal["429", "500", "cut", "end_early", "stall", "stall_after"]

RETRIED, KILLED, SLACK, STREAM, MODEL = 0.30, 0.10, 0.10, 0.05, 0.10
"""The share of the questions that each kind of trouble befalls."""

_SIZES = ((0.60, 300, 1_200), (0.25, 1_500, 6_000), (0.15, 9_500, 24_000))
"""Shares of the answers, and from how many to how many characters they have."""

_CALLS = 16
"""About as many calls as one attempt makes; which of them is struck is drawn from these."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What will befall a question: by the number of the call, where it is one of several."""

    delivery: Delivery | None = None
    late: bool = False  # a further delivery comes when the queue has forgotten the first
    kills: tuple[int, ...] = ()
    slack: dict[int, SlackTrouble] = field(default_factory=dict)
    stream_ends: int | None = None
    model: dict[int, ModelTrouble] = field(default_factory=dict)
    size: int = 500


@dataclass(frozen=True, slots=True)
class Question:
    number: int
    thread: int
    person: str
    channel: str
    fate: Fate

    @property
    def text(self) -> str:
        mention = "" if self.channel == "@bot" else "<@bot> "
        return mention + answers.question(self.number)


@dataclass(frozen=True, slots=True)
class Plan:
    """The questions in the order in which they are asked.

    With `explore`, workers also die wherever none has died yet, for up to one in eight questions.
    """

    seed: int
    questions: tuple[Question, ...]
    explore: bool = True

    @property
    def most_explored(self) -> int:
        return max(3, len(self.questions) // 8) if self.explore else 0


def draw(seed: int, questions: int, threads: int) -> Plan:
    """The plan of a seed: the threads take turns at random, each has its share of the questions."""
    dice = random.Random(seed)
    places = [_place(dice) for _ in range(threads)]
    turns = [number % threads for number in range(questions)]
    dice.shuffle(turns)
    return Plan(
        seed,
        tuple(
            Question(number, thread, *places[thread], fate=_fate(dice))
            for number, thread in enumerate(turns, start=1)
        ),
    )


def _place(dice: random.Random) -> tuple[str, str]:
    return dice.choice(("ada", "chiyo")), dice.choice(("#general", "#help", "@bot"))


def _fate(dice: random.Random) -> Fate:
    return Fate(
        delivery=_delivery(dice) if dice.random() < RETRIED else None,
        late=dice.random() < 0.5,
        kills=_kills(dice) if dice.random() < KILLED else (),
        slack=_slack(dice) if dice.random() < SLACK else {},
        stream_ends=dice.randrange(4) if dice.random() < STREAM else None,
        model=_model(dice) if dice.random() < MODEL else {},
        size=_size(dice),
    )


def _delivery(dice: random.Random) -> Delivery:
    kinds: tuple[Delivery, ...] = ("duplicate", "lose_ack", "lose_ack_twice", "drop")
    return dice.choices(kinds, (5, 5, 1, 2))[0]


def _kills(dice: random.Random) -> tuple[int, ...]:
    """The call at which each attempt is killed; three kills leave nothing but the apology."""
    (times,) = dice.choices((1, 2, 3), (8, 3, 1))
    return tuple(dice.randrange(_CALLS) for _ in range(times))


def _slack(dice: random.Random) -> dict[int, SlackTrouble]:
    kinds: tuple[SlackTrouble, ...] = ("429", "500", "500_after", "drop", "lose_ack")
    return {dice.randrange(_CALLS // 2): dice.choice(kinds) for _ in range(dice.choice((1, 2)))}


def _model(dice: random.Random) -> dict[int, ModelTrouble]:
    """Trouble in the first call, or in two: then the documents have to answer."""
    kinds: tuple[ModelTrouble, ...] = ("429", "500", "cut", "end_early", "stall", "stall_after")
    troubles = dice.choices(kinds, (10, 8, 10, 6, 1, 1), k=dice.choice((1, 1, 2)))
    return dict(enumerate(troubles, start=1))


def _size(dice: random.Random) -> int:
    ((_, least, most),) = dice.choices(_SIZES, [share for share, *_ in _SIZES])
    return dice.randint(least, most)
