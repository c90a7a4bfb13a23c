"""The log's head is signed once a day by whoever works, and when they stop."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from assistant import bootstrap
from assistant.bootstrap import App
from assistant.domain.audit import HEADS
from assistant.domain.person import program
from assistant.steps.seal import Sealer
from tests.worked import back, submitted


@dataclass
class Clock:
    at: datetime

    def now(self) -> datetime:
        return self.at

    def today(self) -> date:
        return self.at.date()


def heads(app: App) -> int:
    with app.store.unit(program("test")) as unit:
        return len(unit.audit.rows(HEADS))


def test_a_head_a_day_and_no_key_before_it(app: App) -> None:
    clock = Clock(datetime.now(UTC))
    sealer = Sealer(app.store, lambda: bootstrap.signer(app.settings), clock)
    assert not app.settings.audit_key.exists()
    assert sealer.seal_daily() is not None
    assert app.settings.audit_key.exists()
    submitted(app, back())
    for hours in (1, 23):
        clock.at += timedelta(hours=hours) if hours == 1 else timedelta(hours=22)
        assert sealer.seal_daily() is None
    clock.at += timedelta(hours=2)
    again = sealer.seal_daily()
    assert again is not None
    assert (again.number, heads(app)) == (2, 2)


def test_another_worker_sees_the_head_that_is_there(app: App) -> None:
    clock = Clock(datetime.now(UTC))
    Sealer(app.store, lambda: bootstrap.signer(app.settings), clock).seal()
    submitted(app, back())
    assert Sealer(app.store, lambda: bootstrap.signer(app.settings), clock).seal_daily() is None


def test_nothing_new_makes_no_new_head(app: App) -> None:
    sealer = Sealer(app.store, lambda: bootstrap.signer(app.settings), app.clock)
    sealer.seal()
    sealer.seal()
    assert heads(app) == 1


def test_a_worker_that_stops_signs_where_the_log_stands(app: App) -> None:
    app.engine.start()
    app.engine.stop()
    assert heads(app) == 1
