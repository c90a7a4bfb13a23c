"""One engine a database, SQLite and PostgreSQL made to behave alike: a unit is a writer from its first statement."""

from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event


def engine_for(url: str) -> Engine:
    """``sqlite:///path`` (WAL, waits 30 s for another writer) or ``postgresql+psycopg://…``."""
    if url.startswith("postgresql://"):
        url = "postgresql+psycopg://" + url.removeprefix("postgresql://")
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True)
    engine = create_engine(url, connect_args={"timeout": 30})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_immediate)
    return engine


def is_postgres(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # else sqlite3 would begin late, as a reader
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA foreign_keys=ON")


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
