"""From saving a file to an answer in Slack by the new build: what a developer waits for."""

from collections.abc import Sequence

from tests.benchmarks.figures import Hold, Row, Series
from tests.benchmarks.project_copy.scratch import measured_inside

SECONDS = 900


def measure() -> list[Row]:
    """`./stackbot watch` and three ways of the CDK's, by turns, on one stack in the emulator."""
    rounds: dict[str, list[dict[str, float]]] = measured_inside("loop", SECONDS)
    watch, hotswap = rounds["watch"], rounds["hotswap"]
    ours = _sums(watch, "live", "answer")

    def against(name: str, contestant: str, hold: Hold | None = None) -> Row:
        seconds = _sums(rounds[contestant], "live", "answer")
        return Row("save to answer", "s", ours, name, seconds, hold)

    def phase(name: str, *phases: str) -> Row:
        return Row(name, "s", _sums(watch, *phases))

    checked = _sums(watch, "noticed", "checked")
    uploaded = _sums(watch, "idle", "uploaded", "stable", "answered")
    synthesis, deployment = _sums(hotswap, "synthesis"), _sums(hotswap, "deployment")
    return [
        against("cdk deploy --hotswap", "hotswap", Hold(at_most=1, ratio=6)),
        against("cdk watch", "cdk watch"),
        against("cdk deploy", "deploy"),
        Row("noticed, checked", "s", checked, "synthesis", synthesis, Hold(at_most=0.15)),
        Row("brought in", "s", uploaded, "deployment, no start", deployment),
        phase("1 noticed", "noticed"),
        phase("2 checked, packed", "checked"),
        phase("3 idle", "idle"),
        phase("4 uploaded", "uploaded"),
        phase("5 stable", "stable"),
        phase("6 both answered", "answered"),
        phase("7 answer in Slack", "answer"),
    ]


def _sums(rounds: Sequence[dict[str, float]], *phases: str) -> Series:
    """The seconds of some phases together, round by round."""
    return Series(tuple(sum(seconds[phase] for phase in phases) for seconds in rounds))
