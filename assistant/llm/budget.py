"""What may be spent, and what has been: a question is asked only if its longest answer stays within every bound.

The day's sums are kept in one small file that all processes of an installation share, or in this process alone. What a
question may cost at most is put down before it is asked, and set right after: a crash in between errs on the dear side.
"""

import fcntl
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from threading import Lock

from assistant.domain.model import Reply
from assistant.llm.settings import Budget

_CHARS_A_TOKEN = 3  # fewer than tokenizers pack into one on average, so that the estimate is high
_TOKENS_A_PICTURE = 1_600
_MILLION = Decimal(1_000_000)


class Spent(Exception):
    """A bound is reached. The text says which, and when it opens again."""


@dataclass(frozen=True, slots=True)
class Sum:
    """Calls, tokens and cost together."""

    calls: int = 0
    tokens: int = 0
    cost: Decimal = Decimal(0)

    def __add__(self, other: "Sum") -> "Sum":
        return Sum(self.calls + other.calls, self.tokens + other.tokens, self.cost + other.cost)

    def __sub__(self, other: "Sum") -> "Sum":
        return Sum(self.calls - other.calls, self.tokens - other.tokens, self.cost - other.cost)


def _now() -> datetime:
    return datetime.now(UTC)


class Purse:
    """Checks bounds and keeps the day's sums."""

    def __init__(self, budget: Budget, now: Callable[[], datetime] = _now) -> None:
        self._budget = budget
        self._now = now
        self._lock = Lock()
        self._memory: dict[str, Sum] = {}

    def most(self, text: str, pictures: int, max_tokens: int) -> Sum:
        """The most that a question can come to."""
        tokens_in = len(text) // _CHARS_A_TOKEN + pictures * _TOKENS_A_PICTURE
        return Sum(1, tokens_in + max_tokens, self._cost(tokens_in, max_tokens))

    def reserve(self, most: Sum, so_far: Sequence[Reply]) -> str:
        """The day it is put down to. Raises Spent."""
        budget = self._budget
        case = sum((self.of(reply) for reply in so_far), Sum()) + most
        _within(case, (budget.case_calls, budget.case_tokens, budget.case_cost), "this case", "")
        day = self._now().date().isoformat()
        with self._sums() as sums:
            total = sums.get(day, Sum()) + most
            bounds = (budget.day_calls, budget.day_tokens, budget.day_cost)
            _within(total, bounds, "today", " It opens again at 00:00 UTC.")
            for old in [known for known in sums if known != day]:
                del sums[old]
            sums[day] = total
        return day

    def settle(self, day: str, most: Sum, took: Sum) -> None:
        """Set right what was put down."""
        with self._sums() as sums:
            if day in sums:
                sums[day] = sums[day] - most + took

    def of(self, reply: Reply) -> Sum:
        tokens = reply.tokens_in + reply.tokens_out
        return Sum(reply.calls, tokens, self._cost(reply.tokens_in, reply.tokens_out))

    def taken(self, tokens_in: int, tokens_out: int) -> Sum:
        """What one call came to."""
        return Sum(1, tokens_in + tokens_out, self._cost(tokens_in, tokens_out))

    def today(self) -> Sum:
        with self._sums() as sums:
            return sums.get(self._now().date().isoformat(), Sum())

    def _cost(self, tokens_in: int, tokens_out: int) -> Decimal:
        return (tokens_in * self._budget.price_in + tokens_out * self._budget.price_out) / _MILLION

    @contextmanager
    def _sums(self) -> Iterator[dict[str, Sum]]:
        """The sums by day, to read and change; kept at the end unless something is raised."""
        with self._lock:
            path = self._budget.ledger
            if path is None:
                yield self._memory
                return
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("a+") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                sums = _read(path)
                yield sums
                file.seek(0)
                file.truncate()
                file.write(json.dumps({day: [s.calls, s.tokens, str(s.cost)] for day, s in sums.items()}))


def _read(path: Path) -> dict[str, Sum]:
    """Nothing where the file is new or broken: a bound too wide for a day is better than no draft ever again."""
    try:
        data: Mapping[str, tuple[int, int, str]] = json.loads(path.read_text() or "{}")
        return {day: Sum(int(each[0]), int(each[1]), Decimal(each[2])) for day, each in data.items()}
    except (ValueError, TypeError, ArithmeticError, AttributeError, IndexError, KeyError):
        return {}


def _within(total: Sum, bounds: tuple[int | None, int | None, Decimal | None], whose: str, when: str) -> None:
    said = (("calls", Decimal(total.calls)), ("tokens", Decimal(total.tokens)), ("cost", total.cost))
    for (what, value), bound in zip(said, bounds, strict=True):
        if bound is not None and value > bound:
            raise Spent(f"the budget of {bound} {what} for {whose} is spent.{when}")
