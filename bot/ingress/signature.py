"""Checks Slack's signature: anybody may call the API, and only Slack signs with the app's secret.

See https://docs.slack.dev/authentication/verifying-requests-from-slack.
"""

from __future__ import annotations

import hashlib
import hmac

from bot.runtime.request import Refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_TOLERANCE_SECONDS = 300  # as Slack recommends, against replayed requests
_REREAD_SECONDS = 60
_SIGNATURE_LENGTH = 67  # "v0=" and 64 hexadecimal digits
_STAMP_DIGITS = 12  # "1700000000" has 10


class SigningSecret:
    """The signing secret, read when it is first needed and again when a signature fails.

    Reading it again lets it be changed without a deployment; once a minute at most, or anybody
    could make us call SSM.
    """

    def __init__(self, read: Callable[[], bytes]) -> None:
        self._read = read
        self._secret = b""
        self._read_at = 0.0

    def check(self, headers: Mapping[str, str], raw: bytes, now: float) -> None:
        """Raise `Refused` unless Slack signed these bytes within 5 minutes of `now`."""
        stamp = headers.get("x-slack-request-timestamp", "")
        signature = headers.get("x-slack-signature", "")
        if not stamp.isdecimal() or len(stamp) > _STAMP_DIGITS:
            raise Refused(401, "no timestamp")
        if abs(now - int(stamp)) > _TOLERANCE_SECONDS:
            raise Refused(401, "stale timestamp")
        if len(signature) != _SIGNATURE_LENGTH or not signature.isascii():
            raise Refused(401, "no signature")
        if self._secret and self._signed(signature, stamp, raw):
            return
        if not self._secret or now - self._read_at >= _REREAD_SECONDS:
            self._read_at = now
            self._secret = self._read()
        if not self._signed(signature, stamp, raw):
            raise Refused(401, "wrong signature")

    def _signed(self, signature: str, stamp: str, raw: bytes) -> bool:
        digest = hmac.new(self._secret, b"v0:%b:%b" % (stamp.encode(), raw), hashlib.sha256)
        return hmac.compare_digest(f"v0={digest.hexdigest()}", signature)
