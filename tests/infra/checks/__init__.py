"""What must be true of the template, each with a change that makes it untrue."""

from tests.infra.check import CHECKS
from tests.infra.checks import data, environments, grants, refusal, releases, request_path, watching

__all__ = [
    "CHECKS",
    "data",
    "environments",
    "grants",
    "refusal",
    "releases",
    "request_path",
    "watching",
]
