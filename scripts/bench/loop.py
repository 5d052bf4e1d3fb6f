"""From saving a file to an answer in Slack by the new build: what a developer waits for."""

from scripts.bench.figures import Hold, Row, Series
from scripts.bench.scratch import measured_inside


def measure() -> list[Row]:
    """Hot reload against `cdk deploy --hotswap`, by turns, on one stack in the emulator."""
    found = measured_inside("loop")
    ours, other = (Series(tuple(found[name])) for name in ("reload", "hotswap"))
    name = "cdk deploy --hotswap"
    return [Row("save to answer", "s", ours, name, other, Hold(at_most=1, ratio=6))]
