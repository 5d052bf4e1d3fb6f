"""Runs ministack behind the guard: `python -m scripts.local.emulator_server`, with the emulator's
Python.

Everything else is as its own command does it. The secret comes in AWS_SESSION_TOKEN, which a
process's other users cannot read, and from which the emulator hands it on to its Lambdas.
"""

import os
import sys

from ministack import app as ministack

from scripts.local.emulator_guard import guarded


def main() -> None:
    os.umask(0o077)
    secret = os.environ["AWS_SESSION_TOKEN"]
    ministack.app = guarded(ministack.app, secret, _role_token)
    ministack.main()


def _role_token(access_key: str) -> str | None:
    """The token that STS gave out with an access key; the module is loaded when it first does."""
    sts = sys.modules.get("ministack.services.sts")
    session = sts._sessions.get(access_key) if sts else None
    return session.get("SessionToken") if session else None


if __name__ == "__main__":
    main()
