"""`cdk synth` of one environment, which every deployment begins with."""

import tempfile
import time

from infra import bundle
from infra.app import target
from infra.environments import DEV
from scripts.aws.cdk import cdk
from tests.benchmarks.figures import Hold, Row, interleave

_ROUNDS = 4
DEFAULT_APP = ".venv/bin/python -m tests.benchmarks.contestants.default_app"
DEFAULTS = ("--version-reporting", "--path-metadata")
VALIDATED = {"CDK_VALIDATION": "true"}


def measure() -> list[Row]:
    """The dev environment, its layer built before. Neither reads notices: they need a network."""
    bundle.layer(target(DEV))
    with tempfile.TemporaryDirectory(prefix="stackbot-bench-") as scratch:
        series = interleave(
            {
                "ours": lambda: _seconds({}, f"--output={scratch}/ours"),
                "defaults": lambda: _seconds(
                    VALIDATED, f"--output={scratch}/defaults", "--app", DEFAULT_APP, *DEFAULTS
                ),
            },
            _ROUNDS,
        )
    return [
        Row("cdk synth", "s", series["ours"], "defaults", series["defaults"], Hold(at_most=2.4))
    ]


def _seconds(variables: dict[str, str], *options: str) -> float:
    started = time.monotonic()
    cdk("synth", "--quiet", "-c", f"env={DEV.name}", *options, variables=variables)
    return time.monotonic() - started
