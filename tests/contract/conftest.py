"""One migrated store a test: SQLite in a folder of its own, PostgreSQL in a schema of its own."""

import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from assistant.store.connection import engine_for
from assistant.store.migrate import migrate
from assistant.store.sql import SqlStore

URL_VARIABLE = "BACKHAUL_TEST_DATABASE_URL"


@dataclass
class TickingClock:
    """Each look is a second later, so that what came first sorts first."""

    moment: datetime = field(default_factory=lambda: datetime(2026, 3, 2, 9, 0, tzinfo=UTC))

    def now(self) -> datetime:
        self.moment += timedelta(seconds=1)
        return self.moment

    def today(self) -> date:
        return self.moment.date()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database's URL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'store.db'}"
        return
    server = os.environ.get(URL_VARIABLE)
    if not server:
        pytest.skip(f"{URL_VARIABLE} is not set")
    schema = f"t_{uuid.uuid4().hex}"
    engine = engine_for(server)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    yield f"{server}{'&' if '?' in server else '?'}options=-csearch_path%3D{schema}"
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    engine.dispose()


@pytest.fixture
def clock() -> TickingClock:
    return TickingClock()


@pytest.fixture
def store(database_url: str, clock: TickingClock) -> Iterator[SqlStore]:
    migrate(database_url)
    opened = SqlStore(database_url, clock, mail_domain="returns.example")
    yield opened
    opened.close()
