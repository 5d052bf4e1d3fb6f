"""Whether the model may answer a question, and what its answers cost; see docs/decisions/0013."""

import math
from dataclasses import dataclass

from bot.answering.events import AnswerEvent, ModelRequestStarted, Quoted, Text, TokensCounted
from bot.runtime.cells import Budget
from bot.runtime.log import log
from bot.state import rate_limits
from bot.state.rate_limits import Bucket, Limits, Refusal
from bot.state.table import Table

BECAUSE: dict[Refusal, str] = {
    "person": "You have asked a lot in the last minute",
    "busy": "I am still at work on other questions of yours",
    "team": "A lot has been asked here in the last minute",
    "day": "Today's budget for the model is spent",
}
_BYTES_A_TOKEN = 4


class CostMeter:
    """Adds up what a model reads and writes for one question, try by try.

    A server's own count is taken where there is one. Where it is not, since the stream broke off
    or was stopped, a token is taken to be 4 bytes of UTF-8.
    """

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._ended = 0.0
        self._read: int | None = None  # by the try under way
        self._written = 0

    @property
    def micro_dollars(self) -> int:
        """The cost so far in millionths of a dollar: at least 1 once a model was asked."""
        return math.ceil(self._ended + self._estimate())

    def note(self, event: AnswerEvent) -> None:
        """Take one event of the answer into account."""
        match event:
            case ModelRequestStarted(read):
                self._end(self._estimate())
                self._read, self._written = read, 0
            case Text(text):
                self._written += len(text.encode())
            case Quoted():
                self._end(self._estimate())
            case TokensCounted(read, written) if self._read is not None and read + written:
                self._end(self._cost(read, written))
            case _:
                pass

    def _end(self, cost: float) -> None:
        self._ended += cost
        self._read = None

    def _estimate(self) -> float:
        if self._read is None:
            return 0.0
        return self._cost(self._read / _BYTES_A_TOKEN, self._written / _BYTES_A_TOKEN)

    def _cost(self, read: float, written: float) -> float:
        # A dollar for a million tokens is a millionth of one for a token.
        return read * self._budget.input_price + written * self._budget.output_price


@dataclass(frozen=True, slots=True)
class Quota:
    """What people may have of the model, and their workspace of Slack's streams."""

    table: Table
    budget: Budget
    streams_per_minute: int
    lease: int

    def without_model(self, team: str, user: str, question: str) -> str:
        """Why only the documents may answer, in one sentence for people; empty if the model may."""
        refusal = rate_limits.admit(self.table, self._limits, team, user, question)
        if refusal is None:
            return ""
        log("without_model", why=refusal, question=question)
        return f"{BECAUSE[refusal]}, so this comes straight from the documents."

    def settle(self, cost_meter: CostMeter, team: str, user: str, question: str) -> None:
        """Charge the day for an attempt that has ended, in whatever way, and make room."""
        if cost_meter.micro_dollars:
            log("spent", micro_dollars=cost_meter.micro_dollars, question=question)
            rate_limits.spend(self.table, team, cost_meter.micro_dollars)
        rate_limits.leave(self.table, team, user, question)

    def may_stream(self, team: str) -> bool:
        """Whether Slack lets the workspace have one more stream this minute; counts it if so."""
        return rate_limits.may_stream(self.table, team, self.streams_per_minute)

    @property
    def _limits(self) -> Limits:
        budget = self.budget
        return Limits(
            person=Bucket(budget.person_burst, budget.person_per_minute),
            team=Bucket(budget.team_burst, budget.team_per_minute),
            at_once=budget.person_at_once,
            daily_dollars=budget.daily_dollars,
            lease=self.lease,
        )
