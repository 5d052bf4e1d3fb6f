"""Whether an environment is well: what AWS, the logs and the table say, asked all at once."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

from botocore.exceptions import BotoCoreError, ClientError

from bot.runtime.aws import AwsError
from scripts.aws.deployment import Deployed
from scripts.operate.health import code, surroundings, traffic
from scripts.operate.health.finding import Finding
from scripts.terminal.problem import Problem

_LOOKS: Mapping[str, Callable[[Deployed], Finding]] = {
    "stack": code.stack,
    "ingress": code.ingress,
    "worker": code.worker,
    "queue": traffic.queue,
    "dead_letters": traffic.dead_letters,
    "ingress_last_hour": traffic.ingress_hour,
    "worker_last_hour": traffic.worker_hour,
    "questions": traffic.questions,
    "alarms": surroundings.alarms,
    "spending": surroundings.spending,
    "knowledge": surroundings.knowledge,
}


def examine(deployed: Deployed) -> dict[str, Finding]:
    """Every finding by its name. What AWS refuses to tell is not well."""
    with ThreadPoolExecutor(len(_LOOKS)) as pool:
        begun = {name: pool.submit(_found, look, deployed) for name, look in _LOOKS.items()}
        return {name: found.result() for name, found in begun.items()}


def _found(look: Callable[[Deployed], Finding], deployed: Deployed) -> Finding:
    try:
        return look(deployed)
    except (BotoCoreError, ClientError, AwsError, Problem) as error:
        return Finding(f"cannot be read: {error}", False, {"error": str(error)})
