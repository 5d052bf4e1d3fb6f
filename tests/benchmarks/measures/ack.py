"""The ingress from a fresh process to an enqueued request: Slack waits three seconds for it.

Bolt's adapter knows its signing secret from the start, even where ours has to read it from SSM:
so the ratio that is held is the harder one.
"""

import hashlib
import hmac
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import botocore

from tests.benchmarks.figures import Hold, Row, Series, interleave
from tests.benchmarks.processes.fresh import Lambdas, lambda_variables
from tests.benchmarks.processes.loopback import SECRET, Json, loopback

_ROUNDS = 11
_PARAMETER = {"BOT_SIGNING_SECRET_PARAMETER": "/stackbot/bench/signing-secret"}
_CONTESTANTS = {
    "ingress": ("bot.ingress.handler", True),
    "ingress, secret known": ("ingress_known", True),
    "bolt": ("bolt_adapter", False),
    "bolt, SSM": ("bolt_adapter", True),
    "bare": ("bare", False),
}
_BOLT, _BOLT_SSM, _BARE = "Bolt's adapter", "Bolt's adapter, SSM read", "bare handler"


def measure() -> list[Row]:
    """All of it twice: over HTTP, and over TLS as on AWS."""
    with tempfile.TemporaryDirectory(prefix="stackbot-bench-") as scratch:
        lambdas = Lambdas.laid_out(Path(scratch, "lambdas"))
        rows = _rows(_run(lambdas, None, {}), has_hold=True)
        certificate = _certificate(Path(scratch))
        if certificate:
            trusted = str(_bundle(certificate, Path(scratch)))
            trust = {"SSL_CERT_FILE": trusted, "AWS_CA_BUNDLE": trusted}
            rows += _rows(_run(lambdas, certificate, trust), has_hold=False)
    return rows


def _run(
    lambdas: Lambdas, certificate: Path | None, variables: dict[str, str]
) -> dict[str, Series]:
    with loopback(certificate) as aws:
        common = {**lambda_variables(aws.url), **variables}

        def contestant(module: str, parameter: bool) -> Callable[[], float]:
            env = {**common, **_PARAMETER} if parameter else common
            return lambda: _seconds(lambdas.run(module, _request(), env))

        contestants = {name: contestant(*how) for name, how in _CONTESTANTS.items()}
        interleave(contestants, 1)  # what comes from the disk the first time
        return interleave(contestants, _ROUNDS)


def _rows(series: dict[str, Series], has_hold: bool) -> list[Row]:
    def row(ours: str, against: str, to_beat: str, hold: Hold) -> Row:
        name = f"{ours}{'' if has_hold else ', TLS'}"
        return Row(name, "s", series[ours], to_beat, series[against], hold if has_hold else None)

    return [
        row("ingress", "bolt", _BOLT, Hold(ratio=5)),
        row("ingress", "bolt, SSM", _BOLT_SSM, Hold(ratio=5)),
        row("ingress, secret known", "bolt", _BOLT, Hold(ratio=6)),
        row("ingress, secret known", "bare", _BARE, Hold(ratio=0.5)),
    ]


def _seconds(outcome: Json) -> float:
    if outcome["answer"]["statusCode"] != 200:
        raise RuntimeError(f"a contestant refused the request: {outcome['answer']}")
    return float(outcome["seconds"])


def _request() -> Json:
    """A mention, signed as Slack signs, as API Gateway hands it over."""
    event = {"type": "app_mention", "channel": "C1", "user": "U1", "text": "<@UBOT> Is Friday off?"}
    bot = {"team_id": "T1", "user_id": "UBOT", "is_bot": True, "is_enterprise_install": False}
    body = json.dumps(
        {
            "team_id": "T1",
            "api_app_id": "A1",
            "type": "event_callback",
            "event": {**event, "ts": "1.1", "event_ts": "1.1"},
            "event_id": "Ev1",
            "authorizations": [bot],
        }
    )
    stamp = str(int(time.time()))
    digest = hmac.new(SECRET.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    return {
        "version": "2.0",
        "headers": {
            "content-type": "application/json",
            "x-slack-request-timestamp": stamp,
            "x-slack-signature": f"v0={digest}",
        },
        "requestContext": {"http": {"method": "POST", "path": "/slack/events"}},
        "body": body,
        "isBase64Encoded": False,
    }


def _certificate(folder: Path) -> Path | None:
    """A certificate for 127.0.0.1 with its key, where there is an openssl to make one."""
    if not shutil.which("openssl"):
        return None
    certificate = folder / "certificate.pem"
    how = ["req", "-x509", "-nodes", "-days", "2", "-newkey", "ec"]
    how += ["-pkeyopt", "ec_paramgen_curve:prime256v1"]
    names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    to = ["-out", str(certificate), "-keyout", str(certificate.with_suffix(".key"))]
    subprocess.run(["openssl", *how, *names, *to], check=True, capture_output=True, timeout=30)
    return certificate


def _bundle(certificate: Path, folder: Path) -> Path:
    """All the usual authorities and ours: reading them is a part of what TLS costs."""
    usual = Path(botocore.__file__).with_name("cacert.pem")
    bundle = folder / "authorities.pem"
    bundle.write_text(f"{usual.read_text()}\n{certificate.read_text()}")
    return bundle
