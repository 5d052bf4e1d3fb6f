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
_BYTES_PER_TOKEN = 4


class CostMeter:
    """Adds up the cost of the model's requests for one question.

    Tokens are those that the server counted. Where a stream broke off or was stopped before the
    server counted them, 4 bytes of UTF-8 are taken as a token.
    """

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._finished_cost = 0.0
        self._read_bytes: int | None = None  # of the request under way; None between requests
        self._written_bytes = 0

    @property
    def micro_dollars(self) -> int:
        """The cost so far in millionths of a dollar: at least 1 once a model was asked."""
        return math.ceil(self._finished_cost + self._estimate())

    def note(self, event: AnswerEvent) -> None:
        """Take one event of the answer into account."""
        match event:
            case ModelRequestStarted(bytes_read):
                self._end(self._estimate())
                self._read_bytes, self._written_bytes = bytes_read, 0
            case Text(text):
                self._written_bytes += len(text.encode())
            case Quoted():
                self._end(self._estimate())
            case TokensCounted(input_tokens, output_tokens) if (
                self._read_bytes is not None and input_tokens + output_tokens
            ):
                self._end(self._cost(input_tokens, output_tokens))
            case _:
                pass

    def _end(self, cost: float) -> None:
        self._finished_cost += cost
        self._read_bytes = None

    def _estimate(self) -> float:
        if self._read_bytes is None:
            return 0.0
        return self._cost(
            self._read_bytes / _BYTES_PER_TOKEN, self._written_bytes / _BYTES_PER_TOKEN
        )

    def _cost(self, input_tokens: float, output_tokens: float) -> float:
        # In micro-dollars: a dollar per million tokens is a micro-dollar per token.
        return input_tokens * self._budget.input_price + output_tokens * self._budget.output_price


@dataclass(frozen=True, slots=True)
class Quota:
    """The model's budget for people and their workspace, and the rate of Slack's streams."""

    table: Table
    budget: Budget
    streams_per_minute: int
    lease: int

    def without_model(self, team: str, user: str, question: str) -> str:
        """Why the model may not answer, in one sentence for people; empty where it may."""
        refusal = rate_limits.admit(self.table, self._limits, team, user, question)
        if refusal is None:
            return ""
        log("without_model", why=refusal, question=question)
        return f"{BECAUSE[refusal]}, so this comes straight from the documents."

    def settle(self, cost_meter: CostMeter, team: str, user: str, question: str) -> None:
        """Charge the day's budget for an attempt that has ended, and free its place."""
        if cost_meter.micro_dollars:
            log("spent", micro_dollars=cost_meter.micro_dollars, question=question)
            rate_limits.spend(self.table, team, cost_meter.micro_dollars)
        rate_limits.leave(self.table, team, user, question)

    def may_stream(self, team: str) -> bool:
        """Whether Slack allows the workspace one more stream this minute; counts it if so."""
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
