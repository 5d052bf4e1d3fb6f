"""How good a ranking is: recall, precision, reciprocal rank and nDCG of its first passages.

Defined as trec_eval does, with one addition for sources that are cut into several passages: the
first passage of an expected source finds it, and further ones add nothing but to precision.
"""

from collections.abc import Iterator, Sequence
from math import log2

from bot.answering.events import Source
from scripts.evaluate.cases import Expected

CUTS = (3, 5, 10, 20)
DEPTH = max(CUTS)


def figures(found: Sequence[Source], expected: Sequence[Expected]) -> dict[str, float]:
    """Each measure at each cut, such as `recall@5`."""
    gains = list(_gains(found, expected))
    right = [any(one.fits(source) for one in expected) for source in found]
    ideal = sorted((one.gain for one in expected), reverse=True)
    first = next((rank for rank, fits in enumerate(right, 1) if fits), 0)
    measured: dict[str, float] = {}
    for cut in CUTS:
        measured[f"recall@{cut}"] = sum(1 for gain in gains[:cut] if gain) / len(expected)
        measured[f"precision@{cut}"] = sum(right[:cut]) / cut
        measured[f"mrr@{cut}"] = 1 / first if 0 < first <= cut else 0.0
        measured[f"ndcg@{cut}"] = _discounted(gains[:cut]) / _discounted(ideal[:cut])
    return measured


def _gains(found: Sequence[Source], expected: Sequence[Expected]) -> Iterator[float]:
    left = list(expected)
    for source in found:
        newly = next((one for one in left if one.fits(source)), None)
        if newly:
            left.remove(newly)
        yield newly.gain if newly else 0.0


def _discounted(gains: Sequence[float]) -> float:
    return sum(gain / log2(rank + 1) for rank, gain in enumerate(gains, 1))
