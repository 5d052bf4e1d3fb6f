"""A warm question on its whole way: Slack, ingress, queue, worker, Slack."""

from tests.benchmarks.figures import Hold, Row, Series
from tests.benchmarks.project_copy.scratch import measured_inside


def measure() -> list[Row]:
    """Quoted from the documents, then written by a scripted model, whose own time is left out."""
    results = {name: Series(tuple(values)) for name, values in measured_inside("roundtrip").items()}
    hold = Hold(at_most=0.15)
    return [Row(name, "s", series, hold=hold) for name, series in results.items()]
