"""The roundtrip benchmark's inner part: asks a warm stack, and reads Slack's own times."""

import time
from collections.abc import Callable

from infra.environments import LOCAL
from scripts.local.models import Model
from scripts.local.stack import LocalStack
from slack_simulator.scripted_model import ModelServer
from tests.cells import with_cells

_WARM_UP, _ROUNDS = 3, 15
_SECONDS = 30
_QUESTION = "<@bot> How do I deploy to staging?"
_ANSWER = "Staging is deployed with `./stackbot deploy staging` [1]."


def measure() -> dict[str, list[float]]:
    """Seconds from a person's message to the first sign, and to the end of the answer."""
    model = ModelServer()
    model.otherwise = _ANSWER
    with model, LocalStack(Model("extractive", LOCAL.model)) as stack:
        stack.slack.control.set_limits(rates=False)
        quoted = _series(stack, "quoted", lambda: 0.0)
        _switch_to(stack, model.url)
        return {**quoted, **_series(stack, "by a model", lambda: model.seconds[-1])}


def _series(
    stack: LocalStack, name: str, models_own: Callable[[], float]
) -> dict[str, list[float]]:
    for _ in range(_WARM_UP):
        _ask(stack)
    signs, answers = [], []
    for _ in range(_ROUNDS):
        sign, whole = _ask(stack)
        signs.append(sign)
        answers.append(whole - models_own())
    return {f"first sign, {name}": signs, f"whole answer, {name}": answers}


def _ask(stack: LocalStack) -> tuple[float, float]:
    slack = stack.slack.control
    started = time.time()
    posted = slack.say("ada", "#general", _QUESTION)
    slack.wait_for_answer(posted.channel, posted.ts, _SECONDS)
    calls = [call for call in slack.calls() if call.started >= started]
    ends = {call.method: call.started + call.duration / 1000 - started for call in reversed(calls)}
    return ends["agents.sessions.setStatus"], _end_of_answer(ends)


def _switch_to(stack: LocalStack, url: str) -> None:
    """Have the worker ask a model, as the environment table would."""
    functions, worker = stack.client("lambda"), stack.functions[1]
    variables = functions.get_function_configuration(FunctionName=worker)["Environment"]
    changed = with_cells(variables["Variables"], model_provider="openai", model_url=url)
    functions.update_function_configuration(FunctionName=worker, Environment={"Variables": changed})


def _end_of_answer(ends: dict[str, float]) -> float:
    """When the answer was whole: what is quoted is posted, the model's is streamed."""
    return ends.get("chat.stopStream") or ends["chat.postMessage"]
