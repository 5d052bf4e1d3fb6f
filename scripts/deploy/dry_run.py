"""Tries versions before they go live: a signed request to the ingress, its message to the worker.

In a dry run nothing is queued and nothing posted; see docs/decisions/0018.
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
    """A function gives no answer; `failure` says which one and how, `advice` what may help."""

    def __init__(self, failure: str, advice: str) -> None:
        super().__init__(f"{failure}: {advice}")
        self.failure, self.advice = failure, advice


def rehearse(deployed: Deployed, new: Versions, live: Versions) -> Json:
    """Have the new worker answer what the new ingress queues, and what the live one does.

    Returns what it says to the first. Raises `RehearsalFailed`.
    """
    try:
        return _rehearsed(Stage.of(deployed), new, live)
    except NoAnswer as error:
        raise RehearsalFailed(
            f"{error.failure}, so nothing was switched: {error.advice}"
        ) from error


def _rehearsed(stage: "Stage", new: Versions, live: Versions) -> Json:
    stage.set(new)
    answer = stage.answer(new.worker, stage.message(new.ingress))
    if answer["without_model"] and stage.has_model(live):
        raise RehearsalFailed(
            f"Worker {new.worker} gets no answer from the model, but worker {live.worker} does, so"
            f" that one stays live: {answer['without_model'][:_AS_SAID]}"
        )
    if live.ingress != new.ingress and (queued := stage.queued_by(live)):
        stage.answer(new.worker, queued)
    return answer


@dataclass(frozen=True, slots=True)
class Stage:
    """Both functions of a stack, invoked directly instead of by Slack and the queue."""

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
        """Wait until both versions are active, which takes Lambda a while after publishing."""
        ready = self.client.get_waiter("published_version_active")
        for name, version in ((self.ingress, new.ingress), (self.worker, new.worker)):
            ready.wait(FunctionName=name, Qualifier=version, WaiterConfig=_READY)

    def message(self, version: str, text: str = _QUESTION) -> str:
        """The message that an ingress would queue for a mention. Raises `NoAnswer`."""
        response = self._invoke(self.ingress, version, {"dry": _mention(self.secret, text)})
        if response.get("status") != 200 or not response.get("message"):
            raise NoAnswer(
                f"Ingress {version} answers a signed request with"
                f" {response.get('status', response)}",
                "look into its log, or store the signing secret again.",
            )
        return str(response["message"]["body"])

    def answer(self, version: str, message: str, slack: Json | None = None) -> Json:
        """What a worker would say in Slack; `slack` is what Slack would return of the thread."""
        response = self._invoke(self.worker, version, {"dry": message, "asked": slack or {}})
        if not response.get("answer"):
            why = str(response.get("errorMessage", response))[:_AS_SAID]
            raise NoAnswer(f"Worker {version} answers no question", why)
        return response

    def queued_by(self, live: Versions) -> str:
        """The message that the live ingress queues; "" where it is broken."""
        try:
            return self.message(live.ingress)
        except NoAnswer:
            return ""

    def has_model(self, live: Versions) -> bool:
        """Whether the live worker gets answers from its model."""
        try:
            return not self.answer(live.worker, self.message(live.ingress))["without_model"]
        except NoAnswer:
            return False

    def _invoke(self, function: str, version: str, event: Json) -> Json:
        answer = self.client.invoke(
            FunctionName=function, Qualifier=version, Payload=json.dumps(event)
        )
        result: Json = json.load(answer["Payload"])
        return result


def _mention(secret: str, text: str) -> Json:
    """A mention as API Gateway passes it on, signed as Slack signs, by a user that is none."""
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
