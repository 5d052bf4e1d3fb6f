"""The ingress with its signing secret known already, as the bare handler has it."""

import os
from typing import Any

from bot.ingress.handler import create_handler
from bot.runtime.settings import IngressSettings


class _Preset(IngressSettings):
    __slots__ = ()

    def signing_secret(self) -> bytes:
        return os.environ["SLACK_SIGNING_SECRET"].encode()


_handle = create_handler(_Preset.from_env())


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return _handle(event, context)
