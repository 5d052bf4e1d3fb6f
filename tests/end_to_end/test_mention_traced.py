"""What an answered mention runs through is told of the real stack."""

from scripts.local.stack import LocalStack
from slack_simulator import Control
from slack_simulator.scripted_model import ModelServer
from tests.end_to_end.conftest import settle
from tests.house.mention import calls


def test_a_mention_runs_from_the_ingress_to_the_writer(
    stack: LocalStack, slack: Control, model: ModelServer
) -> None:
    settle(stack, slack)
    model.will_say("Run the deploy command [1].")
    traced = calls(stack, "How do I deploy to staging?")
    files = {call.file for call in traced}
    assert 20 < len(files) < len(traced)
    for room in ("ingress", "worker", "listeners", "answering", "state", "markdown"):
        assert any(file.startswith(room) for file in files), room
    functions = {call.function.rpartition(".")[2] for call in traced}
    assert "answer_mention" in functions
    assert not any(name.startswith("<") for name in functions)
