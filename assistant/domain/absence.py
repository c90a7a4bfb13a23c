"""Who is away, from when to when, and who stands in for them."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """``first`` and ``last`` day are both away. A stand-in ('' for none) decides for the person on those days, on

    cases worth up to ``limit_minor`` (None: as much as the person). What the person could not decide, for instance
    because they edited the case, the stand-in can't decide for them either.
    """

    id: int
    person: str
    first: date
    last: date
    stand_in: str = ""
    limit_minor: int | None = None
    note: str = ""
    made_by: str = ""

    def covers(self, day: date) -> bool:
        return self.first <= day <= self.last
