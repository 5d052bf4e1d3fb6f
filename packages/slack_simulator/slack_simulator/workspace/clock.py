"""A clock that may run faster than real time: Slack's time limits are too long for tests."""

import time


class Clock:
    """Seconds of simulated time: `scale` of them pass in each real second."""

    def __init__(self, scale: float = 1.0) -> None:
        self.scale = _checked(scale)
        self._since = time.monotonic()
        self._before = 0.0

    def now(self) -> float:
        """Simulated seconds since the start, never going back."""
        return self._before + (time.monotonic() - self._since) * self.scale

    def real(self, seconds: float) -> float:
        """How many real seconds pass in `seconds` of simulated time."""
        return seconds / self.scale

    def skip(self, seconds: float) -> None:
        """Let so much simulated time have passed."""
        self._before += seconds

    def set_scale(self, scale: float) -> None:
        """Go on from the present time at another speed."""
        scale = _checked(scale)
        self._before, self._since = self.now(), time.monotonic()
        self.scale = scale


def _checked(scale: float) -> float:
    if not scale > 0:
        raise ValueError(f"the time scale must be above 0, not {scale}")
    return float(scale)
