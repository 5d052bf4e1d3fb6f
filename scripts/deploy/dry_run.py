"""Tries versions that are not live: a signed request to the ingress, its message to the worker.

What nobody may see is neither queued nor posted; see docs/decisions/0018.
"""

import json
import time
from dataclasses import dataclass
from html import escape
from typing import Any

from botocore.config import Config

from scripts.aws import store
from scripts.aws.deployment import Deployed
from scripts.deploy.versions import Versions
from scripts.terminal.problem import Problem
from slack_simulator.signing import signed_headers

Json = dict[str, Any]

_QUESTION = "What do the documents tell about?"
_READY = {"Delay": 1, "MaxAttempts": 120}
_AS_SAID = 200
"""How many characters of a function's own error are repeated."""


class RehearsalFailed(Problem):
    """The new versions do not answer as those that are live do."""


class NoAnswer(Problem):
    """A function answers not; `what` says which one and how, `why` what may help."""

    def __init__(self, what: str, why: str) -> None:
        super().__init__(f"{what}: {why}")
        self.what, self.why = what, why


def rehearse(deployed: Deployed, new: Versions, live: Versions) -> Json:
    """Have the new worker answer what the new ingress queues, and what the live one does.

    Returns what it says to the first. Raises `RehearsalFailed`.
    """
    try:
        return _rehearsed(Stage.of(deployed), new, live)
    except NoAnswer as none:
        raise RehearsalFailed(f"{none.what}, so nothing was switched: {none.why}") from none


def _rehearsed(stage: "Stage", new: Versions, live: Versions) -> Json:
    stage.set(new)
    told = stage.answer(new.worker, stage.message(new.ingress))
    if told["without_model"] and stage.has_model(live):
        raise RehearsalFailed(
            f"Worker {new.worker} gets no answer from the model, but worker {live.worker} does, so"
            f" that one stays live: {told['without_model'][:_AS_SAID]}"
        )
    if live.ingress != new.ingress and (queued := stage.queued_by(live)):
        stage.answer(new.worker, queued)
    return told


@dataclass(frozen=True, slots=True)
class Stage:
    """Both functions of a stack, to be asked behind Slack's back."""

    ingress: str
    worker: str
    client: Any
    secret: str

    @classmethod
    def of(cls, deployed: Deployed) -> "Stage":
        account = deployed.account
        # A worker may take long, and asking it again meanwhile helps nobody.
        patience = Config(
            read_timeout=deployed.row.worker_timeout + 10, retries={"total_max_attempts": 1}
        )
        make: Any = account.session.client
        client = make("lambda", endpoint_url=account.endpoint, config=patience)
        return cls(*deployed.functions, client, _signing_secret(deployed))

    def set(self, new: Versions) -> None:
        """Return once both can be called: Lambda may still be about to make what it published."""
        ready = self.client.get_waiter("published_version_active")
        for name, version in ((self.ingress, new.ingress), (self.worker, new.worker)):
            ready.wait(FunctionName=name, Qualifier=version, WaiterConfig=_READY)

    def message(self, version: str, text: str = _QUESTION) -> str:
        """What an ingress would put into the queue for a mention."""
        said = self._invoke(self.ingress, version, {"dry": _mention(self.secret, text)})
        if said.get("status") != 200 or not said.get("message"):
            raise NoAnswer(
                f"Ingress {version} answers a signed request with {said.get('status', said)}",
                "look into its log, or store the signing secret again.",
            )
        return str(said["message"]["body"])

    def answer(self, version: str, message: str, asked: Json | None = None) -> Json:
        """What a worker would say in Slack; `asked` is what Slack would tell of the thread."""
        said = self._invoke(self.worker, version, {"dry": message, "asked": asked or {}})
        if not said.get("answer"):
            why = str(said.get("errorMessage", said))[:_AS_SAID]
            raise NoAnswer(f"Worker {version} answers no question", why)
        return said

    def queued_by(self, live: Versions) -> str:
        """What the live ingress queues; "" where it is broken, and its repair is at hand."""
        try:
            return self.message(live.ingress)
        except NoAnswer:
            return ""

    def has_model(self, live: Versions) -> bool:
        """Whether the model answers what is live: where it does not, nothing gets worse."""
        try:
            return not self.answer(live.worker, self.message(live.ingress))["without_model"]
        except NoAnswer:
            return False

    def _invoke(self, function: str, version: str, event: Json) -> Json:
        answer = self.client.invoke(
            FunctionName=function, Qualifier=version, Payload=json.dumps(event)
        )
        said: Json = json.load(answer["Payload"])
        return said


def _mention(secret: str, text: str) -> Json:
    """A mention as API Gateway hands it over, signed as Slack signs; of nobody, and nowhere."""
    now = time.time()
    event = {
        "type": "app_mention",
        "channel": "CREHEARSAL",
        "user": "UREHEARSAL",
        "text": escape(text, quote=False),  # as Slack escapes what people write
        "ts": f"{now:.6f}",
        "event_ts": f"{now:.6f}",
    }
    body = json.dumps(
        {
            "type": "event_callback",
            "team_id": "TREHEARSAL",
            "event": event,
            "event_id": f"Ev{now:.0f}",
            "event_time": int(now),
        }
    )
    return {
        "version": "2.0",
        "headers": {
            "content-type": "application/json",
            **signed_headers(secret, body.encode(), int(now)),
        },
        "body": body,
        "isBase64Encoded": False,
    }


def _signing_secret(deployed: Deployed) -> str:
    secret = store.read(deployed.account, "signing-secret")
    if secret is None:
        raise NoAnswer(
            "There is no signing secret to sign with",
            f"run ./stackbot secrets set {deployed.row.name}",
        )
    return secret.strip()
