"""How often somebody may do something. Counted in this process's memory: two processes count apart."""

import time
from dataclasses import dataclass, field

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from assistant.domain.errors import SenderMustAct


class TooOften(SenderMustAct):
    """``seconds`` to wait."""

    def __init__(self, words: str, seconds: int) -> None:
        super().__init__(words)
        self.seconds = seconds


@dataclass(slots=True)
class Rates:
    """``most`` times in any span of one ``unit`` (minute, hour), for each name that is counted."""

    most: int
    unit: str = "minute"
    _limiter: MovingWindowRateLimiter = field(default_factory=lambda: MovingWindowRateLimiter(MemoryStorage()))

    def count(self, name: str) -> None:
        """Raises TooOften with the seconds to wait."""
        allowed: RateLimitItem = parse(f"{self.most}/{self.unit}")
        if self._limiter.hit(allowed, name):
            return
        stats = self._limiter.get_window_stats(allowed, name)
        seconds = max(1, round(stats.reset_time - time.time()) + 1)
        raise TooOften(f"At most {self.most} times a {self.unit}. Nothing was changed; wait {seconds} s.", seconds)
