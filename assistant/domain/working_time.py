"""Working days: what business days, reminders and escalations are counted in."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingTime:
    """``weekdays``: Monday is 0. ``opens`` and ``closes`` in the zone's own time; holidays are whole days.

    An approval that waits so many working hours is reminded of, and later escalated; it is never given by itself.
    """

    zone: str
    weekdays: frozenset[int]
    opens: time
    closes: time
    holidays: frozenset[date] = field(default_factory=frozenset)
    remind_after_hours: int = 9
    escalate_after_hours: int = 18

    def is_working_day(self, day: date) -> bool:
        return day.weekday() in self.weekdays and day not in self.holidays

    def business_days(self, since: date, until: date) -> int:
        """Working days after ``since``, up to and with ``until``: the day of delivery itself does not count."""
        if until <= since:
            return 0
        weeks, rest = divmod((until - since).days, 7)
        tail = (until - timedelta(days=n) for n in range(rest))
        days = weeks * len(self.weekdays) + sum(day.weekday() in self.weekdays for day in tail)
        return days - sum(1 for d in self.holidays if since < d <= until and d.weekday() in self.weekdays)

    def hours(self, since: datetime, until: datetime) -> float:
        """Working hours between two moments; both aware."""
        if until <= since:
            return 0.0
        zone = ZoneInfo(self.zone)
        first, last = since.astimezone(zone).date(), until.astimezone(zone).date()
        spans = (self._open(day, zone) for day in _days(first, last) if self.is_working_day(day))
        worked = (min(close, until) - max(start, since) for start, close in spans)
        return sum(span.total_seconds() for span in worked if span > timedelta(0)) / 3600

    def _open(self, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
        start, close = (datetime.combine(day, at, zone) for at in (self.opens, self.closes))
        return start.astimezone(UTC), close.astimezone(UTC)


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))
