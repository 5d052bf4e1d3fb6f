"""How good a ranking is: recall, precision, reciprocal rank and nDCG of its first passages.

Defined as in trec_eval (https://github.com/usnistgov/trec_eval), with one addition for sources that
are split into several passages: the first passage of an expected source counts as finding it, and
further ones count for precision alone.
"""

from collections.abc import Iterator, Sequence
from math import log2

from bot.answering.events import Source
from scripts.evaluate.cases import Expected

MEASURES = ("recall", "precision", "mrr", "ndcg")
CUTS = (3, 5, 10, 20)
DEPTH = max(CUTS)


def figures(sources: Sequence[Source], expected: Sequence[Expected]) -> dict[str, float]:
    """Each of `MEASURES` at each of `CUTS`, such as `recall@5`. `sources` are the best first."""
    gains = list(_gains(sources, expected))
    right = [any(e.fits(source) for e in expected) for source in sources]
    ideal = sorted((e.gain for e in expected), reverse=True)
    first = next((rank for rank, fits in enumerate(right, 1) if fits), 0)
    measured: dict[str, float] = {}
    for cut in CUTS:
        measured[f"recall@{cut}"] = sum(1 for gain in gains[:cut] if gain) / len(expected)
        measured[f"precision@{cut}"] = sum(right[:cut]) / cut
        measured[f"mrr@{cut}"] = 1 / first if 0 < first <= cut else 0.0
        measured[f"ndcg@{cut}"] = _discounted(gains[:cut]) / _discounted(ideal[:cut])
    return measured


def _gains(sources: Sequence[Source], expected: Sequence[Expected]) -> Iterator[float]:
    remaining = list(expected)
    for source in sources:
        match = next((e for e in remaining if e.fits(source)), None)
        if match:
            remaining.remove(match)
        yield match.gain if match else 0.0


def _discounted(gains: Sequence[float]) -> float:
    return sum(gain / log2(rank + 1) for rank, gain in enumerate(gains, 1))
