"""How often each method may be called: Slack's tiers a minute, and one message a second into a channel.

Source: docs.slack.dev/apis/web-api/rate-limits. Bursts are allowed as far as a bucket holds.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from assistant.demo.slack.refused import Limited

MESSAGE_BURST = 20


@dataclass(slots=True)
class _Bucket:
    held: float
    at: float


@dataclass(slots=True)
class Rates:
    """Not ``enforced`` means no limit but the refusals a test asks for."""

    clock: Callable[[], float]
    enforced: bool = True
    message_burst: int = MESSAGE_BURST
    _buckets: dict[tuple[str, str], _Bucket] = field(default_factory=dict)
    _refusals: dict[str, list[int]] = field(default_factory=dict)

    def refuse(self, method: str, *, retry_after: int = 1, times: int = 1) -> None:
        """The next calls of a method are refused, whatever was called before."""
        self._refusals.setdefault(method, []).extend([retry_after] * times)

    def take(self, method: str, tier_calls: int, channel: str) -> None:
        """Raises Limited."""
        if waiting := self._refusals.get(method):
            raise Limited(waiting.pop(0))
        if not self.enforced:
            return
        if method == "chat.postMessage":
            self._take((method, channel), self.message_burst, 1.0)
        elif tier_calls:
            self._take((method, ""), tier_calls, tier_calls / 60)

    def _take(self, key: tuple[str, str], most: int, per_second: float) -> None:
        now = self.clock()
        bucket = self._buckets.setdefault(key, _Bucket(float(most), now))
        bucket.held = min(float(most), bucket.held + (now - bucket.at) * per_second)
        bucket.at = now
        if bucket.held < 1:
            raise Limited(max(1, math.ceil((1 - bucket.held) / per_second)))
        bucket.held -= 1
