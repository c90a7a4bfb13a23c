"""A store a test: SQLite in a folder of its own, PostgreSQL in a schema of its own."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from assistant.store.migrate import migrate
from assistant.store.sql import SqlStore
from tests.contract.postgres import Schema, new_database, new_schema

URL_VARIABLE = "BACKHAUL_TEST_DATABASE_URL"
BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@dataclass
class TickingClock:
    """Each look is a second later, so that what came first sorts first."""

    moment: datetime = field(default_factory=lambda: datetime(2026, 3, 2, 9, 0, tzinfo=UTC))

    def now(self) -> datetime:
        self.moment += timedelta(seconds=1)
        return self.moment

    def today(self) -> date:
        return self.moment.date()


@pytest.fixture(scope="session")
def databases() -> Iterator[Callable[[], str]]:
    """The URL of this process's own database, made when it is first asked for."""
    with ExitStack() as stack:
        yield cache(lambda: stack.enter_context(new_database(_server())))


@pytest.fixture(params=BOTH)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path, databases: Callable[[], str]) -> Iterator[str]:
    """A database's URL, that nothing stands in yet."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'store.db'}"
        return
    schema = new_schema(databases())
    yield schema.url
    schema.drop()


@pytest.fixture(params=BOTH)
def database_url(
    request: pytest.FixtureRequest, tmp_path: Path, migrated_file: Path, migrated_schema: Callable[[], Schema]
) -> str:
    """A migrated database's URL; no row stands in it."""
    if request.param == "sqlite":
        shutil.copy(migrated_file, tmp_path / "store.db")
        return f"sqlite:///{tmp_path / 'store.db'}"
    return migrated_schema().url


def _server() -> str:
    server = os.environ.get(URL_VARIABLE)
    if not server:
        pytest.skip(f"{URL_VARIABLE} is not set")
    return server


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("migrated") / "store.db"
    migrate(f"sqlite:///{made}")
    return made


@pytest.fixture(scope="session")
def migrated_schema(databases: Callable[[], str]) -> Callable[[], Schema]:
    """The same schema for one test after another, emptied; another one after a test that changed its tables."""
    standing: list[tuple[Schema, str]] = []

    def ready() -> Schema:
        if standing:
            schema, shape = standing[-1]
            if schema.shape() == shape:
                schema.empty()
                return schema
            standing.pop()[0].drop()
        schema = new_schema(databases())
        migrate(schema.url)
        standing.append((schema, schema.shape()))
        return schema

    return ready


@pytest.fixture
def clock() -> TickingClock:
    return TickingClock()


@pytest.fixture
def store(database_url: str, clock: TickingClock) -> Iterator[SqlStore]:
    opened = SqlStore(database_url, clock, mail_domain="returns.example")
    yield opened
    opened.close()
