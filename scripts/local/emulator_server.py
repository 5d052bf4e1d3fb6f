"""Runs ministack behind the guard: `python -m scripts.local.emulator_server`, with the emulator's
Python.

All but the guard is as in ministack's own command. The secret comes in AWS_SESSION_TOKEN: other
users of the machine cannot read a process's variables, and the emulator passes this one on to its
Lambdas.
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
    """The token that STS issued with an access key; its module is loaded at the first such call."""
    sts = sys.modules.get("ministack.services.sts")
    session = sts._sessions.get(access_key) if sts else None
    return session.get("SessionToken") if session else None


if __name__ == "__main__":
    main()
